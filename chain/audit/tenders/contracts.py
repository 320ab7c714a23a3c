"""A13: contract and amendments, against the award and the chain; the tender that a re-tender repeats."""

from __future__ import annotations

from chain.audit.report import Broken
from chain.audit.tenders.awards import award_before, read_paper
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.cases import check_order, check_upheld
from chain.contracting.award import (
    Amendment,
    Award,
    Contract,
    ReadCase,
    SignedAgreement,
    StandingContract,
    amendment_contradiction,
    amendments_of,
    contract_contradiction,
    read_amendment,
    read_contract,
    signature_contradiction,
    signer_of,
    supplier_of,
)
from chain.contracting.award.reading import position
from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory, tell

_MOST_MORE = 10
"""Percent of the contract's price by which amendments may raise it (政府采购法 art. 49); above: a note."""


def audit_contract(
    case: TenderCase, line: LotStory, place: LotPlace, awards: list[tuple[TenderEvent, Award]],
    cases: tuple[ReadCase, ...],
) -> None:  # fmt: skip
    """The contract of a lot and its amendments."""
    event = line.contract
    if event is None:
        for stray in amendments_of(line):
            subject = f"{case.lot(line.number)}, amendment in block {stray.block.number}"
            case.report.holds("A1311", subject, False, "there is no contract that it could amend")
        return
    subject = f"{case.lot(line.number)}, contract"
    check_order(case, line, event, subject, case.story.terms.complaint_period)
    check_upheld(case, line, cases, event, subject, " against the award")
    signed = read_paper(case, "A1310", subject, event.values["digest"], read_contract)
    award = case.report.try_("A1310", subject, lambda: award_before(line, awards, event))
    if signed is None or award is None:
        return
    contract = signed.agreement
    assert isinstance(contract, Contract)
    with case.report.looking("A1310", subject):
        wrong = contract_contradiction(contract, place, award)
        wrong = wrong or signature_contradiction(signed, None, supplier_of(line, award))
        if wrong:
            raise Broken(wrong)
    _officer(case, "A1310", subject, signed, event)
    standing: StandingContract | None = StandingContract(event.values["digest"], contract, ())
    for number, amended in enumerate(amendments_of(line), 1):
        standing = _amended(case, line, place, award, standing, amended, f"{case.lot(line.number)}, amendment {number}")
    if standing is not None:
        _grown(case, subject, contract.price, standing.price)


def _amended(
    case: TenderCase, line: LotStory, place: LotPlace, award: Award, before: StandingContract | None,
    event: TenderEvent, subject: str,
) -> StandingContract | None:  # fmt: skip
    """The contract as amended; None from the first amendment on that cannot be read: of later ones, signatures tell."""
    signed = read_paper(case, "A1311", subject, event.values["digest"], read_amendment)
    if signed is None:
        return None
    amendment = signed.agreement
    assert isinstance(amendment, Amendment)
    with case.report.looking("A1311", subject):
        wrong = "" if before is None else amendment_contradiction(amendment, place, before)
        wrong = wrong or signature_contradiction(signed, None, supplier_of(line, award))
        if wrong:
            raise Broken(wrong)
        if before is None:
            raise NotFound("an amendment before it is not to be had", code="audit.amendment")
    _officer(case, "A1311", subject, signed, event)
    if before is None:
        return None
    return StandingContract(before.digest, before.contract, (*before.amendments, (event.values["digest"], amendment)))


def _officer(case: TenderCase, rule: str, subject: str, signed: SignedAgreement, event: TenderEvent) -> None:
    """The procuring entity's signature: an officer's of now, or by a key that was the bureau's at the record."""
    signer = signer_of(signed.agreement, signed.officer)
    if signer is None:
        case.report.holds(rule, subject, False, "the procuring entity's signature is malformed")
        return
    if case.ledger.is_officer(case.story.number, signer):
        return
    with case.report.looking(rule, subject):
        if case.anchors is None:
            raise NotFound(f"{hex0x(signer)} is no officer now, and no registry of keys is at hand")
        key = case.anchors.key(case.story.terms.bureau, signer.rjust(32, b"\0"))
        if key is None or key.purpose != "anchor" or not key.usable(event.block.time):
            raise Broken(f"{hex0x(signer)} signed for the procuring entity and was no officer of the tender")


def _grown(case: TenderCase, subject: str, first: Money, now: Money) -> None:
    if now.amount * 100 > first.amount * (100 + _MOST_MORE):
        words = f"amendments raise the price from {first} to {now}, by more than {_MOST_MORE}%"
        case.report.note("A1311", subject, words)


# --------------------------------------------------------------------------- re-tender


def audit_previous(case: TenderCase) -> None:
    """A re-tender repeats a tender of which a lot had failed, or that was cancelled, when it was published."""
    previous = None if case.notice is None else case.notice.previous
    if previous is None or previous.book != case.ledger.book:
        return
    subject = f"{case.name}, re-tender of {previous.tender}"
    published = case.story.events[0]
    with case.report.looking("A1312", subject):
        if previous.tender >= case.story.number:
            raise Broken("it repeats a tender that came later")
        events = [one for one in case.ledger.tender_events(previous.tender) if position(one) < position(published)]
        before = tell(events, case.ledger.book)
        ended = before.cancelled is not None or any(line.phase is Phase.FAILED for line in before.lots.values())
        if not ended:
            raise Broken("no lot of that tender had failed, and it was not cancelled")
        if before.notice_digest != previous.notice:
            raise Broken("it names another notice than that tender's newest")
