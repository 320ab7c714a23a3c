"""Cases are filed in time by who has a part; complaints name the objection before them; answers are one and final."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.contracting.award import Complaint, complain, decide, object_in_time, read_cases, window
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import Phase
from chain.tenders.opening import Decision
from chain.tenders.opening.finishing import answer_objection
from tests.chain.contracting.award.day import BIDDERS, OFFICER, PLACE, SUPERVISOR, Day
from tests.chain.tenders.events import TERMS, address


@pytest.fixture
def day(tmp_path: Path) -> Day:
    found = Day(tmp_path)
    found.candidates()
    return found


def objection(day: Day, by: bytes = BIDDERS[1], text: str = "评标有误") -> None:
    object_in_time(day.acts(by), day.board, day.story, PLACE, text, day.now, False)


def complaint(day: Day, number: int | None, by: bytes = BIDDERS[1]) -> None:
    complain(day.acts(by), day.board, day.story, Complaint(PLACE, number, "不服答复"), day.now, officer=False)


def test_the_period_runs_anew_with_each_phase_and_its_last_second_counts(day: Day) -> None:
    begun = day.now
    day.wait(TERMS.standstill)
    found = window(day.story, 1, day.now)
    assert found is not None
    assert (found.phase, found.until, found.left, found.is_open) == (Phase.CANDIDATES, begun + 20, 0, True)
    objection(day)
    day.wait(TERMS.standstill)
    with pytest.raises(Refused) as late:
        objection(day, text="又有误")
    assert late.value.code == "case.late"
    assert f"{2 * TERMS.standstill + 1 - TERMS.standstill} s ago" in late.value.message
    objection(day)  # the same one again is filed, and stays filed
    assert len(day.story.lots[1].cases) == 1


def test_who_has_no_part_in_the_lot_files_nothing(day: Day) -> None:
    with pytest.raises(Refused) as refused:
        objection(day, address(99))
    assert refused.value.code == "case.party"
    objection(day, SUPERVISOR)
    object_in_time(day.acts(OFFICER), day.board, day.story, PLACE, "代他人提出", day.now, True)
    assert [one.by for one in day.story.lots[1].cases] == [SUPERVISOR, OFFICER]


def test_a_complaint_before_the_award_names_ones_own_objection(day: Day) -> None:
    for number, error, by in ((None, Refused, BIDDERS[1]), (1, NotFound, BIDDERS[1])):
        with pytest.raises(error) as refused:
            complaint(day, number, by)
        assert refused.value.code == "case.objection"
    objection(day)
    with pytest.raises(Refused) as anothers:
        complaint(day, 1, BIDDERS[2])
    assert "another account" in anothers.value.message
    complaint(day, 1)
    assert len(day.story.lots[1].cases) == 2


def test_after_the_award_a_complaint_needs_no_objection(day: Day) -> None:
    day.award()
    complaint(day, None)
    (found,) = read_cases(day.board, day.story.lots[1], PLACE)
    assert found.objection is None


def test_only_the_supervisor_decides_and_only_once(day: Day) -> None:
    objection(day)
    complaint(day, 1)
    with pytest.raises(Refused) as officer:
        decide(day.acts(OFFICER), day.board, day.story, PLACE, 2, Decision(False), "不成立")
    assert officer.value.code == "complaint.supervisor"
    with pytest.raises(NotFound):
        decide(day.acts(SUPERVISOR), day.board, day.story, PLACE, 1, Decision(False), "不成立")
    for _ in range(2):
        decide(day.acts(SUPERVISOR), day.board, day.story, PLACE, 2, Decision(True, False), "成立")
    with pytest.raises(Conflict):
        decide(day.acts(SUPERVISOR), day.board, day.story, PLACE, 2, Decision(False), "不成立")
    found = read_cases(day.board, day.story.lots[1], PLACE)[1]
    assert found.outcome == Decision(True, False)


def test_an_objection_to_candidates_is_answered_with_a_decision(day: Day) -> None:
    objection(day)
    with pytest.raises(InvalidInput) as missing:
        answer_objection(day.acts(), day.board, day.story, PLACE, 1, "已核")
    assert missing.value.field == "--upheld"
    answer_objection(day.acts(), day.board, day.story, PLACE, 1, "已核", Decision(True, True))
    (found,) = read_cases(day.board, day.story.lots[1], PLACE)
    assert (found.outcome, found.trouble) == (Decision(True, True), "")


def test_before_the_opening_and_after_the_contract_nothing_is_filed(day: Day) -> None:
    award = day.award()
    day.wait(TERMS.complaint_period + 1)
    from chain.contracting.award import record_contract

    record_contract(day.acts(), day.board, day.story, day.contract(award), award, day.now)
    with pytest.raises(Refused) as refused:
        objection(day)
    assert refused.value.code == "case.phase"
