"""Cases of a lot with their papers: what is said, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from chain.contracting.award.cases import Complaint, ComplaintDecision
from chain.kernel.errors import Damaged, InvalidInput, NotFound
from chain.kernel.tender_facts import CaseKind, TenderEvent
from chain.kernel.tender_ports import Board
from chain.tenders.opening import Decision, LotPlace, Objection, ObjectionAnswer
from chain.tenders.story import Case, LotStory

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ReadCase:
    """One case.

    Attributes:
        case: as the ledger has it.
        paper: what is said, or None: nobody has the paper, or it is none of ours.
        answer: what was answered or decided; None: nothing yet, or nobody has it.
        trouble: what is wrong with one of the papers, in words.
        wrong: the same, if a paper is there and is not what it must be; empty if none is to be had.
    """

    case: Case
    paper: Objection | Complaint | None
    answer: ObjectionAnswer | ComplaintDecision | None
    trouble: str = ""
    wrong: str = ""

    @property
    def outcome(self) -> Decision | None:
        """What came of it; None: not decided, or answered at the opening without a decision."""
        return None if self.answer is None else self.answer.outcome

    @property
    def objection(self) -> int | None:
        """Number of the objection that a complaint follows, or None."""
        return self.paper.objection if isinstance(self.paper, Complaint) else None

    @property
    def unknown(self) -> bool:
        """True if it is settled and nobody can say how."""
        return self.case.settled is not None and self.answer is None


def read_cases(board: Board, line: LotStory, place: LotPlace) -> tuple[ReadCase, ...]:
    """Every case of a lot, in the order of numbers. Raises Unavailable."""
    return tuple(_read(board, case, place) for case in line.cases)


def position(event: TenderEvent) -> tuple[int, int]:
    """Where an event stands, for comparing which came first."""
    return event.block.number, event.index


def _read(board: Board, case: Case, place: LotPlace) -> ReadCase:
    objection = case.kind is CaseKind.OBJECTION
    read: Callable[[bytes], Objection | Complaint] = Objection.from_bytes if objection else Complaint.from_bytes
    paper, lost, wrong = _paper(board, case.digest, read)
    if paper is not None and paper.place != place:
        paper, wrong = None, "the paper is about another lot"
    if case.answer is None:
        return ReadCase(case, paper, None, wrong or lost, wrong)
    said = ObjectionAnswer if objection else ComplaintDecision
    reply: Callable[[bytes], ObjectionAnswer | ComplaintDecision] = said.from_bytes
    answer, gone, odd = _paper(board, case.answer, reply)
    if answer is not None:
        about = answer.objection if isinstance(answer, ObjectionAnswer) else answer.complaint
        if (answer.place, answer.number, about) != (place, case.number, case.digest):
            answer, odd = None, "the answer is to another case"
    return ReadCase(case, paper, answer, odd or wrong or gone or lost, odd or wrong)


def _paper(board: Board, digest: bytes, read: Callable[[bytes], _T]) -> tuple[_T | None, str, str]:
    """The paper; or why it is not to be had; or why it is not what it must be."""
    try:
        return read(board.get(digest)), "", ""
    except NotFound as error:
        return None, error.message, ""
    except (Damaged, InvalidInput) as error:
        return None, "", error.message
