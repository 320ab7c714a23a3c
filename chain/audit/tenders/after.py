"""A13, lot by lot: cases, then awards and certificates, then the contract; and the tender that a re-tender repeats."""

from __future__ import annotations

from chain.audit.tenders.awards import audit_awards, audit_certificates
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.cases import audit_cases
from chain.audit.tenders.contracts import audit_contract, audit_previous
from chain.contracting.award import ReadCase, read_cases
from chain.tenders.opening import LotPlace

__all__ = ["audit_after", "audit_previous"]


def audit_after(case: TenderCase) -> None:
    """What came of every lot after its evaluation."""
    for line in case.story.lots.values():
        place = LotPlace(case.ledger.genesis, case.ledger.book, case.story.number, line.number)
        cases: tuple[ReadCase, ...] = ()
        with case.report.looking("A1301", case.lot(line.number)):
            cases = read_cases(case.board, line, place)
        audit_cases(case, line, cases)
        awards = audit_awards(case, line, place, cases)
        audit_certificates(case, line, place, awards)
        audit_contract(case, line, place, awards, cases)
