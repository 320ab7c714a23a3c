"""Answers to the allow-listed methods, never from beyond the served head.

Blocks, transactions, receipts and logs come from the archive, which holds nothing else. State is read from the EVM
process at an explicit served height. A method that is not in :data:`METHODS` does not exist here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from Crypto.Hash import keccak

from chain.kernel.errors import Unavailable
from chain.ledger.node.archive import LogQuery
from chain.ledger.node.engine import Engine
from chain.ledger.node.ipc import AnvilError
from chain.ledger.node.requests import (
    LIMIT,
    NO_METHOD,
    SERVER,
    RpcError,
    bad,
    block_wanted,
    call_object,
    first_none,
    hex_bytes,
    log_filter,
    params_of,
    quantity,
    raw_transaction,
)

CLIENT = "yinxin-node/1"


_ANEW = 5
"""Times a state is looked for where the head has moved meanwhile."""


class _Forgotten(RpcError):
    """The EVM process does not have the state of that block."""


class Answers:
    """Answers one call after another.

    Args:
        engine: the chain.
        allowed: the contracts that strangers may send to, read anew at each transaction.
    """

    def __init__(self, engine: Engine, allowed: Callable[[], frozenset[bytes]]) -> None:
        self._engine = engine
        self._allowed = allowed

    async def answer(self, method: str, params: Any, *, owner: bool) -> Any:
        """The result of one call.

        Args:
            method: its name.
            params: as they came.
            owner: the call came through the owner's private socket: any transaction may pass.

        Raises:
            RpcError: refused, or an error of the EVM process.
        """
        handler = METHODS.get(method)
        if handler is None:
            raise RpcError(
                NO_METHOD, f"{method[:60]} is not answered here; the methods are: {', '.join(sorted(METHODS))}"
            )
        try:
            if method == "eth_sendRawTransaction":
                return await self._send(params, owner)
            return await handler(self, params)
        except AnvilError as error:
            found = error.error
            raise RpcError(
                int(found.get("code", SERVER)), str(found.get("message", ""))[:1000], found.get("data")
            ) from error
        except Unavailable as error:
            raise RpcError(SERVER, f"the node cannot answer now: {error.message}") from error

    # ------------------------------------------------------------------ chain facts

    async def _chain_id(self, params: Any) -> Any:
        params_of(params, 0, 0)
        return hex(self._engine.identity.chain_id)

    async def _net_version(self, params: Any) -> Any:
        params_of(params, 0, 0)
        return str(self._engine.identity.chain_id)

    async def _client_version(self, params: Any) -> Any:
        params_of(params, 0, 0)
        return CLIENT

    async def _block_number(self, params: Any) -> Any:
        params_of(params, 0, 0)
        return hex(self._engine.head.number)

    async def _free(self, params: Any) -> Any:
        params_of(params, 0, 0)
        return "0x0"

    async def _syncing(self, params: Any) -> Any:
        params_of(params, 0, 0)
        return False

    async def _block_by_number(self, params: Any) -> Any:
        items = params_of(params, 1, 2)
        number = self._served(items[0])
        return None if number is None else self._engine.archive.block(number, whole=first_none(items, 1) is True)

    async def _block_by_hash(self, params: Any) -> Any:
        items = params_of(params, 1, 2)
        number = self._engine.archive.number_of(hex_bytes(items[0], "hash", 32))
        return None if number is None else self._engine.archive.block(number, whole=first_none(items, 1) is True)

    async def _header(self, params: Any) -> Any:
        (wanted,) = params_of(params, 1, 1)
        number = self._served(wanted)
        block = None if number is None else self._engine.archive.block(number, whole=False)
        if block is None:
            return None
        return {
            key: value for key, value in block.items() if key not in ("transactions", "uncles", "withdrawals", "size")
        }

    async def _receipt(self, params: Any) -> Any:
        (wanted,) = params_of(params, 1, 1)
        return self._engine.archive.receipt(hex_bytes(wanted, "hash", 32))

    async def _receipts(self, params: Any) -> Any:
        (wanted,) = params_of(params, 1, 1)
        number = self._served(wanted)
        return None if number is None else self._engine.archive.receipts(number)

    async def _transaction(self, params: Any) -> Any:
        (wanted,) = params_of(params, 1, 1)
        found = self._engine.archive.transaction(hex_bytes(wanted, "hash", 32))
        if found is not None:
            return found
        unserved = await (await self._engine.ipc()).call("eth_getTransactionByHash", [wanted])
        served = self._engine.archive.transaction(hex_bytes(wanted, "hash", 32))
        if served is not None or unserved is None:
            return served
        # Mined or not: as long as its block is not served, it is pending to the world.
        cleared = {"blockHash": None, "blockNumber": None, "transactionIndex": None}
        return {key: value for key, value in unserved.items() if key != "blockTimestamp"} | cleared

    async def _logs(self, params: Any) -> Any:
        (wanted,) = params_of(params, 1, 1)
        engine, config = self._engine, self._engine.config
        head = engine.head.number
        query = log_filter(wanted, head)
        since, until = query.since, min(query.until, head)
        if query.block_hash is not None:
            number = engine.archive.number_of(query.block_hash)
            if number is None:
                raise RpcError(SERVER, "unknown block")
            since = until = number
        if since > until:
            return []
        if until - since >= config.log_blocks:
            raise RpcError(LIMIT, f"eth_getLogs may span at most {config.log_blocks} blocks; ask in pages")
        found = engine.archive.logs(LogQuery(since, until, query.addresses, query.topics, config.log_results + 1))
        if len(found) > config.log_results:
            raise RpcError(LIMIT, f"more than {config.log_results} logs match; ask for fewer blocks at once")
        return found

    async def _fee_history(self, params: Any) -> Any:
        items = params_of(params, 2, 3)
        count = min(quantity(items[0], "blockCount") if isinstance(items[0], str) else int(items[0]), 1024)
        newest = self._served(items[1])
        if newest is None or count < 1:
            raise bad("newestBlock", "unknown block")
        oldest = max(0, newest - count + 1)
        ratios = []
        for number in range(oldest, newest + 1):
            block = self._engine.archive.block(number, whole=False)
            assert block is not None
            ratios.append(int(block["gasUsed"], 16) / int(block["gasLimit"], 16))
        percentiles = first_none(items, 2) or []
        return {
            "oldestBlock": hex(oldest),
            "baseFeePerGas": ["0x0"] * (len(ratios) + 1),
            "gasUsedRatio": ratios,
            "reward": [["0x0"] * len(percentiles) for _ in ratios],
        }

    # ------------------------------------------------------------------ state

    async def _call(self, params: Any) -> Any:
        items = params_of(params, 1, 3)
        call = call_object(items[0], self._engine.config.call_gas)
        more = [items[2]] if first_none(items, 2) else []
        return await self._state("eth_call", [call], first_none(items, 1), more)

    async def _estimate(self, params: Any) -> Any:
        items = params_of(params, 1, 3)
        call = call_object(items[0], self._engine.config.call_gas)
        more = [items[2]] if first_none(items, 2) else []
        return await self._state("eth_estimateGas", [call], first_none(items, 1), more)

    async def _balance(self, params: Any) -> Any:
        items = params_of(params, 1, 2)
        return await self._state("eth_getBalance", [_address(items[0])], first_none(items, 1))

    async def _code(self, params: Any) -> Any:
        items = params_of(params, 1, 2)
        return await self._state("eth_getCode", [_address(items[0])], first_none(items, 1))

    async def _storage(self, params: Any) -> Any:
        items = params_of(params, 2, 3)
        return await self._state("eth_getStorageAt", [_address(items[0]), _slot(items[1])], first_none(items, 2))

    async def _proof(self, params: Any) -> Any:
        items = params_of(params, 2, 3)
        if not isinstance(items[1], list) or len(items[1]) > 1000:
            raise bad("storageKeys", "must be a list of at most 1000")
        return await self._state(
            "eth_getProof", [_address(items[0]), [_slot(key) for key in items[1]]], first_none(items, 2)
        )

    async def _count(self, params: Any) -> Any:
        items = params_of(params, 1, 2)
        if first_none(items, 1) == "pending":
            return await (await self._engine.ipc()).call("eth_getTransactionCount", [_address(items[0]), "pending"])
        return await self._state("eth_getTransactionCount", [_address(items[0])], first_none(items, 1))

    async def _state(self, method: str, before: list[Any], block: Any, after: list[Any] | None = None) -> Any:
        for _ in range(_ANEW):
            number = self._served(block)
            if number is None:
                raise RpcError(SERVER, "unknown block")
            try:
                return await self._state_at(method, [*before, hex(number), *(after or [])], number)
            except _Forgotten:
                # An EVM process that was started anew knows its newest state only; who asked for the latest is answered
                # from that, once it is the head.
                await self._engine.mined()
                if self._served(block) == number:
                    raise
        raise RpcError(SERVER, "the head moves too fast; ask again")

    async def _state_at(self, method: str, parts: list[Any], number: int) -> Any:
        engine = self._engine
        phase = engine.phase
        try:
            result = await self._read(method, parts, number)
        except AnvilError:
            if engine.was_still(phase):
                raise
        else:
            if engine.was_still(phase):
                return result
        return await self._read_again(method, parts, number)

    async def _read_again(self, method: str, parts: list[Any], number: int) -> Any:
        """Read what a block mined meanwhile may have overtaken; that height is history now."""
        await self._engine.mined()
        return await self._read(method, parts, number)

    async def _read(self, method: str, parts: list[Any], number: int) -> Any:
        timeout = self._engine.config.timeout
        try:
            try:
                return await (await self._engine.ipc()).call(method, parts, timeout)
            except Unavailable as error:
                if error.code != "node.down":
                    raise
                # It is being started anew; a read may be asked again.
                return await (await self._engine.ipc()).call(method, parts, timeout)
        except AnvilError as error:
            if "BlockOutOfRange" in str(error):
                raise _Forgotten(
                    SERVER, f"the state of block {number} is no longer kept; ask at the latest block"
                ) from error
            raise

    def _served(self, wanted: Any) -> int | None:
        number = block_wanted(wanted, self._engine.head.number)
        if isinstance(number, bytes):
            return self._engine.archive.number_of(number)
        return number if number <= self._engine.head.number else None

    # ------------------------------------------------------------------ transactions

    async def _send(self, params: Any, owner: bool) -> Any:
        (raw,) = params_of(params, 1, 1)
        data = hex_bytes(raw, "transaction")
        transaction = raw_transaction(data)
        engine = self._engine
        if transaction.chain_id not in (None, engine.identity.chain_id):
            raise bad(
                "transaction", f"is signed for chain {transaction.chain_id}; this is chain {engine.identity.chain_id}"
            )
        if not owner:
            self._may_send(transaction.to)
        if transaction.gas > engine.config.transaction_gas:
            raise bad("transaction.gas", f"asks for {transaction.gas}; at most {engine.config.transaction_gas}")
        digest = keccak.new(digest_bits=256, data=data).digest()
        if engine.is_waiting(digest) or engine.archive.transaction(digest) is not None:
            return "0x" + digest.hex()  # sent again: nothing more to do
        if engine.waiting >= engine.config.pool_limit:
            raise RpcError(LIMIT, f"{engine.waiting} transactions are waiting; try again later")
        return await engine.send("0x" + data.hex(), digest)

    def _may_send(self, to: bytes | None) -> None:
        if to is None:
            raise RpcError(SERVER, "contracts are created through the owner's private socket only")
        allowed = self._allowed()
        if to not in allowed:
            known = ", ".join(sorted("0x" + address.hex() for address in allowed)) or "none is deployed yet"
            raise RpcError(SERVER, f"0x{to.hex()} is not a contract of this ledger ({known})")


def _address(value: Any) -> str:
    return "0x" + hex_bytes(value, "address", 20).hex()


def _slot(value: Any) -> str:
    if isinstance(value, str) and len(value) == 66:
        return "0x" + hex_bytes(value, "slot", 32).hex()
    return "0x" + quantity(value, "slot").to_bytes(32, "big").hex()


async def _never(_self: Answers, _params: Any) -> Any:
    raise AssertionError("transactions are sent by _send")


METHODS: dict[str, Callable[[Answers, Any], Awaitable[Any]]] = {
    "eth_blockNumber": Answers._block_number,
    "eth_call": Answers._call,
    "eth_chainId": Answers._chain_id,
    "eth_estimateGas": Answers._estimate,
    "eth_feeHistory": Answers._fee_history,
    "eth_gasPrice": Answers._free,
    "eth_getBalance": Answers._balance,
    "eth_getBlockByHash": Answers._block_by_hash,
    "eth_getBlockByNumber": Answers._block_by_number,
    "eth_getBlockReceipts": Answers._receipts,
    "eth_getCode": Answers._code,
    "eth_getHeaderByHash": Answers._header,
    "eth_getHeaderByNumber": Answers._header,
    "eth_getLogs": Answers._logs,
    "eth_getProof": Answers._proof,
    "eth_getStorageAt": Answers._storage,
    "eth_getTransactionByHash": Answers._transaction,
    "eth_getTransactionCount": Answers._count,
    "eth_getTransactionReceipt": Answers._receipt,
    "eth_maxPriorityFeePerGas": Answers._free,
    "eth_sendRawTransaction": _never,
    "eth_syncing": Answers._syncing,
    "net_version": Answers._net_version,
    "web3_clientVersion": Answers._client_version,
}
"""Everything the gateway answers."""
