"""A13: objections and complaints with their clocks; and that award and contract waited for them."""

from __future__ import annotations

from collections.abc import Sequence

from chain.audit.report import Result
from chain.audit.tenders.case import TenderCase, event_name
from chain.contracting.award import Complaint, ReadCase, check_objection, due, shaken, untold
from chain.contracting.award.reading import position
from chain.kernel.tender_facts import CaseKind, Phase, TenderEvent
from chain.tenders.opening.finishing import is_about_result
from chain.tenders.story import LotStory

_ENTERS = ("EnvelopeClosed", "EnvelopeOpened", "Reviewed", "LotAdvanced")


def audit_cases(case: TenderCase, line: LotStory, cases: tuple[ReadCase, ...]) -> None:
    """Every case: filed in time, after an objection where one is due, answered in time and with a decision."""
    report, terms = case.report, case.story.terms
    for one in cases:
        filed, kind = one.case.filed, one.case.kind.name.lower()
        subject = f"{case.lot(line.number)}, {kind} {one.case.number}"
        since, awarded = entered(case, line, filed)
        until = since + (terms.complaint_period if awarded else terms.standstill)
        report.holds("A1303", subject, filed.block.time <= until, f"filed after the period's end, {until}")
        if one.case.kind is CaseKind.COMPLAINT:
            _complaint(case, line, one, subject, awarded)
        result = is_about_result(line, one.case)
        if one.unknown and result:
            report.unknown("A1302", subject, f"what was answered cannot be told: {one.trouble}")
        elif one.case.settled is not None and one.answer is not None:
            decided = one.outcome is not None or not result
            report.holds("A1302", subject, decided, "it is about a result, and the answer does not say what came of it")
        if case.notice is not None:
            _answered(case, one, due(one.case, case.notice), subject)


def _complaint(case: TenderCase, line: LotStory, one: ReadCase, subject: str, awarded: bool) -> None:
    if one.wrong:
        case.report.holds("A1301", subject, False, one.wrong)
        return
    if one.trouble:
        case.report.unknown("A1301", subject, one.trouble)
    if isinstance(one.paper, Complaint):
        earlier = LotStory(line.number, Phase.AWARDED if awarded else Phase.CANDIDATES)
        earlier.cases = line.cases[: one.case.number - 1]
        with case.report.looking("A1301", subject, missing=Result.BROKEN):
            check_objection(earlier, one.paper, one.case.by)


def _answered(case: TenderCase, one: ReadCase, ends: int, subject: str) -> None:
    settled, now = one.case.settled, case.ledger.block.time
    at = now if settled is None else settled.block.time
    if at > ends:
        words = "still waits for its answer" if settled is None else "was answered"
        case.report.note("A1304", subject, f"{words} {at - ends} s after the answer was due")
    else:
        case.report.holds("A1304", subject, True, "")


def entered(case: TenderCase, line: LotStory, before: TenderEvent) -> tuple[int, bool]:
    """Second at which the phase, ranking or award began that ran when this event happened; and is it an award."""
    since, awarded = 0, False
    for event in case.story.events:
        if position(event) >= position(before):
            break
        same = event.transaction == before.transaction
        if event.name in _ENTERS and event.values["lot"] == line.number and not same:
            since = event.block.time
            awarded = event.values.get("phase") is Phase.AWARDED
    return since, awarded


def waiting_at(line: LotStory, before: TenderEvent) -> list[int]:
    """Numbers of cases that waited for an answer when this event happened."""
    at = position(before)
    return [
        one.number for one in line.cases
        if position(one.filed) < at and (one.settled is None or position(one.settled) > at)
    ]  # fmt: skip


def check_upheld(
    case: TenderCase, line: LotStory, cases: Sequence[ReadCase], event: TenderEvent, subject: str, words: str, *,
    sure: bool = True,
) -> None:  # fmt: skip
    """See whether an award or contract stands although a case was upheld; if not ``sure``, that is not to be told."""
    upheld = ", ".join(str(one.case.number) for one in shaken(line, cases, event))
    lost = ", ".join(str(one.case.number) for one in untold(line, cases, event))
    if lost and not upheld:
        case.report.unknown("A1307", subject, f"what came of case {lost} is not to be had")
    elif upheld and not sure:
        case.report.unknown("A1307", subject, f"case {upheld} was upheld; the award before is not to be had")
    else:
        case.report.holds("A1307", subject, not upheld, f"case {upheld} was upheld{words}")


def check_order(case: TenderCase, line: LotStory, event: TenderEvent, subject: str, period: int) -> None:
    """See whether an award or contract came after its period, with no case open."""
    waiting = ", ".join(str(number) for number in waiting_at(line, event))
    case.report.holds("A1305", subject, not waiting, f"case {waiting} waited for its answer")
    since, awarded = entered(case, line, event)
    if event.name == "LotAwarded" and awarded:
        return  # another candidate, after an award that came to nothing: no period runs
    over = event.block.time > since + period
    case.report.holds("A1305", subject, over, f"the period ran until {since + period}, {event_name(event)} came before")
