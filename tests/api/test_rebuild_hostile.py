"""A rebuild that dies, and one after the anchor key was stolen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.certificates import rebuild
from api.db import Address, exists, open_address, register_address, take_place
from chain.kernel.clock import rfc3339
from chain.kernel.home import Home
from chain.keys import Keystore
from chain.ledger.connection import AccountAnchorKey
from tests.api.town import BUREAU, LICENCE, PASSPHRASE, Town, licences

pytestmark = pytest.mark.loopback


def unfinished(town: Town) -> Address:
    return register_address(Home(town.officer)).beside("new")


def test_one_that_fails_leaves_the_old_register_and_no_second_copy(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.issue(licences(2))

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rebuild._Rebuild, "_lists", dies)
    assert town.run(town.officer, "rebuild").code == 130
    assert not exists(unfinished(town))
    assert len(town.identifiers(1)) == 2


def test_there_is_a_register_at_every_moment(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a crash would leave none, and an empty one would be made, in which every number is free."""
    town.issue(licences(2))
    seen: list[bool] = []

    def watched(old: Address, fresh: Address) -> None:
        seen.append(exists(old))
        take_place(old, fresh)
        seen.append(exists(old))

    monkeypatch.setattr(rebuild, "take_place", watched)
    town.ok(town.officer, "rebuild")
    assert seen == [True, True]
    assert len(town.identifiers(1)) == 2


def test_shredding_reaches_what_a_killed_rebuild_left(town: Town) -> None:
    town.issue(licences(2))
    left = unfinished(town)
    open_address(left).dispose()
    assert exists(left)
    town.ok(town.officer, "shred", town.identifiers(1)[0], "--yes")
    assert not exists(left)


def test_an_anchor_of_a_stolen_key_without_a_manifest_hinders_it_only_until_the_key_is_marked(town: Town) -> None:
    town.issue(licences(2))
    thief = Keystore(town.approver / "keys", PASSPHRASE).account("anchor")
    with town.office() as office:
        key = AccountAnchorKey(thief, office.ledger.domain)
        root, manifest = b"\x11" * 32, b"\x22" * 32
        assert office.anchor(LICENCE, 2, root, 7, manifest, key.sign_anchor(BUREAU, LICENCE, 2, root, 7, manifest))
    assert town.run(town.officer, "rebuild").code != 0
    with town.reader() as reader:
        since = rfc3339(list(reader.anchors(BUREAU, LICENCE))[-1].block.time)
    card = json.loads((town.approver / "card.json").read_text())
    (thumbprint,) = (item["thumbprint"] for item in card["keys"] if item["purpose"] == "anchor")
    town.ok(town.authority, "authority", "compromised", BUREAU, thumbprint, "--since", since)
    said = town.ok(town.officer, "rebuild")
    assert (said["batches"], said["certificates"], said["foreignAnchors"]) == (1, 2, 1)
