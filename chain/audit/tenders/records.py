"""A9: the opening record, against ledger, keys, roots and cases."""

from __future__ import annotations

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.verdicts import k2_faults
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.tenders.opening import LiveBids, LotFailed, OpeningRecord, RecordedBid, distinct, read_record
from chain.tenders.opening.finishing import records_of
from chain.tenders.opening.naming import named_keys
from chain.tenders.opening.session import objections_of


def audit_record(case: TenderCase, live: LiveBids) -> OpeningRecord | None:
    """The one opening record of an opened envelope, or None: the first that was recorded, if there are more."""
    line, name = case.story.lots[live.lot], case.lot(live.lot, live.envelope)
    events = records_of(line, live.envelope)
    if not events:
        later = case.story.phase(live.lot) not in (Phase.OPENED, Phase.PRICE_OPENED)
        words = "no opening record stands on the ledger"
        (case.report.unknown if later else case.report.note)("A901", name, words)
        return None
    subject = f"{name}, opening record"
    digests = list(dict.fromkeys(event.values["digest"] for event in events))
    others = ", ".join(hex0x(digest) for digest in digests[1:])
    case.report.holds("A901", subject, not others, f"after {hex0x(digests[0])} others were recorded: {others}")
    data = case.paper("A901", subject, digests[0])
    if data is None:
        return None
    record: OpeningRecord | None = None
    with case.report.looking("A901", f"{subject} ({hex0x(digests[0])})"):
        record = read_record(data)
        case.report.holds("A902", subject, _place_fits(case, live, record), "another place, notice or time")
        _bids(case, live, record, subject)
        _ending(case, live, record, events[0], subject)
    return record


def _place_fits(case: TenderCase, live: LiveBids, record: OpeningRecord) -> bool:
    opening, place = case.story.lots[live.lot].openings[live.envelope], record.place
    return (
        (place.genesis, place.book, place.tender, place.lot, record.envelope)
        == (live.genesis, live.book, live.tender, live.lot, live.envelope)
        and record.opened_at == opening.event.block.time
        and record.live == live.digest
        and record.keys in named_keys(case.story.lots[live.lot], live.envelope)
        and record.notice == case.story.notice_digest
    )


def _bids(case: TenderCase, live: LiveBids, record: OpeningRecord, subject: str) -> None:
    expected = [(bid.place, bid.hash, bid.commitment.bidder, bid.commitment.version) for bid in live.bids]
    found = [(bid.place, bid.commitment, bid.bidder, bid.version) for bid in record.bids]
    if not case.report.holds("A903", subject, found == expected, "it holds other bids than the live ones"):
        return
    for bid, one in zip(live.bids, record.bids, strict=True):
        at = f"{subject}, place {one.place}"
        identity, root = live.identity(bid).digest(), bid.file(live.envelope).form
        wrong = [figure.figure.name for figure in one.figures if not figure.proves(root, identity)]
        case.report.holds("A904", at, not wrong, f"not under the committed root: {', '.join(wrong)}")
        _read_out(case, live.envelope, one, at)
        for words in () if one.fault is None else k2_faults(one.fault):
            case.report.holds("A901", at, False, words)


def _read_out(case: TenderCase, envelope: int, one: RecordedBid, at: str) -> None:
    """Exactly the figures of the notice's form, of bids that opened; a required one that a bid lacks is noted."""
    form = case.notice.envelope(envelope) if case.notice is not None else None
    if form is None:
        return
    named, told = {field.name for field in form.form}, [figure.figure.name for figure in one.figures]
    right = set(told) <= named and len(told) == len(set(told))
    case.report.holds("A905", at, right, "it reads out what the notice's form does not name, or a figure twice")
    lacking = [field.name for field in form.form if field.required and field.name not in told]
    if lacking and one.fault is None:
        case.report.note("A905", at, f"required, and not read out: {', '.join(lacking)}")


def _ending(case: TenderCase, live: LiveBids, record: OpeningRecord, event: TenderEvent, subject: str) -> None:
    line, report = case.story.lots[live.lot], case.report
    minimum = case.story.terms.minimum_bids if live.envelope == 1 else 1
    counted = (record.organisations, record.minimum) == (distinct(record.bids), minimum)
    report.holds("A906", subject, counted, f"{distinct(record.bids)} organisations stand behind the bids")
    if record.failed:
        with report.looking("A907", subject):
            _check_failed(case, live, record, event.values["digest"])
    told = {(one.number, one.by, one.paper) for one in record.objections}
    filed = {(one.number, one.by, one.paper): one for one in objections_of(line, live.envelope)}
    before = {key for key in filed if _filed_before(case, live, key[0], event)}
    report.holds("A908", subject, before <= told <= set(filed), "it lists other objections than were filed before it")
    for one in record.objections:
        known = filed.get((one.number, one.by, one.paper))
        if one.answer is not None and known is not None:
            report.holds("A908", f"{subject}, objection {one.number}", one.answer == known.answer, "another answer")
    if record.witness is None:
        report.note("A909", subject, f"the supervisor has not signed it: {record.alone or 'no reason is given'}")
        return
    signed = record.signed_by(case.story.terms.supervisor)
    report.holds("A909", subject, signed, "the signature is not the supervisor's over this content")


def _filed_before(case: TenderCase, live: LiveBids, number: int, record: TenderEvent) -> bool:
    filed = case.story.lots[live.lot].cases[number - 1].filed
    return (filed.block.number, filed.index) < (record.block.number, record.index)


def _check_failed(case: TenderCase, live: LiveBids, record: OpeningRecord, digest: bytes) -> None:
    failed = case.story.lots[live.lot].failed
    if failed is None:
        raise Broken("too few organisations stand behind the bids, and the lot goes on")
    paper = LotFailed.from_bytes(case.board.get(failed.values["digest"]))
    said = (paper.place, paper.organisations, paper.minimum, paper.record)
    if said != (record.place, record.organisations, record.minimum, digest):
        raise Broken("the reasons of the failure are others than the record's")
