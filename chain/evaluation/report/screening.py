"""What record and notice say of a bid by themselves, before anybody looks at it: is it out, and why.

A bid is out if it did not open; if nobody is shown to stand behind it; if a company stands behind two bids, alone or in
a consortium (both are out: Implementation Regulations of the Tendering Law, articles 37 and 51); if a figure that is
required is missing or is not as the form asks; if its price is above the lot's ceiling.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from chain.evaluation.report.report import DroppedBid
from chain.tenders.notice import Notice
from chain.tenders.opening import OpeningRecord, RecordedBid


def screen(record: OpeningRecord, notice: Notice) -> dict[int, DroppedBid]:
    """Bids of one envelope that are out by its record and the notice alone, by place."""
    out: dict[int, DroppedBid] = {}
    for bid in record.bids:
        if bid.fault is not None:
            words = f"投标未能开启：{bid.fault.kind.value} / it did not open: {bid.fault.kind.value}"
            out[bid.place] = DroppedBid(bid.place, "opening", (words,))
            continue
        reasons = (*_organisation(bid, record), *_figures(bid, record, notice))
        if reasons:
            out[bid.place] = DroppedBid(bid.place, "formal", reasons)
    return out


def figures_of(bid: RecordedBid) -> dict[str, str]:
    """The figures that were read out of a bid, by name."""
    return {one.figure.name: one.figure.value for one in bid.figures}


def _organisation(bid: RecordedBid, record: OpeningRecord) -> Iterator[str]:
    mine = bid.organisation
    if mine is None or mine.result == "invalid":
        yield "没有证据表明有单位对该投标负责 / nobody is shown to stand behind the bid"
        return
    if mine.result != "valid":
        return
    for other in record.bids:
        theirs = other.organisation
        if other.place == bid.place or theirs is None or theirs.result != "valid":
            continue
        for code in sorted(mine.codes & theirs.codes - {""}):
            yield f"{code} 同时参与了第 {other.place} 号投标 / {code} stands behind the bid of place {other.place}, too"


def _figures(bid: RecordedBid, record: OpeningRecord, notice: Notice) -> Iterator[str]:
    envelope = notice.envelope(record.envelope)
    said = figures_of(bid)
    for field in () if envelope is None else envelope.form:
        value = said.get(field.name)
        if value is None:
            if field.required:
                yield f"缺少必填项 {field.name} / {field.name} is required and missing"
            continue
        fault = field.fault(value)
        if fault is not None:
            yield f"{field.name}：{fault[1]} / {field.name}: {fault[0]}"
        elif field.name == notice.evaluation.price:
            lot = notice.lot(record.place.lot)
            ceiling = None if lot is None else lot.ceiling
            if ceiling is not None and Decimal(value) > ceiling.amount:
                yield f"报价高于最高投标限价 {ceiling} / the price is above the ceiling {ceiling}"
