"""The story beside what the contracts answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from chain.kernel.tender_facts import TenderState
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.story.shapes import Story


def differences(story: Story, ledger: TenderLedger) -> Iterator[str]:
    """Where the contracts' state, at the block up to which the story goes, differs from the story: names of members."""
    state = ledger.tender(story.number)
    if state is None:
        yield "tender"
        return
    terms = story.terms
    told = TenderState(
        terms.bureau, terms.lots, terms.envelopes, terms.minimum_bids, len(story.notices) - 1, story.deadline,
        story.open_at, story.settled_at, terms.ceremony, terms.supervisor, terms.standstill, terms.complaint_period,
        story.outage is not None, story.cancelled is not None,
    )  # fmt: skip
    for one in fields(TenderState):
        if getattr(told, one.name) != getattr(state, one.name):
            yield _as_member(one.name)
    for number, lot in story.lots.items():
        at = f"lots[{number}]"
        line = ledger.lot(story.number, number)
        if (line.phase, line.places) != (story.phase(number), len(lot.bids)) or line.since != lot.since:
            yield at
        progress = ledger.progress(story.number, number)
        waiting = sum(case.answer is None for case in lot.cases)
        if (progress.cases, progress.open_cases) != (len(lot.cases), waiting):
            yield f"{at}.cases"
        if (progress.rankings, progress.awards) != (len(lot.rankings), len(lot.awards)):
            yield f"{at}.progress"
        for envelope, closing in lot.closings.items():
            live = ledger.live_set(story.number, number, envelope)
            if (live.digest, live.count) != (closing.digest, len(closing.commitments)):
                yield f"{at}.liveSets[{envelope}]"
        for bid in lot.bids:
            entry = ledger.entry(story.number, number, bid.bidder)
            kept = bid.live or bid.place in lot.dropped
            if (entry.place, entry.version, entry.recovery, entry.live) != (
                bid.place, bid.version, bid.recovery, kept,
            ):  # fmt: skip
                yield f"{at}.entries[{bid.place}]"


def _as_member(name: str) -> str:
    """An attribute's name as papers write it: ``minimum_bids`` as ``minimumBids``."""
    first, *more = name.split("_")
    return first + "".join(word.capitalize() for word in more)
