"""What the public board lists: what was asked for, by address, and one page of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Engine

from api.tenders import query
from api.tenders.schemas import TenderLine
from api.tenders.shown import phase_of
from chain.kernel.clock import parse_moment
from chain.kernel.tender_facts import Phase

PAGE = 20
DAY = 86_400

STATES: dict[str, tuple[Phase, ...]] = {
    "bidding": (Phase.BIDDING,),
    "opening": (Phase.BIDDING, Phase.CLOSED),
    "evaluating": (Phase.OPENED, Phase.REVIEWED, Phase.PRICE_CLOSED, Phase.PRICE_OPENED),
    "candidates": (Phase.CANDIDATES,),
    "awarded": (Phase.AWARDED,),
    "contracted": (Phase.CONTRACTED,),
    "failed": (Phase.FAILED,),
    "cancelled": (Phase.CANCELLED,),
}
"""What people look for, to the phases of a lot. ``bidding`` and ``opening`` part at the deadline."""

CLOSINGS: dict[str, int | None] = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY, "passed": None}
"""Deadline from now on, within so many seconds; None: before now."""

CATEGORIES = ("goods", "works", "services")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; empty members choose nothing.

    Attributes:
        text: words of titles or the bureau's name.
        state: one of :data:`STATES`; closing: one of :data:`CLOSINGS`.
        category: goods, works or services; bureau: USCC.
        page: from 1.
    """

    text: str = ""
    state: str = ""
    category: str = ""
    closing: str = ""
    bureau: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        """Something was asked for."""
        return bool(self.text or self.state or self.category or self.closing or self.bureau)

    def at(self, page: int) -> str:
        """Address of another page of the same."""
        names = ("text", "state", "category", "closing", "bureau")
        chosen = {name: getattr(self, name) for name in names if getattr(self, name)}
        if page > 1:
            chosen["page"] = str(page)
        return "/tenders" + (f"?{urlencode(chosen)}" if chosen else "")

    def chosen(self, now: int) -> query.Chosen:
        """As a query."""
        first: int | None = None
        last: int | None = None
        if self.closing:
            span = CLOSINGS[self.closing]
            first, last = (None, now - 1) if span is None else (now, now + span)
        if self.state == "bidding":
            first = max(now, first or 0)
        elif self.state == "opening":
            last = now - 1 if last is None else min(now - 1, last)
        return query.Chosen(
            STATES.get(self.state, ()), self.category or None, self.bureau or None, self.text or None, (first, last)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A tender on the board, in one language; times in seconds, ``open``: bids are taken now."""

    number: int
    title: str
    bureau: str
    bureau_name: str
    category: str
    deadline: int
    open: bool
    lots: int
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the board: its lines, how many there are in all, and on how many pages."""

    lines: tuple[Line, ...]
    total: int
    pages: int


def listed(engine: Engine, asked: Asked, *, language: str, now: int) -> Listed:
    """One page; beyond the last one nothing."""
    chosen = asked.chosen(now)
    total = query.count(engine, chosen)
    found = query.find(engine, chosen, limit=PAGE, skip=(asked.page - 1) * PAGE, soonest=asked.state == "bidding")
    return Listed(tuple(_line(one, language, now) for one in found), total, -(-total // PAGE))


def _line(one: TenderLine, language: str, now: int) -> Line:
    first, second = (one.title.zh, one.title.en) if language == "zh" else (one.title.en, one.title.zh)
    phases = tuple(dict.fromkeys(Phase.CANCELLED if one.cancelled else phase_of(lot.phase) for lot in one.lots))
    deadline = parse_moment(one.deadline)
    is_open = Phase.BIDDING in phases and now <= deadline
    return Line(
        one.number, first or second, one.bureau, one.bureau_name, one.category, deadline, is_open, len(one.lots), phases
    )


__all__ = ["CATEGORIES", "CLOSINGS", "STATES", "Asked", "Line", "Listed", "listed"]
