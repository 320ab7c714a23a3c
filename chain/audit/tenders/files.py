"""A8: the sealed files: committed bytes, and what they show with and without k2."""

from __future__ import annotations

import tempfile
from pathlib import Path

from chain.audit.tenders.case import TenderCase
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, NotFound, Unavailable
from chain.sealing import BidFault, BidKeys, FaultKind, Manifest, open_bid
from chain.sealing.manifest import Manifest as _Manifest
from chain.tenders.notice import Envelope, Notice
from chain.tenders.opening import LiveBid, LiveBids, OpeningKeys, OpeningRecord, RecordedBid, committed_to
from chain.tenders.opening.organisations import deadline_block, judge_with


def audit_files(case: TenderCase, live: LiveBids, keys: OpeningKeys | None, record: OpeningRecord | None) -> None:
    """Every live file that can be had, one after the other."""
    recorded = {} if record is None else {bid.place: bid for bid in record.bids}
    signatures = {} if keys is None else {one.place: one.signature for one in keys.bids}
    with tempfile.TemporaryDirectory(prefix="yinxin-audit-") as folder:
        for bid in live.bids:
            subject = f"{case.lot(live.lot, live.envelope)}, place {bid.place}, sealed file"
            case.report.about(subject)
            path = Path(folder) / "bid.age"
            if _fetched(case, live, bid, path, subject) and bid.place in signatures and case.notice is not None:
                _look(case, case.notice, live, bid, path, signatures[bid.place], recorded.get(bid.place), subject)
            path.unlink(missing_ok=True)


def _fetched(case: TenderCase, live: LiveBids, bid: LiveBid, path: Path, subject: str) -> bool:
    """True if somebody has the committed file; other bytes than the committed ones are named."""
    file = bid.file(live.envelope)
    name = f"{subject} ({hex0x(file.digest)})"
    faults = []
    for source in case.custody:
        try:
            source.fetch(file.digest, file.size, path)
            case.report.looked["A801"] += 1
            return True
        except (NotFound, Unavailable, Damaged) as error:
            faults.append(error)
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
    published = recorded.fault.k2 if recorded is not None and recorded.fault is not None else None
    k2 = case.granted.get(known.identity.digest(), published)
    fault: BidFault | None = None
    manifest: Manifest | None = None
    try:
        manifest = open_bid(path, known, BidKeys(signature, k2 or b""), None)
    except BidFault as found:
        fault = found
    if k2 is None and fault is not None and fault.kind is FaultKind.WRONG_LOCK_KEY:
        said = recorded is None or recorded.fault is None or recorded.fault.kind not in _FROM_OUTSIDE
        case.report.holds("A802", subject, said, "the record blames the header or lock 1, and both are right")
        return
    rule = "A803" if k2 is not None else "A802"
    found_kind = None if fault is None else fault.kind
    if recorded is None:
        if fault is not None:
            case.report.note(rule, subject, f"it does not open: {fault.message}")
        return
    said_kind = None if recorded.fault is None else recorded.fault.kind
    words = f"the record says {said_kind or 'opened'}, the file shows {found_kind or 'opened'}"
    case.report.holds(rule, subject, said_kind == found_kind, words)
    if manifest is not None:
        _compare(case, live, bid, manifest, recorded, subject)


_FROM_OUTSIDE = frozenset({FaultKind.BAD_HEADER, FaultKind.BAD_LOCK_ONE})


def _compare(
    case: TenderCase, live: LiveBids, bid: LiveBid, manifest: _Manifest, recorded: RecordedBid, subject: str
) -> None:
    """Figures and organisation of an opened bid, beside the record's."""
    values = {figure.name: figure.value for figure in manifest.form.figures}
    told = {one.figure.name: one.figure.value for one in recorded.figures}
    differ = sorted(name for name, value in told.items() if values.get(name) != value)
    case.report.holds("A804", subject, not differ, f"the record reads out other figures: {', '.join(differ)}")
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
