"""A signed transaction read strictly: what it asks for, and who signed it (EIP-1559, transactions of type 2)."""

from __future__ import annotations

from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput
from chain.keys.signatures import recover
from chain.ledger import _rlp

_TYPE = 2
_FIELDS = 12
_SIGNED = 9
_INTEGERS = (0, 1, 2, 3, 4, 6, 9, 10, 11)
"""Places: chain, nonce, both fees, gas, value, and the signature's parity, r and s."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A call of a contract, signed.

    Attributes:
        chain_id: of the chain it is signed for.
        nonce: the account's number of it, from 0.
        to: the contract, 20 bytes.
        value: wei that go with it.
        data: call data.
        sender: who signed it, 20 bytes.
        hash: by which nodes know it, 32 bytes.
        raw: as a node takes it.
    """

    chain_id: int
    nonce: int
    to: bytes
    value: int
    data: bytes
    sender: bytes
    hash: bytes
    raw: bytes

    @classmethod
    def from_bytes(cls, raw: bytes) -> SignedTransaction:
        """Inverse of ``raw``; another type, a contract's creation and a list of accesses are refused.

        Raises:
            InvalidInput: not the one encoding of such a transaction, or its signature fits no account.
        """
        if raw[:1] != bytes([_TYPE]):
            raise _bad("not of type 2 (EIP-1559)")
        try:
            items = _rlp.as_list(_rlp.decode(raw[1:], what="transaction"), "transaction")
            integers = [_rlp.as_int(items[place], "transaction") for place in _INTEGERS]
            to, data = _rlp.as_bytes(items[5], "transaction.to", 20), _rlp.as_bytes(items[7], "transaction.data")
        except (InvalidInput, IndexError) as error:
            raise _bad(str(error)) from error
        if len(items) != _FIELDS or items[8] != []:
            raise _bad(f"not {_FIELDS} fields with an empty list of accesses")
        chain_id, nonce, _, _, _, value, parity, r, s = integers
        signed = keccak(raw[:1] + _rlp.encode(items[:_SIGNED]))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + min(parity, 2)])
        sender = recover(signed, signature)
        if sender is None:
            raise _bad("its signature fits no account")
        return cls(chain_id, nonce, to, value, data, sender, keccak(raw), raw)


def _bad(why: str) -> InvalidInput:
    return InvalidInput(
        f"no signed transaction of ours: {why}", code="transaction.form", field="transaction",
        fix="sign a call of type 2 and send its bytes whole",
    )  # fmt: skip
