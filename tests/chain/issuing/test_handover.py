"""Parcels and cards of a hand-over have one form: whatever is changed in them is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.issuing.handover import (
    CARD,
    PACKAGE,
    RECEIPT,
    check_sender,
    header_of,
    make_card,
    open_parcel,
    read_card,
    seal_parcel,
)
from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput, YinxinError
from tests.support.memory_ledger import MemoryLedger
from tests.support.world import NAME, OTHER_USCC, USCC, signer

PRIVATE = bytes(range(32))
RECIPIENT = X25519Identity(PRIVATE).public_key
KEY = signer(1)


@pytest.fixture
def ledger() -> MemoryLedger:
    """A registry that knows the sender's key."""
    found = MemoryLedger()
    found.register(USCC, NAME)
    found.add_key(USCC, KEY.thumbprint, "credential", KEY.public_key)
    return found


def package(items: list[bytes]) -> bytes:
    header = header_of(
        PACKAGE, sender=USCC, receiver=OTHER_USCC, at=7, certificate_type="T", items=items, key=KEY.thumbprint,
        reason="competence moved", reply=b64url(RECIPIENT),
    )  # fmt: skip
    return seal_parcel(header, items, KEY, RECIPIENT)


def variants(data: bytes) -> Iterator[bytes]:
    """Every way to change one byte, leave it out, or double it."""
    for place in range(len(data)):
        yield data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        yield data[:place] + data[place + 1 :]
        yield data[: place + 1] + data[place:]


def test_what_went_in_comes_out(ledger: MemoryLedger) -> None:
    items = [b'{"a":1}', b'{"b":2}']
    parcel = open_parcel(package(items), PRIVATE, PACKAGE)
    check_sender(parcel, ledger.source())
    assert parcel.items == tuple(items)
    assert (parcel.header["from"], parcel.header["to"], parcel.header["count"]) == (USCC, OTHER_USCC, 2)


def test_every_change_of_a_package_is_refused(ledger: MemoryLedger) -> None:
    text = decrypt(package([b'{"a":1}', b'{"b":2}']), X25519Identity(PRIVATE))
    trust = ledger.source()
    for changed in {*variants(text), text + b"\n", b"\n" + text} - {text}:
        with pytest.raises(YinxinError):
            check_sender(open_parcel(encrypt(changed, X25519Recipient(RECIPIENT)), PRIVATE, PACKAGE), trust)


def test_a_package_is_no_receipt_and_another_form_is_none() -> None:
    with pytest.raises(InvalidInput):
        open_parcel(package([b"{}"]), PRIVATE, RECEIPT)


def test_every_change_of_a_card_is_refused(ledger: MemoryLedger) -> None:
    card = make_card(USCC, RECIPIENT, 7, KEY)
    trust = ledger.source()
    assert CARD.encode() in card
    assert read_card(card, USCC, trust) == RECIPIENT
    for changed in set(variants(card)) - {card}:
        with pytest.raises(YinxinError):
            read_card(changed, USCC, trust)


def test_a_key_that_counts_no_more_signs_nothing(ledger: MemoryLedger) -> None:
    card = make_card(USCC, RECIPIENT, 7, KEY)
    ledger.retire_key(USCC, KEY.thumbprint)
    ledger.mine()
    with pytest.raises(YinxinError) as caught:
        read_card(card, USCC, ledger.source())
    assert caught.value.code == "handover.key"
