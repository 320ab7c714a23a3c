"""From sheets to candidates: what counts is decided by the order of the chain, and nothing is done twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from chain.evaluation.report import LotFailedForReasons, read_candidates
from chain.evaluation.report.acts import evaluate, fail_lot, name_candidates, record_report
from chain.evaluation.report.clarifying import answer, ask, matters_of, record_outcome, vote
from chain.evaluation.report.computing import compute
from chain.evaluation.report.gathering import gather, newest_report, reports_of
from chain.evaluation.sheets import BidSheet, Opinion
from chain.evaluation.sheets.acts import missing_seats, record_commitments, sheet_file
from chain.evaluation.sheets.commitments import KIND as COMMITTED
from chain.evaluation.sheets.standing import commitments_of
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.keys.signatures import address_of
from chain.tenders.story import Story
from tests.support.evaluation_case import EvaluationCase

LOW = {**EvaluationCase.figures, 1: {"price": "500000.00", "delivery.days": "30", "warranty": "3y"}}


@pytest.fixture
def case(tmp_path: Path) -> EvaluationCase:
    return EvaluationCase.seated(tmp_path)


def events(case: EvaluationCase) -> int:
    return len(case.teller.events)


# --------------------------------------------------------------------------- nobody sees before all have committed


def test_nobody_shows_a_sheet_before_all_commitments_are_on_record(case: EvaluationCase) -> None:
    digests = [case.commit_sheet(seat) for seat in range(1, 5)]
    assert missing_seats(case.board, case.scene.place, case.round()) == (5,)
    with pytest.raises(Refused, match="seats 5"):
        record_commitments(case.acts, case.board, case.scene.place, case.round())
    with pytest.raises(Refused, match="not all members"):
        case.reveal(1)
    digests.append(case.commit_sheet(5))
    with pytest.raises(Refused, match="not all members"):
        case.reveal(1)
    # What is public by now are digests of salted sheets: none of the sheets lies on the board.
    for digest in digests:
        with pytest.raises(NotFound):
            case.board.get(digest)
    paper = record_commitments(case.acts, case.board, case.scene.place, case.round())
    count = events(case)
    assert record_commitments(case.acts, case.board, case.scene.place, case.round()) == paper
    assert events(case) == count
    assert case.reveal(1) == case.reveal(1) == digests[0]
    with pytest.raises(NotFound, match="seats 2, 3, 4, 5 have not shown"):
        evaluate(case.scene, 1)


def test_salts_hide_what_two_members_say_alike(case: EvaluationCase) -> None:
    same = case.bids(2)
    assert case.commit_sheet(1, same) != case.commit_sheet(2, same)


def test_a_member_commits_once_and_to_one_sheet(case: EvaluationCase) -> None:
    first = case.commit_sheet(1)
    assert case.commit_sheet(1) == first
    assert len(list(case.board.notes("sheets/3/1/1"))) == 1
    with pytest.raises(Conflict, match="another sheet"):
        case.commit_sheet(1, case.bids(2))


def test_a_sheet_that_differs_from_its_commitment_is_refused_by_everybody(case: EvaluationCase) -> None:
    for seat in range(1, 6):
        case.commit_sheet(seat)
    record_commitments(case.acts, case.board, case.scene.place, case.round())
    file = sheet_file(case.sheet_folder(1), case.scene.place, 1)
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b'"20"', b'"30"'))
    with pytest.raises(Refused, match="not the one that is committed"):
        case.reveal(1)
    case.board.put(file.read_bytes())  # laid on the board past the command, it is nobody's
    file.write_bytes(kept)
    for seat in range(2, 6):
        case.reveal(seat)
    with pytest.raises(NotFound, match="seats 1 have not shown"):
        evaluate(case.scene, 1)
    case.reveal(1)
    assert evaluate(case.scene, 1)[0].complete


def test_a_commitment_to_what_breaks_the_rules_needs_another_round(case: EvaluationCase) -> None:
    wrong = [BidSheet(place, Opinion(True), Opinion(True), {"quality": Decimal("30.5")}) for place in (1, 2, 3)]
    case.commit_sheet(1, wrong)
    for seat in range(2, 6):
        case.commit_sheet(seat)
    record_commitments(case.acts, case.board, case.scene.place, case.round())
    for seat in range(1, 6):
        case.reveal(seat)
    with pytest.raises(Refused, match="seats 1 committed to breaks the rules"):
        evaluate(case.scene, 1)
    for seat in range(1, 6):
        case.commit_sheet(seat, number=2)
    with pytest.raises(Refused, match="needs a reason"):
        record_commitments(case.acts, case.board, case.scene.place, case.round(2))
    case.sheets(2, "第1席评分超出范围")
    assert evaluate(case.scene, 1)[0].complete


def test_strangers_and_forged_commitments_count_for_nothing(case: EvaluationCase) -> None:
    notes = {seat: case.commit_sheet(seat) for seat in range(1, 5)}
    (_, own), *_ = case.board.notes("sheets/3/1/1")
    stranger = address_of(sha256(b"stranger")).hex().encode()
    member = case.round().committee.members
    for account in (stranger, member[4].account.hex().encode()):
        case.board.post("sheets/3/1/1", "commitment", own.replace(member[0].account.hex().encode(), account))
    case.board.post("sheets/3/1/1", "commitment", b"{}")
    assert len(notes) == 4
    assert missing_seats(case.board, case.scene.place, case.round()) == (5,)


def test_an_absent_expert_is_replaced_and_all_commit_anew(case: EvaluationCase) -> None:
    for seat in (1, 2, 3, 5):
        case.commit_sheet(seat)
    place = case.round().committee.members[3].place
    assert place is not None
    turn = case.draw(case.seats(1, replaced=[place]))
    case.complete(turn)
    case.seat(2)
    at = case.round()
    assert (at.number, at.recorded) == (1, None)
    assert missing_seats(case.board, case.scene.place, at) == (1, 2, 3, 4, 5), "old ones were for another committee"
    case.sheets()
    found, _ = evaluate(case.scene, 1)
    assert found.report.committee == at.digest


def test_a_committee_that_changes_after_its_sheets_needs_another_round(case: EvaluationCase) -> None:
    case.sheets()
    place = case.round().committee.members[0].place
    assert place is not None
    case.complete(case.draw(case.seats(1, replaced=[place])))
    case.seat(2)
    with pytest.raises(Refused, match="committee has changed"):
        evaluate(case.scene, 1)
    assert case.round().number == 2
    case.sheets(None, "评委更换")
    assert evaluate(case.scene, 1)[0].complete


def test_commitments_count_in_the_order_of_the_chain(case: EvaluationCase) -> None:
    case.sheets()
    (first,) = commitments_of(case.ledger, case.board, case.story, case.notice, 1, 1)
    assert first.paper is not None
    assert first.fault == ""
    for spoilt in (
        replace(first.paper, commitments=first.paper.commitments[:4]),
        replace(first.paper, commitments=first.paper.commitments[::-1]),
        replace(first.paper, committee=sha256(b"other")),
        replace(first.paper, lot_place=replace(first.paper.lot_place, lot=2)),
        first.paper,
    ):
        case.record(COMMITTED, spoilt.to_bytes())
    faults = [one.fault for one in commitments_of(case.ledger, case.board, case.story, case.notice, 1, 1)]
    assert faults[0] == ""
    assert all(faults[1:])


# --------------------------------------------------------------------------- report and candidates


def test_a_report_is_recorded_once_and_computed_alike_by_anybody(case: EvaluationCase) -> None:
    case.sheets()
    found, stands = evaluate(case.scene, 1)
    assert (found.complete, stands) == (True, False)
    digest = record_report(case.acts, case.scene, found)
    count = events(case)
    again, stands = evaluate(case.scene, 1)
    assert stands
    assert record_report(case.acts, case.scene, again) == digest
    assert events(case) == count
    (one,) = reports_of(case.scene, 1)
    assert compute(gather(case.scene, 1, one.event)).report == found.report
    # Points: price 50·lowest/price, delivery 10·(90-days)/60, warranty, mean of the middle three.
    totals = [(bid.place, bid.total) for bid in found.report.bids]
    assert totals == [(1, Decimal("88.00")), (2, Decimal("87.95")), (3, Decimal("58.67"))]


def test_candidates_follow_from_the_report_and_are_named_once(case: EvaluationCase) -> None:
    with pytest.raises(Refused, match="no report"):
        name_candidates(case.acts, case.scene)
    case.sheets()
    digest = record_report(case.acts, case.scene, evaluate(case.scene, 1)[0])
    paper, named = name_candidates(case.acts, case.scene)
    assert [(one.rank, one.place, one.code) for one in named.candidates] == [
        (1, 1, "11440100000000011A"), (2, 2, "11440100000000012B"), (3, 3, "11440100000000013C"),
    ]  # fmt: skip
    assert (named.evaluation, named.number, named.reason) == (digest, 1, None)
    count = events(case)
    assert name_candidates(case.acts, case.scene) == (paper, named)
    assert events(case) == count


def test_a_re_evaluation_says_why_and_names_candidates_anew(case: EvaluationCase) -> None:
    case.sheets()
    record_report(case.acts, case.scene, evaluate(case.scene, 1)[0])
    name_candidates(case.acts, case.scene)
    case.sheets(2, "异议1成立", 1)
    with pytest.raises(Refused, match="another one follows now"):
        evaluate(case.scene, 1)
    found, stands = evaluate(case.scene, 1, "异议1成立,重新评审", 1)
    assert not stands
    record_report(case.acts, case.scene, found)
    assert evaluate(case.scene, 1)[1], "with the reason on record it is the same again"
    _, named = name_candidates(case.acts, case.scene)
    assert (named.number, named.reason, named.case) == (2, "异议1成立,重新评审", 1)
    assert read_candidates(case.board.get(case.scene.line.rankings[-1].values["digest"])) == named


# --------------------------------------------------------------------------- low prices


def low(tmp_path: Path) -> EvaluationCase:
    """The first bid is abnormally low."""

    class Low(EvaluationCase):
        figures = LOW

    found = Low.seated(tmp_path)
    found.sheets()
    return found


def test_a_low_price_is_questioned_answered_and_voted_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = low(tmp_path)
    key = sha256(b"fresh key")
    plain = EvaluationCase.story.fget  # type: ignore[attr-defined]

    def story(self: EvaluationCase) -> Story:
        told: Story = plain(self)
        told.lots[1].bids[0].bidder = address_of(key)
        return told

    monkeypatch.setattr(EvaluationCase, "story", property(story))
    with pytest.raises(Refused, match="places 1"):
        record_report(case.acts, case.scene, evaluate(case.scene, 1)[0])
    asked = ask(case.acts, case.scene, 1, "low-price", "请说明成本。", 60)
    count = events(case)
    assert ask(case.acts, case.scene, 1, "low-price", "请说明成本。", 600) == asked
    assert events(case) == count
    with pytest.raises(NotFound, match="place 9"):
        ask(case.acts, case.scene, 9, "low-price", "请说明成本。", 60)
    with pytest.raises(Refused, match="another address"):
        answer(case.scene, 1, "自有工厂。", sha256(b"stranger"))
    accounts = [one.account for one in case.round().committee.members]
    with pytest.raises(Refused, match="no answer has come"):
        vote(case.scene, 1, True, "可信", accounts[0], case.key(1))
    answer(case.scene, 1, "自有工厂。", key)
    with pytest.raises(Refused, match="does not sit"):
        vote(case.scene, 1, True, "可信", address_of(key), key)
    for seat in (1, 2):
        vote(case.scene, 1, True, "可信", accounts[seat - 1], case.key(seat))
    assert record_outcome(lambda: case.acts, case.scene, 1).recorded is None
    vote(case.scene, 1, False, "不可信", accounts[2], case.key(3))
    assert record_outcome(lambda: case.acts, case.scene, 1).recorded is None, "two of five decide nothing"
    vote(case.scene, 1, True, "可信", accounts[4], case.key(5))
    done = record_outcome(lambda: case.acts, case.scene, 1)
    assert (done.decision, len(done.votes)) == (True, 4)
    count = events(case)
    assert record_outcome(lambda: case.acts, case.scene, 1) == done
    assert events(case) == count
    (shown,) = matters_of(case.scene)
    assert (shown.answer and shown.answer.text, shown.recorded) == ("自有工厂。", done.recorded)
    found, _ = evaluate(case.scene, 1)
    assert (found.complete, found.report.low, found.report.clarifications) == (True, (1,), (done.recorded,))


def test_who_does_not_answer_in_time_may_be_dropped(tmp_path: Path) -> None:
    case = low(tmp_path)
    ask(case.acts, case.scene, 1, "low-price", "请说明成本。", 5)
    case.teller.time += 10
    case.record("minutes", b"{}")
    accounts = [one.account for one in case.round().committee.members]
    for seat in (1, 2, 3):
        vote(case.scene, 1, False, "未答复", accounts[seat - 1], case.key(seat))
    record_outcome(lambda: case.acts, case.scene, 1)
    found, _ = evaluate(case.scene, 1)
    assert [(one.place, one.step, one.reasons) for one in found.report.dropped] == [(1, "low-price", ("未答复",) * 3)]
    record_report(case.acts, case.scene, found)
    with pytest.raises(Refused, match="2 valid bids are left"):
        fail_lot(case.acts, case.scene, ("无",))


# --------------------------------------------------------------------------- nobody left


def test_a_lot_without_a_valid_bid_fails_with_reasons(case: EvaluationCase) -> None:
    with pytest.raises(Refused, match="no report"):
        fail_lot(case.acts, case.scene, ("无有效投标",))
    fails = [BidSheet(place, Opinion(False, "未签章"), Opinion(True), {}) for place in (1, 2, 3)]
    for seat in range(1, 6):
        case.commit_sheet(seat, fails if seat < 4 else None)
    record_commitments(case.acts, case.board, case.scene.place, case.round())
    for seat in range(1, 6):
        case.reveal(seat)
    found, _ = evaluate(case.scene, 1)
    assert found.report.bids == ()
    record_report(case.acts, case.scene, found)
    with pytest.raises(Refused, match="no valid bid"):
        name_candidates(case.acts, case.scene)
    digest, paper = fail_lot(case.acts, case.scene, ("所有投标均未签章",))
    assert (paper.valid, paper.evaluation) == (0, found.report.digest)
    assert LotFailedForReasons.from_bytes(case.board.get(digest)) == paper
    count = events(case)
    assert fail_lot(case.acts, case.scene, ("所有投标均未签章",))[0] == digest
    assert events(case) == count
    newest = newest_report(case.scene, 1)
    assert newest is not None
    assert newest[0] == found.report.digest
