"""The part ``awards`` of a state: candidates as pending awards, the award in force, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chain.contracting.award import Award
from chain.contracting.ocds.bids_part import bid_id
from chain.contracting.ocds.documents import OF_AWARDS, paper_document
from chain.contracting.ocds.members import ledger, reference, value
from chain.contracting.ocds.scene import Scene
from chain.evaluation.report import Candidates, read_candidates
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.notice import Words
from chain.tenders.story import LotStory

Companies = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Awards:
    """What is public of awards: ``details`` as they stand in a release, ``companies`` behind them by code."""

    details: list[dict[str, Any]]
    companies: Mapping[str, str]


def awards_of(scene: Scene) -> Awards:
    """Every candidate and every award of every lot."""
    companies: dict[str, str] = {}
    details = [one for lot in scene.story.lots.values() for one in _of_a_lot(scene, lot, companies)]
    return Awards(details, companies)


def ranking(scene: Scene, lot: LotStory, event: TenderEvent) -> Candidates | None:
    """The paper behind a naming of candidates, or None: no such paper of this lot and number."""
    paper = scene.sources.read(event.values["digest"], "candidates", read_candidates)
    here = paper is not None and scene.sources.is_here(paper.lot_place, lot.number)
    return paper if paper is not None and here and paper.number == event.values["number"] else None


def award(scene: Scene, lot: LotStory, event: TenderEvent) -> Award | None:
    """The paper behind an award, or None: no such paper of this lot and number."""
    paper = scene.sources.read(event.values["digest"], "award", Award.from_bytes)
    here = paper is not None and scene.sources.is_here(paper.lot_place, lot.number)
    return paper if paper is not None and here and paper.number == event.values["number"] else None


def _of_a_lot(scene: Scene, lot: LotStory, companies: dict[str, str]) -> Iterator[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for event in lot.rankings:
        named = ranking(scene, lot, event)
        for one in found.values():
            one["status"] = "unsuccessful"  # no candidate any more, unless the newer paper names it again
        for candidate in named.candidates if named is not None else ():
            line = _line(scene, lot, candidate.place, event, found)
            line |= {"rank": candidate.rank, "value": value(candidate.price)}
            if candidate.total is not None:
                line["points"] = f"{candidate.total:f}"
            behind = candidate.members or ((candidate.code, candidate.name),)
            _suppliers(line, behind, companies)
            found[candidate.place] = line
    for event in lot.awards:
        paper = award(scene, lot, event)
        for one in found.values():
            one["status"] = "cancelled" if one["status"] == "active" else "unsuccessful"
        if paper is not None:
            line = _line(scene, lot, paper.place, event, found)
            line |= {"status": "active", "rank": paper.rank, "value": value(paper.price)}
            if paper.place in found and "points" in found[paper.place]:
                line["points"] = found[paper.place]["points"]
            organisation = paper.organisation
            _suppliers(line, organisation.members or ((organisation.code, organisation.name),), companies)
            line["documents"] = [*line.get("documents", ()), *_documents(scene, lot, event)]
            found[paper.place] = line
    if lot.failed is not None or scene.story.cancelled is not None:
        for one in found.values():
            if one["status"] == "pending":
                one["status"] = "unsuccessful" if lot.failed is not None else "cancelled"
    yield from (found[place] for place in sorted(found))


def _line(
    scene: Scene, lot: LotStory, place: int, event: TenderEvent, found: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    """An award as it begins; papers and suppliers of an earlier one of the same bid stay."""
    described = scene.notice.lot(lot.number)
    held = found.get(place, {})
    return {
        **{name: held[name] for name in ("documents", "suppliers") if name in held},
        "id": bid_id(lot.number, place), "title": described.title.in_("zh") if described else str(lot.number),
        "status": "pending", "date": rfc3339(event.block.time), "relatedLots": [str(lot.number)],
        "relatedBid": bid_id(lot.number, place), "sha256": hex0x(event.values["digest"]), "ledger": ledger(event),
    }  # fmt: skip


def _suppliers(line: dict[str, Any], behind: Companies, companies: dict[str, str]) -> None:
    named = [(code, name) for code, name in behind if code]
    companies.update((code, name) for code, name in named if code not in companies)
    if named:
        line["suppliers"] = [reference(code, name) for code, name in named]


def _documents(scene: Scene, lot: LotStory, event: TenderEvent) -> Iterator[dict[str, Any]]:
    """The award's paper, and the award letters that were put on record after it and before the next one."""
    number = event.values["number"]
    title = Words("中标决定", "Award")
    yield paper_document(
        scene, f"award-{lot.number}-{number}", "awardNotice", title, event.values["digest"], event, lot.number,
        read=True,
    )  # fmt: skip
    following = lot.awards[number] if number < len(lot.awards) else None
    for one in lot.records:
        later = following is not None and _at(one) > _at(following)
        if one.values["kind"] in OF_AWARDS and _at(one) > _at(event) and not later:
            name = f"award-letter-{one.block.number}-{one.index}"
            letter = Words("中标通知书（证书）", "Award letter (certificate)")
            yield paper_document(scene, name, "awardNotice", letter, one.values["digest"], one, lot.number)


def _at(event: TenderEvent) -> tuple[int, int]:
    return event.block.number, event.index
