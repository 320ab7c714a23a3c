"""One home serves two registries, books and chains: nothing of one is taken for the other's, nothing is overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged
from chain.keys import Keystore
from chain.tenders.holding.places import Place
from chain.tenders.holding.rounds import Holder, Standing
from chain.tenders.holding.store import ShareStore
from tests.chain.tenders.holding.stage import Town
from tests.support.memory_key_holders import MemoryActs, MemoryKeyHolders


def test_two_registries_with_the_same_number_do_not_meet_in_one_home(town: Town) -> None:
    town.play(town.convene())
    one = town.people[1].holder
    first = one.store.share(1)
    second = Town(town.folder, MemoryKeyHolders(key_registry=sha256(b"second registry")[:20]))
    for number in range(1, 6):
        second.move_in(number)
    assert {report.standing for report in second.play(second.convene()).values()} == {Standing.READY}
    other = second.people[1].holder
    assert other.store.share(1).secret != first.secret
    assert one.store.share(1) == first
    assert one.store.folder != other.store.folder
    assert len({card.name for card in one.store.keys.cards()}) == 6, "seed, card and share of each"


def test_a_registry_with_the_same_short_name_is_refused(town: Town) -> None:
    town.play(town.convene())
    store = town.people[1].holder.store
    place = store.place
    twin = replace(place, registry=place.registry[:4] + bytes(16))
    assert twin.name == place.name
    with pytest.raises(Conflict) as caught:
        ShareStore(store.root, store.keys, twin)
    assert caught.value.code == "holding.other_registry"
    # Also if the folder came to be between two steps of a command that runs.
    late = ShareStore(town.folder / "elsewhere", Keystore(town.folder / "elsewhere-keys", "x" * 12), twin)
    place.settle(late.folder)
    for act in (lambda: late.seed(1), lambda: late.keep(1, store.share(1)), lambda: late.note_opening(1, 2)):
        with pytest.raises(Conflict):
            act()
    assert late.keys.cards() == []


def test_openings_are_a_books(town: Town) -> None:
    store = town.people[1].holder.store
    store.note_opening(7, 100)
    store.note_opening(7, 90)
    other = ShareStore(store.root, store.keys, replace(store.place, book=sha256(b"another book")[:20]))
    assert (store.opening_of(7), other.opening_of(7)) == (100, 0)
    other.note_opening(7, 300)
    assert store.opening_of(7) == 100
    twin = ShareStore(store.root, store.keys, replace(store.place, book=store.place.book[:4] + bytes(16)))
    for act in (lambda: twin.opening_of(7), lambda: twin.note_opening(7, 5)):
        with pytest.raises(Conflict):
            act()
    (path,) = store.folder.glob(f"openings-{store.place.book.hex()[:8]}.json")
    path.write_bytes(b"{}")
    with pytest.raises(Damaged):
        store.opening_of(7)


def test_names_are_short_and_say_which_registry(town: Town) -> None:
    place = Place.of(town.ledger)
    store = ShareStore(town.folder / "x", Keystore(town.folder / "y", "x" * 12), place)
    assert store.card_name(1234567) == f"ceremony-1234567-{place.registry.hex()[:8]}-{place.genesis.hex()[:8]}-card"
    assert len(store.secret_name(1234567)) <= 40, "which a keystore takes"


def test_a_member_of_two_registries_is_one_account(town: Town) -> None:
    holder = town.people[1].holder
    other = MemoryKeyHolders(genesis=sha256(b"another chain"))
    store = ShareStore(holder.store.root, holder.store.keys, Place(other.genesis, other.key_registry, other.book))
    assert Holder(other, MemoryActs(other, holder.acts.address), holder.board, store).ceremonies() == []  # type: ignore[arg-type]
