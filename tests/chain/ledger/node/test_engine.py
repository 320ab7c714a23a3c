"""The EVM process is started afresh now and then; nobody notices."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chain.ledger.node import engine as engine_module
from chain.ledger.node import snapshot as snapshot_module
from chain.ledger.node.answers import Answers
from chain.ledger.node.binary import find_anvil
from chain.ledger.node.config import NodeConfig
from chain.ledger.node.engine import Engine
from chain.ledger.node.identity import load_or_create
from chain.ledger.node.layout import NodeDir
from tests.chain.ledger.node.kit import INIT, Writer, word


async def _until(engine: Engine, number: int) -> None:
    async with asyncio.timeout(60):
        while engine.head.number < number:
            await asyncio.sleep(0.01)


def test_old_blocks_leave_the_evm_process_but_not_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_FRESHEN_AFTER", 5)
    monkeypatch.setattr(engine_module, "_QUIET", -1.0)
    monkeypatch.setattr(snapshot_module, "KEPT_BLOCKS", 4)
    starts: list[object] = []
    folder = NodeDir.at(tmp_path)
    config = NodeConfig()

    async def story() -> None:
        engine: Engine

        def hurried() -> float:  # every look at the clock finds the heartbeat due
            return engine.head.time + 100.0 if engine._head else 1e9

        engine = Engine(
            folder,
            load_or_create(folder, config.block_gas),
            config,
            find_anvil(),
            now=hurried,
            on_process=starts.append,
        )
        await engine.start()
        answers = Answers(engine, frozenset)
        writer = Writer(engine.identity.chain_id)
        running = asyncio.create_task(engine.run())
        try:
            created = await answers.answer(
                "eth_sendRawTransaction", ["0x" + writer.sign(0, None, INIT).hex()], owner=True
            )
            await _until(engine, 12)
            receipt = await answers.answer("eth_getTransactionReceipt", [created], owner=False)
            contract = receipt["contractAddress"]
            called = await answers.answer(
                "eth_sendRawTransaction", ["0x" + writer.sign(1, contract, word(5)).hex()], owner=True
            )
            await _until(engine, engine.head.number + 8)
            logs = await answers.answer("eth_getLogs", [{"fromBlock": "0x0", "address": contract}], owner=False)
            assert [log["transactionHash"] for log in logs] == [called]
            parent = "0x" + "00" * 32
            for number in range(engine.head.number + 1):
                block = await answers.answer("eth_getBlockByNumber", [hex(number), True], owner=False)
                assert (int(block["number"], 16), block["parentHash"]) == (number, parent)
                parent = block["hash"]
            inside = await (await engine.ipc()).call("eth_getBlockByNumber", ["0x5", False])
            assert inside is None  # the EVM process itself has forgotten it
        finally:
            engine.halt()
            await running
            await engine.stop()

    asyncio.run(story())
    assert len([start for start in starts if start is not None]) >= 3
