"""What is due in a tender, who must do it and until when: from its story and the chain's clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.story import LotStory, Story

Who = str
"""``bidders``, ``officer``, ``custodians``, ``key-holders``, ``supervisor`` or ``anybody``."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due.

    Attributes:
        what: a stable name: ``bid``, ``ask``, ``tick``, ``reveal``, ``close``, ``attest``, ``open``, ``review``,
            ``name-candidates``, ``answer-objection``, ``decide-complaint``, ``object``, ``award``, ``complain``,
            ``contract``, ``re-tender``.
        who: see :data:`Who`.
        lot: 1, 2, 3 …, or 0 for the whole tender.
        begins: first second at which it may be done.
        ends: last second, or 0: no end.
    """

    what: str
    who: Who
    lot: int
    begins: int
    ends: int = 0


def agenda(story: Story, now: int, questions_until: int = 0) -> tuple[Due, ...]:
    """What is due now or next, in the order of lots.

    Args:
        story: of the tender.
        now: by the chain's clock, seconds.
        questions_until: of the notice; 0 leaves questions out.
    """
    if story.cancelled:
        return (Due("re-tender", "officer", 0, now),)
    if now <= story.deadline:
        asking = [Due("ask", "bidders", 0, now, questions_until)] if now <= questions_until else []
        return (*asking, Due("bid", "bidders", 0, now, story.deadline))
    if not story.settled_at:
        return (Due("tick", "anybody", 0, story.deadline + 1),)
    return tuple(due for number in sorted(story.lots) for due in _lot(story, story.lots[number], now))


def _lot(story: Story, lot: LotStory, now: int) -> Iterator[Due]:
    terms, number = story.terms, lot.number
    shown = max(story.settled_at, story.deadline) + terms.reveal_window
    for case in lot.cases:
        if case.settled is None:
            objection = case.kind == CaseKind.OBJECTION
            yield Due(
                "answer-objection" if objection else "decide-complaint",
                "officer" if objection else "supervisor",
                number,
                now,
            )
    match lot.phase:
        case Phase.BIDDING:
            if now <= shown:
                yield Due("reveal", "custodians", number, story.settled_at, shown)
            yield Due("close", "anybody", number, shown + 1)
        case Phase.CLOSED:
            yield from _opening(story, number, story.open_at)
        case Phase.OPENED if terms.envelopes == 2:
            yield Due("review", "officer", number, lot.since)
        case Phase.OPENED | Phase.PRICE_OPENED:
            yield Due("object", "bidders", number, lot.since, lot.since + terms.standstill)
            yield Due("name-candidates", "officer", number, lot.since)
        case Phase.REVIEWED:
            yield Due("close", "anybody", number, lot.since)
        case Phase.PRICE_CLOSED:
            yield from _opening(story, number, lot.since)
        case Phase.CANDIDATES:
            end = lot.since + terms.standstill
            if now <= end:
                yield Due("object", "bidders", number, lot.since, end)
            yield Due("award", "officer", number, end + 1)
        case Phase.AWARDED:
            end = lot.since + terms.complaint_period
            if now <= end:
                yield Due("complain", "bidders", number, lot.since, end)
            yield Due("contract", "officer", number, end + 1)
        case Phase.FAILED:
            yield Due("re-tender", "officer", number, lot.since)
        case _:
            return


def _opening(story: Story, lot: int, begins: int) -> Iterator[Due]:
    envelope = 1 if story.lots[lot].phase == Phase.CLOSED else 2
    if len(story.lots[lot].custody.get(envelope, ())) < len(story.custodians):
        yield Due("attest", "custodians", lot, story.lots[lot].since)
    yield Due("open", "key-holders", lot, begins)
