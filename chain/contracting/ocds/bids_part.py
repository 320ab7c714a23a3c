"""The part ``bids`` of a state: live bids of every lot that was opened. Of a sealed lot it tells nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.contracting.ocds.members import ledger, reference, value
from chain.contracting.ocds.scene import Scene
from chain.evaluation.report import EvaluationReport, read_report
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import NO_FILE
from chain.tenders.notice import Money, Notice
from chain.tenders.opening import OpeningRecord, RecordedBid, read_record
from chain.tenders.opening.finishing import records_of
from chain.tenders.opening.record import NamedOrganisation
from chain.tenders.story import Bid, LotStory

_STATUS = {"opened": "valid", "revoked": "withdrawn", "withdrawn": "withdrawn", "undecided": "pending"}


@dataclass(frozen=True, slots=True)
class Bids:
    """What is public of bids.

    Attributes:
        details: one for each live bid of the lots that were opened.
        statistics: counts, and lowest and highest values, by lot.
        companies: names by code of those behind the bids, in the order of lots and places.
    """

    details: list[dict[str, Any]]
    statistics: list[dict[str, Any]]
    companies: Mapping[str, str]

    def part(self) -> dict[str, Any]:
        """As it stands in a release."""
        return {"statistics": self.statistics, "details": self.details}


def bids_of(scene: Scene) -> Bids | None:
    """The bids, or None while no lot is open."""
    details: list[dict[str, Any]] = []
    statistics: list[dict[str, Any]] = []
    companies: dict[str, str] = {}
    for lot in scene.story.lots.values():
        if 1 not in lot.openings:
            continue
        records = opening_records(scene, lot)
        out = _dropped(scene, lot)
        found = [_bid(scene, lot, place, records, out, companies) for place in lot.closings[1].places]
        details += found
        statistics += _statistics(lot.number, found)
    return Bids(details, statistics, companies) if details or statistics else None


def bid_id(lot: int, place: int) -> str:
    """Identifier of a bid, and of an award for it."""
    return f"{lot}-{place}"


def opening_records(scene: Scene, lot: LotStory) -> dict[int, OpeningRecord]:
    """The opening record of each opened envelope: the first that stands on the ledger, if it is one of this lot."""
    found: dict[int, OpeningRecord] = {}
    for envelope in sorted(lot.openings):
        events = records_of(lot, envelope)
        if events:
            paper = scene.sources.read(events[0].values["digest"], "opening", read_record)
            if paper is not None and paper.envelope == envelope and scene.sources.is_here(paper.place, lot.number):
                found[envelope] = paper
    return found


def report_of(scene: Scene, lot: LotStory) -> EvaluationReport | None:
    """The newest evaluation report of a lot that can be read, or None."""
    digests = [event.values["digest"] for event in lot.records if event.values["kind"] == "evaluation"]
    if lot.review is not None:
        digests.insert(0, lot.review.values["digest"])
    for digest in reversed(digests):
        paper = scene.sources.read(digest, "evaluation", read_report)
        if paper is not None and scene.sources.is_here(paper.lot_place, lot.number):
            return paper
    return None


def _dropped(scene: Scene, lot: LotStory) -> dict[int, str]:
    """Places that are out, with the step at which: by the technical result, and by the newest report."""
    out = dict.fromkeys(lot.dropped, "technical")
    report = report_of(scene, lot)
    if report is not None:
        out |= {one.place: one.step for one in report.dropped if one.step != "opening"}
    return out


def _bid(
    scene: Scene,
    lot: LotStory,
    place: int,
    records: Mapping[int, OpeningRecord],
    out: Mapping[int, str],
    companies: dict[str, str],
) -> dict[str, Any]:
    bid = lot.bids[place - 1]
    recorded = {envelope: _recorded(paper, place) for envelope, paper in records.items()}
    newest = next((one for _, one in sorted(recorded.items(), reverse=True) if one is not None), None)
    event = bid.history[-1]
    found: dict[str, Any] = {
        "id": bid_id(lot.number, place), "date": rfc3339(event.block.time), "status": "pending",
        "relatedLots": [str(lot.number)], "place": place, "commitment": hex0x(bid.digest), "files": list(_files(bid)),
        "ledger": ledger(event),
    }  # fmt: skip
    if newest is not None:
        found["status"], found["outcome"] = _STATUS[newest.outcome.value], newest.outcome.value
        if newest.fault is not None:
            found["fault"] = newest.fault.kind.value
        behind = next((one.organisation for one in recorded.values() if one and one.organisation), None)
        tenderers = list(_tenderers(behind, companies))
        if tenderers:
            found["tenderers"] = tenderers
    price = _price(scene.notice, recorded.get(len(scene.notice.envelopes)))
    if price is not None:
        found["value"] = value(price)
    if place in out:
        found |= {"status": "disqualified", "dropped": out[place]}
    return found


def _recorded(paper: OpeningRecord, place: int) -> RecordedBid | None:
    return next((one for one in paper.bids if one.place == place), None)


def _files(bid: Bid) -> Iterator[dict[str, Any]]:
    for envelope, file in enumerate((bid.commitment.first, bid.commitment.second), 1):
        if file != NO_FILE:
            yield {"envelope": envelope, "sha256": hex0x(file.digest), "size": file.size, "form": hex0x(file.form)}


def _tenderers(behind: NamedOrganisation | None, companies: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Who bids: only those whom the record found to stand behind the bid."""
    if behind is None or behind.result != "valid":
        return
    for code, name in behind.members or ((behind.code, behind.name),):
        companies.setdefault(code, name)
        yield reference(code, name)


def _price(notice: Notice, recorded: RecordedBid | None) -> Money | None:
    """The figure that the notice calls the price, if it was read out and has the notice's form."""
    name = notice.evaluation.price
    field = notice.price_envelope.field(name)
    for one in recorded.figures if recorded is not None else ():
        if one.figure.name == name and field is not None and field.fault(one.figure.value) is None:
            return Money(Decimal(one.figure.value), field.unit)
    return None


def _statistics(lot: int, bids: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    valid = [one for one in bids if one["status"] == "valid"]
    related = {"relatedLot": str(lot)}
    yield {"id": f"{lot}-bids", "measure": "bids", "value": len(bids), **related}
    yield {"id": f"{lot}-valid", "measure": "validBids", "value": len(valid), **related}
    values = sorted((one["value"] for one in valid if "value" in one), key=lambda one: Decimal(one["exact"]))
    if values:
        for name, one in (("lowestValidBidValue", values[0]), ("highestValidBidValue", values[-1])):
            yield {
                "id": f"{lot}-{name}", "measure": name, "value": one["amount"], "currency": one["currency"], **related
            }  # fmt: skip
