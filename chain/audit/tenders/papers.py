"""A4: the notice in all its versions, its documents, and every other paper whose digest stands on the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import CaseKind, TenderEvent
from chain.tenders.notice import notices, read_notice
from chain.tenders.opening import LotPlace, Objection, ObjectionAnswer
from chain.tenders.opening.record import KIND
from chain.tenders.story import Case

_REASONS = {
    "TenderCancelled": ("reasonDigest", "reasons of the cancellation"),
    "LotFailed": ("digest", "reasons of the failure"),
    "Reviewed": ("digest", "technical result"), "CandidatesNamed": ("digest", "candidates"),
    "LotAwarded": ("digest", "award"), "LotContracted": ("digest", "contract"),
}  # fmt: skip


def audit_papers(case: TenderCase) -> None:
    """Every paper is there, is what its digest says, and says what the ledger says."""
    report, story = case.report, case.story
    for number, event in enumerate(story.notices):
        digest = event.values["digest"] if event.name == "Amended" else event.values["notice"].digest
        data = case.paper("A401", f"{case.name}, notice {number}", digest)
        if data is not None:
            report.try_("A401", f"{case.name}, notice {number} ({hex0x(digest)})", partial(read_notice, data))
    versions = report.try_("A402", case.name, lambda: notices(case.ledger, case.board, story.number))
    if versions is not None:
        case.notice = versions[-1]
        for one in {document.digest: document for version in versions for document in version.documents}.values():
            subject = f"{case.name}, document {one.name}"
            data = case.paper("A403", subject, one.digest)
            if data is not None:
                report.holds("A403", subject, len(data) == one.size, f"it has {len(data)} bytes, not {one.size}")
    for subject, digest in _others(case):
        case.paper("A404", f"{case.name}, {subject}", digest)
    for lot in story.lots.values():
        for filed in lot.cases:
            _case(case, lot.number, filed)


def _others(case: TenderCase) -> Iterator[tuple[str, bytes]]:
    """Papers that are not judged further here: what each is, and its digest."""
    records = [*case.story.records, *(event for lot in case.story.lots.values() for event in lot.records)]
    for event in records:
        if event.values["kind"] != KIND:
            yield f"{event.values['kind']} in block {event.block.number}", event.values["digest"]
    for event in case.story.events:
        member, words = _REASONS.get(event.name, ("", ""))
        if member and any(event.values[member]):
            yield f"{_lot(event)}{words} in block {event.block.number}", event.values[member]


def _lot(event: TenderEvent) -> str:
    return f"lot {event.values['lot']}, " if "lot" in event.values else ""


def _case(case: TenderCase, lot: int, one: Case) -> None:
    """Papers of an objection or complaint; of an objection with its answer in our own form, also what they name."""
    subject = f"{case.lot(lot)}, {one.kind.name.lower()} {one.number}"
    data = case.paper("A405", subject, one.digest)
    answer = None if one.answer is None else case.paper("A405", f"answer to {subject}", one.answer)
    if one.kind is not CaseKind.OBJECTION:
        return
    place = LotPlace(case.ledger.genesis, case.ledger.book, case.story.number, lot)
    if data is not None:
        with case.report.looking("A406", subject):
            if _objection(data).place != place:
                raise Broken("the objection names another lot")
    if answer is not None:
        with case.report.looking("A406", f"answer to {subject}"):
            found = ObjectionAnswer.from_bytes(answer)
            if (found.place, found.number, found.objection) != (place, one.number, one.digest):
                raise Broken("the answer is to another objection")


def _objection(data: bytes) -> Objection:
    try:
        return Objection.from_bytes(data)
    except InvalidInput as error:
        raise Broken(error.message) from error
