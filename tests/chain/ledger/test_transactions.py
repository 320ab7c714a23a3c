"""A signed transaction is read as what it is, and nothing that is none."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from eth_account import Account
from eth_utils import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.ledger import _rlp
from chain.ledger.transactions import SignedTransaction

ACCOUNT = Account.from_key(sha256(b"account of a test"))
SOMEWHERE = sha256(b"contract")[:20]
FIELDS: dict[str, Any] = {
    "type": 2, "chainId": 1337, "nonce": 7, "gas": 200_000, "maxFeePerGas": 3, "maxPriorityFeePerGas": 1, "value": 5,
    "to": to_checksum_address(SOMEWHERE), "data": b"\1\2",
}  # fmt: skip
LEGACY = {name: FIELDS[name] for name in ("chainId", "nonce", "gas", "to", "value", "data")} | {"gasPrice": 0}
LISTED = {"accessList": [{"address": FIELDS["to"], "storageKeys": []}]}


def signed(**changes: Any) -> bytes:
    return bytes(ACCOUNT.sign_transaction(FIELDS | changes).raw_transaction)


RAW = signed()


def with_field(place: int, value: bytes | list[Any]) -> bytes:
    items = _rlp.as_list(_rlp.decode(RAW[1:]), "transaction")
    return b"\2" + _rlp.encode([*items[:place], value, *items[place + 1 :]])


def test_what_it_asks_for_and_who_signed_it() -> None:
    found = SignedTransaction.from_bytes(RAW)
    assert (found.chain_id, found.nonce, found.to, found.value, found.data) == (1337, 7, SOMEWHERE, 5, b"\1\2")
    assert (found.sender.hex(), found.raw) == (ACCOUNT.address[2:].lower(), RAW)
    assert found.hash == bytes(ACCOUNT.sign_transaction(FIELDS).hash)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\2", RAW[1:], RAW[:-1], RAW + b"\0", b"\1" + RAW[1:], b"\2\xc0", b"\2\x80", with_field(9, b"\2"),
        with_field(8, b""), with_field(5, b""), with_field(0, b"\0\1"), with_field(10, b""),
        with_field(11, b"\xff" * 32), signed(**LISTED), bytes(ACCOUNT.sign_transaction(LEGACY).raw_transaction),
        bytes(ACCOUNT.sign_transaction(FIELDS | {"to": ""}).raw_transaction),
    ],
)  # fmt: skip
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        SignedTransaction.from_bytes(raw)
    assert (refused.value.code, refused.value.field, bool(refused.value.fix)) == (
        "transaction.form",
        "transaction",
        True,
    )


@given(st.integers(0, 8 * len(RAW) - 1))
def test_whoever_changes_a_bit_is_not_the_one_who_signed(bit: int) -> None:
    changed = bytearray(RAW)
    changed[bit // 8] ^= 1 << bit % 8
    found = None
    with suppress(InvalidInput):
        found = SignedTransaction.from_bytes(bytes(changed))
    assert found is None or found.sender.hex() != ACCOUNT.address[2:].lower()
