"""Key files and signatures that the browser makes, in Python's hands; tests/web/keys is the other way round."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chain.keys.keystore import open_wallet
from scripts.vectors import key as key_vectors


def test_a_file_that_the_browser_made_opens(vectors: Callable[[str], Any]) -> None:
    known = vectors("keys")
    file = json.loads(known["madeInBrowser"])
    assert "0x" + open_wallet(file, known["passphrase"]).hex() == known["privateKey"]
    assert "0x" + file["address"] == known["address"]


def test_it_opens_with_no_other_passphrase(vectors: Callable[[str], Any]) -> None:
    known = vectors("keys")
    with pytest.raises(ValueError, match="MAC"):
        open_wallet(json.loads(known["madeInBrowser"]), known["passphrase"] + ".")


def test_the_vectors_are_what_eth_account_makes_now(vectors: Callable[[str], Any]) -> None:
    assert key_vectors.vectors() == vectors("keys")
