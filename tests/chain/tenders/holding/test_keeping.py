"""Shares rest encrypted, in backups too; what is destroyed comes back from nowhere, and is destroyed only in time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused
from chain.keys import Keystore
from chain.tenders.holding import destruction, read_ceremony
from chain.tenders.holding.backup import back_up, restore
from chain.tenders.holding.destruction import Destruction, destroy_share
from chain.tenders.holding.known_backups import Cleared
from chain.tenders.holding.places import Place
from chain.tenders.holding.rounds import Holder, Standing
from chain.tenders.holding.store import ShareStore
from tests.chain.tenders.holding.stage import ROUND, Town
from tests.chain.tenders.holding.steps import DESTROYING


@pytest.fixture
def ready(town: Town) -> Town:
    town.play(town.convene())
    return town


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def files(town: Town) -> tuple[Path, Path]:
    return town.folder / "usb" / "shares", town.folder / "safe" / "secrets"


def new_store(town: Town, name: str, passphrase: str = "passphrase of holder 1") -> ShareStore:
    home = town.folder / name
    return ShareStore(home / "holding", Keystore(home / "keys", passphrase), Place.of(town.ledger))


def saved(town: Town) -> tuple[Path, Path]:
    pair = files(town)
    for path in pair:
        path.parent.mkdir()
    back_up(town.people[1].holder.store, *pair)
    return pair


class TestAtRest:
    def test_neither_share_nor_seed_stands_in_the_home(self, ready: Town) -> None:
        person = ready.people[1]
        share, seed = person.holder.store.share(1), person.holder.store.seed(1)
        found = every_byte(person.home)
        for secret in (share.secret, seed):
            assert secret not in found
            assert secret.hex().encode() not in found
        assert all(path.stat().st_mode & 0o077 == 0 for path in person.home.rglob("*.share"))

    def test_a_changed_file_is_damage_and_another_passphrase_opens_nothing(self, ready: Town) -> None:
        store = ready.people[1].holder.store
        data = bytearray(store.file(1).read_bytes())
        data[-10] ^= 1
        store.put(1, bytes(data))
        with pytest.raises(Damaged):
            store.share(1)
        stranger = ShareStore(store.root, Keystore(ready.people[1].home / "keys", "another passphrase"), store.place)
        with pytest.raises(Refused):
            stranger.share(1)

    def test_a_share_of_one_ceremony_is_not_one_of_another(self, ready: Town) -> None:
        number = ready.convene()
        ready.play(number)
        store = ready.people[1].holder.store
        store.put(number, store.file(1).read_bytes())
        with pytest.raises(Damaged):
            store.share(number)

    def test_two_commands_at_once_do_not_meet(self, ready: Town) -> None:
        store = ready.people[1].holder.store
        with store.alone(), pytest.raises(Conflict), store.alone():
            pass
        with store.alone():
            pass


class TestBackup:
    def test_a_lost_home_gets_its_share_back(self, ready: Town) -> None:
        pair, share = saved(ready), ready.people[1].holder.store.share(1)
        store = new_store(ready, "new-home")
        assert restore(ready.ledger, store, *pair) == [1]
        assert store.share(1) == share
        assert restore(ready.ledger, store, *pair) == []

    def test_neither_file_alone_nor_both_without_the_passphrase_give_it(self, ready: Town) -> None:
        pair, share = saved(ready), ready.people[1].holder.store.share(1)
        assert share.secret not in every_byte(ready.folder / "usb") + every_byte(ready.folder / "safe")
        thief = new_store(ready, "thief", "guessed passphrase")
        with pytest.raises(Refused):
            restore(ready.ledger, thief, *pair)
        assert thief.ceremonies() == []
        assert thief.keys.cards() == []

    def test_a_backup_of_another_ledger_or_registry_is_refused(self, ready: Town) -> None:
        pair = saved(ready)
        place = Place.of(ready.ledger)
        for other in (replace(place, genesis=bytes(32)), replace(place, registry=bytes(20))):
            home = ready.folder / other.name
            store = ShareStore(home / "holding", Keystore(home / "keys", "passphrase of holder 1"), other)
            with pytest.raises(Refused) as caught:
                restore(ready.ledger, store, *pair)
            assert caught.value.code == "holding.backup_elsewhere"

    def test_a_share_of_a_ceremony_that_this_ledger_knows_otherwise_is_refused(self, ready: Town) -> None:
        pair = saved(ready)
        ready.ledger.kept.insert(0, ready.ledger.kept[0])
        ready.ledger.kept[0] = ready.ledger.kept[ready.convene() - 1]
        store = new_store(ready, "elsewhere")
        with pytest.raises(Refused):
            restore(ready.ledger, store, *pair)
        assert store.ceremonies() == []

    def test_nothing_is_overwritten_and_an_empty_home_has_no_backup(self, ready: Town) -> None:
        pair = saved(ready)
        with pytest.raises(Conflict):
            back_up(ready.people[1].holder.store, *pair)
        with pytest.raises(NotFound):
            back_up(new_store(ready, "empty"), *files(ready))


def destroy(town: Town, one: int = 1, number: int = 1) -> Destruction:
    holder: Holder = town.people[one].holder
    return destroy_share(town.ledger, town.board, holder.acts, holder.store, number, now=town.ledger.time).record


class TestDestruction:
    def test_too_early_nothing_is_destroyed(self, ready: Town) -> None:
        with pytest.raises(Refused) as caught:
            destroy(ready)
        assert caught.value.code == "holding.needed"
        assert ready.people[1].holder.store.has(1)

    def test_afterwards_it_is_gone_from_home_and_backups_and_on_the_ledger(self, ready: Town) -> None:
        pair = saved(ready)
        ready.ledger.time += 10 * ROUND
        record = destroy(ready)
        store = ready.people[1].holder.store
        assert not store.has(1)
        assert not store.has_seed(1)
        ceremony = read_ceremony(ready.ledger, ready.board, 1)
        assert ceremony.destroyed == {1: sha256(record.to_bytes())}
        assert ready.board.get(ceremony.destroyed[1]) == record.to_bytes()
        assert ready.people[1].holder.go_on(1).standing is Standing.DESTROYED
        assert not any(path.exists() for path in pair), "the home knew of them"
        with pytest.raises(InvalidInput):
            restore(ready.ledger, store, *pair)

    @pytest.mark.parametrize("step", DESTROYING)
    def test_who_dies_on_the_way_goes_on_with_the_same_record(self, ready: Town, step: str) -> None:
        ready.ledger.time += 10 * ROUND

        def die(reached: str) -> None:
            if reached == step:
                raise KeyboardInterrupt

        with mock.patch.object(destruction, "reached", die), pytest.raises(KeyboardInterrupt):
            destroy(ready)
        began = ready.ledger.time
        ready.ledger.time += 50
        record = destroy(ready)
        assert record.time == began
        assert destroy(ready) == record
        assert Destruction.from_bytes(record.to_bytes()) == record
        assert len(read_ceremony(ready.ledger, ready.board, 1).destroyed) == 1

    def test_until_it_is_reported_nothing_is_taken_again(self, ready: Town) -> None:
        ready.ledger.time += 10 * ROUND

        def die(reached: str) -> None:
            if reached == "holder-destroyed":
                raise KeyboardInterrupt

        with mock.patch.object(destruction, "reached", die), pytest.raises(KeyboardInterrupt):
            destroy(ready)
        holder = ready.people[1].holder
        report = holder.go_on(1)
        assert (report.standing, report.done) == (Standing.DESTROYED, [])
        assert "keyholder destroy 1" in report.notes[0]
        assert not holder.store.has(1)

    def test_a_copy_of_both_files_does_not_bring_it_back(self, ready: Town) -> None:
        pair = [path.rename(path.with_suffix(".copy")) for path in saved(ready)]
        ready.ledger.time += 10 * ROUND
        destroy(ready)
        for store in (ready.people[1].holder.store, new_store(ready, "new-home")):
            with pytest.raises(Refused) as caught:
                restore(ready.ledger, store, *pair)
            assert caught.value.code == "holding.destroyed"
            assert not store.has(1)
            assert not store.has_card(1)
            assert not store.keys.has(store.secret_name(1))

    def test_other_shares_stay_in_a_backup_that_a_destroyed_one_is_taken_out_of(self, ready: Town) -> None:
        ready.ledger.time += 10 * ROUND
        number = ready.convene()
        ready.play(number)
        pair = saved(ready)
        copies = [path.with_suffix(".copy") for path in pair]
        for path, copy in zip(pair, copies, strict=True):
            copy.write_bytes(path.read_bytes())
        destroy(ready)
        # A copy that the home did not know of: what is destroyed is passed over.
        for name, files_ in (("new-home", pair), ("other-home", copies)):
            store = new_store(ready, name)
            assert restore(ready.ledger, store, *files_) == [number]
            assert store.ceremonies() == [number]
            assert store.card_key(number) == ready.people[1].holder.store.card_key(number)

    def test_a_backup_that_is_away_is_named_until_it_was_cleared(self, ready: Town) -> None:
        shares, secrets = saved(ready)
        secrets.rename(ready.folder / "drawer")
        ready.ledger.time += 10 * ROUND
        holder = ready.people[1].holder

        def again() -> Cleared:
            return destroy_share(
                ready.ledger, ready.board, holder.acts, holder.store, 1, now=ready.ledger.time
            ).backups  # fmt: skip

        assert again() == Cleared((str(shares),), (str(secrets),))
        secrets.write_bytes(b"something else")
        assert again() == Cleared((), (str(secrets),)), "which is left alone"
        assert secrets.read_bytes() == b"something else"
        (ready.folder / "drawer").rename(secrets)
        assert again() == Cleared((str(secrets),), ())
        assert again() == Cleared()
        assert not secrets.exists()

    def test_the_record_of_another_registry_is_not_taken_for_this_one(self, ready: Town) -> None:
        ready.ledger.time += 10 * ROUND
        store = ready.people[1].holder.store
        other = Destruction(ready.ledger.genesis, bytes(20), 1, 1, ready.people[1].holder.acts.address, 1)
        store.record_file(1).write_bytes(other.to_bytes())
        with pytest.raises(Conflict) as caught:
            destroy(ready)
        assert caught.value.code == "holding.other_registry"
        assert store.has(1)
        assert not read_ceremony(ready.ledger, ready.board, 1).destroyed

    def test_of_a_ceremony_that_failed_the_seed_goes_once_its_rounds_are_over(self, town: Town) -> None:
        number = town.convene()
        town.all_go_on(number, without=(1, 2, 3))
        with pytest.raises(Refused):
            destroy(town, 4)
        town.to_round(number, 5)
        destroy(town, 4)
        assert not town.people[4].holder.store.has_seed(number)
        # Who did nothing has its card still, to which the others dealt.
        destroy(town, 1)
        assert town.people[1].keys.cards() == []

    def test_the_public_part_of_a_key_stays_what_it_was(self, ready: Town) -> None:
        """Destroying shares leaves the deals: openings stay checkable."""
        ready.ledger.time += 10 * ROUND
        before = read_ceremony(ready.ledger, ready.board, 1).judge().opening_key
        for one in range(1, 6):
            destroy(ready, one)
        assert read_ceremony(ready.ledger, ready.board, 1).judge().opening_key == before
