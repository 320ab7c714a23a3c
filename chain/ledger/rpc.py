"""One door to EVM nodes: JSON-RPC over HTTP, in batches, read at one final block with a quorum of endpoints.

An endpoint is ``http://…``, ``https://…`` or ``unix:/path/to.sock``. Nothing it says is believed because it says so:
where it matters, :meth:`RpcClient.final_block` and :meth:`RpcClient.read_at` ask several endpoints and compare.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Literal

from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import InvalidInput, Refused, Unavailable, YinxinError
from chain.kernel.ports import BlockRef
from chain.ledger._agreement import Answer, agreed, canonical_logs
from chain.ledger._transport import REPLY_LIMIT, Endpoint, Reverted, RpcFailure

__all__ = ["Call", "Finality", "Reverted", "RpcClient", "RpcFailure"]

Call = tuple[str, Sequence[Any]]
"""A method and its parameters."""

Finality = Literal["finalized", "latest"] | int
"""Which block counts as final: the node's own tag, its newest block, or that many confirmations below it."""

_ALREADY = ("already known", "already imported", "known transaction", "alreadyknown")


class RpcClient:
    """Asks one or more endpoints of the same chain.

    Safe to share between threads. Connections are kept alive and closed by :meth:`close` (or with the object).

    Args:
        endpoints: addresses, best first; at least one, no two alike.
        quorum: how many endpoints must agree in :meth:`final_block`, :meth:`read_at` and :meth:`logs`.
        timeout: seconds for one exchange with one endpoint, everything included.
        finality: see :data:`Finality`.
        reply_limit: bytes of the largest reply read.
        batch_size: calls sent in one HTTP request.

    Raises:
        InvalidInput: no endpoint, an address of another kind, or a quorum that cannot be reached.
    """

    def __init__(
        self,
        endpoints: Sequence[str],
        quorum: int = 1,
        timeout: float = 10.0,
        finality: Finality = "finalized",
        *,
        reply_limit: int = REPLY_LIMIT,
        batch_size: int = 100,
    ) -> None:
        names = list(dict.fromkeys(endpoints))
        if not names:
            raise InvalidInput(
                "no RPC endpoint is configured",
                code="rpc.endpoints",
                field="ledger.endpoints",
                fix="set ledger.endpoints, or ledger.node to use the embedded node",
            )
        if not 1 <= quorum <= len(names):
            raise InvalidInput(
                f"a quorum of {quorum} cannot be reached with {len(names)} different endpoint(s)",
                code="rpc.quorum",
                field="ledger.quorum",
                fix=f"choose 1 to {len(names)}, or add endpoints",
            )
        if not (finality in ("finalized", "latest") or (isinstance(finality, int) and finality >= 0)):
            raise InvalidInput(
                f"finality {finality!r} is not known",
                code="rpc.finality",
                field="ledger.finality",
                fix='write "finalized", "latest" or a number of confirmations',
            )
        self.endpoints = tuple(names)
        self.quorum = quorum
        self.finality: Finality = finality
        self._ends = [Endpoint(name, timeout, reply_limit) for name in names]
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self._workers: ThreadPoolExecutor | None = None
        self._finalizer = weakref.finalize(self, _close_all, self._ends)

    # ------------------------------------------------------------------ one endpoint is enough

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        """The result of one call at the first endpoint that answers.

        Raises:
            Reverted: the contract refused; carries the revert data.
            RpcFailure: an endpoint answered with another error.
            Unavailable: no endpoint answered.
        """
        return self.batch([(method, params)])[0]

    def batch(self, calls: Sequence[Call], *, errors: bool = False) -> list[Any]:
        """Results of many calls, in order, all from the first endpoint that answers.

        Args:
            calls: methods with parameters.
            errors: put an error into its place in the list instead of raising the first.

        Raises:
            Reverted, RpcFailure, Unavailable: as :meth:`call`.
        """
        last: Unavailable | None = None
        for end in self._ends:
            try:
                results = self._ask(end, calls)
            except Unavailable as error:
                last = error
                continue
            if not errors:
                _raise_first(results)
            return results
        assert last is not None
        raise last

    def chain_id(self) -> int:
        """Chain id on which all reachable endpoints agree."""
        results = self._all([("eth_chainId", ())])
        return int(agreed(results, 1, "eth_chainId")[0], 16)

    def send_raw(self, transaction: bytes) -> bytes:
        """Hand a signed transaction to every endpoint; its 32-byte hash if at least one took it or had it already.

        Sending the same bytes again does no harm. That it was taken says nothing about its being mined.

        Raises:
            Refused: every endpoint that answered refused it; says why.
            Unavailable: no endpoint answered.
        """
        reasons: list[str] = []
        taken: bytes | None = None
        silent: Unavailable | None = None
        for answer in self._all([("eth_sendRawTransaction", [hex0x(transaction)])]):
            if isinstance(answer.result, Unavailable):
                silent = answer.result
                continue
            found = answer.result[0]
            if isinstance(found, str):
                taken = unhex0x(found.lower(), size=32, field="transaction hash")
            elif any(word in str(found).lower() for word in _ALREADY):
                taken = taken or _keccak(transaction)
            else:
                reasons.append(str(found))
        if taken is not None:
            return taken
        if reasons:
            raise Refused("the transaction was refused: " + "; ".join(reasons), code="rpc.transaction")
        assert silent is not None
        raise silent

    # ------------------------------------------------------------------ several endpoints must agree

    def final_block(self) -> BlockRef:
        """The highest block that is final at no fewer than ``quorum`` endpoints, all naming the same hash.

        Raises:
            Unavailable: fewer endpoints answered than the quorum, or two name different hashes for one height.
        """
        heights: dict[str, int] = {}
        named: dict[str, BlockRef] = {}
        lost: list[str] = []
        tag = "finalized" if self.finality == "finalized" else "latest"
        for answer in self._all([("eth_getBlockByNumber", [tag, False])]):
            if isinstance(answer.result, Unavailable):
                lost.append(f"{answer.endpoint} ({answer.result.message})")
                continue
            block = _block_ref(answer.result[0])
            if block is None:
                lost.append(f"{answer.endpoint} (no {tag} block: {answer.result[0]!s:.200})")
                continue
            number = block.number - (self.finality if isinstance(self.finality, int) else 0)
            if number >= 0:
                heights[answer.endpoint] = number
                named[answer.endpoint] = block
        if len(heights) < self.quorum:
            detail = "; ".join(lost) or "no block is final yet"
            raise Unavailable(
                f"{len(heights)} of {len(self.endpoints)} endpoints name a final block, "
                f"{self.quorum} are needed: {detail}",
                code="rpc.quorum",
            )
        height = sorted(heights.values(), reverse=True)[self.quorum - 1]
        able = {name for name, number in heights.items() if number >= height}
        if all(named[name].number == height for name in able) and len({named[name] for name in able}) == 1:
            return named[able.pop()]  # every one of them has just named that very block
        return self.block_at(height, only=able)

    def block_at(self, number: int, *, only: set[str] | None = None) -> BlockRef:
        """The block at a height, on whose hash at least ``quorum`` endpoints agree and nobody disagrees.

        Raises:
            Unavailable: too few endpoints know it, or two name different hashes.
        """
        found: dict[BlockRef, list[str]] = {}
        for answer in self._all([("eth_getBlockByNumber", [hex(number), False])], only):
            block = None if isinstance(answer.result, Unavailable) else _block_ref(answer.result[0])
            if block is not None and block.number == number:
                found.setdefault(block, []).append(answer.endpoint)
        if len(found) > 1:
            names = "; ".join(f"{', '.join(who)}: {hex0x(block.hash)}" for block, who in found.items())
            raise Unavailable(
                f"endpoints disagree on block {number}: {names}",
                code="rpc.disagree",
                fix="one of them lies or follows another chain; remove it from ledger.endpoints",
            )
        for block, who in found.items():
            if len(who) >= self.quorum:
                return block
        raise Unavailable(f"fewer than {self.quorum} endpoints know block {number}", code="rpc.quorum")

    def read_at(self, block: BlockRef, calls: Sequence[Call]) -> list[Any]:
        """Results of state reads at one block, named by its hash (EIP-1898), equal at ``quorum`` endpoints or more.

        Args:
            block: where to read.
            calls: ``eth_call``, ``eth_getStorageAt``, ``eth_getCode``, ``eth_getProof`` … without the block parameter.

        Raises:
            Reverted: enough endpoints agree that the call reverts.
            Unavailable: too few answered, or they disagree.
        """
        where = {"blockHash": hex0x(block.hash), "requireCanonical": True}
        return self.agree([(method, [*params, where]) for method, params in calls])

    def agree(self, calls: Sequence[Call]) -> list[Any]:
        """Results of any calls, equal at no fewer than ``quorum`` endpoints, one by one.

        Raises:
            Reverted, Unavailable: as :meth:`read_at`.
        """
        results = self._all(calls)
        out = [agreed(results, self.quorum, method, index)[0] for index, (method, _) in enumerate(calls)]
        _raise_first(out)
        return out

    def logs(
        self,
        addresses: Sequence[str],
        topics: Sequence[Any],
        from_block: int,
        to_block: int,
        *,
        page: int = 2000,
        progress: Callable[[int], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Logs of a closed span of blocks, oldest first, equal at no fewer than ``quorum`` endpoints.

        Each log has exactly ``address, topics, data, blockNumber, blockHash, transactionHash, transactionIndex,
        logIndex``, lower-case hexadecimal. The span is asked for in pages of ``page`` blocks; a page refused as too
        large is halved.

        Raises:
            Unavailable: too few endpoints answered, they disagree, or one block alone is too large.
        """
        out: list[dict[str, Any]] = []
        start = from_block
        while start <= to_block:
            end = min(to_block, start + page - 1)
            filter_ = {"address": list(addresses), "topics": list(topics), "fromBlock": hex(start), "toBlock": hex(end)}
            results = [answer.map(canonical_logs) for answer in self._all([("eth_getLogs", [filter_])])]
            found = agreed(results, self.quorum, "eth_getLogs")[0]
            if isinstance(found, YinxinError):
                if page > 1 and end > start:
                    page = max(1, page // 2)
                    continue
                raise found
            out += found
            start = end + 1
            if progress is not None:
                progress(start - from_block)
        return out

    # ------------------------------------------------------------------ inner works

    def _ask(self, end: Endpoint, calls: Sequence[Call]) -> list[Any]:
        out: list[Any] = []
        for start in range(0, len(calls), self._batch_size):
            out += end.exchange(calls[start : start + self._batch_size])
        return out

    def _all(self, calls: Sequence[Call], only: set[str] | None = None) -> list[Answer]:
        ends = [end for end in self._ends if only is None or end.name in only]

        def one(end: Endpoint) -> Answer:
            try:
                return Answer(end.name, self._ask(end, calls))
            except Unavailable as error:
                return Answer(end.name, error)

        if len(ends) == 1:
            return [one(ends[0])]
        with self._lock:
            if self._workers is None:
                self._workers = ThreadPoolExecutor(max_workers=len(self._ends), thread_name_prefix="rpc")
                weakref.finalize(self, self._workers.shutdown, wait=False)
            workers = self._workers
        return list(workers.map(one, ends))

    def close(self) -> None:
        """Close all kept connections."""
        with self._lock:
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait=True)
        _close_all(self._ends)

    def __enter__(self) -> RpcClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close_all(ends: list[Endpoint]) -> None:
    for end in ends:
        end.close()


def _raise_first(results: Sequence[Any]) -> None:
    for result in results:
        if isinstance(result, YinxinError):
            raise result


def _block_ref(block: Any) -> BlockRef | None:
    """The block an endpoint named; None if it named none, or has no usable form."""
    try:
        return BlockRef(int(block["number"], 16), unhex0x(block["hash"].lower(), size=32), int(block["timestamp"], 16))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidInput):
        return None


def _keccak(data: bytes) -> bytes:
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=data).digest()
