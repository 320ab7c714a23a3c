"""Events of AnchorLog over the blocks in which each of its contracts counts, and the blocks they lie in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, InvalidInput, Unavailable
from chain.kernel.ports import BlockRef, StatusFacts
from chain.ledger import proofs
from chain.ledger.events import (
    NO_HEAD,
    Anchored,
    Log,
    StatusAnchored,
    decode_anchored,
    decode_status_anchored,
    word,
)
from chain.ledger.rpc import RpcClient
from chain.ledger.trustroot import ANCHOR_LOG, TrustRoot

_Event = TypeVar("_Event", Anchored, StatusAnchored)
Found = tuple[_Event, int, bytes, bytes]
"""Event, block number, block hash, transaction hash."""
PAGE = 10_000
"""Blocks asked for at once; the client halves what a node finds too large."""


def check_chain(rpc: RpcClient, root: TrustRoot) -> None:
    """Make sure that the endpoints serve the chain the trust root names.

    Raises:
        Conflict: another chain id or genesis hash.
        Unavailable: no answer.
    """
    found = rpc.chain_id()
    if found != root.chain_id:
        raise Conflict(
            f"the endpoints serve chain {found}, the trust root names chain {root.chain_id}", code="ledger.chain_id",
            field="ledger.endpoints", fix="point ledger.endpoints at the right chain, or use that chain's trust root",
        )  # fmt: skip
    genesis = rpc.block_at(0)
    if genesis.hash != root.genesis_hash:
        raise Conflict(
            f"the endpoints' genesis block is {hex0x(genesis.hash)}, the trust root names {hex0x(root.genesis_hash)}",
            code="ledger.genesis", field="ledger.endpoints",
            fix="another chain uses the same chain id; use the endpoints of the chain the trust root names",
        )  # fmt: skip


class LogReader:
    """Reads events and remembers blocks, whose facts never change under their hash."""

    def __init__(self, rpc: RpcClient, root: TrustRoot) -> None:
        self._rpc = rpc
        self._root = root
        self._blocks: dict[bytes, BlockRef] = {}

    def learn(self, block: BlockRef) -> None:
        """A block whose header was read elsewhere."""
        self._blocks[block.hash] = block

    def anchored(self, topics: Sequence[Any], to_block: int, from_block: int = 0) -> list[Found[Anchored]]:
        """``Anchored`` events in order."""
        return self._read(decode_anchored, topics, from_block, to_block)

    def status_anchored(self, topics: Sequence[Any], to_block: int, from_block: int = 0) -> list[Found[StatusAnchored]]:
        """``StatusAnchored`` events in order."""
        return self._read(decode_status_anchored, topics, from_block, to_block)

    def _read(
        self, decode: Callable[[Log, bytes], _Event | None], topics: Sequence[Any], from_block: int, to_block: int
    ) -> list[Found[_Event]]:
        found: list[Found[_Event]] = []
        for contract in self._root.ranges(ANCHOR_LOG):
            start = max(from_block, contract.from_block)
            end = to_block if contract.until_block is None else min(to_block, contract.until_block - 1)
            if start > end:
                continue
            for entry in self._rpc.logs([hex0x(contract.address)], topics, start, end, page=PAGE):
                event = decode(log_of(entry), contract.address)
                number = int(entry["blockNumber"], 16)
                if event is None or not start <= number <= end:
                    raise Damaged("the node sent an event that was not asked for", code="ledger.event")
                found.append((event, number, _raw(entry["blockHash"]), _raw(entry["transactionHash"])))
        return found

    def blocks(self, wanted: set[tuple[int, bytes]]) -> dict[int, BlockRef]:
        """Blocks by number, each from a header that gives the hash asked for; one request for all that are new.

        Raises:
            Damaged: a header does not give its hash, or two hashes were named for one number.
            Unavailable: a block is not known to the endpoint.
        """
        missing = sorted({hash_ for _, hash_ in wanted if hash_ not in self._blocks})
        calls = [("eth_getBlockByHash", [hex0x(hash_), False]) for hash_ in missing]
        answers = self._rpc.batch(calls) if calls else []
        for hash_, answer in zip(missing, answers, strict=True):
            if not isinstance(answer, dict):
                raise Unavailable(f"the endpoint does not know block {hex0x(hash_)}", code="ledger.block")
            header = proofs.parse_header(proofs.header_rlp(answer))
            if header.hash != hash_:
                raise Damaged("the node sent another block than asked for", code="ledger.block_hash")
            self._blocks[hash_] = header.block
        out: dict[int, BlockRef] = {}
        for number, hash_ in wanted:
            block = self._blocks[hash_]
            if block.number != number or out.setdefault(number, block) != block:
                raise Damaged(f"events name different blocks for number {number}", code="ledger.block")
        return out


def log_of(entry: dict[str, Any]) -> Log:
    """A log from JSON-RPC."""
    return Log(_raw(entry["address"]), tuple(_raw(topic) for topic in entry["topics"]), _raw(entry["data"]))


def linked(
    known: Sequence[StatusFacts], events: Sequence[Found[StatusAnchored]], blocks: dict[int, BlockRef]
) -> list[StatusFacts]:
    """The events as facts, if each builds on the one before; a successor contract may start anew from zero.

    Raises:
        Damaged: an event is missing, or its head does not follow from its parts and its block's time.
    """
    out: list[StatusFacts] = []
    head = known[-1].head if known else NO_HEAD
    for event, number, _, transaction in events:
        if event.previous_head not in (head, NO_HEAD) or event.head_after(blocks[number].time) != event.head:
            raise gap(f"status list {event.list} of {event.bureau} at block {number}")
        head = event.head
        out.append(event.facts(blocks[number], transaction))
    return out


def gap(where: str) -> Damaged:
    """The error for a chain of heads that does not close."""
    return Damaged(
        f"{where}: the chain of heads does not close", code="ledger.gap",
        fix="an endpoint hides or changes events; ask another one",
    )  # fmt: skip


def topic(number: int) -> str:
    """A number as an indexed topic."""
    return hex0x(number.to_bytes(32, "big"))


def usable(*names: str) -> bool:
    """False for names that no contract would ever have taken."""
    try:
        return all(word(name) for name in names)
    except InvalidInput:
        return False


def _raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])
