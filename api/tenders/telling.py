"""From the events of one tender, or one ceremony, to its rows in the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from api.tenders.shown import paper_of, plain, seconds, word
from api.tenders.tables import (
    ceremonies,
    ceremony_members,
    tender_amendments,
    tender_cases,
    tender_lots,
    tender_places,
    tender_records,
    tenders,
)
from chain.kernel.tender_facts import CeremonyPlan, Phase, TenderEvent
from chain.tenders.story import LotStory, Story, tell

Rows = list[tuple[Table, dict[str, Any]]]
_OVER = (Phase.CONTRACTED, Phase.FAILED, Phase.CANCELLED)


def tender_rows(events: Sequence[TenderEvent], book: bytes) -> Rows:
    """Rows of a tender from all its events, in order. Raises Damaged if they cannot be a tender's."""
    story = tell(events, book)
    phases = {number: story.phase(number) for number in story.lots}
    rows: Rows = [(tenders, _tender(story, over=all(phase in _OVER for phase in phases.values())))]
    deadline, open_at = story.terms.deadline, story.terms.open_at
    for number, event in enumerate(story.notices):
        if number:
            deadline, open_at = event.values["deadline"], event.values["openAt"]
        digest = event.values["digest"] if number else story.terms.digest
        rows.append(
            (
                tender_amendments,
                {
                    "tender": story.number, "number": number, "digest": digest, "deadline": seconds(deadline),
                    "open_at": seconds(open_at), "at": event.block.time,
                },
            )
        )  # fmt: skip
    for lot in story.lots.values():
        rows.append((tender_lots, _lot(story, lot, phases[lot.number])))
        rows += [(tender_places, row) for row in _places(story, lot)]
        rows += [(tender_cases, row) for row in _cases(story, lot)]
    rows += [(tender_records, row) for row in _records(events)]
    return rows


def _tender(story: Story, *, over: bool) -> dict[str, Any]:
    terms = story.terms
    return {
        "number": story.number,
        "bureau": terms.bureau,
        "lots": terms.lots,
        "envelopes": terms.envelopes,
        "minimum_bids": terms.minimum_bids,
        "amendments": len(story.notices) - 1,
        "notice": story.notice_digest,
        "published_at": story.notices[0].block.time,
        "deadline": seconds(story.deadline),
        "open_at": seconds(story.open_at),
        "settled_at": story.settled_at,
        "reveal_window": terms.reveal_window,
        "standstill": terms.standstill,
        "complaint_period": terms.complaint_period,
        "ceremony": terms.ceremony,
        "supervisor": terms.supervisor,
        "custodians": plain(story.custodians),
        "cancelled": story.cancelled is not None,
        "over": over,
    }


def _lot(story: Story, lot: LotStory, phase: Phase) -> dict[str, Any]:
    return {
        "tender": story.number,
        "lot": lot.number,
        "phase": int(phase),
        "since": lot.since,
        "places": len(lot.bids),
        "closed": len(lot.closings),
        "opened": len(lot.openings),
        "attested": {str(envelope): plain([one for one, _ in said]) for envelope, said in lot.custody.items()},
        "rankings": len(lot.rankings),
        "awards": len(lot.awards),
        "open_cases": sum(case.answer is None for case in lot.cases),
    }


def _places(story: Story, lot: LotStory) -> list[dict[str, Any]]:
    return [
        {
            "tender": story.number, "lot": lot.number, "place": bid.place, "bidder": bid.bidder, "version": bid.version,
            "commitment": bid.digest, "live": bid.live, "decoy": bid.is_decoy,
        }
        for bid in lot.bids
    ]  # fmt: skip


def _cases(story: Story, lot: LotStory) -> list[dict[str, Any]]:
    return [
        {
            "tender": story.number, "lot": lot.number, "number": case.number, "kind": word(case.kind),
            "digest": case.digest, "filed_at": case.filed.block.time,
            "settled_at": case.settled.block.time if case.settled else None,
        }
        for case in lot.cases
    ]  # fmt: skip


def _records(events: Sequence[TenderEvent]) -> list[dict[str, Any]]:
    found = []
    for event in events:
        paper = paper_of(event)
        if paper is not None:
            kind, digest = paper
            found.append(
                {
                    "block_number": event.block.number, "log_index": event.index, "tender": event.values["tender"],
                    "lot": event.values.get("lot", 0), "kind": kind, "digest": digest,
                }
            )  # fmt: skip
    return found


def ceremony_rows(events: Sequence[TenderEvent]) -> Rows:
    """Rows of a ceremony from all its events, in order."""
    first = events[0].values
    plan: CeremonyPlan = first["plan"]
    number: int = first["ceremony"]
    row: dict[str, Any] = {
        "number": number, "bureau": plan.bureau, "tender": plan.tender, "roster": plan.roster_digest,
        "threshold": plan.threshold, "deals_until": seconds(plan.deals_until),
        "complaints_until": seconds(plan.complaints_until), "answers_until": seconds(plan.answers_until),
        "confirm_until": seconds(plan.confirm_until), "usable_until": seconds(plan.usable_until), "key": b"",
        "transcript": b"", "roll_calls": 0, "called_at": 0,
    }  # fmt: skip
    members = {
        place: {
            "ceremony": number, "member": place, "account": account, "dealt": False, "confirmed": False,
            "qualified": False, "destroyed": False,
        }
        for place, account in enumerate(first["members"], 1)
    }  # fmt: skip
    marks = {"Dealt": "dealt", "Confirmed": "confirmed", "ShareDestroyed": "destroyed"}
    for event in events[1:]:
        values = event.values
        if event.name in marks:
            members[values["member"]][marks[event.name]] = True
        elif event.name == "Activated":
            row |= {"key": values["publicKey"], "transcript": values["transcript"], "called_at": event.block.time}
            for member in values["qualified"]:
                members[member]["qualified"] = True
        elif event.name == "RollCalled":
            row |= {"roll_calls": values["counter"], "called_at": event.block.time}
    return [(ceremonies, row), *((ceremony_members, member) for member in members.values())]
