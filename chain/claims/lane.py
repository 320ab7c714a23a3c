"""The lane ``$claims`` of one bureau, read once and then asked about many bindings. Pure: facts and bytes in.

Manifests come from anybody. What they say counts only if it leads to the root that the bureau anchored; an anchor
whose manifest is missing or does not fit is a hole, and a hole makes an answer uncertain, never yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.claims.binding import CLAIMS_LANE
from chain.claims.leaf import BindingParts, binding_leaf
from chain.kernel.errors import InvalidInput, Unavailable, YinxinError
from chain.kernel.ports import AnchorFacts, BlockRef, TrustSource
from chain.merkle import Tree


class LaneLeaves(Protocol):
    """Any source of what an anchor's tree is made of. Never trusted."""

    def rows(self, facts: AnchorFacts) -> Sequence[bytes]:
        """Tag, document and record of each leaf in order, 96 bytes each.

        Raises:
            NotFound, Damaged, InvalidInput, Unavailable: they are not to be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf that counts.

    Attributes:
        parts: what it is made of.
        anchor: where it stands.
    """

    parts: BindingParts
    anchor: AnchorFacts


@dataclass(frozen=True, slots=True)
class LaneReading:
    """What a lane says as of one block.

    Attributes:
        bureau: USCC.
        block: the final block at which it was read.
        entries: leaves by their tag, oldest anchor first.
        holes: anchors that could not be read, with the reason.
        fault: why the lane could not be read to its end, or None.
    """

    bureau: str
    block: BlockRef
    entries: Mapping[bytes, Sequence[Entry]]
    holes: Sequence[tuple[AnchorFacts, str]] = ()
    fault: str | None = None

    def first(self, tag: bytes, until: int) -> Entry | None:
        """The oldest leaf with that tag, anchored at or before block number ``until``."""
        return next((entry for entry in self.entries.get(tag, ()) if entry.anchor.block.number <= until), None)

    def doubt(self, until: int) -> str | None:
        """Why something at or before block number ``until`` may be missing here, or None if nothing can be."""
        if self.fault is not None:
            return self.fault
        return next((reason for facts, reason in self.holes if facts.block.number <= until), None)


def read_lane(trust: TrustSource, leaves: LaneLeaves, bureau: str) -> LaneReading:
    """Read a bureau's lane of claims up to the source's block.

    An anchor by a key that the registry does not hold for the bureau as an anchor key, usable at the anchor's block,
    does not count, whatever it says. A snapshot does not carry this lane, so a reading of one is uncertain.
    """
    if trust.expires is not None:
        return LaneReading(bureau, trust.block, {}, fault="a trust snapshot does not carry the lane of claims")
    entries: dict[bytes, list[Entry]] = {}
    holes: list[tuple[AnchorFacts, str]] = []
    fault: str | None = None
    sequence = 1
    try:
        while (facts := trust.anchor(bureau, CLAIMS_LANE, sequence)) is not None:
            sequence += 1
            key = trust.key(bureau, facts.key.rjust(32, b"\0"))
            if key is None or key.purpose != "anchor" or not key.usable(facts.block.time):
                continue
            try:
                found = _checked(leaves.rows(facts), facts)
            except YinxinError as error:
                holes.append((facts, error.message[:200]))
                continue
            for parts in found:
                entries.setdefault(parts.tag, []).append(Entry(parts, facts))
    except Unavailable as error:
        fault = error.message[:200]
    return LaneReading(bureau, trust.block, entries, tuple(holes), fault)


def _checked(rows: Sequence[bytes], facts: AnchorFacts) -> list[BindingParts]:
    parts = [BindingParts.from_bytes(row) for row in rows]
    if len(parts) != facts.size or not parts or Tree([binding_leaf(one) for one in parts]).root != facts.root:
        raise InvalidInput(
            f"the manifest of anchor {facts.sequence} does not lead to its root",
            code="claim.manifest",
            field="manifest",
        )
    return parts
