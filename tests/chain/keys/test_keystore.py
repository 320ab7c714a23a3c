"""Keys at rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from chain.credentials.es256 import verify_es256
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused
from chain.keys import KINDS, Keystore, keystore, passphrase_for
from tests.api.town import cheap_keys

PASSPHRASE = "correct-horse-battery"

OPEN: dict[str, Callable[[Keystore, str], Any]] = {
    "credential": Keystore.signer,
    "seal": Keystore.signer,
    "device": Keystore.signer,
    "account": Keystore.account,
    "witness": Keystore.witness,
    "desk": Keystore.desk,
    "secret": Keystore.secret,
}


@pytest.fixture
def keys(tmp_path: Path) -> Keystore:
    """One key of each kind, named like it."""
    store = Keystore(tmp_path / "keys", PASSPHRASE)
    with cheap_keys():
        for kind in KINDS:
            store.create(kind, kind)
    return store


def test_each_kind_has_an_opener_in_these_tests() -> None:
    assert set(OPEN) == set(KINDS)


def test_the_signer_signs_for_the_public_part_on_its_card(keys: Keystore) -> None:
    signer = keys.signer("credential")
    digest = sha256(b"what is signed")
    assert verify_es256(signer.public_key, digest, signer.sign(digest))
    assert keys.card("credential").thumbprint == "0x" + signer.thumbprint.hex()


def test_an_account_is_the_one_on_its_card(keys: Keystore) -> None:
    account, card = keys.account("account"), keys.card("account")
    assert account.address.lower() == card.public
    assert card.thumbprint == "0x" + "00" * 12 + card.public[2:]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_key_comes_back(keys: Keystore, kind: str) -> None:
    def shown(found: Any) -> object:
        if isinstance(found, bytes):
            return found
        for name in ("public_key", "address"):
            if hasattr(found, name):
                value = getattr(found, name)
                return value().public_bytes_raw() if callable(value) else value
        raise AssertionError(found)

    assert shown(OPEN[kind](keys, kind)) == shown(OPEN[kind](keys, kind))


@pytest.mark.parametrize("kind", KINDS)
class TestRefusals:
    def test_a_wrong_passphrase(self, keys: Keystore, kind: str) -> None:
        other = Keystore(keys.folder, "another-one-entirely")
        with pytest.raises(Refused) as caught:
            OPEN[kind](other, kind)
        assert (caught.value.code, caught.value.field) == ("keys.passphrase_wrong", "passphrase")
        assert kind in caught.value.message

    def test_no_passphrase_but_the_card_is_open(self, keys: Keystore, kind: str) -> None:
        locked = Keystore(keys.folder, None)
        with pytest.raises(Refused) as caught:
            OPEN[kind](locked, kind)
        assert caught.value.code == "keys.locked"
        assert locked.card(kind) == keys.card(kind)

    @pytest.mark.parametrize("damage", ["empty", "cut", "not json", "one bit", "a list", "gone"])
    def test_a_damaged_file(self, keys: Keystore, kind: str, damage: str) -> None:
        file = keys.folder / f"{kind}.json"
        data = bytearray(file.read_bytes())
        if damage == "gone":
            file.unlink()
        else:
            middle = bytes(data).index(b'"sealed":"' if kind != "account" else b'"ciphertext": "') + 20
            data[middle] = ord("0") if data[middle] != ord("0") else ord("1")
            parts = {"empty": b"", "cut": bytes(data[: len(data) // 2]), "not json": b"\xff\x00", "a list": b"[1]"}
            file.write_bytes(parts.get(damage, bytes(data)))
        with pytest.raises((Damaged, Refused)) as caught:
            OPEN[kind](keys, kind)
        assert caught.value.code in ("keys.damaged", "keys.passphrase_wrong")
        assert caught.value.fix

    def test_another_kinds_file_under_its_name(self, keys: Keystore, kind: str) -> None:
        other = "desk" if kind != "desk" else "witness"
        (keys.folder / f"{kind}.json").write_bytes((keys.folder / f"{other}.json").read_bytes())
        with pytest.raises((Damaged, Refused)):
            OPEN[kind](keys, kind)

    def test_for_another_use(self, keys: Keystore, kind: str) -> None:
        other = next(name for name, use in OPEN.items() if use is not OPEN[kind])
        with pytest.raises(InvalidInput) as caught:
            OPEN[other](keys, kind)
        assert caught.value.code == "keys.kind"

    def test_no_key_lies_in_clear_or_open_to_others(self, keys: Keystore, kind: str) -> None:
        file = keys.folder / f"{kind}.json"
        assert file.stat().st_mode & 0o077 == 0
        found = OPEN[kind](keys, kind)
        raw = found if isinstance(found, bytes) else bytes(found.key) if kind == "account" else b""
        if raw:
            assert raw not in file.read_bytes()
            assert raw.hex().encode() not in file.read_bytes()


def test_names_are_taken_once_and_have_one_form(keys: Keystore) -> None:
    with pytest.raises(Conflict):
        keys.create("desk", "desk")
    for name in ("", "A", "../x", "a/b", "-a", "a" * 41, "a\n"):
        with pytest.raises(InvalidInput):
            keys.create(name, "secret")
    with pytest.raises(InvalidInput):
        keys.create("x", "nothing")
    with pytest.raises(NotFound):
        keys.card("nobody")


def test_a_damaged_card_is_named(keys: Keystore) -> None:
    (keys.folder / "desk.public.json").write_text("{}")
    with pytest.raises(Damaged):
        keys.card("desk")


def test_the_cost_in_use_is_that_of_rfc_7914_for_files(tmp_path: Path) -> None:
    assert keystore._SCRYPT == {"n": 2**17, "r": 8, "p": 1}
    Keystore(tmp_path, PASSPHRASE).create("one", "secret")
    assert json.loads((tmp_path / "one.json").read_bytes())["scrypt"] == {"n": 131_072, "p": 1, "r": 8}


def test_the_passphrase_is_stretched_once_for_all_keys_of_a_home(tmp_path: Path) -> None:
    with cheap_keys(), mock.patch.object(keystore, "Scrypt", wraps=keystore.Scrypt) as stretched:
        made = Keystore(tmp_path, PASSPHRASE)
        for name in ("a", "b", "c"):
            made.create(name, "secret")
        again = Keystore(tmp_path, PASSPHRASE)
        assert len({again.secret(name) for name in ("a", "b", "c")}) == 3
        assert stretched.call_count == 2
        with pytest.raises(Refused):
            Keystore(tmp_path, "another-passphrase").secret("a")
    files = [json.loads((tmp_path / f"{name}.json").read_bytes()) for name in ("a", "b", "c")]
    assert len({one["salt"] for one in files}) == 1
    assert len({one["nonce"] for one in files}) == 3
    with cheap_keys():
        Keystore(tmp_path / "other", PASSPHRASE).create("a", "secret")
    assert json.loads((tmp_path / "other" / "a.json").read_bytes())["salt"] != files[0]["salt"]


@pytest.mark.parametrize("harm", [b"", b"[]", b'{"format": "yinxin-key-1"}', b'{"salt": 5}', b'{"salt": null}', None])
def test_a_key_is_made_beside_damaged_or_older_files(tmp_path: Path, harm: bytes | None) -> None:
    with cheap_keys():
        Keystore(tmp_path, PASSPHRASE).create("a", "secret")
    if harm is not None:
        (tmp_path / "a.json").write_bytes(harm)
    with cheap_keys(2**11):
        Keystore(tmp_path, PASSPHRASE).create("b", "secret")
    assert len(Keystore(tmp_path, PASSPHRASE).secret("b")) == 32
    found = json.loads((tmp_path / "b.json").read_bytes())
    assert found["scrypt"]["n"] == 2**11
    assert harm is not None or found["salt"] != json.loads((tmp_path / "a.json").read_bytes())["salt"]


class TestPassphrase:
    @pytest.fixture(autouse=True)
    def nothing_around(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("YINXIN_PASSPHRASE", "YINXIN_PASSPHRASE_FILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr("sys.stdin", None)

    def test_the_variable_goes_before_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "passphrase").write_text("from the file\n")
        (tmp_path / "passphrase").chmod(0o600)
        assert passphrase_for(tmp_path) == "from the file"
        monkeypatch.setenv("YINXIN_PASSPHRASE", "from the variable")
        assert passphrase_for(tmp_path) == "from the variable"

    def test_a_named_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "elsewhere").write_text("from elsewhere")
        (tmp_path / "elsewhere").chmod(0o600)
        monkeypatch.setenv("YINXIN_PASSPHRASE_FILE", str(tmp_path / "elsewhere"))
        assert passphrase_for(tmp_path / "home") == "from elsewhere"

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
    def test_a_file_others_may_read_is_refused(self, tmp_path: Path, mode: int) -> None:
        (tmp_path / "passphrase").write_text(PASSPHRASE)
        (tmp_path / "passphrase").chmod(mode)
        with pytest.raises(Refused) as caught:
            passphrase_for(tmp_path)
        assert caught.value.code == "keys.passphrase_open"
        assert "chmod 600" in (caught.value.fix or "")

    def test_none_at_all_says_how_to_give_one(self, tmp_path: Path) -> None:
        with pytest.raises(Refused) as caught:
            passphrase_for(tmp_path)
        assert caught.value.code == "keys.passphrase_missing"

    def test_a_new_one_is_not_short_and_typed_twice(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YINXIN_PASSPHRASE", "short")
        with pytest.raises(Refused) as caught:
            passphrase_for(tmp_path, new=True)
        assert caught.value.code == "keys.passphrase_short"
        monkeypatch.delenv("YINXIN_PASSPHRASE")
        terminal = mock.Mock()
        terminal.isatty.return_value = True
        monkeypatch.setattr("sys.stdin", terminal)
        answers = iter(["correct-horse-battery", "something else"])
        monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
        with pytest.raises(Refused) as caught:
            passphrase_for(tmp_path, new=True)
        assert caught.value.code == "keys.passphrase_differs"


def test_a_key_that_is_set_aside_stays_the_same_and_leaves_its_name_free(keys: Keystore) -> None:
    card = keys.card("seal")
    with cheap_keys():
        assert keys.set_aside("seal") == "seal-old-1"
        assert not keys.has("seal")
        new = keys.create("seal", "seal")
        assert keys.set_aside("seal") == "seal-old-2"
    assert keys.card("seal-old-1").thumbprint == card.thumbprint != new.thumbprint
    assert keys.signer("seal-old-1").thumbprint.hex() == card.thumbprint.removeprefix("0x")
    with pytest.raises(NotFound):
        keys.set_aside("seal")
    with pytest.raises(InvalidInput):
        keys.set_aside("account")


def test_an_encrypted_key_comes_back_from_a_backup_under_its_name_and_kind_only(keys: Keystore, tmp_path: Path) -> None:
    private, sealed, public = keys.desk("desk"), keys.sealed("desk"), keys.card("desk").public
    other = Keystore(tmp_path / "other", PASSPHRASE)
    for name, kind in (("desk", "secret"), ("other", "desk")):
        with pytest.raises(Refused):
            other.put_back(name, kind, sealed)
    assert not list((tmp_path / "other").iterdir())
    assert other.put_back("desk", "desk", sealed).public == public
    assert other.desk("desk") == private
    with pytest.raises(Conflict):
        other.put_back("desk", "desk", sealed)
    for refuse in (lambda: keys.sealed("seal"), lambda: other.put_back("seal", "seal", sealed)):
        with pytest.raises(InvalidInput):
            refuse()


def test_a_key_half_made_or_half_destroyed_is_destroyed_whole(keys: Keystore) -> None:
    (keys.folder / "secret.public.json").unlink()
    (keys.folder / "desk.json").unlink()
    (keys.folder / ".part-1").write_bytes(b"half")
    keys.destroy("secret")
    keys.destroy("desk")
    keys.destroy("desk", missing_ok=True)
    keys.clear_leftovers()
    assert not [path.name for path in keys.folder.iterdir() if path.name.startswith((".part", "secret", "desk"))]
    with pytest.raises(NotFound):
        keys.destroy("desk")


def test_an_account_made_elsewhere_is_kept_under_one_name(keys: Keystore) -> None:
    secret = sha256(b"made in a browser")
    with cheap_keys():
        card = keys.take_account("bid-7-1", secret)
        assert keys.take_account("bid-7-1", secret) == card == keys.card("bid-7-1")
        assert keys.account("bid-7-1").key == secret
        assert keys.account("bid-7-1").address.lower() == card.public
        with pytest.raises(Conflict):
            keys.take_account("bid-7-1", sha256(b"another"))
        with pytest.raises(Conflict):
            keys.take_account("desk", secret)
