"""What a key holder's page is held to is what the command makes; tests/web/holding is the page's side."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chain.kernel.encoding import unb64url, unhex0x
from chain.keys import Keystore
from chain.tenders.holding.places import Place
from chain.tenders.holding.store import ShareStore
from scripts.vectors import holding as holding_vectors


def test_the_vectors_are_what_the_command_makes_now(vectors: Callable[[str], Any]) -> None:
    assert holding_vectors.vectors() == vectors("holding")


def test_a_backup_that_the_page_made_gives_a_home_share_and_card(tmp_path: Path, vectors: Callable[[str], Any]) -> None:
    known, number = vectors("holding_backup"), 3
    place = Place(unhex0x(known["genesis"], size=32), unhex0x(known["registry"], size=20), bytes(20))
    store = ShareStore(tmp_path / "holding", Keystore(tmp_path / "keys", known["passphrase"]), place)
    (share,) = json.loads(known["files"]["shares"])["shares"]
    (secret,) = json.loads(known["files"]["secrets"])["secrets"]
    store.read_kept(unb64url(share["file"], field="file"), number)
    store.keys.put_back(store.secret_name(number), "secret", unb64url(secret["file"], field="file"))
    store.keys.put_back(store.card_name(number), "desk", unb64url(secret["card"], field="card"))
    store.put(number, unb64url(share["file"], field="file"))
    assert store.share(number).to_bytes().decode() == known["share"]
    assert store.card_key(number).hex() == known["card"]
