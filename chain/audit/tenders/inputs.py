"""Inputs of a bidder's transactions, taken apart: the signatures that the contract checked and did not keep.

Nothing in an input is believed: a signature counts if it is over the hash of what the event says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.kernel.errors import NotFound

_COMMITMENT = "(uint64,uint32,address,uint32,address,uint64,bytes32,bytes32,uint64,bytes32,bytes32,uint64,bytes32)"
SUBMIT = keccak(f"submit({_COMMITMENT},bytes,bytes)".encode())[:4]
WITHDRAW = keccak(b"withdraw(uint64,uint32,address,uint32,uint64,bytes)")[:4]
MOVE = keccak(b"move(uint64,uint32,address,address,uint32,uint64,bytes,bytes)")[:4]
_WORDS = {SUBMIT: 13, WITHDRAW: 5, MOVE: 6}
"""Words of fixed size before the signatures."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """One call.

    Attributes:
        words: arguments of fixed size, 32 bytes each.
        signatures: the byte strings behind them, in order.
    """

    words: tuple[bytes, ...]
    signatures: tuple[bytes, ...]


def read_call(data: bytes, selector: bytes) -> SignedCall:
    """The call in an input (Solidity ABI).

    Raises:
        NotFound: the transaction calls something else, such as a contract in between; its signatures are not here.
    """
    if data[:4] != selector:
        raise NotFound("the transaction calls the book by another contract", code="audit.input")
    body, count = data[4:], _WORDS[selector]
    words = tuple(body[32 * place : 32 * place + 32] for place in range(count))
    offsets = range(count, count + (1 if selector == WITHDRAW else 2))
    return SignedCall(words, tuple(_string(body, place) for place in _values(body, offsets)))


def _values(body: bytes, places: Sequence[int]) -> list[int]:
    return [int.from_bytes(body[32 * place : 32 * place + 32], "big") for place in places]


def _string(body: bytes, at: int) -> bytes:
    size = int.from_bytes(body[at : at + 32], "big")
    return body[at + 32 : at + 32 + size] if size < 1_000 else b""
