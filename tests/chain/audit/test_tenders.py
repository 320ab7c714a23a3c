"""A whole tender, audited; then every single stored thing is changed once, and the audit says which."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from chain.audit import Report, Result
from chain.audit.tenders import audit_package, audit_tender
from chain.contracting.ocds import Publication, check, publish
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Unavailable
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import TenderLedger
from chain.ledger.tenders.inputs import TransactionInputs
from chain.tenders.board import FolderBoard
from chain.tenders.opening import (
    ReleaseBox,
    combine_keys,
    read_record,
    releases_topic,
)
from chain.tenders.opening.finishing import finish
from chain.tenders.opening.session import (
    close_envelope,
    draft_record,
    open_bids,
    publish_keys,
    recorded_bid,
)
from tests.chain.audit.whole import Lying, Whole
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback


def test_a_whole_tender_is_clean_at_both_levels(whole: Whole) -> None:
    report = whole.audit()
    assert [one.as_dict() for one in report.findings] == []
    assert report.exit_code == 0
    looked = {rule for rule, count in report.looked.items() if count}
    assert {"A303", "A502", "A601", "A602", "A603", "A604", "A704", "A705", "A802", "A803", "A805", "A909"} <= looked
    public = whole.audit(granted={}, evidence=None)
    assert (public.findings, public.looked["A802"]) == ([], 3)


def test_what_is_published_of_a_tender_on_a_real_chain_is_sound_and_audited(whole: Whole) -> None:
    stage, tender = whole.case.stage, whole.case.tender
    found = publish(stage.ledger, stage.board, tender, Publication("https://tenders.example"))
    check(found)
    transitions = [one.transition for one in found.told.releases]
    assert transitions == ["notice", "closed", "opened", "case", "case-settled", "paper", "opening-record"]
    details = found.record["records"][0]["compiledRelease"]["bids"]["details"]
    assert [(one["id"], one["status"]) for one in details] == [
        ("1-1", "valid"), ("1-2", "valid"), ("1-3", "withdrawn"),
    ]  # fmt: skip
    assert all("value" in one for one in details[:2])
    assert "value" not in details[2]
    report = Report()
    audit_package(report, stage.ledger, stage.board, tender, found.releases)
    assert (report.exit_code, report.looked["A1403"]) == (0, 7)


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
        lying = Lying(tmp_path / "board", event.values["digest"], lie.to_bytes())
        found = {(one.rule, one.result) for one in whole.audit(lying).findings}
        assert (rule, Result.BROKEN) in found, (rule, found)


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
    case = OpeningCase.publish(
        stage, tmp_path / "tender", envelopes=2, minimumBids=2, deadline=6, qualification=[], guarantee=None
    )
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
    notes, broken = [("A909", Result.NOTE)] * 2, [("A1106", Result.BROKEN)]
    found = [(one.rule, one.result) for one in report.findings]
    assert found == [*notes, *broken], "what was reviewed is no technical result"
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
