"""Documents of a tender: everything that a notice names or that stands on the ledger, under its digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chain.contracting.ocds.members import words
from chain.contracting.ocds.scene import Scene
from chain.kernel.tender_facts import CaseKind, TenderEvent
from chain.tenders.notice import Words
from chain.tenders.story import LotStory

KINDS: Mapping[str, tuple[str, Words]] = {
    "answers": ("clarifications", Words("答疑", "Answers")),
    "opening": ("bidders", Words("开标记录", "Opening record")),
    "expert-pool": ("evaluationCommittee", Words("专家库快照", "Pool of experts")),
    "draw": ("evaluationCommittee", Words("专家抽取条件", "Terms of a draw of experts")),
    "drawn": ("evaluationCommittee", Words("专家抽取结果", "Result of a draw of experts")),
    "float": ("evaluationReports", Words("浮动点抽取", "Draw of the float point")),
    "tie": ("evaluationReports", Words("并列抽签", "Draw between equals")),
    "committee": ("evaluationCommittee", Words("评标委员会", "Evaluation committee")),
    "committee-names": ("evaluationCommittee", Words("评标委员会名单", "Names of the committee")),
    "qualification": ("evaluationReports", Words("资格审查", "Qualification")),
    "sheets-committed": ("evaluationReports", Words("评分承诺", "Commitments to score sheets")),
    "clarification": ("clarifications", Words("澄清", "Clarification of a bid")),
    "evaluation": ("evaluationReports", Words("评标报告", "Evaluation report")),
    "guarantees": ("contractGuarantees", Words("保函处理", "What became of guarantees")),
}
"""Kinds of records on the ledger: code of documentType, and title. Of any other kind its name is the title."""

READ = ("answers", "opening", "evaluation")
"""Kinds whose papers are read, so that their size is known."""

WITH_THE_OPENING = ("custody",)
"""Kinds that name the files of bids: told once their lot is open."""

OF_AWARDS, OF_CONTRACTS = ("award-letter",), ("contract-amendment", "performance")
"""Kinds that stand with an award or a contract, not with the tender."""

_CASES = {
    CaseKind.OBJECTION: (Words("异议", "Objection"), Words("异议答复", "Answer to an objection")),
    CaseKind.COMPLAINT: (Words("投诉", "Complaint"), Words("投诉处理决定", "Decision on a complaint")),
}


def tender_documents(scene: Scene) -> Iterator[dict[str, Any]]:
    """Every document of the tender itself, in an order that only grows at its end within each lot."""
    yield from _of_notices(scene)
    for event in scene.story.records:
        if event.values["kind"] not in WITH_THE_OPENING:
            yield record_document(scene, event)
    if scene.story.cancelled is not None and any(scene.story.cancelled.values["reasonDigest"]):
        event = scene.story.cancelled
        title = Words("终止招标理由", "Reasons of the cancellation")
        yield paper_document(scene, "cancelled", "cancellationDetails", title, event.values["reasonDigest"], event)
    for lot in scene.story.lots.values():
        yield from _of_a_lot(scene, lot)


def record_document(scene: Scene, event: TenderEvent) -> dict[str, Any]:
    """A document that was put on record, with the kind under which it was."""
    kind = event.values["kind"]
    code, title = KINDS.get(kind, ("evaluationReports", Words(kind, "")))
    name = f"{kind}-{event.block.number}-{event.index}"
    return paper_document(
        scene, name, code, title, event.values["digest"], event, event.values["lot"], read=kind in READ
    )  # fmt: skip


def _of_notices(scene: Scene) -> Iterator[dict[str, Any]]:
    known: set[bytes] = set()
    for number, (event, notice) in enumerate(zip(scene.story.notices, scene.versions, strict=True)):
        title = Words("招标公告", "Tender notice") if number == 0 else Words("变更公告", "Amended notice")
        yield paper_document(scene, f"notice-{number}", "tenderNotice", title, notice.digest, event, read=True)
        for one in notice.documents:
            if one.digest not in known:
                known.add(one.digest)
                yield scene.papers.document(
                    f"document-{one.digest.hex()[:16]}", "biddingDocuments", {"title": one.name}, one.digest,
                    event=event, size=one.size, form=one.media_type,
                )  # fmt: skip


def _of_a_lot(scene: Scene, lot: LotStory) -> Iterator[dict[str, Any]]:
    elsewhere = (*OF_AWARDS, *OF_CONTRACTS)
    for event in lot.records:
        kind = event.values["kind"]
        if kind not in elsewhere and (kind not in WITH_THE_OPENING or lot.openings):
            yield record_document(scene, event)
    if lot.review is not None:
        title = Words("技术评审结果", "Technical result")
        yield paper_document(
            scene, f"technical-{lot.number}", "evaluationReports", title, lot.review.values["digest"], lot.review,
            lot.number,
        )  # fmt: skip
    for event in lot.rankings:
        title = Words("中标候选人公示", "Candidates")
        name = f"candidates-{lot.number}-{event.values['number']}"
        yield paper_document(
            scene, name, "shortlistedFirms", title, event.values["digest"], event, lot.number, read=True
        )  # fmt: skip
    if lot.failed is not None and any(lot.failed.values["digest"]):
        title = Words("流标理由", "Why the lot failed")
        name = f"failed-{lot.number}"
        yield paper_document(
            scene, name, "cancellationDetails", title, lot.failed.values["digest"], lot.failed, lot.number
        )  # fmt: skip
    for case in lot.cases:
        filed, settled = _CASES.get(case.kind, _CASES[CaseKind.OBJECTION])
        name = f"case-{lot.number}-{case.number}"
        yield paper_document(scene, name, "complaints", filed, case.digest, case.filed, lot.number)
        if case.settled is not None and case.answer is not None:
            yield paper_document(scene, f"{name}-answer", "complaints", settled, case.answer, case.settled, lot.number)


def paper_document(
    scene: Scene,
    name: str,
    kind: str,
    title: Words,
    digest: bytes,
    event: TenderEvent,
    lot: int = 0,
    *,
    read: bool = False,
) -> dict[str, Any]:
    """A document that an event names; of one that is ``read`` size and CID are told, too."""
    size = len(scene.sources.data(digest, name)) if read else None
    return scene.papers.document(name, kind, words("title", title), digest, event=event, lot=lot, size=size)
