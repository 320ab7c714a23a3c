"""A7: closing and opening: the live set, the key holders' signature over it, the published keys."""

from __future__ import annotations

from collections.abc import Iterable

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase
from chain.kernel.encoding import hex0x
from chain.kernel.errors import YinxinError
from chain.sealing import verify
from chain.tenders.opening import (
    LiveBids,
    OpeningKeys,
    OpeningRecord,
    ReleaseBox,
    live_bids,
    read_keys,
    releases_topic,
    wrong_keys,
)
from chain.tenders.opening.naming import published_keys


def audit_opening(case: TenderCase, lot: int, envelope: int) -> tuple[LiveBids, OpeningKeys | None]:
    """One closed envelope; its live bids and, if it is opened and they can be had, the keys."""
    report, line, name = case.report, case.story.lots[lot], case.lot(lot, envelope)
    report.about(name)
    live = live_bids(case.story, case.ledger.genesis, lot, envelope)
    closing = line.closings[envelope]
    report.holds("A701", name, live.digest == closing.digest, "the commitments give another live set")
    opening = line.openings.get(envelope)
    if opening is None:
        return live, None
    ceremony = case.ledger.ceremony(case.story.terms.ceremony)
    key = b"" if ceremony is None else ceremony.key
    with report.looking("A702", name):
        if not verify(key, live.message.digest(), opening.signature):
            raise Broken("the signature shown at the opening is not over this live set")
    digest = _right_digest(case, live, key) or opening.keys_digest
    if digest != opening.keys_digest:
        words = "whoever opened named keys that are not these; the officer recorded the right ones"
        report.note("A703", f"{name}, keys ({hex0x(opening.keys_digest)})", words)
    data = case.paper("A703", f"{name}, keys", digest)
    if data is None:
        return live, None
    subject = f"{name}, keys ({hex0x(digest)})"
    keys: OpeningKeys | None = None
    with report.looking("A703", subject):
        keys = read_keys(data)
        wrong = wrong_keys(keys, key, live)
        if keys.live_signature != opening.signature:
            raise Broken("they hold another signature over the live set than the ledger")
        for place in wrong:
            report.holds("A704", f"{name}, place {place}", False, "its key is not the key holders' signature over it")
        report.looked["A704"] += len(keys.bids) - len(wrong)
    return live, keys


def _right_digest(case: TenderCase, live: LiveBids, key: bytes) -> bytes | None:
    try:
        return published_keys(case.story.lots[live.lot], case.board, key, live)[0]
    except YinxinError:
        return None


def audit_releases(case: TenderCase, live: LiveBids, record: OpeningRecord) -> None:
    """Enough key holders signed, their messages lie on the board and are right; who is blamed left a wrong one."""
    if case.key is None:
        return
    box = ReleaseBox(case.key, live)
    topic = releases_topic(live.tender, live.lot, live.envelope)
    with case.report.looking("A705", topic):
        box.take(case.board.notes(topic))
    name, needed = f"{case.lot(live.lot, live.envelope)}, opening record", case.key.threshold
    enough = len(record.signed) >= needed
    case.report.holds("A705", name, enough, f"it names {len(record.signed)} key holders who signed; {needed} must")
    strangers = {*record.signed, *(holder for holder, _ in record.refused)} - set(case.key.key_holders)
    words = f"it names key holders that the ceremony did not qualify: {_list(strangers)}"
    case.report.holds("A705", name, not strangers, words)
    for holder, places in record.refused:
        if holder not in strangers:
            _refused(case, box, holder, places, f"note {topic}, key holder {holder}")
    for holder in (one for one in record.signed if one not in strangers):
        refused = "; ".join(one.reason for one in box.refused if one.key_holder in (holder, None))
        subject = f"note {topic}, key holder {holder}"
        detail = f"the message in this name is wrong: {refused}" if refused else "no message in this name is there"
        if refused:
            case.report.holds("A705", subject, holder in box.releases, detail)
        elif holder not in box.releases:
            case.report.unknown("A705", subject, detail)


def _refused(case: TenderCase, box: ReleaseBox, holder: int, places: tuple[int, ...], subject: str) -> None:
    """Wrong messages that came after the record add places; those of the record must be there."""
    wrong = [one for one in box.refused if one.key_holder == holder]
    if not wrong:
        words = "the record refuses a message in this name, and none that is wrong is there"
        case.report.unknown("A705", subject, words)
        return
    shown = {place for one in wrong for place in one.places}
    words = f"the record blames it for places {_list(places)}; its wrong messages are so at {_list(shown)}"
    case.report.holds("A705", subject, set(places) <= shown and bool(places), words)


def _list(places: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(places))) or "none"
