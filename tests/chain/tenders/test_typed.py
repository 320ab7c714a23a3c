"""What is signed for a tender, against vectors made by eth_account and read by Solidity too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import Commitment, SealedFile
from chain.keys.signatures import recover
from chain.tenders.digests import kind_digest, live_set_digest
from chain.tenders.typed import BookDomain, commitment_hash, custody_hash, move_hash, withdrawal_hash

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "tender.json").read_text(encoding="utf-8")
)
DOMAIN = BookDomain(VECTORS["chainId"], bytes.fromhex(VECTORS["book"][2:]))


def _raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _commitment() -> Commitment:
    message = VECTORS["typed"][0]["message"]
    files = [SealedFile(_raw(message[f"file{n}"]), message[f"size{n}"], _raw(message[f"form{n}"])) for n in (1, 2)]
    return Commitment(
        message["tender"], message["lot"], _raw(message["bidder"]), message["version"], _raw(message["recovery"]),
        message["notAfter"], _raw(message["kindDigest"]), *files,
    )  # fmt: skip


def _struct_hash(vector: dict[str, Any]) -> bytes:
    message = vector["message"]
    if vector["type"] == "Commitment":
        return commitment_hash(_commitment())
    if vector["type"] == "Custody":
        return custody_hash(_raw(message["commitment"]))
    bidder, version, until = _raw(message["bidder"]), message["version"], message["notAfter"]
    if vector["type"] == "Withdrawal":
        return withdrawal_hash(message["tender"], message["lot"], bidder, version, until)
    return move_hash(message["tender"], message["lot"], bidder, _raw(message["successor"]), version, until)


@pytest.mark.parametrize("vector", VECTORS["typed"], ids=lambda vector: vector["type"])
def test_messages_equal_the_vectors_and_their_signers(vector: dict[str, Any]) -> None:
    struct_hash = _struct_hash(vector)
    assert struct_hash == _raw(vector["structHash"])
    assert DOMAIN.separator() == _raw(vector["separator"])
    assert DOMAIN.digest(struct_hash) == _raw(vector["digest"])
    assert recover(DOMAIN.digest(struct_hash), _raw(vector["signature"])) == _raw(vector["signer"])


def test_every_member_counts() -> None:
    whole = _commitment()
    changed = [
        replace(whole, tender=8),
        replace(whole, lot=3),
        replace(whole, bidder=whole.recovery),
        replace(whole, version=2),
        replace(whole, recovery=whole.bidder),
        replace(whole, not_after=1),
        replace(whole, kind_digest=bytes(32)),
        replace(whole, first=whole.second),
        replace(whole, second=whole.first),
    ]
    assert len({commitment_hash(commitment) for commitment in [whole, *changed]}) == 10


@pytest.mark.parametrize(
    "change", [{"tender": 2**64}, {"lot": -1}, {"version": 2**32}, {"bidder": b""}, {"kind_digest": bytes(31)}]
)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        commitment_hash(replace(_commitment(), **change))


def test_kind_digests_and_live_sets_equal_the_contracts() -> None:
    kind = VECTORS["kindDigest"]
    place = (_raw(VECTORS["book"]), kind["tender"], kind["lot"], _raw(kind["bidder"]), _raw(kind["salt"]))
    assert kind_digest(*place, custodian=_raw(kind["custodian"])) == _raw(kind["digest"])
    assert kind_digest(*place) != _raw(kind["digest"])
    live = VECTORS["liveSet"]
    assert live_set_digest(map(_raw, live["commitments"])) == _raw(live["digest"])
    assert live_set_digest(map(_raw, reversed(live["commitments"]))) != _raw(live["digest"])
