"""The part ``tender`` of a state: the notice in force, its periods, lots, documents, questions, amendments."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from chain.contracting.ocds.documents import tender_documents
from chain.contracting.ocds.members import ledger, period, reference, value, words
from chain.contracting.ocds.scene import Scene
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Refused
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.tenders.notice import Lot, Money, Notice, Words
from chain.tenders.notice.answers import KIND as ANSWERS_KIND
from chain.tenders.notice.answers import Answers, check_follows, read_answers

AMENDING = {
    "Amended": Words("招标公告变更", "The notice was amended"),
    "Extended": Words("投标截止时间延长", "The deadline was extended"),
    "DeadlineMoved": Words("账本中断，截止时间顺延", "An outage of the ledger moved the deadline"),
}
"""Events that change what bidders go by, with their reasons where no paper gives another."""

_METHODS = {"lowest-price": "priceOnly", "weighted-points": "ratedCriteria", "reference-price": "ratedCriteria"}
_METHOD = "公开招标，密封电子投标 Open tendering with sealed electronic bids"
_SUBMISSION = Words(
    "投标文件加密后交存托管方，承诺值记入账本；开标前任何人不能解密",
    "Bids are sealed, kept by custodians, and committed to on a ledger; nobody can open one before the opening",
)
_OPENING = Words(
    "到期由密钥持有人共同开启，开标记录公开", "Key holders open together when it is due; the opening record is public"
)


def tender_part(scene: Scene, tenderers: list[dict[str, Any]], opened: bool) -> dict[str, Any]:
    """The tender as it stands.

    Args:
        scene: at one event.
        tenderers: references to those who bid, as far as they are public.
        opened: a lot was opened, so that they are.
    """
    story, notice = scene.story, scene.notice
    answers = list(_enquiries(scene))
    lots = [_lot(scene, lot) for lot in notice.lots]
    value_of_all = _whole_value(notice)
    out: dict[str, Any] = {
        "id": str(story.number),
        **words("title", notice.title),
        **words("description", notice.description),
        "status": _status([lot["status"] for lot in lots]),
        "procuringEntity": procuring_entity(notice),
        "items": [_item(lot) for lot in notice.lots],
        "procurementMethod": "open",
        "procurementMethodDetails": _METHOD,
        "mainProcurementCategory": notice.category,
        "awardCriteria": _METHODS[notice.evaluation.method],
        **words("submissionMethodDetails", _SUBMISSION),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": period(story.notices[0].block.time, story.deadline),
        "enquiryPeriod": period(story.notices[0].block.time, notice.questions_until),
        "hasEnquiries": bool(answers),
        "bidOpening": {"date": rfc3339(story.open_at), "description": _OPENING.zh},
        "lots": lots,
        "documents": list(tender_documents(scene)),
        "registry": {
            "chainId": scene.sources.chain_id, "genesis": hex0x(scene.sources.genesis), "book": hex0x(story.book),
            "tender": story.number, "notice": hex0x(story.notice_digest),
        },
    }  # fmt: skip
    if value_of_all is not None:
        out["value"] = value_of_all
    if notice.evaluation.criteria:
        out["awardCriteriaDetails"] = "；".join(
            f"{one.label.in_('zh')} {one.weight:f}" for one in notice.evaluation.criteria
        )
    if notice.qualification:
        out["eligibilityCriteria"] = "；".join(rule.label.in_("zh") for rule in notice.qualification)
    if answers:
        out["enquiries"] = answers
    amendments = list(_amendments(scene))
    if amendments:
        out["amendments"] = amendments
    if opened:
        out["numberOfTenderers"] = len(tenderers)
        if tenderers:
            out["tenderers"] = tenderers
    return out


def procuring_entity(notice: Notice) -> dict[str, Any]:
    """Who manages the process: the agent where there is one, else the buyer."""
    found = notice.agent or notice.bureau
    return reference(found.uscc, found.name)


def _lot(scene: Scene, lot: Lot) -> dict[str, Any]:
    phase = scene.story.phase(lot.number)
    out: dict[str, Any] = {
        "id": str(lot.number), **words("title", lot.title), **words("description", lot.description),
        "status": _lot_status(phase), "phase": phase.name.lower(),
    }  # fmt: skip
    if lot.ceiling is not None:
        out["value"] = value(lot.ceiling)
    return out


def _lot_status(phase: Phase) -> str:
    special = {Phase.CANCELLED: "cancelled", Phase.FAILED: "unsuccessful"}
    return special.get(phase, "complete" if phase >= Phase.AWARDED else "active")


def _status(lots: list[str]) -> str:
    """Of the whole tender: as long as one lot goes on it is active; else the best that came of any."""
    return next(one for one in ("active", "complete", "unsuccessful", "cancelled") if one in lots)


def _item(lot: Lot) -> dict[str, Any]:
    number = int(lot.quantity) if lot.quantity == lot.quantity.to_integral_value() else float(lot.quantity)
    return {
        "id": str(lot.number), "description": lot.title.in_("zh"), "quantity": number,
        "unit": {"name": lot.unit.in_("zh")}, "relatedLot": str(lot.number),
    }  # fmt: skip


def _whole_value(notice: Notice) -> dict[str, Any] | None:
    """The sum of the lots' ceilings, where each has one and all are in one currency."""
    ceilings = [lot.ceiling for lot in notice.lots if lot.ceiling is not None]
    if len(ceilings) != len(notice.lots) or len({one.currency for one in ceilings}) != 1:
        return None
    return value(Money(sum((one.amount for one in ceilings), Decimal(0)), ceilings[0].currency))


def _enquiries(scene: Scene) -> Iterator[dict[str, Any]]:
    """Answers on record that count, each with the block in which it first stood."""
    newest: Answers | None = None
    for event in scene.story.records:
        if event.values["kind"] != ANSWERS_KIND:
            continue
        paper = scene.sources.read(event.values["digest"], "answers", read_answers)
        here = (scene.sources.genesis, scene.story.book, scene.story.number)
        if paper is None or (paper.genesis, paper.book, paper.tender) != here or paper == newest:
            continue
        try:
            check_follows(paper, newest)
        except Refused:
            continue
        for one in paper.answers[len(newest.answers) if newest is not None else 0 :]:
            yield {
                "id": one.name, "description": one.question, "answer": one.answer,
                "dateAnswered": rfc3339(event.block.time),
            }  # fmt: skip
        newest = paper


def _amendments(scene: Scene) -> Iterator[dict[str, Any]]:
    before: TenderEvent = scene.story.notices[0]
    number = 0
    for event in scene.story.events:
        reason = AMENDING.get(event.name)
        if reason is None:
            continue
        number += 1
        said: Words | None = None
        if event.name == "Amended":
            said = scene.versions[event.values["number"]].changes
        out = {
            "id": str(number), "date": rfc3339(event.block.time), "rationale": reason.zh,
            "amendsReleaseID": scene.release_id(before), "releaseID": scene.release_id(event), "ledger": ledger(event),
        }  # fmt: skip
        if said is not None:
            out["description"] = said.in_("zh")
        yield out
        before = event
