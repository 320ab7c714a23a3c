"""Which draws count: nothing can be chosen once a seed can be known, and what was tried stays visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from chain.evaluation import Pool, Quota, Seats, draw_order, seed_of, tie_paper
from chain.evaluation.committee import (
    DrawReasons,
    Exclusion,
    ExclusionRule,
    Replacement,
    TieDrawn,
    current_committee,
    float_point_of,
    pool_on_record,
    tie_orders_of,
)
from chain.evaluation.committee.completing import float_of, result_of
from chain.evaluation.committee.shares import DrawShare, ShareBox
from chain.evaluation.committee.standing import float_message
from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound, Refused
from chain.sealing import BidFault, Draw
from chain.tenders.notice.evaluation import Reference
from tests.chain.sealing.samples import holders
from tests.chain.tenders.events import TERMS, address
from tests.support.draw_case import HOLDER, LOT, OFFICER, DrawCase, expert, share_of, signature


@pytest.fixture
def case(tmp_path: Path) -> DrawCase:
    return DrawCase.opened(tmp_path)


def test_a_draw_is_completed_by_the_key_holders_signature_alone(case: DrawCase) -> None:
    turn = case.draw(case.seats(excluded=[2]))
    assert (turn.counter, turn.fault, turn.result) == (1, "", None)
    honest = case.result(turn)
    for lie in (
        replace(honest, seats=honest.seats[::-1]),
        replace(honest, signature=signature(replace(turn.message(LOT), counter=2))),
        replace(honest, counter=2),
        replace(honest, place=replace(LOT, tender=4)),
    ):
        case.record("drawn", lie.to_bytes())
    assert case.draws.completed == []
    assert len(case.draws.strays) == 4
    case.record("drawn", honest.to_bytes())
    assert case.draws.seated == dict(enumerate(honest.seats, 1))
    assert 2 not in honest.seats
    assert case.draws.pending("draw") is None


def test_a_second_draw_while_one_waits_never_counts(case: DrawCase) -> None:
    """Who could record many and complete the one whose seats please would choose the committee."""
    first = case.draw(case.seats())
    seats = case.seats(excluded=[1])
    second = case.draw(seats)
    assert second.fault == "draw 1 was not completed"
    case.record("drawn", case.result(replace(second, seats=seats)).to_bytes())
    assert case.draws.completed == []
    case.complete(first)
    assert [one.counter for one in case.draws.completed] == [1]
    assert case.draws.turns[1].fault, "what was refused at its time counts at no later one"


def test_a_further_draw_only_replaces(case: DrawCase) -> None:
    drawn = case.complete(case.draw(case.seats())).seats
    again = case.draw(case.seats(4))
    assert "replaces experts who sit" in again.fault
    stranger = next(place for place in range(12) if place not in drawn)
    assert "replaces experts who sit" in case.draw(case.seats(1, replaced=[stranger])).fault
    assert case.draw(case.seats(2, replaced=drawn[:1])).fault == "it draws 2 and replaces 1"
    old = case.draw(case.seats(1, replaced=drawn[1:2]))
    assert old.fault == ""
    found = case.complete(old)
    assert old.counter == 5, "records that do not count keep their counters"
    assert case.draws.seated == {1: drawn[0], 2: found.seats[0], 3: drawn[2], 4: drawn[3]}
    assert found.seats[0] not in drawn


def test_nobody_who_was_drawn_or_excluded_comes_back(case: DrawCase) -> None:
    drawn = case.complete(case.draw(case.seats(excluded=[0]))).seats
    full = case.seats(1, replaced=drawn[:1]).excluded
    for place in (0, drawn[3]):
        fewer = tuple(Exclusion(one, ExclusionRule.ABSENT) for one in full if one != place)
        reasons = DrawReasons(LOT, case.draws.next_counter, fewer, (Replacement(drawn[0], "病假"),))
        places = tuple(one.place for one in fewer)
        seats = case.seats(1, excluded=[], reasons=case.board.put(reasons.to_bytes()))
        assert "is not drawn again" in case.draw(replace(seats, excluded=places)).fault


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        (lambda case: case.seats(3), "it draws 3"),
        (lambda case: case.seats(replaced=[1]), "nobody to be replaced"),
        (lambda case: case.seats(pool=sha256(b"another")), "another pool"),
        (lambda case: case.seats(counter=2), "reasons are those of another draw"),
        (lambda case: replace(case.seats(excluded=[1]), excluded=(2,)), "other places"),
        (lambda case: case.seats(quotas=(Quota("B01", 4),)), "4 seats and 0 experts"),
    ],
    ids=["other seats", "replaces nobody", "pool", "counter", "reasons", "too few"],
)
def test_a_draw_that_breaks_a_rule_does_not_count(case: DrawCase, lie: Callable[[DrawCase], Seats], fault: str) -> None:
    assert fault in case.draw(lie(case)).fault
    case.record("draw", b"no draw at all")
    assert len(case.draws.turns) == 2
    assert case.draws.turns[1].fault


def test_nothing_is_drawn_before_it_is_known_who_bids(tmp_path: Path) -> None:
    case = DrawCase.opened(tmp_path, record=False)
    assert "opening record" in case.draw(case.seats()).fault


@pytest.mark.parametrize("account", [HOLDER, TERMS.supervisor, address(1)], ids=["key holder", "supervisor", "bidder"])
def test_an_account_with_another_part_must_be_excluded(tmp_path: Path, account: bytes) -> None:
    pool = Pool([expert(number, account=account if number == 3 else b"") for number in range(12)])
    case = DrawCase.opened(tmp_path, pool=pool)
    place = next(at for at, line in enumerate(case.paper.lines) if line.account == account)
    assert f"places {place} have another part" in case.draw(case.seats()).fault
    assert case.draw(case.seats(excluded=[place])).fault == ""


def test_a_recovery_address_keeps_no_expert_out(tmp_path: Path) -> None:
    """Nobody signs with it, so whoever bids could name any expert's account there."""
    pool = Pool([expert(number, account=address(101) if number == 3 else b"") for number in range(12)])
    case = DrawCase.opened(tmp_path, pool=pool)
    assert case.story.lots[1].bids[0].recovery == address(101)
    assert case.draw(case.seats()).fault == ""


def test_the_pool_is_the_first_one_by_the_deadline(tmp_path: Path) -> None:
    case = DrawCase.opened(tmp_path)
    first = case.pool.paper().digest()
    case.record("expert-pool", Pool([expert(50)]).paper().to_bytes(), lot=0)
    assert pool_on_record(case.board, case.story)[0] == first
    late = DrawCase(tmp_path, case.notice, case.pool)
    late.teller.publish()
    late.record("expert-pool", case.pool.paper().to_bytes(), lot=0, at=TERMS.deadline + 1)
    with pytest.raises(NotFound, match="no pool"):
        pool_on_record(late.board, late.story)


def test_without_a_paper_that_decides_nothing_is_told(case: DrawCase) -> None:
    """A paper that is hidden after its seed is known must not make room for another draw."""
    turn = case.draw(case.seats())
    for path in (case.folder / "board" / "papers").rglob(turn.digest.hex()):
        path.unlink()
    with pytest.raises(NotFound, match="on no board"):
        _ = case.draws


def test_one_wrong_share_keeps_no_right_one_out(case: DrawCase) -> None:
    turn = case.draw(case.seats())
    message = turn.message(LOT)
    box = ShareBox(holders().key, message)
    shares = {one: DrawShare(one, message.digest(), share_of(one, message).sign(message)) for one in (1, 2, 3)}
    wrong = replace(shares[2], signature=shares[1].signature)
    stranger = DrawShare(9, message.digest(), shares[1].signature)
    other = Draw(message.genesis, message.book, 3, 1, 2, message.subject)
    notes = [wrong, stranger, replace(shares[3], message=other.digest()), shares[1], shares[2], wrong]
    assert box.take([("note", one.to_bytes()) for one in notes] + [("junk", b"junk")]) == 1
    assert [one.key_holder for one in box.refused] == [2, 9, 3, None]
    assert [one.reason for one in box.refused[:3]] == [
        "a wrong signature", "9 is no qualified key holder", "signs another message",
    ]  # fmt: skip
    assert box.waiting_for == (3, 4, 5)
    with pytest.raises(BidFault):
        result_of(turn, LOT, case.board, case.story, box)
    assert box.take([("note", shares[3].to_bytes())]) == 0
    assert result_of(turn, LOT, case.board, case.story, box) == case.result(turn)


def test_ties_are_parted_once_and_share_the_counter(case: DrawCase) -> None:
    case.complete(case.draw(case.seats()))
    case.record("tie", tie_paper([3, 1]))
    case.record("tie", tie_paper([1, 9]))
    case.record("tie", tie_paper([1, 3]))
    turns = case.draws.turns
    assert [(one.counter, bool(one.fault)) for one in turns] == [(1, False), (2, False), (3, True), (4, True)]
    signed = signature(turns[1].message(LOT))
    order = draw_order((1, 3), seed_of(signed))
    right = TieDrawn(LOT, turns[1].digest, 2, signed, order)
    case.record("tie-drawn", replace(right, order=order[::-1]).to_bytes())
    assert tie_orders_of(case.ledger, case.board, case.story, case.notice, 1) == ()
    case.record("tie-drawn", right.to_bytes())
    ((_, found),) = tie_orders_of(case.ledger, case.board, case.story, case.notice, 1)
    assert found == right


def test_there_is_one_right_float_point(case: DrawCase) -> None:
    assert float_point_of(case.story, case.board, case.notice, 1) is None
    with pytest.raises(Refused):
        float_message(case.notice, 1)
    floats = tuple(Decimal(one) for one in ("2", "2.5", "3"))
    reference = Reference(5, 1, 1, Decimal(0), floats, 2)
    notice = replace(case.notice, evaluation=replace(case.notice.evaluation, reference=reference))
    message = float_message(notice, 1)
    box = ShareBox(holders().key, message)
    shares = [DrawShare(one, message.digest(), share_of(one, message).sign(message)) for one in (2, 4, 5)]
    box.take([("note", one.to_bytes()) for one in shares])
    right = float_of(notice, 1, box)
    other = next(one for one in floats if one != right.point)
    for lie in (replace(right, point=other), replace(right, counter=2), replace(right, signature=bytes(48))):
        case.record("float", lie.to_bytes())
    assert float_point_of(case.story, case.board, notice, 1) is None
    case.record("float", right.to_bytes())
    found = float_point_of(case.story, case.board, notice, 1)
    assert found is not None
    assert found[1] == right


def test_the_committee_in_office_is_the_newest_that_follows_from_the_draws(case: DrawCase) -> None:
    drawn = case.complete(case.draw(case.seats())).seats
    first = case.commit()
    assert [one.place for one in first.experts] == list(drawn)
    stranger = next(place for place in range(12) if place not in drawn)
    line = case.paper.lines[stranger]
    chosen = replace(first.members[0], account=line.account, box=line.box, place=stranger)
    for lie in (
        replace(first, number=2, members=(chosen, *first.members[1:])),
        replace(first, number=2, members=(replace(first.members[0], account=sha256(b"x")[:20]), *first.members[1:])),
        replace(first, number=2, members=first.members[:-1]),
        replace(first, number=3),
        replace(first, number=2, drawn=()),
        replace(first, number=2, members=(*first.members[:-1], replace(first.members[-1], account=OFFICER))),
    ):
        case.commit(lie)
    assert current_committee(case.ledger, case.board, case.story, case.notice, 1)[1] == first
    turn = case.draw(case.seats(1, replaced=drawn[:1]))
    assert current_committee(case.ledger, case.board, case.story, case.notice, 1)[1] == first, "until it is replaced"
    new = case.complete(turn).seats[0]
    second = case.commit(case.committee(number=2))
    assert [one.place for one in second.experts] == [new, *drawn[1:]]
    assert current_committee(case.ledger, case.board, case.story, case.notice, 1)[1] == second
