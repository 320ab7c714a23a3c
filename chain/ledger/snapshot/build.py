"""Makes a snapshot from the chain and the published batches; whoever repeats it gets the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, Unavailable
from chain.kernel.ports import AnchorFacts
from chain.ledger.reader import LedgerReader
from chain.ledger.snapshot.body import ListState, SnapshotBody
from chain.ledger.snapshot.shards import make_shard

LIFE = 30 * 86_400
"""Seconds a snapshot proves present status, unless told otherwise."""


class SnapshotEvidence(Protocol):
    """What the chain holds only digests of."""

    def stamps(self, anchor: AnchorFacts) -> Sequence[bytes]:
        """SHA-256 of every stamp of that batch, from its public manifest; raises NotFound, Damaged, Unavailable."""
        ...

    def status_list(self, digest: bytes) -> bytes | None:
        """The status list token with that SHA-256, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot without signatures.

    Attributes:
        body: what gets signed.
        shards: bytes of each shard, in the order of ``body.shards``.
    """

    body: SnapshotBody
    shards: tuple[bytes, ...]


def build_snapshot(
    reader: LedgerReader,
    evidence: SnapshotEvidence,
    *,
    version: int,
    made_at: int,
    expires: int,
    progress: Callable[[int], None] | None = None,
) -> Snapshot:
    """The snapshot of the reader's block.

    Args:
        reader: stands at the block to describe.
        evidence: gives manifests and status list tokens.
        version: higher than that of every earlier snapshot.
        made_at: the maker's present time.
        expires: when it ends proving present status.
        progress: called with the number of anchors done.

    Raises:
        Unavailable: a token or a manifest cannot be had; without them the snapshot would lie by leaving out.
        Damaged: a token or a manifest is not what its digest says, or the chain of heads has a gap.
    """
    bureaus = sorted(reader.bureaus())
    facts = []
    for uscc in bureaus:
        found = reader.bureau(uscc)
        if found is None:
            raise Damaged(f"bureau {uscc} is listed but unknown", code="ledger.answer")
        facts.append(found)
    shards = []
    done = 0
    for bureau, lane in reader.lanes():
        anchors = []
        for anchor in reader.anchors(bureau, lane):
            anchors.append((anchor, _stamps(anchor, evidence)))
            done += 1
            if progress is not None:
                progress(done)
        shards.append(make_shard(bureau, lane, anchors))
    body = SnapshotBody(
        version, reader.trust_root.digest, reader.block, made_at, expires, tuple(facts),
        {uscc: reader.keys(uscc) for uscc in bureaus},
        tuple(_list(reader, evidence, bureau, name) for bureau, name in reader.status_lists()),
        tuple(ref for ref, _ in shards),
    )  # fmt: skip
    return Snapshot(body, tuple(data for _, data in shards))


def _stamps(anchor: AnchorFacts, evidence: SnapshotEvidence) -> Sequence[bytes]:
    if anchor.lane.startswith("$"):
        return ()
    stamps = evidence.stamps(anchor)
    if len(stamps) != anchor.size or len(set(stamps)) != anchor.size:
        raise Damaged(
            f"batch {anchor.sequence} of {anchor.bureau} in {anchor.lane}: {len(stamps)} stamps, {anchor.size} leaves",
            code="snapshot.stamps",
        )  # fmt: skip
    return stamps


def _list(reader: LedgerReader, evidence: SnapshotEvidence, bureau: str, name: str) -> ListState:
    facts = reader.status_head(bureau, name)
    if facts is None:
        raise Damaged(f"status list {name} of {bureau} is listed but empty", code="ledger.gap")
    token = evidence.status_list(facts.digest)
    if token is None:
        raise Unavailable(
            f"the token of status list {name} of {bureau} is in no store", code="snapshot.token",
            field="documents.store", fix="configure the store into which the bureau publishes",
        )  # fmt: skip
    if sha256(token) != facts.digest:
        raise Damaged(f"the token of status list {name} of {bureau} is not the one anchored", code="snapshot.token")
    return ListState(facts, token)
