"""The story beside what the contracts answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chain.kernel.tender_ports import TenderLedger
from chain.tenders.story.shapes import Story


def differences(story: Story, ledger: TenderLedger) -> Iterator[str]:
    """Where the contracts' state, at the block up to which the story goes, differs from the story: names of members."""
    state = ledger.tender(story.number)
    if state is None:
        yield "tender"
        return
    told: dict[str, Any] = {
        "bureau": story.terms.bureau, "lots": story.terms.lots, "envelopes": story.terms.envelopes,
        "minimumBids": story.terms.minimum_bids, "amendments": len(story.notices) - 1, "deadline": story.deadline,
        "openAt": story.open_at, "settledAt": story.settled_at, "ceremony": story.terms.ceremony,
        "supervisor": story.terms.supervisor, "standstill": story.terms.standstill,
        "complaintPeriod": story.terms.complaint_period, "graceUsed": story.outage is not None,
        "cancelled": story.cancelled is not None,
    }  # fmt: skip
    found = (
        state.bureau, state.lots, state.envelopes, state.minimum_bids, state.amendments, state.deadline, state.open_at,
        state.settled_at, state.ceremony, state.supervisor, state.standstill, state.complaint_period, state.grace_used,
        state.cancelled,
    )  # fmt: skip
    yield from (name for (name, value), other in zip(told.items(), found, strict=True) if value != other)
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
