"""What the officer's tool puts on record, and what it refuses before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.evaluation import Expert, ExpertLine, Pool, Quota, Seats
from chain.evaluation.committee import DrawReasons, Exclusion, ExclusionRule, Turn
from chain.evaluation.committee.planning import (
    check_pool_time,
    conflicts_now,
    place_lines,
    plan_committee,
    plan_draw,
    plan_names,
    pool_from,
)
from chain.evaluation.committee.signing import waiting
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.keys.signatures import address_of
from tests.chain.sealing.samples import GENESIS
from tests.chain.tenders.events import BOOK, TERMS, address
from tests.support.draw_case import COMPANY, DrawCase, expert, expert_key

FOUR = (Quota("A08", 4),)


@pytest.fixture
def case(tmp_path: Path) -> DrawCase:
    """Every third expert works for the first bidder."""
    return DrawCase.opened(tmp_path, pool=Pool([expert(one, "" if one % 3 else COMPANY) for one in range(12)]))


def line(number: int, tender: int = 3) -> ExpertLine:
    return ExpertLine.sign(GENESIS, BOOK, tender, expert(number), expert_key(number))


def planned(case: DrawCase, **how: object) -> Turn | tuple[Seats, DrawReasons]:
    known = {"quotas": FOUR, "exclude": {}, "replace": {}, "lines": dict(enumerate(case.pool.experts)), **how}
    return plan_draw(case.ledger, case.board, case.story, case.notice, 1, **known)  # type: ignore[arg-type]


def recorded(case: DrawCase, **how: object) -> Turn:
    made = planned(case, **how)
    assert not isinstance(made, Turn)
    case.board.put(made[1].to_bytes())
    turn = case.draw(made[0])
    assert turn.fault == ""
    return turn


def test_whoever_works_for_a_bidder_is_excluded_by_rule(case: DrawCase) -> None:
    found = planned(case, exclude={1: Exclusion(1, ExclusionRule.ABSENT)})
    assert not isinstance(found, Turn)
    seats, reasons = found
    theirs = {at for at, one in enumerate(case.pool.experts) if one.employer == COMPANY}
    assert len(theirs) == 4
    assert set(seats.excluded) == theirs | {1}
    assert {one.place for one in reasons.excluded if one.rule is ExclusionRule.EMPLOYER} == theirs
    few = conflicts_now(case.ledger, case.board, case.story, 1, {})
    assert few == {}, "without the lines nobody knows employers"


def test_the_same_words_make_no_second_draw(case: DrawCase) -> None:
    turn = recorded(case)
    again = planned(case)
    assert isinstance(again, Turn)
    assert again.digest == turn.digest
    with pytest.raises(Refused, match="draw 1 waits"):
        planned(case, exclude={1: Exclusion(1, ExclusionRule.ABSENT)})
    seats = case.complete(turn).seats
    assert isinstance(planned(case), Turn)
    with pytest.raises(Refused, match="a further draw replaces"):
        planned(case, exclude={one: Exclusion(one, ExclusionRule.ABSENT) for one in range(12) if one not in seats})
    further = recorded(case, quotas=(), replace={seats[2]: "病假"})
    assert further.seats is not None
    assert further.seats.quotas == (Quota("A08", 1),)
    assert set(seats) <= set(further.seats.excluded)


def test_as_many_are_drawn_as_the_notice_says(case: DrawCase) -> None:
    with pytest.raises(Refused, match="4 experts"):
        planned(case, quotas=(Quota("A08", 3),))
    with pytest.raises(Refused, match="4 seats and 0 experts"):
        planned(case, quotas=(Quota("B01", 4),))
    with pytest.raises(InvalidInput, match="no place 12"):
        planned(case, exclude={12: Exclusion(12, ExclusionRule.ABSENT)})
    with pytest.raises(Refused, match="nobody was drawn yet"):
        planned(case, replace={1: "病假"})


def test_a_pool_takes_lines_of_this_tender_from_accounts_without_another_part(case: DrawCase) -> None:
    made = pool_from([line(1), line(2)], case.ledger, case.story).paper()
    assert len(made.lines) == 2
    assert sorted(place_lines(made, [line(2), line(3)])) == [made.place_of(expert(2))]
    with pytest.raises(InvalidInput, match="another tender"):
        pool_from([line(1), line(2, tender=4)], case.ledger, case.story)
    with pytest.raises(InvalidInput, match="each once"):
        pool_from([line(1), line(1)], case.ledger, case.story)
    key = sha256(b"a bidder's key")
    bidder = replace(case.story.lots[1].bids[0], bidder=address_of(key))
    story = case.story
    story.lots[1].bids[0] = bidder
    own = expert(5, account=address_of(key))
    with pytest.raises(InvalidInput, match="another part"):
        pool_from([ExpertLine.sign(GENESIS, BOOK, 3, own, key)], case.ledger, story)


def test_a_pool_is_recorded_by_the_deadline_and_once(case: DrawCase) -> None:
    paper = case.pool.paper()
    assert check_pool_time(case.story, TERMS.deadline + 9, paper) == paper.digest()
    other = Pool([expert(50)]).paper()
    with pytest.raises(Conflict, match="one pool a tender"):
        check_pool_time(case.story, TERMS.deadline, other)
    story = replace(case.story, records=[])
    assert check_pool_time(story, TERMS.deadline, other) is None
    with pytest.raises(Refused, match="deadline is over"):
        check_pool_time(story, TERMS.deadline + 1, other)


def test_a_key_holder_is_told_why_nothing_is_signed(case: DrawCase) -> None:
    with pytest.raises(Refused, match="no draw of this lot waits"):
        waiting(case.draws, "draw")
    case.draw(case.seats(3))
    with pytest.raises(Refused, match="draw 1 does not count: it draws 3"):
        waiting(case.draws, "draw")
    turn = recorded(case)
    assert [one.counter for one in waiting(case.draws, "draw")] == [2]
    case.complete(turn)
    with pytest.raises(Refused, match="draw 2 is completed"):
        waiting(case.draws, "draw")


def _owner(number: int = 80, account: bytes = b"") -> ExpertLine:
    made = line(number)
    return replace(made, expert=replace(made.expert, account=account)) if account else made


def test_a_committee_follows_from_the_draws_and_names_from_the_lines(case: DrawCase) -> None:
    def committee(*owners: ExpertLine) -> object:
        return plan_committee(case.ledger, case.board, case.story, case.notice, 1, owners)

    def names(lines: dict[int, Expert], owners: dict[bytes, str]) -> object:
        return plan_names(case.ledger, case.board, case.story, case.notice, 1, lines, owners)

    with pytest.raises(Refused, match="nobody was drawn"):
        committee(_owner())
    case.complete(recorded(case))
    with pytest.raises(Refused, match="4 members with 4 experts"):
        committee()
    with pytest.raises(Refused, match="bidder"):
        committee(_owner(account=address(1)))
    made, known = plan_committee(case.ledger, case.board, case.story, case.notice, 1, [_owner()])
    assert not known
    case.commit(made)
    assert plan_committee(case.ledger, case.board, case.story, case.notice, 1, [_owner()])[1] is True
    lines, owners = dict(enumerate(case.pool.experts)), {_owner().expert.account: "示例代表"}
    with pytest.raises(Refused, match="secret until the award"):
        names(lines, owners)
    case.award()
    with pytest.raises(InvalidInput, match="no line is at hand"):
        names({}, owners)
    with pytest.raises(InvalidInput, match="no name is at hand"):
        names(lines, {})
    found = plan_names(case.ledger, case.board, case.story, case.notice, 1, lines, owners)
    assert {place for place, _ in found.experts} == case.draws.drawn
