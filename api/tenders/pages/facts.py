"""What the index says of one tender, as pages take it: rows, and the events that may be shown, with times as seconds.

All events come through :func:`api.tenders.query.timeline`, the one gate that keeps bids of a closed lot back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from api.tenders import query
from api.tenders.due import Due, due_of
from api.tenders.schemas import Moment
from api.tenders.tables import ceremonies, ceremony_members, tender_lots
from chain.kernel.clock import parse_moment
from chain.kernel.encoding import unhex0x
from chain.kernel.tender_facts import Phase

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of the chain.

    Attributes:
        name: as in the contract; lot: number or 0; values: as JSON has them.
        block: number; at: its time in seconds; transaction: 0x; index: of the log in its block.
    """

    name: str
    lot: int
    values: Mapping[str, Any]
    block: int
    at: int
    transaction: str
    index: int

    @classmethod
    def of(cls, moment: Moment) -> Fact:
        """From an event of the timeline."""
        return cls(
            moment.name, moment.lot or 0, moment.values, moment.block, parse_moment(moment.time), moment.transaction,
            moment.index,
        )  # fmt: skip

    def digest(self, name: str = "digest") -> bytes:
        """A digest among its values, 32 bytes."""
        return unhex0x(self.values[name], size=32, field=name)


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose key the bids are sealed to: number of the ceremony, how many open together, of how many."""

    ceremony: int
    threshold: int
    members: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A tender in the index.

    Attributes:
        row: of ``tenders``, with what its notice says.
        lots: rows of ``tender_lots``, by number.
        events: in the chain's order.
        keys: the ceremony; None while the index has not read it.
    """

    row: Any
    lots: Mapping[int, Any]
    events: Sequence[Fact]
    keys: Keys | None = None

    @property
    def number(self) -> int:
        """Of the tender."""
        return int(self.row.number)

    @property
    def due(self) -> tuple[Due, ...]:
        """What comes next."""
        return tuple(due_of(self.row, [self.lots[number] for number in sorted(self.lots)]))

    def phase(self, lot: int) -> Phase:
        """Where a lot stands."""
        return Phase.CANCELLED if self.row.cancelled else Phase(self.lots[lot].phase)

    def named(self, *names: str, lot: int | None = None) -> Iterator[Fact]:
        """Events with one of these names, of one lot or of all."""
        return (one for one in self.events if one.name in names and lot in (None, one.lot))

    def recorded(self, kind: str, lot: int) -> list[Fact]:
        """What was put on record under a kind for a lot, oldest first."""
        return [one for one in self.named("Recorded", lot=lot) if one.values["kind"] == kind]


def load(engine: Engine, number: int) -> Facts:
    """A tender. Raises NotFound."""
    moments, _ = query.timeline(engine, number, after=0, limit=_ALL)
    with engine.connect() as connection:
        row = query.tender_row(connection, number)
        lots = connection.execute(select(tender_lots).where(tender_lots.c.tender == number)).all()
        ceremony = connection.execute(select(ceremonies).where(ceremonies.c.number == row.ceremony)).one_or_none()
        members = connection.execute(
            select(ceremony_members.c.member).where(ceremony_members.c.ceremony == row.ceremony)
        ).all()
    keys = None if ceremony is None else Keys(row.ceremony, ceremony.threshold, len(members))
    return Facts(row, {lot.lot: lot for lot in lots}, [Fact.of(one) for one in moments], keys)


__all__ = ["Fact", "Facts", "Keys", "load"]
