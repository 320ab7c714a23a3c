"""Everything that a tender's page shows: what is bought by which rules, what happened, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from api.tenders.pages.facts import Fact, Facts, load
from api.tenders.pages.lots import LotView, lot_view
from api.tenders.pages.papers import Paper, read_paper
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.tender_ports import Board
from chain.tenders.notice import Notice, read_notice
from chain.tenders.notice.answers import KIND as ANSWERS
from chain.tenders.notice.answers import Answers, check_follows, read_answers


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the notice: its number, the fact that published it, and the paper."""

    number: int
    fact: Fact
    paper: Paper[Notice]


@dataclass(frozen=True, slots=True)
class Room:
    """A tender.

    Attributes:
        facts: from the index.
        now: seconds by the service's clock, for what is due and for countdowns.
        versions: of the notice, oldest first; the last one is in force.
        differs: members in which the notice in force says other than the chain; nobody should rely on it then.
        answers: the newest that count, or None; answers_trouble: why some cannot be shown.
        lots: by number.
    """

    facts: Facts
    now: int
    versions: tuple[Version, ...]
    differs: tuple[str, ...]
    answers: Answers | None
    answers_trouble: str
    lots: tuple[LotView, ...]

    @property
    def number(self) -> int:
        """Of the tender."""
        return self.facts.number

    @property
    def notice(self) -> Notice | None:
        """In force; None where no board has it."""
        return self.versions[-1].paper.value

    @property
    def bidding(self) -> bool:
        """Bids are still taken, as far as the index tells."""
        row = self.facts.row
        return not row.cancelled and not row.settled_at and self.now <= row.deadline

    @property
    def asking(self) -> bool:
        """Questions are still taken."""
        until = self.facts.row.questions_until
        return self.bidding and (until is None or self.now <= until)

    @property
    def sealed(self) -> bool:
        """A lot was never opened: nothing may tell how many bid."""
        return any(not lot.opened for lot in self.facts.lots.values())

    @property
    def lively(self) -> bool:
        """Something may happen any moment: the deadline is near, or bids are being closed and opened."""
        row = self.facts.row
        if row.cancelled or row.over:
            return False
        waiting = any(not lot.opened for lot in self.facts.lots.values())
        return waiting and self.now > row.deadline - 3600


def room(engine: Engine, board: Board, number: int, *, now: int) -> Room:
    """A tender in full. Raises NotFound."""
    facts = load(engine, number)
    return room_of(facts, board, now=now)


def room_of(facts: Facts, board: Board, *, now: int) -> Room:
    """The same from facts at hand."""
    versions = tuple(_versions(facts, board))
    notice = versions[-1].paper.value
    differs = tuple(_differences(notice, facts)) if notice is not None else ()
    answers, trouble = _answers(facts, board)
    lots = tuple(lot_view(facts, board, lot, notice) for lot in sorted(facts.lots))
    return Room(facts, now, versions, differs, answers, trouble, lots)


def _versions(facts: Facts, board: Board) -> Sequence[Version]:
    found = []
    for fact in facts.named("Published", "Amended"):
        if fact.name == "Published":
            terms = Fact(
                fact.name, 0, fact.values["notice"], fact.block, fact.at, fact.transaction, fact.index
            )  # its digest lies one level deeper
            found.append(Version(0, fact, read_paper(board, terms.digest(), read_notice)))
        else:
            found.append(Version(fact.values["number"], fact, read_paper(board, fact.digest(), read_notice)))
    return found


def _differences(notice: Notice, facts: Facts) -> Sequence[str]:
    """Members of the notice that are others on the chain, as far as the index has them."""
    row = facts.row
    pairs = (
        ("tender", notice.tender, facts.number),
        ("bureau.uscc", notice.bureau.uscc, row.bureau),
        ("lots", len(notice.lots), row.lots),
        ("envelopes", len(notice.envelopes), row.envelopes),
        ("minimumBids", notice.minimum_bids, row.minimum_bids),
        ("ceremony", notice.ceremony, row.ceremony),
        ("supervisor.account", notice.supervisor.account, bytes(row.supervisor)),
        ("revealWindow", notice.reveal_window, row.reveal_window),
        ("standstill", notice.standstill, row.standstill),
        ("complaintPeriod", notice.complaint_period, row.complaint_period),
        ("custodians", ["0x" + one.account.hex() for one in notice.custodians], list(row.custodians)),
    )
    return [name for name, said, holds in pairs if said != holds]


def _answers(facts: Facts, board: Board) -> tuple[Answers | None, str]:
    """The newest answers that count: each paper that goes on from the one before that counted."""
    newest: Answers | None = None
    trouble = ""
    for fact in facts.recorded(ANSWERS, 0):
        paper = read_paper(board, fact.digest(), read_answers)
        if paper.value is None:
            trouble = trouble or paper.trouble
            continue
        if newest is not None and paper.value == newest:
            continue
        try:
            if paper.value.tender != facts.number:
                raise InvalidInput("answers of another tender", code="answers.other", field="answers")
            check_follows(paper.value, newest)
        except (InvalidInput, Refused):
            continue
        newest = paper.value
    return newest, trouble


__all__ = ["Room", "Version", "room", "room_of"]
