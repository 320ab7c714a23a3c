"""Objections and complaints with their clocks: who filed what when, what was answered, until when more may be filed."""

from __future__ import annotations

from dataclasses import dataclass

from api.tenders.pages.facts import Fact, Facts
from api.tenders.pages.papers import Paper, read_paper
from chain.contracting.award import Complaint, ComplaintDecision
from chain.contracting.award.periods import COMPLAINT_DAYS, DAY, OBJECTION_DAYS
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board
from chain.tenders.notice import Notice
from chain.tenders.opening import Decision, Objection, ObjectionAnswer

OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case.

    Attributes:
        number: in its lot; kind: ``objection`` or ``complaint``.
        filed: fact; settled: fact, or None.
        by: address of who filed, 0x; supervisor: it is the supervisor's.
        paper: what is said; answer: what was answered or decided, None while it waits.
        due: second by which it is to be answered, by law or by the notice of a demonstration; 0: not known.
    """

    number: int
    kind: str
    filed: Fact
    settled: Fact | None
    paper: Paper[Objection] | Paper[Complaint]
    answer: Paper[ObjectionAnswer] | Paper[ComplaintDecision] | None
    due: int

    @property
    def by(self) -> str:
        """Address of who filed, 0x."""
        return str(self.filed.values["by"])

    @property
    def outcome(self) -> Decision | None:
        """What came of it, where the answer decides."""
        return None if self.answer is None or self.answer.value is None else self.answer.value.outcome

    @property
    def objection(self) -> int | None:
        """Number of the objection that a complaint follows."""
        value = self.paper.value
        return value.objection if isinstance(value, Complaint) else None

    def late(self, now: int) -> bool:
        """It was answered late, or waits although it is due."""
        return bool(self.due) and (self.settled.at if self.settled else now) > self.due


@dataclass(frozen=True, slots=True)
class Clock:
    """The period in which cases are taken: its phase, first and last second, whether it waits for a case besides."""

    phase: Phase
    since: int
    until: int
    waiting: int

    def is_open(self, now: int) -> bool:
        """Cases are still taken."""
        return now <= self.until


def cases(facts: Facts, board: Board, lot: int, notice: Notice | None) -> tuple[CaseView, ...]:
    """Every case of a lot, in the order of numbers."""
    settled = {one.values["number"]: one for one in facts.named("CaseSettled", lot=lot)}
    return tuple(
        _case(board, fact, settled.get(fact.values["number"]), notice) for fact in facts.named("CaseFiled", lot=lot)
    )


def _case(board: Board, filed: Fact, settled: Fact | None, notice: Notice | None) -> CaseView:
    kind, number = str(filed.values["kind"]), int(filed.values["number"])
    due = _due(kind, filed.at, notice)
    if kind == OBJECTION:
        said = read_paper(board, filed.digest(), Objection.from_bytes)
        reply = None if settled is None else read_paper(board, settled.digest(), ObjectionAnswer.from_bytes)
        if reply is not None and reply.value is not None and reply.value.objection != filed.digest():
            reply = Paper(reply.digest, None, "form")
        return CaseView(number, kind, filed, settled, said, reply, due)
    complaint = read_paper(board, filed.digest(), Complaint.from_bytes)
    decided = None if settled is None else read_paper(board, settled.digest(), ComplaintDecision.from_bytes)
    if decided is not None and decided.value is not None and decided.value.complaint != filed.digest():
        decided = Paper(decided.digest, None, "form")
    return CaseView(number, kind, filed, settled, complaint, decided, due)


def _due(kind: str, filed: int, notice: Notice | None) -> int:
    if notice is None:
        return 0
    if notice.profile == "demo":
        return filed + (notice.standstill if kind == OBJECTION else notice.complaint_period)
    return filed + (OBJECTION_DAYS if kind == OBJECTION else COMPLAINT_DAYS) * DAY


def clock(facts: Facts, lot: int) -> Clock | None:
    """The period that runs in a lot, or ran last; None where the contract takes no cases."""
    phase, row = facts.phase(lot), facts.lots[lot]
    if not Phase.OPENED <= phase <= Phase.AWARDED:
        return None
    length = facts.row.complaint_period if phase is Phase.AWARDED else facts.row.standstill
    return Clock(phase, row.since, row.since + length, row.open_cases)


def supervisor_of(facts: Facts) -> str:
    """The supervisor's address, 0x."""
    return hex0x(bytes(facts.row.supervisor))


__all__ = ["CaseView", "Clock", "cases", "clock", "supervisor_of"]
