"""Shards: the anchors of one lane and the stamps behind each, in binary (docs/formats/trust-snapshot.md). Pure.

All anchors of the lane from sequence 1 on, 240 bytes each, big-endian: sequence (8), root (32), leaves (4), manifest
digest (32), head (32), key (20), block number (8), block hash (32), block time (8), transaction (32), then where its
stamps begin (16: first and count, 8 bytes each), and 16 zero bytes. Then all stamps: the first 16 bytes of each
stamp's SHA-256, those of one anchor in rising order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import AnchorFacts, BlockRef
from chain.ledger.events import NO_HEAD, Anchored
from chain.ledger.snapshot.body import ShardRef

WIDTH = 16
"""Bytes of a stamp's digest that are kept: 128 bits."""
_ANCHOR = struct.Struct(">Q32sI32s32s20sQ32sQ32sQQ16x")


def make_shard(
    bureau: str, lane: str, anchors: Iterable[tuple[AnchorFacts, Sequence[bytes]]]
) -> tuple[ShardRef, bytes]:
    """The shard of one lane.

    Args:
        bureau: USCC.
        lane: lane.
        anchors: every anchor in order, with the SHA-256 digests of its stamps (none for a service lane).
    """
    records: list[bytes] = []
    stamps: list[bytes] = []
    for facts, digests in anchors:
        short = sorted({digest[:WIDTH] for digest in digests})
        records.append(
            _ANCHOR.pack(
                facts.sequence, facts.root, facts.size, facts.manifest_digest, facts.head, facts.key,
                facts.block.number, facts.block.hash, facts.block.time, facts.transaction, len(stamps), len(short),
            )
        )  # fmt: skip
        stamps += short
    data = b"".join(records) + b"".join(stamps)
    return ShardRef(bureau, lane, len(records), len(stamps), len(data), sha256(data)), data


class Shard:
    """One shard, checked.

    Args:
        ref: what the signed document says of it.
        data: its bytes.
        last: number of the snapshot's block; no anchor may lie beyond it.

    Raises:
        InvalidInput: its digest, its form or its chain of heads is wrong.
    """

    def __init__(self, ref: ShardRef, data: bytes, last: int) -> None:
        self.ref = ref
        if len(data) != ref.size or sha256(data) != ref.digest:
            raise _bad(ref, "its bytes are not the ones that were signed")
        if ref.size != _ANCHOR.size * ref.anchors + WIDTH * ref.stamps:
            raise _bad(ref, "its length does not fit its counts")
        self._data = data
        self._stamps = _ANCHOR.size * ref.anchors
        head, count, sequence = NO_HEAD, 0, 0
        for at in range(ref.anchors):
            facts, first, stamps = self._record(at)
            event = Anchored(*(getattr(facts, name) for name in Anchored.__slots__))
            if event.sequence == 1:
                # The first of the lane, or of the contract that followed a retired one.
                head, sequence = (
                    (head, sequence) if event.head_after(NO_HEAD, facts.block.time) != facts.head else (NO_HEAD, 0)
                )
            if (
                first != count
                or facts.sequence != sequence + 1
                or event.head_after(head, facts.block.time) != facts.head
            ):
                raise _bad(ref, f"anchor {facts.sequence} does not follow from the one before")
            if facts.block.number > last:
                raise _bad(ref, f"anchor {facts.sequence} lies beyond the snapshot's block")
            head, sequence, count = facts.head, facts.sequence, count + stamps
        if count != ref.stamps:
            raise _bad(ref, "stamps that belong to no anchor")

    def anchors(self) -> Iterator[AnchorFacts]:
        """Every anchor, in order."""
        return (self._record(at)[0] for at in range(self.ref.anchors))

    def find(self, short: bytes) -> AnchorFacts | None:
        """The anchor of the stamp whose digest begins with these 16 bytes, or None."""
        for at in range(self.ref.anchors):
            facts, first, count = self._record(at)
            low, high = first, first + count
            while low < high:
                middle = (low + high) // 2
                if self._stamp(middle) < short:
                    low = middle + 1
                else:
                    high = middle
            if low < first + count and self._stamp(low) == short:
                return facts
        return None

    def _stamp(self, place: int) -> bytes:
        at = self._stamps + place * WIDTH
        return self._data[at : at + WIDTH]

    def _record(self, at: int) -> tuple[AnchorFacts, int, int]:
        (sequence, root, size, manifest, head, key, number, hash_, time, transaction, first, count) = (
            _ANCHOR.unpack_from(self._data, at * _ANCHOR.size)
        )
        block = BlockRef(number, hash_, time)
        facts = AnchorFacts(
            self.ref.bureau, self.ref.lane, sequence, root, size, manifest, head, key, block, transaction
        )
        return facts, first, count


def _bad(ref: ShardRef, why: str) -> InvalidInput:
    return InvalidInput(f"snapshot: shard {ref.bureau} {ref.lane}: {why}", code="snapshot.shard", field="shards")
