"""A lot from its opening to the contract, each step with the paper that the chain names for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from api.tenders.pages.cases import CaseView, Clock, cases, clock
from api.tenders.pages.facts import Fact, Facts
from api.tenders.pages.openings import OpeningView, openings
from api.tenders.pages.papers import Paper, read_paper
from chain.contracting.award import (
    AMENDMENT_KIND,
    Award,
    CertificateOnRecord,
    CertificateUse,
    SignedAgreement,
    read_amendment,
    read_contract,
)
from chain.evaluation.qualifying import Qualification, read_qualification
from chain.evaluation.report import (
    Candidates,
    EvaluationReport,
    LotFailedForReasons,
    read_candidates,
    read_report,
)
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board
from chain.tenders.notice import Lot, Notice
from chain.tenders.opening import LotFailed

T = TypeVar("T")
_REPORT, _QUALIFICATION = "evaluation", "qualification"


@dataclass(frozen=True, slots=True)
class Step(Paper[T]):
    """A paper, and the fact that put it on the ledger."""

    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a lot failed: too few organisations, or the reasons given.

    Attributes:
        organisations: how many stood behind the bids, and how many the notice asks for; None for other reasons.
        reasons: in words.
    """

    organisations: tuple[int, int] | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot.

    Attributes:
        number: 1, 2, 3 …; phase: where it stands.
        terms: what the notice says of it, or None.
        openings: of each envelope.
        reports: evaluation reports, oldest first; qualification: the newest paper on certificates.
        candidates: every naming, oldest first; awards: every award.
        cases: objections and complaints; clock: the period that runs.
        letter, performance: certificates on record; contract and its amendments; failure: why it failed.
    """

    number: int
    phase: Phase
    terms: Lot | None
    openings: tuple[OpeningView, ...]
    reports: tuple[Step[EvaluationReport], ...]
    qualification: Step[Qualification] | None
    candidates: tuple[Step[Candidates], ...]
    cases: tuple[CaseView, ...]
    clock: Clock | None
    awards: tuple[Step[Award], ...]
    letter: Step[CertificateOnRecord] | None
    contract: Step[SignedAgreement] | None
    amendments: tuple[Step[SignedAgreement], ...]
    performance: Step[CertificateOnRecord] | None
    failure: Step[Failure] | None

    @property
    def names(self) -> dict[int, str]:
        """Name of the organisation behind each place, from the opening records."""
        found: dict[int, str] = {}
        for one in self.openings:
            for line in one.lines:
                who = line.bid.organisation
                if who is not None and who.name:
                    found.setdefault(line.bid.place, who.name)
        return found


def lot_view(facts: Facts, board: Board, number: int, notice: Notice | None) -> LotView:
    """A lot with all its papers.

    Args:
        facts: of the tender.
        board: where its papers lie.
        number: of the lot.
        notice: in force, or None where it could not be read.
    """

    def steps(found: Sequence[Fact], reader: Callable[[bytes], T]) -> tuple[Step[T], ...]:
        return tuple(_step(board, fact, reader) for fact in found)

    def newest(found: Sequence[Fact], reader: Callable[[bytes], T]) -> Step[T] | None:
        return _step(board, found[-1], reader) if found else None

    def events(*names: str) -> list[Fact]:
        return list(facts.named(*names, lot=number))

    reports = [one for one in events("Recorded", "Reviewed") if one.values.get("kind", _REPORT) == _REPORT]
    return LotView(
        number,
        facts.phase(number),
        notice.lot(number) if notice is not None else None,
        openings(facts, board, number, notice),
        steps(reports, read_report),
        newest(facts.recorded(_QUALIFICATION, number), read_qualification),
        steps(events("CandidatesNamed"), read_candidates),
        cases(facts, board, number, notice),
        clock(facts, number),
        steps(events("LotAwarded"), Award.from_bytes),
        newest(facts.recorded(CertificateUse.AWARD_LETTER.value, number), CertificateOnRecord.from_bytes),
        newest(events("LotContracted"), read_contract),
        steps(facts.recorded(AMENDMENT_KIND, number), read_amendment),
        newest(facts.recorded(CertificateUse.PERFORMANCE.value, number), CertificateOnRecord.from_bytes),
        newest(events("LotFailed"), read_failure),
    )


def _step(board: Board, fact: Fact, reader: Callable[[bytes], T]) -> Step[T]:
    digest = fact.digest()
    if not any(digest):  # a lot with too few bids fails by itself, without a paper
        return Step(digest, None, "none", fact)
    paper = read_paper(board, digest, reader)
    return Step(paper.digest, paper.value, paper.trouble, fact)


def read_failure(data: bytes) -> Failure:
    """Either paper that says why a lot failed. Raises InvalidInput."""
    try:
        found = LotFailed.from_bytes(data)
    except InvalidInput:
        return Failure(None, LotFailedForReasons.from_bytes(data).reasons)
    return Failure((found.organisations, found.minimum))


__all__ = ["Failure", "LotView", "Step", "lot_view", "read_failure"]
