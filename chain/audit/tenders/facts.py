"""A3: what the ledger tells of a tender, against itself, its headers and its witnesses."""

from __future__ import annotations

from functools import partial

from chain.audit.report import Broken, Report
from chain.audit.tenders.case import TenderCase, event_name
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.headers import read_header
from chain.tenders.story import Story, differences, tell


def tell_story(report: Report, ledger: TenderLedger, tender: int) -> Story | None:
    """The story of the tender, or None after a finding."""
    name = f"tender {tender}"
    report.about(name)
    with report.looking("A301", name):
        events = ledger.tender_events(tender)
        if not events:
            raise Broken("the ledger has no events of it")
        return tell(events, ledger.book)
    return None


def audit_facts(case: TenderCase) -> None:
    """State, deadline, witnesses."""
    report, story = case.report, case.story
    with report.looking("A302", case.name):
        found = list(differences(story, case.ledger))
        if found:
            raise Broken(f"the contracts hold something else than the events tell: {', '.join(found)}")
    deadline = story.terms.deadline
    for event in story.events:
        if event.name in ("Amended", "Extended"):
            deadline = event.values["deadline"]
        elif event.name in ("DeadlineSettled", "DeadlineMoved"):
            with report.looking("A303", f"{case.name}, {event_name(event)}"):
                _check_deadline(case, event, deadline)
            deadline = event.values.get("deadline", deadline)
    if case.witnesses is not None:
        for block in {event.block.number: event.block for event in story.events}.values():
            at = f"{case.name}, block {block.number}"
            if report.try_("A304", at, partial(case.witnesses.vouch, block)) == ():
                report.unknown("A304", at, "too few witnesses have a checkpoint over it")


def _check_deadline(case: TenderCase, event: TenderEvent, deadline: int) -> None:
    """The two headers that span the deadline decide: a small gap makes it final, a large one moves it."""
    headers = case.ledger.spanning_headers(deadline)
    if headers is None:
        raise Broken(f"the chain has no block after the deadline {deadline}")
    (before, _), (after, parent) = read_header(headers[0]), read_header(headers[1])
    if parent != before.hash or not before.time <= deadline < after.time:
        raise Broken("the headers that the chain gives do not span the deadline")
    said = (event.values["timeBefore"], event.values["timeAfter"])
    outage = after.time - before.time > case.story.terms.gap
    if event.name == "DeadlineMoved" and not outage:
        raise Broken(f"blocks {before.number} and {after.number} show no outage")
    if event.name == "DeadlineSettled" and said == (0, 0):
        return  # by looking back: nobody showed an outage in time
    if event.name == "DeadlineSettled" and outage:
        raise Broken(f"blocks {before.number} and {after.number} show an outage, and the deadline was not moved")
    if said != (before.time, after.time):
        raise Broken(f"it names blocks at {said}, the chain's are at {(before.time, after.time)}")
