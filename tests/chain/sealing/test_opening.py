"""What does not open, and whose fault the evidence says it is."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chain.containers import X25519Identity, encrypt, stanzas_of
from chain.kernel.encoding import b64url, sha256
from chain.sealing import (
    BidFault,
    BidKeys,
    BidStanza,
    Committed,
    FaultKind,
    Form,
    Party,
    Recipients,
    box,
    open_bid,
    open_box,
)
from chain.sealing.manifest import TAG
from tests.chain.sealing import forged
from tests.chain.sealing.forged import Bent, loose, manifest, plaintext, write
from tests.chain.sealing.samples import (
    RECIPIENTS,
    committed,
    holders,
    identity,
    keys_of,
    private,
    public,
    sealed_bid,
    signature,
)

HONEST = plaintext(manifest())


def kind_of(path: Path, known: Committed, keys: BidKeys) -> FaultKind:
    """The fault; nothing may be left of an opening that failed."""
    with pytest.raises(BidFault) as caught:
        open_bid(path, known, keys, path.parent / "out")
    assert sorted(one.name for one in path.parent.iterdir()) in ([path.name], [])
    fault = caught.value
    assert fault.code == f"bid.{fault.kind}"
    assert fault.party is fault.kind.party
    assert keys.k2.hex() not in f"{fault.message} {fault.evidence} {fault.fix}"
    return fault.kind


def test_an_honest_bid_of_the_forger_opens(tmp_path: Path) -> None:
    known, k2 = write(tmp_path / "bid", HONEST)
    opened = open_bid(tmp_path / "bid", known, BidKeys(signature(identity()), k2), tmp_path / "out")
    assert opened.to_bytes() == manifest()


CONTENTS: dict[str, tuple[FaultKind, Callable[[], bytes]]] = {
    "no tag": (FaultKind.BAD_MANIFEST, lambda: HONEST[1:] + b"\0"),
    "version 2": (FaultKind.BAD_MANIFEST, lambda: HONEST.replace(b"bid-1\n", b"bid-2\n", 1)),
    "manifest without end": (FaultKind.BAD_MANIFEST, lambda: TAG + b"\0\x3f\xff\xff" + HONEST[17:]),
    "manifest too long": (FaultKind.BAD_MANIFEST, lambda: TAG + b"\xff\xff\xff\xff" + HONEST[17:]),
    "empty": (FaultKind.BAD_MANIFEST, lambda: b""),
    "manifest not canonical": (FaultKind.BAD_MANIFEST, lambda: plaintext(manifest().replace(b":", b": ", 1))),
    "unknown member": (FaultKind.BAD_MANIFEST, lambda: plaintext(loose(more=1))),
    "nested deeply": (
        FaultKind.BAD_MANIFEST,
        lambda: plaintext(
            manifest().replace(b'"organisation":{}', b'"organisation":{"a":%b}' % (b"[" * 32 + b"]" * 32))
        ),
    ),
    "nested as deeply as the reader goes": (
        FaultKind.BAD_MANIFEST,
        lambda: plaintext(
            manifest().replace(b'"organisation":{}', b'"organisation":{"a":%b}' % (b"[" * 980 + b"]" * 980))
        ),
    ),
    "document outside": (
        FaultKind.BAD_MANIFEST,
        lambda: plaintext(
            loose(
                documents=[
                    {"name": "../../x", "mediaType": "a/b", "size": 1, "digest": b64url(sha256(b"x"))},
                ]
            ),
            b"x",
        ),
    ),
    "another bidder": (FaultKind.FOREIGN, lambda: plaintext(manifest(identity=identity(bidder=2)))),
    "another version": (FaultKind.FOREIGN, lambda: plaintext(manifest(identity=identity(version=2)))),
    "another price": (FaultKind.WRONG_FORM, lambda: plaintext(manifest(form=Form.of({"price": "1"})))),
    "document changed": (FaultKind.BAD_DOCUMENT, lambda: plaintext(manifest(), forged.CONTENT[:-1] + b"x")),
    "document cut off": (FaultKind.BAD_DOCUMENT, lambda: plaintext(manifest(), forged.CONTENT[:-9], 0)),
    "padding short": (FaultKind.BAD_PADDING, lambda: HONEST[:-1]),
    "padding none": (FaultKind.BAD_PADDING, lambda: plaintext(manifest(), pad=0)),
    "padding long": (FaultKind.BAD_PADDING, lambda: HONEST + b"\0"),
    "padding says something": (FaultKind.BAD_PADDING, lambda: HONEST[:-1] + b"x"),
}


class TestBidder:
    @pytest.mark.parametrize("name", CONTENTS)
    def test_who_seals_something_else_is_at_fault(self, name: str, tmp_path: Path) -> None:
        kind, text = CONTENTS[name]
        known, k2 = write(tmp_path / "bid", text())
        assert kind_of(tmp_path / "bid", known, BidKeys(signature(identity()), k2)) is kind
        assert kind.party is Party.BIDDER

    def test_who_copies_anothers_bid_is_at_fault(self, tmp_path: Path) -> None:
        write(tmp_path / "bid", HONEST)
        known, k2 = write(tmp_path / "bid", HONEST)
        copycat = identity(bidder=2)
        stolen = replace(known, identity=copycat)
        assert kind_of(tmp_path / "bid", stolen, BidKeys(signature(copycat), k2)) is FaultKind.FOREIGN

    def test_who_copies_it_under_the_own_name_gets_a_lock_that_never_opens(self, tmp_path: Path) -> None:
        from chain.containers import b64

        copycat = identity(bidder=2)
        known, k2 = write(tmp_path / "bid", HONEST, Bent(args=lambda args: (args[0], b64(copycat.digest()))))
        stolen = replace(known, identity=copycat)
        assert kind_of(tmp_path / "bid", stolen, BidKeys(signature(copycat), k2)) is FaultKind.BAD_LOCK_ONE

    @pytest.mark.parametrize("place", [0, 95, 96, 111, 112, 127])
    def test_who_spoils_lock_one_is_at_fault(self, place: int, tmp_path: Path) -> None:
        known, k2 = write(tmp_path / "bid", HONEST, Bent(lambda body: _flip(body, place)))
        assert kind_of(tmp_path / "bid", known, BidKeys(signature(identity()), k2)) is FaultKind.BAD_LOCK_ONE

    @pytest.mark.parametrize(
        ("places", "boxes"),
        [
            ((128,), ["officer"]),
            ((191,), ["officer"]),
            ((192,), ["supervisor"]),
            ((150, 255), ["officer", "supervisor"]),
        ],
    )
    def test_who_spoils_a_box_is_at_fault_though_the_rest_would_open(
        self, places: tuple[int, ...], boxes: list[str], tmp_path: Path
    ) -> None:
        known, k2 = write(tmp_path / "bid", HONEST, Bent(lambda body: _flip(body, *places)))
        with pytest.raises(BidFault) as caught:
            open_bid(tmp_path / "bid", known, BidKeys(signature(identity()), k2), None)
        assert (caught.value.kind, caught.value.party) == (FaultKind.BAD_LOCK_TWO, Party.BIDDER)
        assert caught.value.evidence == {"boxes": boxes}

    def test_who_makes_a_box_for_somebody_else_is_at_fault(self, tmp_path: Path) -> None:
        other = Recipients(public("officer"), public("bidder's friend"))
        known, k2 = write(tmp_path / "bid", HONEST, Bent(recipients=other))
        assert kind_of(tmp_path / "bid", known, BidKeys(signature(identity()), k2)) is FaultKind.BAD_LOCK_TWO

    @pytest.mark.parametrize("where", ["mac", "first chunk", "last chunk"])
    def test_who_spoils_what_follows_is_at_fault(self, where: str, tmp_path: Path) -> None:
        known, k2 = write(tmp_path / "bid", HONEST)
        file = (tmp_path / "bid").read_bytes()
        mac = file.index(b"\n---") + 10
        if where == "mac":  # text: one bit of a letter may be no letter of base64
            other = b"B" if file[mac : mac + 1] == b"A" else b"A"
            bad = file[:mac] + other + file[mac + 1 :]
        else:
            bad = _flip(file, {"first chunk": mac + 100, "last chunk": len(file) - 1}[where], bit=1)
        (tmp_path / "bid").write_bytes(bad)
        known = replace(known, digest=sha256(bad))
        assert kind_of(tmp_path / "bid", known, BidKeys(signature(identity()), k2)) is FaultKind.BAD_CIPHERTEXT

    def test_who_commits_to_no_sealed_bid_is_at_fault(self, tmp_path: Path) -> None:
        key = X25519Identity.generate()
        for bad in (b"", b"noise", HONEST, encrypt(HONEST, key.recipient()), encrypt(HONEST, Bent(), key.recipient())):
            (tmp_path / "bid").write_bytes(bad)
            known = Committed(identity(), holders().key.key, RECIPIENTS, sha256(bad), len(bad), bytes(32))
            assert kind_of(tmp_path / "bid", known, BidKeys(signature(identity()), bytes(16))) is FaultKind.BAD_HEADER


class TestOthers:
    def test_a_store_that_has_another_file_is_at_fault_whatever_is_wrong_with_it(self, tmp_path: Path) -> None:
        sealed = sealed_bid(tmp_path, (70_000,))
        file = (tmp_path / "bid.age").read_bytes()
        keys, known = keys_of(file), committed(sealed)
        folder = tmp_path / "store"
        folder.mkdir()
        for bad in (b"", b"x", file[:-1], file + b"\0", _flip(file, 300), _flip(file, len(file) - 1), file[:500]):
            (folder / "bid").write_bytes(bad)
            assert kind_of(folder / "bid", known, keys) is FaultKind.WRONG_FILE
        (folder / "bid").unlink()
        assert kind_of(folder / "bid", known, keys) is FaultKind.MISSING_FILE
        assert {FaultKind.WRONG_FILE.party, FaultKind.MISSING_FILE.party} == {Party.STORAGE}

    def test_a_signature_that_is_not_the_groups_is_the_key_holders_matter(self, tmp_path: Path) -> None:
        known, k2 = write(tmp_path / "bid", HONEST)
        town = holders()
        for wrong in (
            signature(identity(version=2)),
            town.shares[1].sign(identity()),
            b"\xc0" + bytes(47),
            b"\xff" * 48,
            b"",
        ):
            assert kind_of(tmp_path / "bid", known, BidKeys(wrong, k2)) is FaultKind.WRONG_SIGNATURE
        assert FaultKind.WRONG_SIGNATURE.party is Party.KEY_HOLDERS

    def test_an_officer_who_shows_a_wrong_k2_blames_nobody(self, tmp_path: Path) -> None:
        known, k2 = write(tmp_path / "bid", HONEST)
        for wrong in (bytes(16), _flip(k2, 0), k2[:15]):
            assert kind_of(tmp_path / "bid", known, BidKeys(signature(identity()), wrong)) is FaultKind.WRONG_LOCK_KEY
        assert FaultKind.WRONG_LOCK_KEY.party is Party.UNDECIDED

    def test_a_box_that_does_not_open_leaves_the_question_open(self, tmp_path: Path) -> None:
        write(tmp_path / "bid", HONEST, Bent(lambda body: _flip(body, 170)))
        stanza = BidStanza.of(stanzas_of((tmp_path / "bid").read_bytes()))
        with pytest.raises(BidFault) as caught:
            open_box(stanza, "officer", private("officer"))
        assert (caught.value.kind, caught.value.party) == (FaultKind.SHUT_BOX, Party.UNDECIDED)
        assert open_box(stanza, "supervisor", private("supervisor"))
        with pytest.raises(BidFault):
            open_box(stanza, "supervisor", private("officer"))

    def test_a_box_made_with_other_randomness_counts_as_shut(self) -> None:
        """It would open for a reader that does not make it again; then nobody could be proved right."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

        from chain.containers import hkdf, wrap_key

        ephemeral, key = X25519PrivateKey.generate(), public("officer")
        share = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(key))
        made = share + wrap_key(hkdf(shared, share + key, b"label/wrapcontext"), bytes(16))
        assert box.open_box(made, private("officer"), b"label", b"context") is None
        right = box.make_box(bytes(16), key, b"label", b"context")
        assert box.open_box(right, private("officer"), b"label", b"context") == bytes(16)
        assert box.open_box(bytes(32) + right[32:], private("officer"), b"label", b"context") is None


class TestLocks:
    def test_key_holders_without_lock_two_open_nothing(self, tmp_path: Path) -> None:
        """All five together, and k2 guessed: what they know of the file key is nothing."""
        known, k2 = write(tmp_path / "bid", HONEST)
        stanza = BidStanza.of(stanzas_of((tmp_path / "bid").read_bytes()))
        assert k2 not in b"".join((stanza.lock_one.to_bytes(), *stanza.boxes.values()))
        every = BidKeys(signature(identity(), (1, 2, 3, 4, 5)), bytes(16))
        assert kind_of(tmp_path / "bid", known, every) is FaultKind.WRONG_LOCK_KEY

    def test_both_keys_of_lock_two_without_key_holders_open_nothing(self, tmp_path: Path) -> None:
        known, k2 = write(tmp_path / "bid", HONEST)
        town = holders()
        for signed in (town.shares[1].sign(identity()), signature(identity(tender=7, version=9))):
            assert kind_of(tmp_path / "bid", known, BidKeys(signed, k2)) is FaultKind.WRONG_SIGNATURE

    def test_the_key_of_one_bid_opens_no_other(self, tmp_path: Path) -> None:
        """A withdrawn, replaced or disqualified bid stays shut, whatever else was opened."""
        second = identity(version=2)
        known, k2 = write(tmp_path / "bid", plaintext(manifest(identity=second)), Bent(who=second))
        replaced = replace(known, identity=second)
        assert kind_of(tmp_path / "bid", replaced, BidKeys(signature(identity()), k2)) is FaultKind.WRONG_SIGNATURE


def test_no_single_changed_byte_opens(tmp_path: Path) -> None:
    """2,000 changes: every byte of the header, the rest at random; the commitment is made to fit each time."""
    sealed = sealed_bid(tmp_path, (1000, 80_000))
    file = (tmp_path / "bid.age").read_bytes()
    keys, known = keys_of(file), committed(sealed)
    start = file.index(b"\n---") + 48
    chance = random.Random(20_260_101)
    places = list(range(start + 16)) + [chance.randrange(start + 16, len(file)) for _ in range(2_000 - start - 16)]
    path, opened = tmp_path / "changed.age", []
    for place in places:
        changed = bytearray(file)
        changed[place] ^= chance.randrange(1, 256)
        path.write_bytes(changed)
        try:
            open_bid(path, replace(known, digest=sha256(bytes(changed))), keys, None)
        except BidFault:
            continue
        opened.append(place)
    assert len(places) == 2_000
    assert opened == []


def test_bids_that_do_not_open_leave_no_thread_behind(tmp_path: Path) -> None:
    """An opening keeps the faults of its bids, and whoever bids decides how many there are."""
    sealed = sealed_bid(tmp_path, (1000, 80_000))
    file = (tmp_path / "bid.age").read_bytes()
    keys, known, path, faults = keys_of(file), committed(sealed), tmp_path / "changed.age", []
    for place in (5, 400, len(file) // 2, len(file) - 1):
        path.write_bytes(_flip(file, place))
        with pytest.raises(BidFault) as caught:
            open_bid(path, replace(known, digest=sha256(path.read_bytes())), keys, None)
        faults.append(caught.value)
    for thread in threading.enumerate():
        if thread.name.startswith("sha256"):
            thread.join(60)
            assert not thread.is_alive()
    assert len({fault.kind for fault in faults}) > 1


def _flip(data: bytes, *places: int, bit: int = 0) -> bytes:
    out = bytearray(data)
    for place in places:
        out[place] ^= 1 << bit
    return bytes(out)
