"""What a transaction offers for its gas: nothing where the chain asks nothing."""

from __future__ import annotations

from typing import Any

from chain.ledger.rpc import RpcClient, RpcFailure


def fees(rpc: RpcClient, block: dict[str, Any]) -> dict[str, int]:
    """The members of a transaction that name its fees, in wei.

    EIP-1559 fees, zero where the chain asks nothing; a plain ``gasPrice`` where blocks have no base fee.

    Args:
        rpc: endpoints.
        block: the newest one, as a node tells it.

    Raises:
        Unavailable: no endpoint answered.
    """
    base = block.get("baseFeePerGas")
    if base is None:
        return {"gasPrice": int(rpc.call("eth_gasPrice"), 16)}
    if int(base, 16) == 0 and int(rpc.call("eth_gasPrice"), 16) == 0:
        return {"maxFeePerGas": 0, "maxPriorityFeePerGas": 0}
    try:
        tip = int(rpc.call("eth_maxPriorityFeePerGas"), 16)
    except RpcFailure:
        tip = 10**9
    return {"maxFeePerGas": 2 * int(base, 16) + tip, "maxPriorityFeePerGas": tip}
