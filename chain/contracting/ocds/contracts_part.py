"""The part ``contracts`` of a state: the contract of each lot with its amendments and the record of its performance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from chain.contracting.award import (
    AMENDMENT_KIND,
    Amendment,
    Contract,
    PaperDocument,
    Period,
    read_amendment,
    read_contract,
)
from chain.contracting.ocds.documents import paper_document
from chain.contracting.ocds.members import ledger, value
from chain.contracting.ocds.scene import Scene
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.notice import Words
from chain.tenders.story import LotStory


def contracts_of(scene: Scene, awards: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The contract of every lot that has one, ``awards`` being those of the same state."""
    found = (_of_a_lot(scene, lot, awards) for lot in scene.story.lots.values())
    return [one for one in found if one is not None]


def contract(scene: Scene, lot: LotStory) -> Contract | None:
    """The contract of a lot, or None: there is none, or no such paper of this lot."""
    if lot.contract is None:
        return None
    paper = scene.sources.read(lot.contract.values["digest"], "contract", read_contract)
    found = paper.agreement if paper is not None else None
    return found if isinstance(found, Contract) and scene.sources.is_here(found.place, lot.number) else None


def amendments(scene: Scene, lot: LotStory) -> Iterator[tuple[TenderEvent, Amendment]]:
    """The amendments that count, in the chain's order: each is of this contract and follows from the one before."""
    if lot.contract is None:
        return
    contract_digest = previous = lot.contract.values["digest"]
    number = 0
    for event in lot.records:
        if event.values["kind"] != AMENDMENT_KIND:
            continue
        paper = scene.sources.read(event.values["digest"], AMENDMENT_KIND, read_amendment)
        found = paper.agreement if paper is not None else None
        if not isinstance(found, Amendment) or not scene.sources.is_here(found.place, lot.number):
            continue
        if (found.contract, found.previous, found.number) == (contract_digest, previous, number + 1):
            number, previous = found.number, event.values["digest"]
            yield event, found


def _of_a_lot(scene: Scene, lot: LotStory, awards: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    paper, event = contract(scene, lot), lot.contract
    mine = [one for one in awards if str(lot.number) in one["relatedLots"]]
    of = next((one["id"] for one in mine if paper is not None and one["sha256"] == hex0x(paper.award)), None)
    if paper is None or event is None or of is None:
        return None
    documents = [
        paper_document(
            scene, f"contract-{lot.number}", "contractSigned", Words("合同（签署文本摘要）", "Contract"),
            event.values["digest"], event, lot.number, read=True,
        ),
        *_attached(scene, paper.documents, event, lot.number),
    ]  # fmt: skip
    out: dict[str, Any] = {
        "id": f"contract-{lot.number}", "awardID": of, "number": paper.number, "title": paper.title,
        "status": "active", "dateSigned": _day(paper.signed_on), "period": _period(paper.period),
        "value": value(paper.price), "sha256": hex0x(event.values["digest"]), "ledger": ledger(event),
    }  # fmt: skip
    changes = []
    before = event
    for changed, amendment in amendments(scene, lot):
        changes.append(
            {
                "id": str(amendment.number), "date": rfc3339(changed.block.time), "rationale": amendment.rationale,
                "description": amendment.changes, "amendsReleaseID": scene.release_id(before),
                "releaseID": scene.release_id(changed), "ledger": ledger(changed),
            }
        )  # fmt: skip
        out |= {"value": value(amendment.price), "period": _period(amendment.period)}
        title = Words("合同变更", "Contract amendment")
        documents.append(
            paper_document(
                scene, f"contract-{lot.number}-amendment-{amendment.number}", "contractAnnexe", title,
                changed.values["digest"], changed, lot.number, read=True,
            )
        )  # fmt: skip
        documents += _attached(scene, amendment.documents, changed, lot.number)
        before = changed
    out["documents"] = list({one["id"]: one for one in documents}.values())
    if changes:
        out["amendments"] = changes
    performance = list(_performance(scene, lot))
    if performance:
        out["implementation"] = {"documents": performance}
    return out


def _attached(
    scene: Scene, documents: Sequence[PaperDocument], event: TenderEvent, lot: int
) -> Iterator[dict[str, Any]]:
    """Documents that an agreement names: their digests are public, their bytes need not be."""
    for one in documents:
        yield scene.papers.document(
            f"attached-{one.digest.hex()[:16]}", "contractText", {"title": one.name}, one.digest, event=event,
            lot=lot, size=one.size, form=one.media_type, linked=False,
        )  # fmt: skip


def _performance(scene: Scene, lot: LotStory) -> Iterator[dict[str, Any]]:
    title = Words("履约评价（证书）", "Record of performance (certificate)")
    for event in lot.records:
        if event.values["kind"] == "performance":
            name = f"performance-{event.block.number}-{event.index}"
            yield paper_document(
                scene, name, "completionCertificate", title, event.values["digest"], event, lot.number
            )  # fmt: skip


def _day(day: date) -> str:
    """A day of China, from its first second."""
    return f"{day.isoformat()}T00:00:00+08:00"


def _period(period: Period) -> dict[str, str]:
    return {"startDate": _day(period.begins), "endDate": f"{period.ends.isoformat()}T23:59:59+08:00"}
