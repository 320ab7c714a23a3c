"""Lock 1 in the hands of npm tlock-js, whole sealed bids in those of npm age-encryption."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chain.containers import FILE_KEY_SIZE, Stanza, decrypt, encrypt
from chain.kernel.encoding import sha256
from chain.sealing import combine, curve, ibe
from chain.sealing.manifest import TAG, read_manifest
from chain.sealing.threshold import sign
from tests.chain.sealing.samples import holders, identity, private, sealed_bid, signature

SCRIPT = Path(__file__).with_name("sealing_peers.mjs")
TOWN = holders()
KEY = curve.read_g2(TOWN.key.key)
ROUND = 1000
ROUND_IDENTITY = sha256(ROUND.to_bytes(8, "big"))


def peer(**request: Any) -> Any:
    """What the libraries say."""
    run = subprocess.run(
        ["node", str(SCRIPT)], input=json.dumps(request), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(run.stdout)


def round_signature() -> bytes:
    """Our key holders as a drand network: their signature of one round."""
    partials = {one: sign(curve.read_scalar(TOWN.shares[one].secret), ROUND_IDENTITY) for one in list(TOWN.shares)[:3]}
    return combine(TOWN.key, ROUND_IDENTITY, partials).signature


class TlockStanza:
    """tlock's own stanza over our primitive."""

    def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
        body = ibe.lock(KEY, ROUND_IDENTITY, file_key).to_bytes()
        return (Stanza(("tlock", str(ROUND), "00" * 32), body),)

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
        (stanza,) = stanzas
        assert stanza.args == ("tlock", str(ROUND), "00" * 32)
        file_key = ibe.unlock(curve.read_g1(round_signature()), ibe.Locked.from_bytes(stanza.body))
        assert file_key is not None
        assert len(file_key) == FILE_KEY_SIZE
        return file_key


class TestTlock:
    def test_opens_what_we_lock(self) -> None:
        made = ibe.lock(KEY, identity().digest(), bytes(range(16)))
        lock = {"u": made.u.hex(), "v": made.v.hex(), "w": made.w.hex()}
        answer = peer(do="unlock", signature=signature(identity()).hex(), **lock)
        assert answer == {"ok": True, "message": bytes(range(16)).hex()}
        assert not peer(do="unlock", signature=signature(identity(version=2)).hex(), **lock)["ok"]

    def test_locks_what_we_open(self) -> None:
        answer = peer(
            do="lock", key=TOWN.key.key.hex(), identity=identity().digest().hex(), message=bytes(range(16)).hex()
        )
        made = ibe.Locked(*(bytes.fromhex(answer[part]) for part in "uvw"))
        assert ibe.unlock(curve.read_g1(signature(identity())), made) == bytes(range(16))
        assert ibe.unlock(curve.read_g1(signature(identity(version=2))), made) is None

    def test_makes_whole_files_that_our_key_holders_open(self) -> None:
        answer = peer(do="timelock", key=TOWN.key.key.hex(), round=ROUND, text="from afar")
        assert decrypt(bytes.fromhex(answer["file"]), TlockStanza()) == b"from afar"

    def test_opens_whole_files_of_ours_and_its_client_checks_our_signature(self) -> None:
        file, signed = encrypt(b"to afar", TlockStanza()), round_signature()
        beacon = {"round": ROUND, "signature": signed.hex(), "randomness": sha256(signed).hex()}
        request = {"do": "timeopen", "key": TOWN.key.key.hex(), "file": file.hex()}
        assert peer(**request, beacon=beacon) == {"ok": True, "text": "to afar"}
        wrong = signature(identity())
        beacon = {"round": ROUND, "signature": wrong.hex(), "randomness": sha256(wrong).hex()}
        assert "not valid" in peer(**request, beacon=beacon)["error"]


class TestAge:
    @pytest.mark.parametrize("sizes", [(10,), (1000, 0, 200_000)])
    def test_reads_a_sealed_bid_by_an_identity_made_from_the_page(self, tmp_path: Path, sizes: tuple[int, ...]) -> None:
        sealed = sealed_bid(tmp_path, sizes)
        file = (tmp_path / "bid.age").read_bytes()
        request = {"do": "open", "file": file.hex(), "signature": signature(identity()).hex()}
        answer = peer(**request, officer=private("officer").hex())
        assert answer["ok"], answer
        plain = bytes.fromhex(answer["plaintext"])
        length = int.from_bytes(plain[len(TAG) : len(TAG) + 4], "big")
        assert read_manifest(plain[len(TAG) + 4 : len(TAG) + 4 + length]) == sealed.manifest
        rest = plain[len(TAG) + 4 + length :]
        for number in range(len(sizes)):
            document = (tmp_path / f"source-{number}").read_bytes()
            assert rest[: len(document)] == document
            rest = rest[len(document) :]
        assert not rest.strip(b"\0")
        assert not peer(**request, officer=private("supervisor").hex())["ok"]
