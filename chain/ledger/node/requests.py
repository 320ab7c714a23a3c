"""What a JSON-RPC request may say: strict readers for its parts. Pure; every refusal names the parameter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.kernel.errors import InvalidInput
from chain.ledger import _rlp

_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")
_QUANTITY = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,63})\Z")
_TAGS = ("latest", "safe", "finalized", "pending")
_CALL_KEYS = frozenset(
    ("from", "to", "gas", "value", "data", "input", "nonce", "chainId", "accessList", "type")
) | frozenset(("gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"))
_MOST_ADDRESSES = 100
_MOST_TOPICS = 1000


class RpcError(Exception):
    """A JSON-RPC error to be sent back.

    Attributes:
        rpc_code: JSON-RPC error code.
        message: what is wrong and what would be right.
        data: further data, or None.
    """

    def __init__(self, rpc_code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.rpc_code = rpc_code
        self.message = message
        self.data = data


BAD_REQUEST, NO_METHOD, BAD_PARAMS, SERVER, LIMIT = -32600, -32601, -32602, -32000, -32005


def bad(what: str, why: str) -> RpcError:
    """An invalid-parameter error."""
    return RpcError(BAD_PARAMS, f"{what}: {why}")


def hex_bytes(value: Any, what: str, size: int | None = None) -> bytes:
    """Bytes from 0x hexadecimal, of ``size`` if given."""
    if not isinstance(value, str) or not _HEX.match(value):
        raise bad(what, "must be 0x hexadecimal with an even number of digits")
    data = bytes.fromhex(value[2:])
    if size is not None and len(data) != size:
        raise bad(what, f"must be {size} bytes")
    return data


def quantity(value: Any, what: str) -> int:
    """An integer from 0x hexadecimal without leading zeros."""
    if not isinstance(value, str) or not _QUANTITY.match(value):
        raise bad(what, "must be a 0x quantity without leading zeros")
    return int(value, 16)


def block_wanted(value: Any, head: int, what: str = "block") -> int | bytes:
    """A height (a tag means the served head) or, by EIP-1898, a 32-byte hash."""
    if value is None or value in _TAGS:
        return head
    if value == "earliest":
        return 0
    if isinstance(value, dict):
        if set(value) <= {"blockHash", "requireCanonical"} and "blockHash" in value:
            return hex_bytes(value["blockHash"], f"{what}.blockHash", 32)
        if set(value) == {"blockNumber"}:
            return quantity(value["blockNumber"], f"{what}.blockNumber")
        raise bad(what, "must hold blockHash or blockNumber (EIP-1898)")
    if isinstance(value, str) and len(value) == 66:
        return hex_bytes(value, what, 32)
    return quantity(value, what)


def call_object(value: Any, gas_cap: int) -> dict[str, Any]:
    """The first parameter of ``eth_call``, its gas bounded."""
    if not isinstance(value, dict):
        raise bad("call", "must be an object")
    unknown = set(value) - _CALL_KEYS
    if unknown:
        raise bad("call", f"{sorted(unknown)[0]!r} is not a known member")
    gas = quantity(value["gas"], "call.gas") if value.get("gas") is not None else gas_cap
    return {**{key: item for key, item in value.items() if item is not None}, "gas": hex(min(gas, gas_cap))}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """The parameter of ``eth_getLogs``.

    Attributes:
        block_hash: one block by its hash, or None.
        since: first block.
        until: last block, inclusive.
        addresses: any of these; empty means all.
        topics: for each position any of these; None means all.
    """

    block_hash: bytes | None
    since: int
    until: int
    addresses: tuple[bytes, ...]
    topics: tuple[tuple[bytes, ...] | None, ...]


def log_filter(value: Any, head: int) -> LogFilter:
    """Read an ``eth_getLogs`` filter; heights are not yet compared with the served head."""
    if not isinstance(value, dict) or set(value) - {"fromBlock", "toBlock", "blockHash", "address", "topics"}:
        raise bad("filter", "may hold fromBlock, toBlock or blockHash, address, topics")
    block_hash = None
    since = until = head
    if value.get("blockHash") is not None:
        if value.get("fromBlock") is not None or value.get("toBlock") is not None:
            raise bad("filter", "blockHash goes without fromBlock and toBlock")
        block_hash = hex_bytes(value["blockHash"], "filter.blockHash", 32)
    else:
        since = _height(value.get("fromBlock"), head, "filter.fromBlock")
        until = _height(value.get("toBlock"), head, "filter.toBlock")
        if since > until and since <= head:
            raise bad("filter", "fromBlock is above toBlock")
    addresses = _any_of(value.get("address"), 20, "filter.address", _MOST_ADDRESSES) or ()
    topics = value.get("topics") or []
    if not isinstance(topics, list) or len(topics) > 4:
        raise bad("filter.topics", "must be a list of at most 4")
    wanted = tuple(
        _any_of(topic, 32, f"filter.topics[{place}]", _MOST_TOPICS) or None for place, topic in enumerate(topics)
    )
    return LogFilter(block_hash, since, until, addresses, wanted)


def _height(value: Any, head: int, what: str) -> int:
    wanted = block_wanted(value, head, what)
    if isinstance(wanted, bytes):
        raise bad(what, "must be a height or a tag")
    return wanted


def _any_of(value: Any, size: int, what: str, most: int) -> tuple[bytes, ...] | None:
    if value is None:
        return None
    items = value if isinstance(value, list) else [value]
    if len(items) > most:
        raise bad(what, f"at most {most}")
    return tuple(hex_bytes(item, what, size) for item in items)


def params_of(value: Any, least: int, most: int) -> list[Any]:
    """The parameter list, of a length between ``least`` and ``most``."""
    items = [] if value is None else value
    if not isinstance(items, list) or not least <= len(items) <= most:
        raise RpcError(
            BAD_PARAMS,
            f"params must be a list of {least} to {most}" if least != most else f"params must be a list of {least}",
        )
    return items


@dataclass(frozen=True, slots=True)
class RawTransaction:
    """The parts of a signed transaction that decide whether it may pass.

    Attributes:
        to: 20 bytes, or None for contract creation.
        gas: its gas limit.
        chain_id: the chain it is signed for, or None where the form does not say.
    """

    to: bytes | None
    gas: int
    chain_id: int | None


_PLACES: dict[int, tuple[int, int, int, int]] = {  # type: number of fields, places of chainId, gas, to
    1: (11, 0, 3, 4),
    2: (12, 0, 4, 5),
}


def raw_transaction(data: bytes) -> RawTransaction:
    """Read a signed transaction (legacy, EIP-2930 or EIP-1559).

    Raises:
        RpcError: another type, or not the strict RLP of a transaction.
    """
    if not data:
        raise bad("transaction", "is empty")
    kind = data[0] if data[0] < 0x80 else 0
    try:
        items = _rlp.as_list(_rlp.decode(data[1:] if kind else data, what="transaction"), "transaction")
        if kind == 0:
            count, gas_at, to_at = 9, 2, 3
            v = _rlp.as_int(items[6], "transaction.v") if len(items) == 9 else 0
            chain_id = (v - 35) // 2 if v >= 35 else None
        elif kind in _PLACES:
            count, chain_at, gas_at, to_at = _PLACES[kind]
            chain_id = _rlp.as_int(items[chain_at], "transaction.chainId") if len(items) == count else None
        else:
            raise bad("transaction", f"type {kind} is not taken here; send type 0, 1 or 2")
        if len(items) != count:
            raise bad("transaction", f"a signed transaction of type {kind} has {count} fields")
        to = _rlp.as_bytes(items[to_at], "transaction.to")
        gas = _rlp.as_int(items[gas_at], "transaction.gas", 2**64)
    except InvalidInput as error:
        raise RpcError(BAD_PARAMS, error.message) from error
    if len(to) not in (0, 20):
        raise bad("transaction.to", "must be 20 bytes")
    return RawTransaction(to or None, gas, chain_id)


def first_none(items: Sequence[Any], place: int) -> Any:
    """``items[place]``, or None where the list ends before."""
    return items[place] if place < len(items) else None
