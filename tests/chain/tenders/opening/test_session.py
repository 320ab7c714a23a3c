"""An opening on a real chain: from a closed lot to a record that the supervisor signed, each step safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.tender_facts import Phase
from chain.keys.signatures import sign
from chain.sealing import FaultKind
from chain.tenders.opening import (
    LotPlace,
    OpeningRecord,
    Outcome,
    ReleaseBox,
    WitnessNote,
    check_keys,
    combine_keys,
    read_record,
    releases_topic,
    witness_digest,
)
from chain.tenders.opening.finishing import (
    answer_objection,
    check_finish,
    finish,
    object_to,
    records_of,
    restore_until,
    show_k2,
    shown_k2,
    standing_record,
)
from chain.tenders.opening.session import draft_record, open_bids, publish_keys, recorded_bid
from chain.tenders.opening.witnessing import contradictions
from tests.support.opening_stage import FIGURES, OpeningCase
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback


@dataclass
class Opened:
    """A case whose lot is opened on the ledger, bid 3 with a file that nobody can open."""

    case: OpeningCase
    box: ReleaseBox
    keys_digest: bytes

    def record(self, side: str, folder: Path) -> OpeningRecord:
        """As that side opens it."""
        case = self.case
        keys = check_keys(case.stage.board.get(self.keys_digest), case.notice.opening_key, case.live())
        live, private = case.live(), case.box(side)
        shown = shown_k2(case.stage.board, live, private[1])
        bids = [
            recorded_bid(live, one, case.notice, case.judge())
            for one in open_bids(live, keys, case.notice, case.sources, private, folder, shown)
        ]
        return draft_record(case.story, live, case.notice, self.keys_digest, self.box, bids)


@pytest.fixture(scope="module")
def opened(tender_stage: TenderStage, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("case")
    case = OpeningCase.publish(tender_stage, folder / "tender", minimumBids=2)

    def junk(path: Path) -> None:
        path.write_bytes(b"not a sealed bid at all")

    case.bid(1)
    case.bid(2)
    case.bid(3, spoil=junk)
    case.bid(2, version=2)
    live = case.close()
    assert [(one.bidder, one.version) for one in live.identities][1][1] == 2
    box = ReleaseBox(tender_stage.key.opening_key, live)
    case.release(4, 1)
    board = tender_stage.board
    assert box.take(board.notes(releases_topic(case.tender, 1, 1))) == 1
    board.post(releases_topic(case.tender, 1, 1), "holder-5", b"rubbish")
    case.release(5)
    assert box.take(board.notes(releases_topic(case.tender, 1, 1))) == 0
    tender_stage.wait_until(case.story.open_at)
    acts = tender_stage.acts("officer")
    digest = publish_keys(tender_stage.ledger, acts, board, combine_keys(box))
    assert publish_keys(tender_stage.ledger, acts, board, combine_keys(box)) == digest
    openings = [event for event in case.story.events if event.name == "EnvelopeOpened"]
    assert [event.values["keysDigest"] for event in openings] == [digest]
    return Opened(case, box, digest)


@pytest.fixture(scope="module")
def record(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> OpeningRecord:
    return opened.record("officer", tmp_path_factory.mktemp("officer"))


def test_a_record_reads_out_the_form_names_the_organisations_and_whose_fault_it_is(
    opened: Opened, record: OpeningRecord
) -> None:
    first, second, third = record.bids
    assert {one.figure.name: one.figure.value for one in first.figures} == FIGURES[1]
    assert {one.figure.name: one.figure.value for one in second.figures} == FIGURES[2]
    company = opened.case.by_bidder[1]
    assert first.organisation is not None
    assert (first.organisation.result, first.organisation.code) == ("valid", company.code), first.organisation
    assert (third.outcome, third.fault and third.fault.kind) == (Outcome.REVOKED, FaultKind.BAD_HEADER)
    assert (third.organisation, third.figures) == (None, ())
    assert (record.signed, record.organisations, record.failed) == ((1, 4, 5), 3, False)
    root = opened.case.committed[1].first.form
    assert all(one.proves(root, opened.case.identity(1).digest()) for one in first.figures)
    assert read_record(record.to_bytes()) == record


def test_opening_again_makes_nothing_anew_and_says_the_same(opened: Opened, tmp_path: Path) -> None:
    first = opened.record("officer", tmp_path / "home")
    places = {path: path.stat().st_ino for path in (tmp_path / "home").rglob("*") if path.is_file()}
    (tmp_path / "home" / "bids" / "2" / "manifest.json").unlink()
    assert opened.record("officer", tmp_path / "home").to_bytes() == first.to_bytes()
    now = {path: path.stat().st_ino for path in (tmp_path / "home").rglob("*") if path.is_file()}
    assert set(now) == set(places)
    assert (
        now[tmp_path / "home" / "bids" / "1" / "manifest.json"]
        == places[tmp_path / "home" / "bids" / "1" / "manifest.json"]
    )


def test_the_supervisor_finds_the_same_and_every_difference_is_named(
    opened: Opened, record: OpeningRecord, tmp_path: Path
) -> None:
    own = opened.record("supervisor", tmp_path)
    assert list(contradictions(own, record)) == []
    first, second, third = record.bids
    forged = replace(record, bids=(replace(first, figures=second.figures), second, third), organisations=2)
    assert list(contradictions(own, forged)) == ["organisations", "bids[1].figures"]


def test_k2_is_shown_to_the_officer_alone(opened: Opened) -> None:
    case = opened.case
    live, board = case.live(), case.stage.board
    envelope = case.notice.envelopes[0]
    show_k2(board, live, 1, b"k" * 16, envelope.officer)
    assert shown_k2(board, live, case.box("officer")[1]) == {1: [b"k" * 16]}
    assert shown_k2(board, live, case.box("supervisor")[1]) == {}


def test_objections_are_answered_and_the_record_stands_once(
    opened: Opened, record: OpeningRecord, tmp_path: Path
) -> None:
    case, stage = opened.case, opened.case.stage
    place, board = LotPlace(case.notice.genesis, case.notice.book, case.tender, 1), stage.board
    paper = object_to(stage.acts("supervisor"), board, place, "第二家的价格读错了。")
    assert object_to(stage.acts("supervisor"), board, place, "第二家的价格读错了。") == paper
    officer = stage.acts("officer")
    draft = opened.record("officer", tmp_path)
    assert [(one.number, one.paper, one.answer) for one in draft.objections] == [(1, paper, None)]
    with pytest.raises(Refused, match="objections 1 wait"):
        check_finish(draft, case.story, stage.now(), open_cases=False)
    with pytest.raises(NotFound):
        answer_objection(officer, board, case.story, place, 2, "无此异议")
    answer = answer_objection(officer, board, case.story, place, 1, "经核对无误。")
    assert answer_objection(officer, board, case.story, place, 1, "经核对无误。") == answer
    with pytest.raises(Conflict):
        answer_objection(officer, board, case.story, place, 1, "另一答复")
    draft = opened.record("officer", tmp_path)
    assert draft.objections[0].answer == answer
    with pytest.raises(Refused, match="supervisor"):
        check_finish(draft, case.story, stage.now(), open_cases=False)
    key = bytes(stage.account("supervisor").key)
    note = WitnessNote(draft.content, sign(witness_digest(draft.content), key))
    assert WitnessNote.from_bytes(note.to_bytes()).signer == stage.address("supervisor")
    signed = draft.with_witness(note.signature)
    assert signed.signed_by(stage.address("supervisor"))
    assert not replace(signed, organisations=9).signed_by(stage.address("supervisor"))
    check_finish(signed, case.story, stage.now(), open_cases=False)
    digest = finish(officer, board, signed, case.story)
    assert finish(officer, board, signed, case.story) == digest
    assert [event.values["digest"] for event in records_of(case.story.lots[1], 1)] == [digest]
    assert case.story.phase(1) is Phase.OPENED
    assert read_record(board.get(digest)) == signed == standing_record(board, case.story, 1, 1)
    other = replace(draft, alone="no supervisor came")
    with pytest.raises(Conflict, match="stands on the ledger"):
        check_finish(other, case.story, stage.now(), open_cases=False)


def test_a_lost_file_waits_for_its_window_and_only_the_identical_one_comes_back(
    opened: Opened, record: OpeningRecord
) -> None:
    case = opened.case
    missing = replace(
        record.bids[0], outcome=Outcome.WITHDRAWN, organisation=None, figures=(),
        fault=replace(record.bids[2].fault, kind=FaultKind.MISSING_FILE),  # type: ignore[type-var]
    )  # fmt: skip
    draft = replace(record, bids=(missing, *record.bids[1:]), alone="for the test", objections=())
    until = restore_until(case.story, 1, 1)
    assert until == case.story.lots[1].closings[1].event.block.time + case.notice.reveal_window
    with pytest.raises(Refused, match="may be brought again"):
        check_finish(draft, case.story, until, open_cases=False)
