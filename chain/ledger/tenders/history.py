"""Events of one tender or one ceremony, in order, read once and then only what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import TenderEvent
from chain.ledger._history import PAGE, LogReader, log_of, topic
from chain.ledger.rpc import RpcClient
from chain.ledger.tenders.interface import interface
from chain.ledger.trustroot import ContractRange, TrustRoot

BEGINNINGS = ("Published", "Convened")
"""Events with which a tender or a ceremony begins: only in blocks in which its contract counts."""


class EventHistory:
    """Reads by the indexed number and remembers.

    What is under way in a retired contract runs to its end, so its events count after its range, too; but nothing
    begins there any more.

    Args:
        rpc: endpoints.
        root: chain and ranges.
        contracts: whose events are read together.
    """

    def __init__(self, rpc: RpcClient, root: TrustRoot, contracts: Sequence[ContractRange]) -> None:
        self._rpc = rpc
        self._logs = LogReader(rpc, root)
        self._contracts = {contract.address: contract for contract in contracts}
        self._known: dict[int, tuple[int, tuple[TenderEvent, ...]]] = {}

    def events(self, number: int, block: BlockRef) -> tuple[TenderEvent, ...]:
        """Every event about that number, up to and including the block.

        Raises:
            Damaged: an endpoint sent what was not asked for, twice the same, or no event of these contracts.
            Unavailable: no answer, or endpoints disagree.
        """
        first = min(contract.from_block for contract in self._contracts.values())
        upto, known = self._known.get(number, (first - 1, ()))
        if upto >= block.number:
            return tuple(event for event in known if event.block.number <= block.number)
        fresh = self._read(number, upto + 1, block)
        self._known[number] = (block.number, (*known, *fresh))
        return self._known[number][1]

    def _read(self, number: int, start: int, block: BlockRef) -> list[TenderEvent]:
        wanted = [None, topic(number)]
        addresses = [hex0x(address) for address in self._contracts]
        entries = self._rpc.logs(addresses, wanted, start, block.number, page=PAGE)
        places: list[tuple[dict[str, Any], int, bytes]] = []
        last = (start - 1, -1)
        for entry in entries:
            place = int(entry["blockNumber"], 16), int(entry["logIndex"], 16)
            if place <= last or not start <= place[0] <= block.number or entry["topics"][1:2] != wanted[1:]:
                raise _odd("an event that was not asked for, or the same one twice")
            last = place
            places.append((entry, place[0], bytes.fromhex(entry["blockHash"][2:])))
        self._logs.learn(block)
        blocks = self._logs.blocks({(height, hash_) for _, height, hash_ in places})
        if block.number in blocks and blocks[block.number] != block:
            raise _odd("an event from another block than the final one of that height")
        events = []
        for entry, height, _ in places:
            event = self._event(entry, blocks[height])
            if event is not None:
                events.append(event)
        return events

    def _event(self, entry: dict[str, Any], block: BlockRef) -> TenderEvent | None:
        log = log_of(entry)
        contract = self._contracts.get(log.address)
        if contract is None or block.number < contract.from_block:
            raise _odd("an event of another contract")
        try:
            found = interface(contract.name).event(log)
        except InvalidInput as error:
            raise _odd(error.message) from error
        if found is None:
            return None  # The end of a contract's life, whose topic happens to read as that number.
        name, values = found
        if name in BEGINNINGS and not contract.holds(block.number):
            raise _odd(f"{name} of a {contract.name} that counted no more")
        transaction = bytes.fromhex(entry["transactionHash"][2:])
        return TenderEvent(contract.name, name, values, block, transaction, int(entry["logIndex"], 16))


def _odd(what: str) -> Damaged:
    return Damaged(f"the node sent {what}", code="ledger.event", field="log", fix="ask another endpoint")
