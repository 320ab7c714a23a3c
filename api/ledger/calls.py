"""Reading the ledger through the service: which JSON-RPC calls a browser may make, and nothing else.

The same answers come from any node of the chain; the service only saves a browser from needing one. What it says is
checked like any endpoint's: by the chain's own hashes, by quorum where several are named, and by the trust root.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal

from pydantic import Field

from api.service.shapes import Shape
from chain.ledger.rpc import Call, Reverted, RpcClient, RpcFailure

MOST = 100
"""Calls in one request."""
_KEYS = 64
"""Storage slots in one eth_getProof."""
_INVALID = -32602
_REVERTED = 3
_FAILED = -32000

Method = Literal[
    "eth_chainId", "eth_getBlockByNumber", "eth_getBlockByHash", "eth_call", "eth_getLogs", "eth_getProof",
    "eth_getStorageAt", "eth_getTransactionByHash", "eth_getTransactionReceipt",
]  # fmt: skip


class LedgerCall(Shape):
    """One call (JSON-RPC 2.0)."""

    jsonrpc: Literal["2.0"] = Field("2.0", examples=["2.0"])
    id: int = Field(ge=0, le=2**31, examples=[1])
    method: Method = Field(examples=["eth_chainId"])
    params: list[Any] = Field(default_factory=list, max_length=4, examples=[[]])


Calls = LedgerCall | list[LedgerCall]


def answer(rpc: RpcClient, asked: Sequence[LedgerCall], contracts: Collection[str]) -> list[dict[str, Any]]:
    """Answers in the order of the calls, as JSON-RPC responses.

    Args:
        rpc: the service's own way to the ledger.
        asked: the calls.
        contracts: addresses (0x, lower case) that the trust root names; nothing else may be asked about.

    Raises:
        Unavailable: no node answers.
    """
    faults = [_fault(one, contracts) for one in asked]
    good: list[Call] = [(one.method, one.params) for one, fault in zip(asked, faults, strict=True) if fault is None]
    results = iter(rpc.batch(good, errors=True) if good else ())
    return [
        _error(one, _INVALID, fault) if fault is not None else _result(one, next(results))
        for one, fault in zip(asked, faults, strict=True)
    ]


def _result(call: LedgerCall, found: Any) -> dict[str, Any]:
    if isinstance(found, Reverted):
        return _error(call, _REVERTED, "execution reverted", "0x" + found.data.hex())
    if isinstance(found, RpcFailure):
        return _error(call, found.rpc_code, "the node refused the call")
    if isinstance(found, Exception):
        return _error(call, _FAILED, "the call failed")
    return {"jsonrpc": "2.0", "id": call.id, "result": found}


def _error(call: LedgerCall, code: int, message: str, data: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": call.id, "error": error}


def _fault(call: LedgerCall, contracts: Collection[str]) -> str | None:
    return _RULES[call.method](call.params, contracts)


def _no_parameters(params: list[Any], _contracts: Collection[str]) -> str | None:
    return "no parameters" if params else None


def _block(params: list[Any], _contracts: Collection[str]) -> str | None:
    """A header alone: whole blocks carry everybody's transactions."""
    if len(params) != 2 or not _text(params[0], 66) or params[1] is not False:
        return "[block, false]"
    return None


def _call(params: list[Any], contracts: Collection[str]) -> str | None:
    if len(params) != 2 or not isinstance(params[0], dict) or not _where(params[1]):
        return "[{to, data}, block]"
    what = params[0]
    if not set(what) <= {"to", "data", "input"} or what.get("to") not in contracts:
        return "to must be one of our contracts, beside it only data"
    return None if all(_text(what[name], 20_000) for name in what) else "data must be hexadecimal"


def _logs(params: list[Any], contracts: Collection[str]) -> str | None:
    if len(params) != 1 or not isinstance(params[0], dict):
        return "[filter]"
    named = params[0].get("address")
    addresses = named if isinstance(named, list) else [named]
    if not addresses or any(one not in contracts for one in addresses):
        return "address must be our contracts"
    return None if set(params[0]) <= {"address", "fromBlock", "toBlock", "blockHash", "topics"} else "a filter"


def _proof(params: list[Any], contracts: Collection[str]) -> str | None:
    if len(params) != 3 or params[0] not in contracts or not _where(params[2]):
        return "[contract, slots, block]"
    slots = params[1]
    good = isinstance(slots, list) and len(slots) <= _KEYS and all(_text(one, 66) for one in slots)
    return None if good else f"at most {_KEYS} slots"


def _storage(params: list[Any], contracts: Collection[str]) -> str | None:
    good = len(params) == 3 and params[0] in contracts and _text(params[1], 66) and _where(params[2])
    return None if good else "[contract, slot, block]"


def _transaction(params: list[Any], _contracts: Collection[str]) -> str | None:
    return None if len(params) == 1 and _text(params[0], 66) else "[transaction]"


def _text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def _where(block: Any) -> bool:
    if isinstance(block, dict):
        return set(block) <= {"blockHash", "blockNumber", "requireCanonical"}
    return _text(block, 66)


_RULES: dict[str, Callable[[list[Any], Collection[str]], str | None]] = {
    "eth_chainId": _no_parameters,
    "eth_getBlockByNumber": _block,
    "eth_getBlockByHash": _block,
    "eth_call": _call,
    "eth_getLogs": _logs,
    "eth_getProof": _proof,
    "eth_getStorageAt": _storage,
    "eth_getTransactionByHash": _transaction,
    "eth_getTransactionReceipt": _transaction,
}
