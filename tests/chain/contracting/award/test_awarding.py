"""An award follows the candidates, after the standstill and every case; upheld cases must come to something first."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.contracting.award import (
    Complaint,
    Ground,
    Reason,
    award_lot,
    complain,
    decide,
    object_in_time,
    read_cases,
    shaken,
)
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.tenders.opening import Decision
from chain.tenders.opening.finishing import answer_objection
from tests.chain.contracting.award.day import BIDDERS, NAMES, PLACE, SUPERVISOR, Day

GAVE_UP = Reason(1, Ground.GIVEN_UP, "书面放弃中标")


@pytest.fixture
def day(tmp_path: Path) -> Day:
    found = Day(tmp_path)
    found.candidates()
    return found


def upheld(day: Day, outcome: Decision) -> None:
    """An objection to what stands, answered."""
    object_in_time(day.acts(BIDDERS[1]), day.board, day.story, PLACE, f"有误 {day.now}", day.now, False)
    number = len(day.story.lots[1].cases)
    answer_objection(day.acts(), day.board, day.story, PLACE, number, "已核", outcome)


def refused(day: Day, rank: int = 1, *given: Reason) -> str:
    with pytest.raises((Refused, InvalidInput, NotFound)) as found:
        award_lot(day.acts(), day.board, day.story, PLACE, rank, given, day.now)
    return found.value.code


def test_the_standstill_is_waited_for_and_the_first_candidate_has_the_award(day: Day) -> None:
    assert refused(day) == "award.period"
    award = day.award()
    assert (award.rank, award.organisation.name, award.reasons) == (1, NAMES[0], ())
    again = award_lot(day.acts(), day.board, day.story, PLACE, 1, (), day.now)
    assert again[1] == award
    assert len(day.story.lots[1].awards) == 1


def test_open_cases_keep_the_award_back(day: Day) -> None:
    object_in_time(day.acts(BIDDERS[1]), day.board, day.story, PLACE, "有误", day.now, False)
    day.wait(100)
    assert refused(day) == "award.cases"


def test_passing_a_candidate_over_takes_a_reason_for_each(day: Day) -> None:
    day.wait(21)
    assert refused(day, 2) == "award.reason"
    assert refused(day, 1, GAVE_UP) == "award.reason"
    assert refused(day, 3, GAVE_UP) == "award.reason"
    assert refused(day, 4) == "award.rank"
    assert refused(day, 2, Reason(1, Ground.DISQUALIFIED, "查实", 7)) == "award.case"
    award = day.award(2, GAVE_UP)
    assert (award.place, award.reasons) == (2, (GAVE_UP,))


def test_after_an_upheld_objection_only_a_newer_ranking_is_awarded(day: Day) -> None:
    upheld(day, Decision(True, False))
    day.wait(21)
    assert refused(day) == "award.upheld"
    day.candidates((1, 0, 2), reason="异议成立，重新评审", case=1)
    assert shaken(day.story.lots[1], read_cases(day.board, day.story.lots[1], PLACE)) == []
    assert day.award().organisation.name == NAMES[1]


def test_what_is_upheld_and_leaves_the_result_standing_keeps_nothing_back(day: Day) -> None:
    upheld(day, Decision(True, True))
    assert day.award().rank == 1


def test_a_case_whose_answer_nobody_has_keeps_the_award_back(day: Day) -> None:
    upheld(day, Decision(False))
    (answer,) = (day.folder / "papers").rglob(read_cases(day.board, day.story.lots[1], PLACE)[0].case.answer.hex())  # type: ignore[union-attr]
    answer.unlink()
    day.wait(21)
    assert refused(day) == "award.answer"


def test_an_award_that_came_to_nothing_goes_to_the_next_with_reasons_carried_over(day: Day) -> None:
    day.award()
    assert refused(day, 2) == "award.reason"
    second = day.award(2, GAVE_UP)
    assert (second.number, second.reasons) == (2, (GAVE_UP,))
    assert refused(day, 1) == "award.back"
    third = day.award(3, Reason(2, Ground.CONTRACT_REFUSED, "拒签合同"))
    assert [one.rank for one in third.reasons] == [1, 2]


def test_a_complaint_upheld_after_the_award_leads_to_another_candidate(day: Day) -> None:
    day.award()
    paper = Complaint(PLACE, None, "第一名业绩造假")
    complain(day.acts(BIDDERS[2]), day.board, day.story, paper, day.now, officer=False)
    assert refused(day, 2, GAVE_UP) == "award.cases"
    decide(day.acts(SUPERVISOR), day.board, day.story, PLACE, 1, Decision(True, False), "查实")
    assert refused(day, 1) == "award.same"
    award = day.award(2, Reason(1, Ground.DISQUALIFIED, "业绩造假查实", 1))
    assert award.reasons[0].case == 1
    assert shaken(day.story.lots[1], read_cases(day.board, day.story.lots[1], PLACE)) == []


def test_without_candidates_nothing_is_awarded(tmp_path: Path) -> None:
    assert refused(Day(tmp_path)) == "award.phase"
