"""A whole tender, audited; then every single stored thing is changed once, and the audit says which."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chain.audit import Report, Result
from chain.audit.tenders import audit_tender
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Unavailable
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board, TenderLedger
from chain.keys.signatures import address_of, sign
from chain.ledger.tenders.inputs import TransactionInputs
from chain.tenders.board import FolderBoard
from chain.tenders.opening import (
    LotPlace,
    ReleaseBox,
    WitnessNote,
    combine_keys,
    read_record,
    releases_topic,
    witness_digest,
)
from chain.tenders.opening.finishing import answer_objection, finish, object_to
from chain.tenders.opening.session import (
    FileFolder,
    close_envelope,
    draft_record,
    open_bids,
    publish_keys,
    recorded_bid,
)
from chain.tenders.typed import withdrawal_hash
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback
NAME = "tender 1, lot 1, envelope 1"


@dataclass
class Whole:
    """A tender with everything: an objection, a withdrawal, a move, a bad file, a signed record."""

    case: OpeningCase
    granted: dict[bytes, bytes]

    def audit(self, board: Board | None = None, custody: Path | None = None, **more: object) -> Report:
        case, report = self.case, Report()
        ledger = case.stage.ledger
        values: dict[str, object] = {
            "calls": TransactionInputs(ledger.rpc), "custody": [FileFolder(custody or case.custody)],
            "granted": self.granted, "evidence": case.companies.evidence(),
        }  # fmt: skip
        audit_tender(report, ledger, board or case.stage.board, case.tender, **{**values, **more})  # type: ignore[arg-type]
        return report


@pytest.fixture(scope="module")
def whole(tender_stage: TenderStage, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("case")
    stage = tender_stage
    case = OpeningCase.publish(stage, folder / "tender", minimumBids=2, deadline=9)
    case.bid(1)
    case.bid(2)
    case.bid(3, spoil=_junk)
    case.bid(4)
    _withdraw(case, 4)
    live = case.close()
    case.attest()
    case.release(1, 2, 3)
    box = ReleaseBox(stage.key.opening_key, live)
    box.take(stage.board.notes(releases_topic(case.tender, 1, 1)))
    stage.wait_until(case.story.open_at)
    officer = stage.acts("officer")
    digest = publish_keys(stage.ledger, officer, stage.board, combine_keys(box))
    place = LotPlace(case.notice.genesis, case.notice.book, case.tender, 1)
    object_to(stage.acts("supervisor"), stage.board, place, "开标时间有误。")
    answer_objection(officer, stage.board, case.story, place, 1, "时间无误。")
    officer.record(case.tender, 0, "minutes", stage.board.put(b'{"format":"sample"}'))
    opened = list(
        open_bids(live, combine_keys(box), case.notice, case.sources, case.box("officer"), folder / "officer", {})
    )
    bids = [recorded_bid(live, one, case.notice, case.judge()) for one in opened]
    record = draft_record(case.story, live, case.notice, digest, box, bids)
    key = bytes(stage.account("supervisor").key)
    note = WitnessNote(record.content, sign(witness_digest(record.content), key))
    finish(officer, stage.board, record.with_witness(note.signature), case.story)
    granted = {live.identity(one.bid).digest(): one.k2 for one in opened if one.k2 is not None}
    return Whole(case, granted)


def _junk(path: Path) -> None:
    path.write_bytes(b"not a sealed bid at all")


def _withdraw(case: OpeningCase, bidder: int) -> None:
    stage, address = case.stage, address_of(case.stage.bidder_key(bidder))
    until = case.story.deadline + 100
    digest = stage.domain.digest(withdrawal_hash(case.tender, 1, address, 2, until))
    stage.acts("custodian-1").withdraw(case.tender, 1, address, 2, until, sign(digest, stage.bidder_key(bidder)))


def test_a_whole_tender_is_clean_at_both_levels(whole: Whole) -> None:
    report = whole.audit()
    assert [one.as_dict() for one in report.findings] == []
    assert report.exit_code == 0
    looked = {rule for rule, count in report.looked.items() if count}
    assert {"A303", "A502", "A601", "A602", "A603", "A604", "A704", "A705", "A802", "A803", "A805", "A909"} <= looked
    public = whole.audit(granted={}, evidence=None)
    assert (public.findings, public.looked["A802"]) == ([], 3)


def _papers(board: Path) -> list[Path]:
    return sorted(path for path in (board / "papers").rglob("*") if path.is_file())


def test_every_paper_that_is_changed_is_named_by_its_digest(whole: Whole, tmp_path: Path) -> None:
    """Notice, document, roster, deals, custody statement, keys, objection, answer, minutes, record: each once."""
    shutil.copytree(whole.case.stage.folder / "board", tmp_path / "board")
    board, kinds = FolderBoard(tmp_path / "board"), []
    for path in _papers(tmp_path / "board"):
        data = path.read_bytes()
        path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
        report = whole.audit(board)
        named = [one for one in report.findings if path.name in one.subject or path.name in one.detail]
        assert named, f"{path.name}: {data[:80]!r} was changed, and no finding names it"
        assert report.exit_code == 1, path.name
        kinds.append(named[0].rule)
        path.write_bytes(data)
    assert whole.audit(board).findings == []
    assert set(kinds) == {"A401", "A403", "A404", "A405", "A501", "A604", "A703", "A901"}


def test_every_note_and_sealed_file_that_is_changed_is_named(whole: Whole, tmp_path: Path) -> None:
    case = whole.case
    shutil.copytree(case.stage.folder / "board", tmp_path / "board")
    board = FolderBoard(tmp_path / "board")
    topic = releases_topic(case.tender, 1, 1)
    for path in sorted((tmp_path / "board" / "notes" / topic).iterdir()):
        data = path.read_bytes()
        path.write_bytes(data.replace(b'"bids":["', b'"bids":["A', 1))
        report = whole.audit(board)
        holder = path.name.split("-holder-")[1][0]
        assert [(one.rule, one.subject) for one in report.findings] == [("A705", f"note {topic}, key holder {holder}")]
        path.write_bytes(data)
    shutil.copytree(case.custody, tmp_path / "custody")
    for place in (1, 2, 3):
        path = tmp_path / "custody" / f"{place}-1-1.age"
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        report = whole.audit(custody=tmp_path / "custody")
        digest = hex0x(case.committed[place].first.digest)
        assert [(one.rule, one.subject) for one in report.findings] == [
            ("A801", f"tender {case.tender}, lot 1, envelope 1, place {place}, sealed file ({digest})")
        ]
        path.write_bytes(data)


def test_a_record_that_lies_is_found_out(whole: Whole, tmp_path: Path) -> None:
    """Another record is put in the place of the true one: what it says wrongly is found, not only its digest."""
    case = whole.case
    shutil.copytree(case.stage.folder / "board", tmp_path / "board")
    event = next(event for event in case.story.lots[1].records)
    true = read_record(case.stage.board.get(event.values["digest"]))
    first, second, third = true.bids
    assert third.fault is not None
    lies = {
        "A902": replace(true, opened_at=true.opened_at - 1),
        "A903": replace(true, bids=(second, first, third)),
        "A904": replace(true, bids=(replace(first, figures=second.figures), second, third)),
        "A906": replace(true, organisations=4),
        "A908": replace(true, objections=()),
        "A909": replace(true, witness=bytes(65)),
    }
    for rule, lie in lies.items():
        lying = _Lying(tmp_path / "board", event.values["digest"], lie.to_bytes())
        found = {(one.rule, one.result) for one in whole.audit(lying).findings}
        assert (rule, Result.BROKEN) in found, (rule, found)


class _Lying(FolderBoard):
    """A board that a reader would have to believe without digests."""

    def __init__(self, folder: Path, digest: bytes, data: bytes) -> None:
        super().__init__(folder)
        self._lie = (digest, data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        return self._lie[1] if digest == self._lie[0] else super().get(digest, limit=limit)


def test_an_event_that_is_changed_or_withheld_is_found(whole: Whole) -> None:
    class Altered:
        def __init__(self, inner: TenderLedger) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

    class Withheld(Altered):
        def tender_events(self, tender: int) -> object:
            return [event for event in self._inner.tender_events(tender) if event.name != "BidWithdrawn"]

    class OtherTime(Altered):
        def tender_events(self, tender: int) -> object:
            return [
                replace(event, values={**event.values, "timeAfter": event.values["timeAfter"] + 1})
                if event.name == "DeadlineSettled"
                else event
                for event in self._inner.tender_events(tender)
            ]

    case = whole.case
    for kind, rule in ((Withheld, "A301"), (OtherTime, "A303")):
        report = Report()
        audit_tender(report, kind(case.stage.ledger), case.stage.board, case.tender)  # type: ignore[arg-type]
        assert [one.rule for one in report.findings][:1] == [rule]
        assert report.exit_code == 1


def test_what_is_not_to_be_had_is_open(whole: Whole, tmp_path: Path) -> None:
    report = whole.audit(board=FolderBoard(tmp_path / "empty"))
    assert {one.result for one in report.findings} == {Result.UNKNOWN}
    assert report.exit_code == 2
    (tmp_path / "none").mkdir()
    report = whole.audit(custody=tmp_path / "none")
    assert {(one.rule, one.result) for one in report.findings} == {("A801", Result.UNKNOWN)}


def test_a_tender_of_two_envelopes_opens_the_price_without_dropped_bids(
    tender_stage: TenderStage, tmp_path: Path
) -> None:
    stage = tender_stage
    case = OpeningCase.publish(stage, tmp_path / "tender", envelopes=2, minimumBids=2, deadline=6)
    for bidder in (1, 2, 3):
        case.bid(bidder)
    case.close()
    officer = stage.acts("officer")
    stage.wait_until(case.story.open_at)
    for envelope, places in ((1, [1, 2, 3]), (2, [1, 3])):
        if envelope == 2:
            officer.review(case.tender, 1, stage.board.put(b'{"format":"sample-review"}'), [2])
            assert close_envelope(stage.ledger, officer, case.tender, 1, 2, lambda _: None) is Phase.PRICE_CLOSED
        live = case.live(envelope)
        assert [bid.place for bid in live.bids] == places
        case.release(3, 4, 5, envelope=envelope)
        box = ReleaseBox(stage.key.opening_key, live)
        box.take(stage.board.notes(releases_topic(case.tender, 1, envelope)))
        keys = combine_keys(box)
        digest = publish_keys(stage.ledger, officer, stage.board, keys)
        folder, judge = tmp_path / f"officer-{envelope}", case.judge(envelope)
        opening = open_bids(live, keys, case.notice, case.sources, case.box("officer"), folder, {})
        bids = [recorded_bid(live, one, case.notice, judge) for one in opening]
        assert all(bid.organisation and bid.organisation.result == "valid" for bid in bids)
        record = draft_record(case.story, live, case.notice, digest, box, bids)
        assert [bid.place for bid in record.bids] == places
        assert {one.figure.name for one in record.bids[0].figures} == ({"period.days", "crew"}, {"price"})[envelope - 1]
        finish(officer, stage.board, replace(record, alone="not in this test"), case.story)
    report = Report()
    calls = TransactionInputs(stage.ledger.rpc)
    audit_tender(report, stage.ledger, stage.board, case.tender, calls=calls, custody=case.sources)
    assert [(one.rule, one.result) for one in report.findings] == [("A909", Result.NOTE), ("A909", Result.NOTE)]
    assert report.looked["A704"] == 5


def test_witnesses_who_saw_another_chain_are_heard(whole: Whole) -> None:
    class Witnesses:
        def __init__(self, answer: tuple[str, ...] | Exception) -> None:
            self.answer = answer

        def vouch(self, block: BlockRef) -> tuple[str, ...]:
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    expected: dict[tuple[str, ...] | Exception, set[Result]] = {
        ("w1",): set(), (): {Result.UNKNOWN}, Conflict("they saw another block"): {Result.BROKEN},
        Unavailable("no answer"): {Result.UNKNOWN},
    }  # fmt: skip
    for answer, results in expected.items():
        report = whole.audit(witnesses=Witnesses(answer))
        assert {one.result for one in report.findings} == results
        assert {one.rule for one in report.findings} <= {"A304"}
        assert report.looked["A304"] >= 8
