"""Inputs of transactions: what was sent to a contract, such as the signatures that it checked and did not keep."""

from __future__ import annotations

from typing import Any

from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound, Unavailable
from chain.ledger.rpc import RpcClient


class TransactionInputs:
    """What was sent, by the hash of the transaction. An input is not proved: whoever reads it believes signatures only.

    Args:
        rpc: endpoints.
    """

    def __init__(self, rpc: RpcClient) -> None:
        self._rpc = rpc

    def input_of(self, transaction: bytes) -> bytes:
        """Input of the transaction with that hash, 32 bytes.

        Raises:
            NotFound: the endpoints do not know it.
            Unavailable: too few answered, or not in form.
        """
        (found,) = self._rpc.agree([("eth_getTransactionByHash", [hex0x(transaction)])])
        if found is None:
            raise NotFound(
                f"no endpoint knows the transaction {hex0x(transaction)}", code="ledger.transaction",
                field="transaction", fix="ask an endpoint that keeps all transactions",
            )  # fmt: skip
        return _bytes(found)


def _bytes(found: Any) -> bytes:
    text = found.get("input") if isinstance(found, dict) else None
    try:
        if not isinstance(text, str) or not text.startswith("0x"):
            raise ValueError(text)
        return bytes.fromhex(text[2:])
    except ValueError as error:
        raise Unavailable("the node sent a transaction without an input", code="ledger.transaction") from error
