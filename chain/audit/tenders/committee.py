"""A10: pool, draws, committee, float point, ties and names, each recomputed from what was signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase, event_name
from chain.evaluation.committee import (
    CommitteeNames,
    Draws,
    ExclusionRule,
    RecordedCommittee,
    bidding_codes,
    committees_of,
    draws_of,
    pool_on_record,
    read_names,
)
from chain.evaluation.committee.draws import DRAW, POOL, TIE, TIE_DRAWN, before
from chain.evaluation.committee.standing import COMMITTEE, FLOAT, NAMES, check_float, may_draw_float
from chain.evaluation.pool import PoolPaper
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.tenders.notice import Notice, committee_gaps
from chain.tenders.opening.finishing import standing_record
from chain.tenders.story import LotStory


def audit_pool(case: TenderCase) -> PoolPaper | None:
    """The tender's pool: one, by the deadline, in its form; None if there is none or it cannot be had."""
    events = [event for event in case.story.records if event.values["kind"] == POOL]
    used = any(event.values["kind"] == DRAW for lot in case.story.lots.values() for event in lot.records)
    if not events and not used:
        return None
    for place, event in enumerate(events):
        subject = f"{case.name}, pool ({hex0x(event.values['digest'])}) in block {event.block.number}"
        case.report.holds("A1001", subject, event.block.time <= case.story.deadline, "recorded after the deadline")
        case.report.holds("A1001", subject, not place, "another pool was recorded before: experts could be chosen")
    found = case.report.try_("A1001", f"{case.name}, pool", partial(pool_on_record, case.board, case.story))
    return None if found is None else found[1]


def audit_committee(case: TenderCase, lot: int, pool: PoolPaper | None) -> None:
    """Everything drawn for a lot, and who sits there."""
    notice, line, name = case.notice, case.story.lots[lot], case.lot(lot)
    if notice is None or not (line.rankings or any(_concerns(event) for event in line.records)):
        return
    draws = case.report.try_("A1002", name, partial(draws_of, case.ledger, case.board, case.story, notice, lot))
    if draws is not None:
        _turns(case, draws, line, name)
        _results(case, draws, name)
        _by_word(case, draws, name)
    _float(case, notice, line, lot, name)
    committees = case.report.try_(
        "A1006", name, partial(committees_of, case.ledger, case.board, case.story, notice, lot)
    )
    if committees is not None:
        _committees(case, committees, notice, name)
        _in_office(case, committees, line, name)
        if draws is not None and pool is not None:
            _names(case, line, draws, committees, pool)


def _concerns(event: TenderEvent) -> bool:
    return event.values["kind"] in (DRAW, TIE, "drawn", TIE_DRAWN, FLOAT, COMMITTEE, NAMES)


def _turns(case: TenderCase, draws: Draws, line: LotStory, name: str) -> None:
    """Every record keeps the rules, and was completed."""
    over = line.phase >= Phase.CANDIDATES
    for turn in draws.turns:
        subject = f"{name}, {turn.kind} {turn.counter} ({hex0x(turn.digest)})"
        case.report.holds("A1002", subject, not turn.fault, f"it does not count: {turn.fault}")
        if turn.fault:
            continue
        words = "it was recorded and never completed"
        if over or turn.result is not None:
            case.report.holds("A1003", subject, turn.result is not None, words)
        else:
            case.report.note("A1003", subject, "it waits for its result")


def _results(case: TenderCase, draws: Draws, name: str) -> None:
    """Every result on record follows from the key holders' signature."""
    for turn in draws.turns:
        if turn.result is not None:
            case.report.looked["A1008" if turn.kind == TIE else "A1004"] += 1
    for event, why in draws.strays:
        rule = "A1008" if event.values["kind"] == TIE_DRAWN else "A1004"
        subject = f"{name}, {event.values['kind']} ({hex0x(event.values['digest'])}) in block {event.block.number}"
        case.report.holds(rule, subject, False, why)


def _by_word(case: TenderCase, draws: Draws, name: str) -> None:
    """What rests on somebody's word: no rule is broken, and everybody sees it."""
    said: dict[int, str] = {}
    for turn in draws.turns:
        if turn.fault or turn.reasons is None:
            continue
        case.report.looked["A1005"] += 1
        subject = f"{name}, draw {turn.counter}"
        for one in turn.reasons.replaced:
            case.report.note("A1005", subject, f"place {one.place} was drawn and replaced: {one.reason}")
        for exclusion in turn.reasons.excluded:
            if exclusion.rule in (ExclusionRule.DECLARED, ExclusionRule.ABSENT) and exclusion.place not in said:
                said[exclusion.place] = f"{exclusion.rule.value}: {exclusion.reason}".rstrip(": ")
    if said:
        listed = "; ".join(f"place {place}: {why}" for place, why in sorted(said.items()))
        case.report.note("A1005", f"{name}, excluded by word", f"{len(said)} of the pool: {listed}")


def _float(case: TenderCase, notice: Notice, line: LotStory, lot: int, name: str) -> None:
    for event in (one for one in line.records if one.values["kind"] == FLOAT):
        subject = f"{name}, float point ({hex0x(event.values['digest'])})"
        data = case.paper("A1007", subject, event.values["digest"])
        if data is None:
            continue
        with case.report.looking("A1007", subject):
            check_float(case.story, data, notice, lot)
            opening = line.openings.get(case.story.terms.envelopes)
            if not may_draw_float(case.story, lot) or opening is None or not before(opening.event, event):
                raise Broken("prices were not open when it was recorded")


def _committees(case: TenderCase, committees: tuple[RecordedCommittee, ...], notice: Notice, name: str) -> None:
    for one in committees:
        subject = f"{name}, committee ({hex0x(one.digest)}) in block {one.event.block.number}"
        case.report.holds("A1006", subject, not one.fault, f"it does not follow from the draws: {one.fault}")
    counted = [one.committee for one in committees if one.committee is not None and not one.fault]
    for former, other in pairwise(counted):
        if former.owners != other.owners:
            words = "other representatives of the procuring entity than before"
            case.report.note("A1006", f"{name}, committee {other.number}", words)
    if not counted or not notice.mandatory:
        return
    last = counted[-1]
    for words, _ in committee_gaps(len(last.members), len(last.experts)):
        case.report.note("A1006", f"{name}, committee {last.number}", words)


def _in_office(case: TenderCase, committees: tuple[RecordedCommittee, ...], line: LotStory, name: str) -> None:
    """Whoever names candidates has them from a committee; also where nothing was ever drawn for the lot."""
    counted = [one.event for one in committees if one.committee is not None and not one.fault]
    for event in line.rankings:
        subject = f"{name}, candidates {event.values['number']} ({hex0x(event.values['digest'])})"
        seated = any(before(one, event) for one in counted)
        case.report.holds("A1011", subject, seated, "they were named, and no committee that counts was on record")


def _names(
    case: TenderCase, line: LotStory, draws: Draws, committees: tuple[RecordedCommittee, ...], pool: PoolPaper
) -> None:  # fmt: skip
    name = case.lot(line.number)
    events = [event for event in line.records if event.values["kind"] == NAMES]
    if not events and line.awards:
        case.report.note("A1009", name, "the lot is awarded, and the committee's names are not public yet")
    for event in events:
        subject = f"{name}, committee-names ({hex0x(event.values['digest'])}), {event_name(event)}"
        early = not line.awards or before(event, line.awards[0])
        case.report.holds("A1009", subject, not early, "names were public before the award")
        data = case.paper("A1009", subject, event.values["digest"])
        if data is None:
            continue
        with case.report.looking("A1009", subject):
            _shown(read_names(data), draws, committees, pool)
        with case.report.looking("A1010", subject):
            _employers(case, read_names(data), line.number)


def _shown(
    names: CommitteeNames, draws: Draws, committees: tuple[RecordedCommittee, ...], pool: PoolPaper
) -> None:  # fmt: skip
    """Raises Broken where the names are not those of the places that were drawn."""
    counted = [one for one in committees if one.committee is not None and not one.fault]
    if names.lot != draws.lot or not counted or names.committee != counted[-1].digest:
        raise Broken("they are of another lot or committee")
    if {place for place, _ in names.experts} != draws.drawn:
        raise Broken("they are not of everybody who was drawn")
    for place, expert in names.experts:
        if _held(lambda expert=expert: pool.place_of(expert)) != place:  # type: ignore[misc]
            raise Broken(f"the line shown for place {place} is not the one in the pool")
    owners = {one.account for item in counted if item.committee for one in item.committee.owners}
    if {account for account, _ in names.owners} != owners:
        raise Broken("they are not of every representative")


def _held(work: Callable[[], int]) -> int | None:
    try:
        return work()
    except (InvalidInput, Refused):
        return None


def _employers(case: TenderCase, names: CommitteeNames, lot: int) -> None:
    """Raises Broken where somebody who was drawn works for a bidder, NotFound where nothing tells who bids."""
    found = [standing_record(case.board, case.story, lot, envelope) for envelope in case.story.lots[lot].openings]
    records = [one for one in found if one is not None]
    if not found or len(records) < len(found):
        raise NotFound("an opening record, which names who bids, is not to be had", code="audit.record")
    codes = bidding_codes(records)
    places = [place for place, expert in names.experts if expert.employer and expert.employer in codes]
    if places:
        raise Broken(f"who was drawn at places {', '.join(map(str, places))} works for a bidder")
