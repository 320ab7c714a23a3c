"""Convening happens once, whatever dies; a failed ceremony is followed by another; members are replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from chain.kernel.errors import InvalidInput, Refused
from chain.tenders.holding import announcement_of, convening, read_ceremony
from chain.tenders.holding.convening import Convened, Invitation, convene, successors
from chain.tenders.holding.rounds import Standing
from tests.chain.tenders.holding.stage import ROUND, TITLE, Town
from tests.chain.tenders.holding.steps import CONVENING
from tests.support.memory_key_holders import START, MemoryActs

CONVENER = b"\xaa" * 20


def invitation(town: Town, **other: object) -> Invitation:
    cards = tuple(person.card for _, person in sorted(town.people.items()))
    return replace(Invitation(cards, 3, TITLE, 0, START + 100_000, ROUND), **other)


def call(town: Town, invited: Invitation) -> Convened:
    folder: Path = town.folder / "convener"
    acts = MemoryActs(town.ledger, CONVENER)
    return convene(town.ledger, town.board, acts, folder, invited, bureau="", now=town.ledger.time)


def test_the_same_invitation_convenes_once(town: Town) -> None:
    first = call(town, invitation(town))
    town.ledger.time += 5
    again = call(town, invitation(town))
    assert (first.number, first.new, again.number, again.new) == (1, True, 1, False)
    assert town.ledger.ceremonies() == 1
    ceremony = read_ceremony(town.ledger, town.board, 1)
    announcement = announcement_of(town.ledger, town.board, ceremony)
    assert announcement is not None
    assert [card.name for card in announcement.cards] == [f"保管人{one}" for one in range(1, 6)]
    assert {report.standing for report in town.play(1).values()} == {Standing.READY}


class Died(Exception):
    """The machine did."""


@pytest.mark.parametrize("step", CONVENING)
def test_who_dies_while_convening_goes_on_with_the_same_plan(town: Town, step: str) -> None:
    def die(reached: str) -> None:
        if reached == step:
            raise Died

    with mock.patch.object(convening, "reached", die), pytest.raises(Died):
        call(town, invitation(town))
    town.ledger.time += 5
    made = call(town, invitation(town))
    assert (made.number, made.plan.deals_until, town.ledger.ceremonies()) == (1, START + ROUND, 1)


def test_a_number_that_somebody_else_took_is_not_fought_for(town: Town) -> None:
    def overtaken(reached: str) -> None:
        if reached == "convene-planned" and town.ledger.ceremonies() == 0:
            town.convene(keys={one: bytes([8 + one]) + bytes(31) for one in town.people})
            raise Died

    with mock.patch.object(convening, "reached", overtaken), pytest.raises(Died):
        call(town, invitation(town))
    assert call(town, invitation(town)).number == 2


def test_after_a_failed_ceremony_others_are_convened_with_new_cards_only(town: Town) -> None:
    assert call(town, invitation(town)).number == 1
    town.to_round(1, 5)
    with pytest.raises(Refused) as caught:
        call(town, invitation(town))
    assert caught.value.code == "holding.card_used"
    assert "保管人1" in caught.value.message
    assert {report.standing for report in town.all_go_on(1).values()} == {Standing.FAILED}
    again = call(town, invitation(town))
    assert (again.number, again.new) == (2, True)
    assert call(town, invitation(town)).number == 2
    assert {report.standing for report in town.play(2).values()} == {Standing.READY}


def test_a_member_is_replaced_by_a_new_ceremony_and_everybody_brings_a_new_card(town: Town) -> None:
    call(town, invitation(town))
    town.play(1)
    town.move_in(6)
    cards = [town.people[one].card for one in (6, 5, 4, 3, 1)]
    with pytest.raises(InvalidInput) as caught:
        successors(town.ledger, town.board, 1, [2], cards[:3])
    assert "members 1, 3" in caught.value.message
    with pytest.raises(InvalidInput):
        successors(town.ledger, town.board, 1, [2, 5], cards)
    cards = list(successors(town.ledger, town.board, 1, [2], cards))
    assert [card.name for card in cards] == [f"保管人{one}" for one in (1, 3, 4, 5, 6)]
    made = call(town, invitation(town, cards=tuple(cards), title="接替"))
    assert made.number == 2
    del town.people[2]
    assert {report.standing for report in town.play(2).values()} == {Standing.READY}


def test_what_cannot_be_a_ceremony_is_refused_before_anything_is_written(town: Town) -> None:
    cards = tuple(person.card for _, person in sorted(town.people.items()))
    faults: dict[str, Callable[[], object]] = {
        "two_few": lambda: call(town, invitation(town, cards=cards[:4])),
        "one_twice": lambda: call(town, invitation(town, cards=(*cards[:4], cards[0]))),
        "of_no_use": lambda: call(town, invitation(town, usable_until=START + 3 * ROUND)),
        "short_rounds": lambda: call(town, invitation(town, seconds=1)),
        "no_title": lambda: call(town, invitation(town, title="")),
        "no_such_member": lambda: successors(town.ledger, town.board, town.convene(), [6], cards),
    }
    for name, fault in faults.items():
        with pytest.raises(InvalidInput) as caught:
            fault()
        assert name != "no_such_member" or caught.value.code == "holding.member"
    assert not (town.folder / "convener").exists()
