"""Killed fifty times while somebody writes, a node loses nothing it has shown."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.errors import Refused, Unavailable
from chain.ledger.node import NodeHandle, ensure_node
from chain.ledger.rpc import Call, RpcClient
from tests.chain.ledger.node.kit import Writer, deploy, process_of, supervisor_of, word

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(420)]

KILLS = 50
VICTIMS = ("supervisor", "process", "both")


class Witness:
    """Writes down whatever the node has ever shown, and later demands it back."""

    def __init__(self, node: NodeHandle, contract: str, writer: Writer) -> None:
        self.node, self.contract, self.writer = node, contract, writer
        self.blocks: dict[int, tuple[Any, Any, Any]] = {}
        self.receipts: dict[str, Any] = {}
        self.unserved: dict[int, bytes] = {}
        self.nonce = 1

    def look(self, rpc: RpcClient) -> None:
        """Read every block shown since the last look, with its receipts and logs."""
        newest = int(rpc.call("eth_blockNumber"), 16)
        for number in range(max(self.blocks, default=-1) + 1, newest + 1):
            self.blocks[number] = shown = self._read(rpc, number)
            for receipt in shown[1]:
                self.receipts[receipt["transactionHash"]] = receipt

    def _read(self, rpc: RpcClient, number: int) -> tuple[Any, Any, Any]:
        span = {"fromBlock": hex(number), "toBlock": hex(number)}
        calls: list[Call] = [
            ("eth_getBlockByNumber", [hex(number), True]),
            ("eth_getBlockReceipts", [hex(number)]),
            ("eth_getLogs", [span]),
        ]
        block, receipts, logs = rpc.batch(calls)
        return block, receipts, logs

    def write(self, rpc: RpcClient, count: int) -> None:
        """Send again what was lost, and ``count`` more."""
        served = int(rpc.call("eth_getTransactionCount", [self.writer.address, "latest"]), 16)
        self.unserved = {nonce: raw for nonce, raw in self.unserved.items() if nonce >= served}
        for _ in range(count):
            self.unserved[self.nonce] = self.writer.sign(self.nonce, self.contract, word(self.nonce))
            self.nonce += 1
        for raw in self.unserved.values():
            rpc.send_raw(raw)

    def demand(self, rpc: RpcClient, numbers: list[int]) -> None:
        """Everything shown at these heights must be there, byte for byte."""
        for number in numbers:
            assert self._read(rpc, number) == self.blocks[number], f"block {number} is not the one that was shown"


def wait_for_a_write(folder: Path, dice: random.Random) -> Callable[[], bool]:
    """True a random moment (0 to 6 ms) after a snapshot began to be written or was put in its place."""
    part, snapshot = folder / "state.json.gz.part", folder / "state.json.gz"
    before = snapshot.stat().st_ino
    pause = threading.Event()

    def ready() -> bool:
        if part.exists() or snapshot.stat().st_ino != before:
            pause.wait(dice.uniform(0, 0.006))
            return True
        pause.wait(0.0005)
        return False

    return ready


def at_random(dice: random.Random) -> Callable[[], bool]:
    """True after 0 to 200 ms."""
    moment = time.monotonic() + dice.uniform(0, 0.2)
    return lambda: time.monotonic() >= moment


def kill(folder: Path, victim: str) -> None:
    """SIGKILL to the supervisor, to the EVM process, or to both."""
    targets = {"supervisor": [supervisor_of], "process": [process_of], "both": [supervisor_of, process_of]}[victim]
    for target in [find(folder) for find in targets]:
        try:
            os.kill(target, signal.SIGKILL)
        except ProcessLookupError:
            pass


def test_fifty_kills_while_writing_lose_nothing_that_was_served(folder: Path) -> None:
    dice = random.Random(20260101)
    with ensure_node(folder, linger=30) as node:
        chain_id, genesis = node.chain_id, node.genesis_hash
        writer = Writer(chain_id)
        witness = Witness(node, deploy(node, writer), writer)
        for turn in range(KILLS):
            ready = at_random(dice) if turn % 3 == 0 else wait_for_a_write(folder, dice)
            with RpcClient([node.url], timeout=20) as rpc:
                try:
                    witness.write(rpc, dice.randrange(1, 4))
                    while not ready():
                        witness.look(rpc)
                except Unavailable:
                    pass  # the kill before this one may still be felt
                kill(folder, VICTIMS[turn % len(VICTIMS)])
            node.renew()
            assert (node.chain_id, node.genesis_hash) == (chain_id, genesis)
            with RpcClient([node.url], timeout=20) as rpc:
                assert rpc.chain_id() == chain_id
                assert int(rpc.call("eth_blockNumber"), 16) >= max(witness.blocks, default=0)
                witness.demand(rpc, sorted(witness.blocks)[-3:])
        with RpcClient([node.url], timeout=20) as rpc:
            _finish(witness, rpc)


def test_who_asks_for_the_latest_state_is_never_told_that_it_is_forgotten(folder: Path) -> None:
    asked, faults, over = [0], [], threading.Event()
    with ensure_node(folder, linger=30) as node:
        writer = Writer(node.chain_id)
        witness = Witness(node, deploy(node, writer), writer)

        def ask() -> None:
            with RpcClient([node.url], timeout=20) as rpc:
                while not over.is_set():
                    try:
                        rpc.call("eth_getTransactionCount", [writer.address, "latest"])
                        asked[0] += 1
                    except Unavailable as error:
                        faults.append(error.message)

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for thread in askers:
            thread.start()
        dice = random.Random(7)
        for _ in range(12):
            with RpcClient([node.url], timeout=20) as rpc:
                ready = wait_for_a_write(folder, dice)
                try:
                    witness.write(rpc, 2)
                    while not ready():
                        pass
                except Unavailable:
                    pass
            kill(folder, "process")
            node.renew()
        over.set()
        for thread in askers:
            thread.join()
    assert asked[0] > 100
    assert not [fault for fault in faults if "no longer kept" in fault]


def _finish(witness: Witness, rpc: RpcClient) -> None:
    witness.write(rpc, 1)
    pause = threading.Event()
    while int(rpc.call("eth_getTransactionCount", [witness.writer.address, "latest"]), 16) < witness.nonce:
        try:
            witness.write(rpc, 0)
        except Refused:
            pass
        pause.wait(0.1)
    witness.look(rpc)
    witness.demand(rpc, sorted(witness.blocks))
    numbers = sorted(witness.blocks)
    assert numbers == list(range(numbers[-1] + 1))
    for number in numbers[1:]:
        assert witness.blocks[number][0]["parentHash"] == witness.blocks[number - 1][0]["hash"]
        assert int(witness.blocks[number][0]["timestamp"], 16) <= time.time()
    # Every transaction ever written is there exactly once, with its log.
    logs = [log["topics"][0] for _, _, found in witness.blocks.values() for log in found]
    assert sorted(logs) == ["0x" + word(nonce).hex() for nonce in range(1, witness.nonce)]
    for transaction, receipt in witness.receipts.items():
        assert rpc.call("eth_getTransactionReceipt", [transaction]) == receipt
