"""A small snapshot made from nothing but fixed values, for the golden vector."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.encoding import sha256
from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, Period, StatusFacts
from chain.ledger.events import NO_HEAD, Anchored, StatusAnchored
from chain.ledger.snapshot import SignedSnapshot, Snapshot, SnapshotBody, sign_body
from chain.ledger.snapshot.body import ListState
from chain.ledger.snapshot.shards import make_shard
from chain.ledger.trustroot import ContractRange, TrustRoot, WitnessKey

BUREAU = "11440100000000001F"
LANE = "11100000MB0143028R001"
LIST = "business-licence-1"
T0 = 1_767_225_600
KEY = b"\x0a" * 20
WITNESSES = [Ed25519PrivateKey.from_private_bytes(sha256(b"witness %d" % number)) for number in range(2)]
ROOT = TrustRoot(
    31_415,
    sha256(b"genesis"),
    (ContractRange("AnchorLog", b"\1" * 20, 1), ContractRange("BureauRegistry", b"\2" * 20, 1)),
    tuple(WitnessKey(f"witness-{number}", key.public_key().public_bytes_raw()) for number, key in enumerate(WITNESSES)),
    2,
)


def block(number: int) -> BlockRef:
    return BlockRef(number, sha256(b"block %d" % number), T0 + 10 * number)


def stamp(sequence: int, number: int) -> bytes:
    return sha256(b"stamp %d of %d" % (number, sequence))


def anchors() -> list[AnchorFacts]:
    found: list[AnchorFacts] = []
    head = NO_HEAD
    for sequence in (1, 2):
        event = Anchored(BUREAU, LANE, sequence, sha256(b"root %d" % sequence), 3, sha256(b"manifest"), NO_HEAD, KEY)
        place = block(4 + sequence)
        head = event.head_after(head, place.time)
        found.append(replace(event, head=head).facts(place, sha256(b"transaction %d" % sequence)))
    return found


def status() -> StatusFacts:
    event = StatusAnchored(BUREAU, LIST, sha256(b"an earlier head"), NO_HEAD, sha256(b"status.list.token"), KEY)
    place = block(7)
    return replace(event, head=event.head_after(place.time)).facts(place, sha256(b"transaction of the list"))


def snapshot() -> Snapshot:
    bureau = BureauFacts(
        BUREAU,
        "示例市场监督管理局",
        sha256(b"metadata"),
        T0 + 20,
        (Period(T0 + 30, T0 + 40),),
        {LANE: (Period(T0 + 20),)},
        None,
    )
    keys = (
        KeyFacts(sha256(b"thumbprint"), "credential", b"\2" + sha256(b"point"), Period(T0 + 20), T0 + 9_000),
        KeyFacts(bytes(12) + KEY, "anchor", b"", Period(T0 + 20, T0 + 90_000)),
    )
    ref, data = make_shard(BUREAU, LANE, [(facts, [stamp(facts.sequence, n) for n in range(3)]) for facts in anchors()])
    body = SnapshotBody(
        3,
        ROOT.digest,
        block(8),
        T0 + 100,
        T0 + 100 + 86_400,
        (bureau,),
        {BUREAU: keys},
        (ListState(status(), b"status.list.token"),),
        (ref,),
    )
    return Snapshot(body, (data,))


def signed(*signers: int) -> SignedSnapshot:
    made = snapshot()
    chosen = signers or (0, 1)
    return SignedSnapshot(made).with_signatures(
        (f"witness-{number}", sign_body(made.body, WITNESSES[number])) for number in chosen
    )
