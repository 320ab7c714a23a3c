"""A sheet beside the notice: everything that is wrong with it, at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from chain.evaluation.sheets.sheet import BidSheet, ScoreSheet
from chain.tenders.notice import Criterion, Notice


@dataclass(frozen=True, slots=True)
class SheetFault:
    """One thing that is wrong: member of the sheet, what, in English and Chinese."""

    field: str
    message: str
    message_zh: str


def expert_criteria(notice: Notice) -> tuple[Criterion, ...]:
    """Criteria for which the members give points."""
    return tuple(one for one in notice.evaluation.criteria if one.source.kind == "expert")


def sheet_faults(bids: Collection[BidSheet], notice: Notice, places: Collection[int]) -> tuple[SheetFault, ...]:
    """What is wrong with what a sheet says of these places, the ones that the members have to judge."""
    return tuple(_faults(bids, notice, places))


def is_right(sheet: ScoreSheet, notice: Notice, places: Collection[int]) -> bool:
    """True if nothing is wrong."""
    return not sheet_faults(sheet.bids, notice, places)


def _faults(bids: Collection[BidSheet], notice: Notice, places: Collection[int]) -> Iterator[SheetFault]:
    there = {one.place for one in bids}
    for place in sorted(set(places) - there):
        yield SheetFault(f"bids[{place}]", "the bid is missing", "缺少该投标")
    for place in sorted(there - set(places)):
        yield SheetFault(f"bids[{place}]", "there is nothing to judge at this place", "该处没有待评审的投标")
    criteria = {one.name: one for one in expert_criteria(notice)}
    for one in bids:
        at = f"bids[{one.place}].points"
        if not one.passed:
            if one.points:
                yield SheetFault(at, "a bid that you fail gets no points", "判为不通过的投标不评分")
            continue
        for name in criteria:
            if name not in one.points:
                yield SheetFault(f"{at}.{name}", "no points are given", "未评分")
        for name, value in one.points.items():
            criterion = criteria.get(name)
            if criterion is None:
                yield SheetFault(f"{at}.{name}", "experts give no points for this", "该项不由专家评分")
                continue
            step = criterion.source.step
            if value > criterion.weight or (step is not None and value % step):
                yield SheetFault(
                    f"{at}.{name}",
                    f"0 to {criterion.weight} in steps of {step}",
                    f"应为 0 至 {criterion.weight}，步长 {step}",
                )
