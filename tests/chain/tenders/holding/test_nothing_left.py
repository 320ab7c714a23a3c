"""After a share is destroyed, all that is in the home, with its passphrase, and all that is public do not give it.

The thief below has both, and tries every way in which the share can be had. Before the destruction every way leads to
it.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from unittest import mock

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.kernel.canonical import canonical
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput, YinxinError
from chain.keys import KINDS, Keystore
from chain.keys.keystore import KeyCard
from chain.sealing import KeyShare, curve
from chain.sealing.ceremony.deal import make_deal, open_share, read_deal
from chain.tenders.holding import card_keys, destruction, key_in_force, read_ceremony
from chain.tenders.holding.backup import back_up
from chain.tenders.holding.destruction import Destroyed, destroy_share
from chain.tenders.holding.store import FORMAT
from tests.chain.tenders.holding.stage import ROUND, Town
from tests.chain.tenders.holding.steps import DESTROYING

ME = 1
PASSPHRASE = f"passphrase of holder {ME}"


def papers_of(folder: Path) -> list[bytes]:
    """Every file there, and everything that stands in one as base64url."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        found.append(path.read_bytes())
        try:
            waiting = [json.loads(found[-1])]
        except ValueError:
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict | list):
                waiting += value.values() if isinstance(value, dict) else value
            elif isinstance(value, str):
                try:
                    found.append(unb64url(value, field="text"))
                except InvalidInput:
                    continue
    return found


def secrets_in(files: list[bytes], folder: Path, names: set[str]) -> set[bytes]:
    """Whatever a key file holds, wherever it lies: opened by the passphrase, under every name that there may be."""
    opened = set()
    folder.mkdir(exist_ok=True)
    keys = Keystore(folder, PASSPHRASE)
    for number, data in enumerate(one for one in files if b'"yinxin-key-1"' in one):
        for name, kind in product(sorted(names), KINDS):
            (folder / f"{name}.json").write_bytes(data)
            try:
                opened.add(keys._unseal(KeyCard(name, kind, "", "")))
            except YinxinError:
                continue
            finally:
                (folder / f"{name}.json").unlink()
        assert number < 50
    return opened


def steal(town: Town, names: set[str], *more: Path) -> dict[str, set[bytes]]:
    """Shares of the key that can be had: by the way they were found."""
    number = 1
    ceremony = read_ceremony(town.ledger, town.board, number)
    deals = {dealer: read_deal(data, ceremony.roster, dealer) for dealer, data in ceremony.deals.items()}
    qualified = key_in_force(ceremony).qualified
    files = [data for folder in (town.people[ME].home, *more) for data in papers_of(folder)]
    # A raw X25519 key stands at the end of its PKCS #8 form.
    secrets = {secret[-32:] for secret in secrets_in(files, town.folder / "thief", names) if len(secret) >= 32}
    ways: dict[str, set[bytes]] = {"kept": set(), "dealt": set(), "own seed": set()}
    bound = canonical({"format": FORMAT, "ceremony": number, **town.people[ME].holder.store.place.as_dict()})
    for data, secret in product([one for one in files if FORMAT.encode() in one], secrets):
        value = json.loads(data)
        if value.get("format") != FORMAT:
            continue
        try:
            plain = ChaCha20Poly1305(secret).decrypt(unb64url(value["nonce"]), unb64url(value["sealed"]), bound)
        except InvalidTag:
            continue
        ways["kept"].add(KeyShare.from_bytes(plain).secret)
    for secret in secrets:
        parts = [open_share(deals[dealer], ME, secret) for dealer in qualified]
        if None not in parts:
            total = sum(int.from_bytes(part or b"", "big") for part in parts) % curve.ORDER
            ways["dealt"].add(total.to_bytes(32, "big"))
        if any(open_share(deals[dealer], ME, secret) is not None for dealer in qualified):
            ways["dealt"].add(secret)
        if make_deal(ceremony.roster, ME, secret).commitments == deals[ME].commitments:
            ways["own seed"].add(secret)
    ways["dealt"] -= secrets
    return ways


def names_of(town: Town) -> set[str]:
    return {card_keys.OPEN} | {card.name for card in town.people[ME].keys.cards()}


def destroy(town: Town) -> Destroyed:
    holder = town.people[ME].holder
    return destroy_share(town.ledger, town.board, holder.acts, holder.store, 1, now=town.ledger.time)


@pytest.fixture
def ready(town: Town) -> Town:
    town.play(town.convene())
    (town.folder / "media").mkdir()
    back_up(town.people[ME].holder.store, town.folder / "media" / "shares", town.folder / "media" / "secrets")
    return town


def test_home_passphrase_and_public_deals_do_not_give_a_destroyed_share(ready: Town) -> None:
    media, share = ready.folder / "media", ready.people[ME].holder.store.share(1)
    names = names_of(ready)
    before = steal(ready, names, media)
    assert before["kept"] == before["dealt"] == {share.secret}, "both ways lead to it while it is there"
    assert len(before["own seed"]) == 1
    ready.ledger.time += 10 * ROUND
    assert len(destroy(ready).backups.cleared) == 2
    assert steal(ready, names, media) == {"kept": set(), "dealt": set(), "own seed": set()}
    assert ready.people[ME].keys.cards() == []


@pytest.mark.parametrize("step", DESTROYING)
def test_nor_if_the_machine_died_on_the_way_and_went_on(ready: Town, step: str) -> None:
    names = names_of(ready)
    ready.ledger.time += 10 * ROUND
    # What a machine left that died while it wrote a key, in a home that is as whole as before.
    keys = ready.people[ME].keys
    name = ready.people[ME].holder.store.card_name(1)
    (keys.folder / ".part-abcdef").write_bytes((keys.folder / f"{name}.json").read_bytes())
    (keys.folder / f"{ready.people[ME].holder.store.seed_name(1)}.public.json").unlink()
    assert steal(ready, names)["dealt"]

    def die(reached: str) -> None:
        if reached == step:
            raise KeyboardInterrupt

    with mock.patch.object(destruction, "reached", die), pytest.raises(KeyboardInterrupt):
        destroy(ready)
    destroy(ready)
    assert steal(ready, names, ready.folder / "media") == {"kept": set(), "dealt": set(), "own seed": set()}
