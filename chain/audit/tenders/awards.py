"""A13: awards against the candidates, and the certificates on record against the award and the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.cases import check_order, check_upheld
from chain.catalogue import get_type
from chain.contracting.award import (
    TYPES,
    Award,
    CertificateOnRecord,
    CertificateUse,
    ReadCase,
    anchor_contradiction,
    award_contradiction,
    contradiction,
    records_of,
)
from chain.contracting.award.reading import position
from chain.credentials.bundle import read_bundle
from chain.evaluation.report import read_candidates
from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory

_T = TypeVar("_T")


def audit_awards(
    case: TenderCase, line: LotStory, place: LotPlace, cases: tuple[ReadCase, ...]
) -> list[tuple[TenderEvent, Award]]:
    """Awards of a lot that could be read, oldest first."""
    found: list[tuple[TenderEvent, Award]] = []
    last: Award | None = None
    for event in line.awards:
        subject = f"{case.lot(line.number)}, award {event.values['number']}"
        check_order(case, line, event, subject, case.story.terms.standstill)
        award = read_paper(case, "A1306", subject, event.values["digest"], Award.from_bytes)
        if award is None:
            last = None
            continue
        ranking = next((one for one in reversed(line.rankings) if position(one) < position(event)), None)
        with case.report.looking("A1306", subject):
            if (award.lot_place, award.number) != (place, event.values["number"]):
                raise Broken("it is about another lot or number")
            if ranking is None:
                raise Broken("no candidates were named before it")
            wrong = award_contradiction(award, read_candidates(case.board.get(ranking.values["digest"])))
            if wrong:
                raise Broken(wrong)
        if last is not None and award.rank != last.rank:
            case.report.holds("A1307", subject, True, "")
        else:
            sure = last is not None or event is line.awards[0]
            check_upheld(case, line, cases, event, subject, ", and nothing had come of it", sure=sure)
        last = award
        found.append((event, award))
    return found


def audit_certificates(
    case: TenderCase, line: LotStory, place: LotPlace, awards: list[tuple[TenderEvent, Award]]
) -> None:
    """Award letters and performance records on record of a lot: what they cite, and that the ledger has them."""
    for use in CertificateUse:
        lane = get_type(TYPES[use]).code
        for event in records_of(line, use):
            subject = f"{case.lot(line.number)}, {use.value} in block {event.block.number}"
            paper = read_paper(case, "A1308", subject, event.values["digest"], CertificateOnRecord.from_bytes)
            data = None if paper is None else case.paper("A1308", subject, paper.bundle)
            if paper is None or data is None:
                continue
            with case.report.looking("A1308", subject):
                if (paper.place, paper.certificate) != (place, use):
                    raise Broken("it is about another lot, or another kind")
                award = award_before(line, awards, event)
                if award is None:
                    raise Broken("nothing was awarded before it")
                wrong = contradiction(paper, data, award, lane, case.story.terms.bureau)
                if wrong:
                    raise Broken(wrong)
            if case.anchors is None:
                case.report.unknown("A1309", subject, "no ledger of certificates is at hand")
                continue
            with case.report.looking("A1309", subject):
                at = read_bundle(data).place
                wrong = anchor_contradiction(data, case.anchors.anchor(at.bureau, at.lane, at.sequence))
                if wrong:
                    raise Broken(wrong)
    if line.contract is not None and not records_of(line, CertificateUse.AWARD_LETTER):
        words = "a contract stands, and no award letter is on record"
        case.report.note("A1308", case.lot(line.number), words)


def award_before(line: LotStory, awards: list[tuple[TenderEvent, Award]], event: TenderEvent) -> Award | None:
    """The award that stood just before that event, or None. Raises NotFound: its paper is not to be had."""
    stood = next((one for one in reversed(line.awards) if position(one) < position(event)), None)
    found = next((award for at, award in awards if at is stood), None)
    if stood is not None and found is None:
        raise NotFound("the award that it rests on is not to be had", code="audit.award")
    return found


def read_paper(case: TenderCase, rule: str, subject: str, digest: bytes, read: Callable[[bytes], _T]) -> _T | None:
    """A paper of one of our forms; None after a finding."""
    data = case.paper(rule, subject, digest)
    return None if data is None else case.report.try_(rule, f"{subject} ({hex0x(digest)})", lambda: read(data))
