"""What the node's tests share: a writer with one tiny contract, raw HTTP, and waiting for a condition."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eth_account import Account
from eth_utils.address import to_checksum_address

from chain.ledger.node import NodeHandle, allow_contracts
from chain.ledger.rpc import RpcClient

# On every call: LOG1 with the first word of the input as topic and as data, then storage[0] = block number.
RUNTIME = bytes.fromhex("600035" + "806000526020600" + "0a1" + "43600055" + "00")
INIT = bytes([0x60, len(RUNTIME), 0x60, 0x0C, 0x60, 0, 0x39, 0x60, len(RUNTIME), 0x60, 0, 0xF3]) + RUNTIME


def word(value: int) -> bytes:
    """32 bytes, big-endian."""
    return value.to_bytes(32, "big")


def eventually(condition: Callable[[], Any], limit: float = 60.0) -> Any:
    """The condition's first true answer; fails after ``limit`` seconds."""
    deadline = time.monotonic() + limit
    pause = threading.Event()
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "it never came true"
        pause.wait(0.01)


class Writer:
    """An account that signs transactions for one chain."""

    def __init__(self, chain_id: int, seed: int = 1) -> None:
        self.chain_id = chain_id
        self._account = Account.from_key(word(seed))
        self.address = str(self._account.address).lower()

    def sign(self, nonce: int, to: str | None, data: bytes = b"", gas: int = 200_000, kind: int = 0) -> bytes:
        """A signed transaction; ``to`` None creates a contract."""
        fields: dict[str, Any] = {"chainId": self.chain_id, "nonce": nonce, "gas": gas, "value": 0, "data": data}
        if kind == 2:
            fields |= {"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}
        else:
            fields["gasPrice"] = 0
        if to is not None:
            fields["to"] = to_checksum_address(to)
        return bytes(self._account.sign_transaction(fields).raw_transaction)


def served(rpc: RpcClient, transaction: bytes) -> dict[str, Any]:
    """The receipt, once the transaction is in a served block."""
    found: dict[str, Any] = eventually(lambda: rpc.call("eth_getTransactionReceipt", ["0x" + transaction.hex()]))
    return found


def deploy(node: NodeHandle, writer: Writer, nonce: int = 0) -> str:
    """Create the tiny contract through the owner's socket and let strangers call it."""
    with RpcClient([node.owner]) as owner:
        receipt = served(owner, owner.send_raw(writer.sign(nonce, None, INIT)))
    address = str(receipt["contractAddress"])
    allow_contracts(node.folder, [address])
    return address


def post(
    url: str, body: bytes | Any, *, headers: dict[str, str] | None = None, verb: str = "POST", path: str = "/"
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of one request; a body that is not bytes goes as JSON."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    try:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(verb, path, raw, {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        text = response.read()
        found = {key.lower(): value for key, value in response.getheaders()}
        is_json = found.get("content-type", "").startswith("application/json")
        return response.status, found, json.loads(text) if is_json and text else None
    finally:
        connection.close()


def ask(url: str, method: str, params: list[Any], **headers: str) -> dict[str, Any]:
    """The whole JSON-RPC reply to one call."""
    reply = post(url, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers=headers)[2]
    assert isinstance(reply, dict)
    return reply


def process_of(folder: Path) -> int:
    """Process id of the EVM process."""
    return int(json.loads((folder / "processes.json").read_text())[0]["pid"])


def supervisor_of(folder: Path) -> int:
    """Process id of the supervisor."""
    return int(json.loads((folder / "endpoint.json").read_text())["pid"])
