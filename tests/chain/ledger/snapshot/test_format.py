"""The file of a snapshot, without any chain: golden vector, one form, and rules that signatures alone do not hold."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chain.kernel.canonical import canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, YinxinError
from chain.kernel.ports import BlockRef
from chain.ledger.events import NO_HEAD
from chain.ledger.snapshot import SignedSnapshot, Snapshot, SnapshotBody, SnapshotSource, sign_body
from chain.ledger.snapshot.body import ListState
from chain.ledger.snapshot.shards import make_shard
from chain.ledger.trustroot import TrustRoot
from tests.chain.ledger.snapshot import example

NOW = example.T0 + 200


def resigned(body: SnapshotBody, *shards: bytes) -> SignedSnapshot:
    """A snapshot that dishonest witnesses signed all the same."""
    made = Snapshot(body, shards or example.snapshot().shards)
    names = ((f"witness-{number}", sign_body(body, key)) for number, key in enumerate(example.WITNESSES))
    return SignedSnapshot(made).with_signatures(names)


def test_golden_vector(vectors: Callable[[str], Any]) -> None:
    golden = vectors("snapshot")
    root = TrustRoot.from_dict(golden["trustRoot"])
    data = base64.b64decode(golden["file"])
    assert data == example.signed().to_bytes()
    source = SnapshotSource(SignedSnapshot.from_bytes(data), root, clock=lambda: golden["at"])
    assert "0x" + source.body.digest.hex() == golden["digest"]
    assert source.body.as_dict() == golden["snapshot"]
    for digest, place in golden["stamps"].items():
        found = source.stamp_anchor(bytes.fromhex(digest))
        assert place == (None if found is None else [found.bureau, found.lane, found.sequence, found.block.time])
    for name, text in golden["refused"].items():
        with pytest.raises(YinxinError):
            SnapshotSource(SignedSnapshot.from_bytes(base64.b64decode(text)), root, clock=lambda: golden["at"])
        assert name


def test_reads_what_it_writes() -> None:
    data = example.signed().to_bytes()
    assert SignedSnapshot.from_bytes(data).to_bytes() == data
    source = SnapshotSource(SignedSnapshot.from_bytes(data), example.ROOT, clock=lambda: NOW)
    assert [source.anchor(example.BUREAU, example.LANE, n) for n in (1, 2)] == example.anchors()
    assert source.status_head(example.BUREAU, example.LIST) == example.status()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", "yinxin-snapshot-2"),
        ("version", 0),
        ("version", True),
        ("expires", example.T0),
        ("more", 1),
        ("madeAt", "now"),
        ("bureaus", None),
        ("shards", [{}]),
        ("trustRoot", "AA=="),
    ],
)
def test_odd_documents_are_refused(member: str, value: Any) -> None:
    document = example.snapshot().body.as_dict() | {member: value}
    file = canonical({"snapshot": document, "signatures": []}) + b"\n" + example.snapshot().shards[0]
    with pytest.raises(InvalidInput):
        SignedSnapshot.from_bytes(file)


def test_a_list_whose_head_does_not_follow_is_refused_though_signed() -> None:
    facts = replace(example.status(), block=BlockRef(7, sha256(b"block 7"), example.T0 + 71))
    body = replace(example.snapshot().body, lists=(ListState(facts, b"status.list.token"),))
    with pytest.raises(InvalidInput) as caught:
        SnapshotSource(resigned(body), example.ROOT, clock=lambda: NOW)
    assert caught.value.code == "snapshot.list"


def test_a_lane_with_a_gap_or_a_changed_anchor_is_refused_though_signed() -> None:
    first, second = example.anchors()
    for wrong in ([second], [first, replace(second, root=sha256(b"planted"))], [first, replace(second, sequence=3)]):
        ref, data = make_shard(example.BUREAU, example.LANE, [(facts, []) for facts in wrong])
        body = replace(example.snapshot().body, shards=(ref,))
        with pytest.raises(InvalidInput) as caught:
            SnapshotSource(resigned(body, data), example.ROOT, clock=lambda: NOW)
        assert caught.value.code == "snapshot.shard"


def test_an_anchor_beyond_the_block_is_refused_though_signed() -> None:
    body = replace(example.snapshot().body, block=example.block(5))
    with pytest.raises(InvalidInput):
        SnapshotSource(resigned(body), example.ROOT, clock=lambda: NOW)


def test_a_history_of_one_state_is_whole() -> None:
    facts = example.status()
    assert facts.previous_head != NO_HEAD
    source = SnapshotSource(example.signed(), example.ROOT, clock=lambda: NOW)
    with pytest.raises(YinxinError):
        source.status_history(example.BUREAU, example.LIST)
    assert source.status_history(example.BUREAU, "none") == ()
