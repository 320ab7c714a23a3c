"""Roll call: the last of those who are needed puts it on the ledger; who signs wrongly is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Refused
from chain.sealing import RollCall, verify
from chain.tenders.holding import opening_key, read_ceremony
from chain.tenders.holding.roll_call import Presence, Roll, call_roll, read_roll, roll_message
from tests.chain.tenders.holding.stage import Town


@pytest.fixture
def ready(town: Town) -> Town:
    town.play(town.convene())
    return town


def answer(town: Town, one: int, **how: bool) -> Roll:
    holder = town.people[one].holder
    return call_roll(town.ledger, town.board, holder.acts, 1, holder.store.share(1), **how)


def test_the_third_of_three_completes_it_and_the_others_still_answer(ready: Town) -> None:
    assert (answer(ready, 1).complete, answer(ready, 4).complete) == (False, False)
    third = answer(ready, 2)
    assert (third.complete, third.counter, third.present, third.absent) == (True, 1, (1, 2, 4), (3, 5))
    assert answer(ready, 5).present == (1, 2, 4, 5)
    (event,) = [one for one in ready.ledger.ceremony_events(1) if one.name == "RollCalled"]
    message = roll_message(ready.ledger, read_ceremony(ready.ledger, ready.board, 1), 1)
    key = opening_key(ready.ledger, ready.board, 1)
    assert verify(key.key, message.digest(), event.values["signature"])


def test_answering_twice_says_nothing_new(ready: Town) -> None:
    for one in (1, 1, 2, 2, 3, 3):
        roll = answer(ready, one)
    assert (roll.counter, len(list(ready.board.notes("roll-call/1/1")))) == (1, 3)


def test_a_new_one_can_be_begun_and_the_next_day_it_is_anyway(ready: Town) -> None:
    for one in (1, 2, 3):
        answer(ready, one)
    assert answer(ready, 1, new=True).counter == 2
    assert answer(ready, 2).counter == 2, "one that is under way is joined"
    assert answer(ready, 3).complete
    ready.ledger.time += 2 * 86_400
    assert answer(ready, 4).counter == 3


def test_wrong_ones_are_named_and_do_not_count(ready: Town) -> None:
    wrong = Presence(1, 1, 3, ready.people[1].holder.store.share(1).sign(_message(ready)))
    for data in (
        b"noise",
        wrong.to_bytes(),
        replace(wrong, counter=2).to_bytes(),
        replace(wrong, key_holder=9).to_bytes(),
    ):
        ready.board.post("roll-call/1/1", "holder-3", data)
    roll = answer(ready, 1)
    assert (roll.present, roll.wrong, roll.absent) == ((1,), (3,), (2, 4, 5))
    assert answer(ready, 3).wrong == (), "a wrong note keeps no right one out"
    assert answer(ready, 2).complete
    assert read_roll(ready.ledger, ready.board, 1, 1).present == (1, 2, 3)


def test_a_share_of_another_ceremony_signs_nothing(ready: Town) -> None:
    other = replace(ready.people[1].holder.store.share(1), ceremony=sha256(b"other"))
    with pytest.raises(Refused) as caught:
        call_roll(ready.ledger, ready.board, ready.people[1].holder.acts, 1, other)
    assert caught.value.code == "holding.other_ceremony"
    assert not list(ready.board.notes("roll-call/1/1"))


def _message(town: Town) -> RollCall:
    return roll_message(town.ledger, read_ceremony(town.ledger, town.board, 1), 1)
