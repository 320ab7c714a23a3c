"""Other age programs read what we write, and we read what they write (pyrage binds the Rust implementation)."""

from __future__ import annotations

import os

import pyrage  # type: ignore[import-untyped]
import pytest

from chain.containers import X25519Identity, decrypt, encrypt

SIZES = [0, 1, 1000, 65536, 65537, 200_000]


@pytest.mark.parametrize("size", SIZES)
def test_rage_opens_ours(size: int) -> None:
    plaintext = os.urandom(size)
    ours = X25519Identity.generate()
    theirs = pyrage.x25519.Identity.from_str(ours.export())
    assert str(theirs.to_public()) == str(ours.recipient())
    assert pyrage.decrypt(encrypt(plaintext, ours.recipient()), [theirs]) == plaintext


@pytest.mark.parametrize("size", SIZES)
def test_we_open_theirs(size: int) -> None:
    plaintext = os.urandom(size)
    theirs = pyrage.x25519.Identity.generate()
    ours = X25519Identity.parse(str(theirs), others=True)  # rage adds a stanza of a random type
    assert decrypt(pyrage.encrypt(plaintext, [theirs.to_public()]), ours) == plaintext
