"""A card is good for one ceremony: its key is the ceremony's alone, whatever dies on the way."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from chain.kernel.encoding import unb64url
from chain.kernel.errors import Refused
from chain.keys import Keystore
from chain.tenders.holding import card_keys
from chain.tenders.holding.rounds import Standing
from tests.chain.tenders.holding.stage import Town
from tests.chain.tenders.holding.steps import BINDING


def test_a_card_keeps_its_key_until_a_ceremony_uses_it(town: Town) -> None:
    first = town.people[1].card
    assert town.people[1].card == first
    number = town.convene()
    town.people[1].holder.go_on(number)
    assert town.people[1].card.key != first.key
    assert town.people[1].holder.go_on(number).standing is Standing.GOING_ON


def test_a_second_ceremony_with_the_same_card_is_refused_by_the_members_own_tool(town: Town) -> None:
    cards = {one: person.card.key for one, person in town.people.items()}
    town.play(town.convene())
    number = town.convene(keys=cards)
    for person in town.people.values():
        with pytest.raises(Refused) as caught:
            person.holder.go_on(number)
        assert caught.value.code == "holding.card_used"
        assert "ceremony-1-" in caught.value.message
        assert not person.holder.store.has_seed(number)
    assert town.people[1].holder.go_on(1).standing is Standing.READY


@pytest.mark.parametrize("step", BINDING)
def test_who_dies_while_a_card_is_bound_goes_on(town: Town, step: str) -> None:
    number, key = town.convene(), town.people[1].card.key

    def die(reached: str) -> None:
        assert reached == step
        raise KeyboardInterrupt

    with mock.patch.object(card_keys, "reached", die), pytest.raises(KeyboardInterrupt):
        town.people[1].holder.go_on(number)
    assert town.move_in(1).holder.go_on(number).done == ["dealt"]
    assert town.people[1].card.key != key


@pytest.mark.parametrize("writes", [1, 2])
def test_a_key_is_never_lost_between_two_names(tmp_path: Path, town: Town, writes: int) -> None:
    """The machine dies after the private part of the new name, and after its public part."""
    keys = Keystore(tmp_path / "keys", "x" * 12)
    card = card_keys.open_card(keys)
    private = keys.desk(card_keys.OPEN)
    put, left = keys._put, [writes]

    def dying(new: card_keys.KeyCard, sealed: bytes) -> None:
        put(new, sealed)
        if left[0] == 1:
            (keys.folder / f"{new.name}.public.json").unlink()
        raise KeyboardInterrupt

    with mock.patch.object(keys, "_put", dying), pytest.raises(KeyboardInterrupt):
        card_keys.bind_card(keys, "ceremony-1", unb64url(card.public))
    assert keys.desk(card_keys.OPEN) == private
    card_keys.bind_card(keys, "ceremony-1", unb64url(card.public))
    assert keys.desk("ceremony-1") == private
    assert card_keys.open_card(keys).public != card.public


def test_a_card_that_was_used_is_not_given_out_again_after_a_crash(tmp_path: Path, town: Town) -> None:
    keys = Keystore(tmp_path / "keys", "x" * 12)
    card = card_keys.open_card(keys)
    with mock.patch.object(keys, "destroy", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        card_keys.bind_card(keys, "ceremony-1", unb64url(card.public))
    assert keys.has(card_keys.OPEN)
    assert card_keys.open_card(keys).public != card.public
    with pytest.raises(Refused):
        card_keys.bind_card(keys, "ceremony-2", unb64url(card.public))
