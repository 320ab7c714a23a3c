"""A witness signs a trust snapshot only after it has made the very same bytes itself."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.errors import Conflict, Refused
from chain.ledger.reader import LedgerReader
from chain.ledger.rpc import RpcClient
from chain.ledger.snapshot.build import SnapshotEvidence, build_snapshot
from chain.ledger.snapshot.signed import SignedSnapshot, sign_body
from chain.ledger.trustroot import TrustRoot
from chain.ledger.witness.store import WitnessStore

LONGEST_LIFE = 100 * 86_400
"""Seconds beyond which no witness lets a snapshot live."""
_CLOCKS = 3600


def cosign_snapshot(
    signed: SignedSnapshot,
    *,
    store: WitnessStore,
    name: str,
    key: Ed25519PrivateKey,
    rpc: RpcClient,
    trust_root: TrustRoot,
    evidence: SnapshotEvidence,
    now: int,
) -> SignedSnapshot:
    """The snapshot with this witness' signature.

    Args:
        signed: what the maker proposes.
        store: the witness' memory; the snapshot's block must be one that it has checked.
        name: the witness' name.
        key: its key.
        rpc: its own endpoints.
        trust_root: its own pinned trust root.
        evidence: manifests and status list tokens, from a store that it can reach.
        now: the device's time.

    Raises:
        Refused: made under another trust root, at an odd time, for too long, or older than one signed before.
        Conflict: this witness did not see that block, or its own reckoning gives other bytes.
        Unavailable, Damaged, NotFound: it cannot reckon.
    """
    body = signed.snapshot.body
    if body.trust_root != trust_root.digest:
        raise Refused("the snapshot is made under another trust root", code="snapshot.trust_root", field="trustRoot")
    if abs(now - body.made_at) > _CLOCKS or body.expires - body.made_at > LONGEST_LIFE:
        raise Refused(
            "the snapshot's time is more than an hour off this clock, or it would live too long", code="snapshot.times",
            field="madeAt", fix="make it again now",
        )  # fmt: skip
    if store.hash_of(body.block.number) != body.block.hash:
        raise Conflict(
            f"this witness has not seen block {body.block.number} with that hash", code="snapshot.block",
            field="block", fix="wait until the witness has come that far; if it has, the maker follows another chain",
        )  # fmt: skip
    reader = LedgerReader(rpc, trust_root, block=body.block)
    mine = build_snapshot(reader, evidence, version=body.version, made_at=body.made_at, expires=body.expires)
    if mine.body != body or mine.shards != signed.snapshot.shards:
        raise Conflict(
            "the snapshot is not what this witness reckons from the chain", code="snapshot.differs", field="snapshot",
            fix="have it made again; if it differs again, find out which side is wrong before anybody signs",
        )  # fmt: skip
    if not store.claim_snapshot(body.version, body.digest, body.block.number + 1):
        raise Refused(
            f"this witness signed a newer snapshot than {body.version}, or another one of that version",
            code="snapshot.older", field="version", fix="make it again with a higher version",
        )  # fmt: skip
    return signed.with_signatures([(name, sign_body(body, key))])
