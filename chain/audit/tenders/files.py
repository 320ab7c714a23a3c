"""A8: the sealed files: committed bytes, and what they show with and without k2."""

from __future__ import annotations

import tempfile
from pathlib import Path

from chain.audit.report import Report, Result
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.verdicts import judge_file
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, Unavailable, YinxinError
from chain.sealing import Manifest
from chain.tenders.custody.statement import DAMAGED, KEPT, MISSING, read_statement
from chain.tenders.notice import Envelope, Notice
from chain.tenders.opening import LiveBid, LiveBids, OpeningKeys, OpeningRecord, RecordedBid, committed_to
from chain.tenders.opening.organisations import deadline_block, judge_with


def audit_files(case: TenderCase, live: LiveBids, keys: OpeningKeys | None, record: OpeningRecord | None) -> None:
    """Every live file that can be had, one after the other; without a place to have them, what stays open."""
    recorded = {} if record is None else {bid.place: bid for bid in record.bids}
    signatures = {} if keys is None else {one.place: one.signature for one in keys.bids}
    case.fitted.update(case.granted.keys() & {identity.digest() for identity in live.identities})
    if not case.custody:
        _unseen(case, live, recorded)
        return
    with tempfile.TemporaryDirectory(prefix="yinxin-audit-") as folder:
        for bid in live.bids:
            subject = _subject(case, live, bid)
            case.report.about(subject)
            path = Path(folder) / "bid.age"
            if not _fetched(case, live, bid, path, subject):
                continue
            if bid.place in signatures and case.notice is not None:
                _look(case, case.notice, live, bid, path, signatures[bid.place], recorded.get(bid.place), subject)
            elif live.identity(bid).digest() in case.granted:
                case.report.unknown("A803", subject, "k2 is granted, and the published key is not at hand")
            path.unlink(missing_ok=True)


def audit_grants(report: Report, granted: frozenset[bytes], fitted: frozenset[bytes]) -> None:
    """Say it if granted keys (digests of identities) are of no bid that was live in what was looked at."""
    if granted - fitted:
        words = f"{len(granted - fitted)} of {len(granted)} granted keys are of no live bid here and showed nothing"
        report.unknown("A803", "granted keys", words)


def _subject(case: TenderCase, live: LiveBids, bid: LiveBid) -> str:
    return f"{case.lot(live.lot, live.envelope)}, place {bid.place}, sealed file"


def _unseen(case: TenderCase, live: LiveBids, recorded: dict[int, RecordedBid]) -> None:
    """Nobody was named who has the files: a fault in the record, or a granted key, was not looked at."""
    for bid in live.bids:
        one, subject = recorded.get(bid.place), _subject(case, live, bid)
        if one is not None and one.fault is not None:
            words = f"the record says {one.fault.kind}; only the file shows whether that is so (--custody)"
            case.report.unknown("A802", subject, words)
        if live.identity(bid).digest() in case.granted:
            case.report.unknown("A803", subject, "k2 is granted, and no file is at hand to open (--custody)")


def _fetched(case: TenderCase, live: LiveBids, bid: LiveBid, path: Path, subject: str) -> bool:
    """True if somebody has the committed file; other bytes than the committed ones are named."""
    file = bid.file(live.envelope)
    name = f"{subject} ({hex0x(file.digest)})"
    faults = []
    for source in case.custody:
        try:
            source.fetch(file.digest, file.size, path)
        except YinxinError as error:  # whatever one custodian answers, the next is asked
            faults.append(error)
            continue
        case.report.looked["A801"] += 1
        case.files += 1
        return True
    damaged = next((fault for fault in faults if isinstance(fault, Damaged)), None)
    if damaged is not None:
        case.report.holds("A801", name, False, damaged.message)
    else:
        case.report.unknown("A801", name, "; ".join(fault.message for fault in faults))
    return False


def _look(
    case: TenderCase,
    notice: Notice,
    live: LiveBids,
    bid: LiveBid,
    path: Path,
    signature: bytes,
    recorded: RecordedBid | None,
    subject: str,
) -> None:
    """Open as far as the keys at hand reach, and compare with what the record says."""
    envelope: Envelope | None = notice.envelope(live.envelope)
    if envelope is None:
        return
    known = committed_to(live, bid, notice.opening_key, envelope.recipients)
    said = None if recorded is None else recorded.fault
    granted = case.granted.get(known.identity.digest())
    found = judge_file(path, known, signature, said, granted, lost=_lost(case, live, bid))
    case.opened += found.granted
    if recorded is None and found.result is Result.BROKEN:
        case.report.note(found.rule, subject, f"it does not open: {found.shows}")
    elif found.result is Result.UNKNOWN:
        case.report.unknown(found.rule, subject, found.detail)
    elif found.result is Result.NOTE:
        case.report.note(found.rule, subject, found.detail)
    else:
        case.report.holds(found.rule, subject, found.result is None, found.detail)
    if found.manifest is not None and live.envelope == 1:
        case.manifests[live.lot, bid.place] = found.manifest
    if found.manifest is not None and recorded is not None:
        _compare(case, envelope, live, bid, found.manifest, recorded, subject)


def _lost(case: TenderCase, live: LiveBids, bid: LiveBid) -> bool:
    """True if a custodian said after the closing that it had not got the file whole, and none that it had."""
    states: set[str] = set()
    for _, digest in case.story.lots[live.lot].custody.get(live.envelope, []):
        try:
            statement = read_statement(case.board.get(digest))
        except YinxinError:  # a finding of A604
            continue
        states.update(one.state for one in statement.files if one.commitment == bid.hash)
    return bool(states & {MISSING, DAMAGED}) and KEPT not in states


def _compare(
    case: TenderCase,
    envelope: Envelope,
    live: LiveBids,
    bid: LiveBid,
    manifest: Manifest,
    recorded: RecordedBid,
    subject: str,
) -> None:
    """Figures and organisation of an opened bid, beside the record's."""
    values = {figure.name: figure.value for figure in manifest.form.figures}
    read_out = {field.name: values[field.name] for field in envelope.form if field.name in values}
    told = {one.figure.name: one.figure.value for one in recorded.figures}
    differ = sorted(name for name in told.keys() | read_out.keys() if told.get(name) != read_out.get(name))
    words = f"the record does not read out what the bid states: {', '.join(differ)}"
    case.report.holds("A804", subject, not differ, words)
    if case.evidence is None or recorded.organisation is None:
        return
    with case.report.looking("A805", subject):
        ledger = case.ledger
        most = case.notice.consortium if case.notice is not None else None
        deadline = deadline_block(ledger, case.story.deadline)
        judge = judge_with(case.evidence, live, deadline, ledger.block.time, consortium=most)
        found, said = judge(bid, manifest), recorded.organisation
        if found.result == "error" and said.result != "error":
            raise Unavailable("licences and bindings are not all at hand: " + "; ".join(found.findings), code="audit")
        same = (found.result, found.code, found.name, found.members) == (
            said.result, said.code, said.name, said.members,
        )  # fmt: skip
        case.report.holds("A805", subject, same, f"the record names {said.code or 'nobody'} ({said.result})")
