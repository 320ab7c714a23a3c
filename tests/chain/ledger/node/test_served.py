"""Durable before served: what lies beyond the served head does not exist, and a crash between two steps is mended."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.errors import Damaged
from chain.ledger.node.answers import Answers
from chain.ledger.node.archive import Archive, Head, NewBlock
from chain.ledger.node.binary import find_anvil
from chain.ledger.node.config import NodeConfig
from chain.ledger.node.engine import Engine
from chain.ledger.node.identity import load_or_create
from chain.ledger.node.ipc import AnvilIpc
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.requests import RpcError
from chain.ledger.node.snapshot import SnapshotFile
from tests.chain.ledger.node.kit import INIT, Writer, word

HISTORY = "0x0000f90827f1c53a10cb7a02335b175320002935"
"""Contract of EIP-2935: the hashes of the last 8,191 blocks."""


class FrozenSnapshots(SnapshotFile):
    """Snapshots that do not become durable until they are let."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.may_write = threading.Event()
        self.may_write.set()
        self.reached = threading.Event()

    def write(self, dump: str) -> int:
        self.reached.set()
        assert self.may_write.wait(30)
        return super().write(dump)


class Chain:
    """An engine in this process, driven block by block."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.answers = Answers(engine, frozenset)
        self.writer = Writer(engine.identity.chain_id)

    async def ask(self, method: str, *params: Any) -> Any:
        return await self.answers.answer(method, list(params), owner=True)

    async def send(self, nonce: int, to: str | None, data: bytes) -> str:
        return str(await self.ask("eth_sendRawTransaction", "0x" + self.writer.sign(nonce, to, data).hex()))

    async def contract(self) -> str:
        created = await self.send(0, None, INIT)
        await self.engine.advance()
        return str((await self.ask("eth_getTransactionReceipt", created))["contractAddress"])


@asynccontextmanager
async def chain_in(place: Path, snapshots: SnapshotFile | None = None) -> AsyncIterator[Chain]:
    folder = NodeDir.at(place)
    folder.make()
    config = NodeConfig()
    engine = Engine(folder, load_or_create(folder, config.block_gas), config, find_anvil(), snapshots=snapshots)
    try:
        await engine.start()
        yield Chain(engine)
    finally:
        await engine.stop()


def test_nothing_beyond_the_served_head_is_shown_while_a_snapshot_is_on_its_way(tmp_path: Path) -> None:
    snapshots = FrozenSnapshots(tmp_path / "state.json.gz")

    async def story() -> None:
        async with chain_in(tmp_path, snapshots) as chain:
            contract = await chain.contract()
            head = chain.engine.head
            value = await chain.ask("eth_getStorageAt", contract, "0x0", "latest")
            snapshots.may_write.clear()
            snapshots.reached.clear()
            sent = await chain.send(1, contract, word(7))
            advancing = asyncio.create_task(chain.engine.advance())
            await asyncio.to_thread(snapshots.reached.wait, 30)
            ipc = await chain.engine.ipc()
            hidden = await ipc.call("eth_getBlockByNumber", ["latest", False])
            assert int(hidden["number"], 16) == head.number + 1  # the EVM process itself is one block ahead
            assert sent in hidden["transactions"]

            await _shows_only(chain, head, hidden, sent, contract, value)

            snapshots.may_write.set()
            await advancing
            assert (await chain.ask("eth_getBlockByNumber", hidden["number"], False))["hash"] == hidden["hash"]
            assert (await chain.ask("eth_getTransactionReceipt", sent))["blockHash"] == hidden["hash"]
            assert int(await chain.ask("eth_getStorageAt", contract, "0x0", "latest"), 16) == head.number + 1

    asyncio.run(story())


async def _shows_only(chain: Chain, head: Head, hidden: dict[str, Any], sent: str, contract: str, value: str) -> None:
    number, block_hash = hidden["number"], hidden["hash"]
    assert int(await chain.ask("eth_blockNumber"), 16) == head.number
    for tag in ("latest", "safe", "finalized", "pending"):
        assert int((await chain.ask("eth_getBlockByNumber", tag, True))["number"], 16) == head.number
        assert await chain.ask("eth_getStorageAt", contract, "0x0", tag) == value
        assert await chain.ask("eth_call", {"data": "0x435f5260205ff3"}, tag) == "0x" + word(head.number).hex()
        seen = await chain.ask("eth_getLogs", {"fromBlock": "0x0", "toBlock": tag})
        assert sent not in [log["transactionHash"] for log in seen]
    assert await chain.ask("eth_getBlockByNumber", number, False) is None
    assert await chain.ask("eth_getBlockByHash", block_hash, False) is None
    assert await chain.ask("eth_getHeaderByNumber", number) is None
    assert await chain.ask("eth_getBlockReceipts", number) is None
    assert await chain.ask("eth_getTransactionReceipt", sent) is None
    shown = await chain.ask("eth_getTransactionByHash", sent)
    assert (shown["blockHash"], shown["blockNumber"], shown["transactionIndex"]) == (None, None, None)
    assert block_hash not in str(shown)
    assert await chain.ask("eth_getTransactionCount", chain.writer.address, "latest") == "0x1"
    assert await chain.ask("eth_getLogs", {"fromBlock": number}) == []
    assert (
        await chain.ask("eth_getLogs", {"fromBlock": "0x0", "toBlock": number, "topics": ["0x" + word(7).hex()]}) == []
    )
    for wanted in (number, {"blockNumber": number}, {"blockHash": block_hash}, block_hash):
        for method, params in (
            ("eth_call", [{"to": contract}]),
            ("eth_getStorageAt", [contract, "0x0"]),
            ("eth_getCode", [contract]),
        ):
            with pytest.raises(RpcError, match="unknown block"):
                await chain.ask(method, *params, wanted)
    with pytest.raises(RpcError, match="unknown block"):
        await chain.ask("eth_getLogs", {"blockHash": block_hash})
    assert (await chain.ask("eth_feeHistory", "0x5", "latest", []))["oldestBlock"] == "0x0"


def test_what_is_read_while_a_block_is_being_mined_is_of_the_block_asked_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with chain_in(tmp_path) as chain:
            contract = await chain.contract()
            for nonce in range(1, 60):
                await chain.send(nonce, contract, word(nonce))
                head = hex(chain.engine.head.number)
                advancing = asyncio.create_task(chain.engine.advance())
                reads = []
                while not advancing.done() and len(reads) < 60:
                    reads += [
                        asyncio.create_task(chain.ask("eth_getTransactionCount", chain.writer.address, head)),
                        asyncio.create_task(chain.ask("eth_getStorageAt", contract, "0x0", head)),
                    ]
                    await asyncio.sleep(0)
                await advancing
                answers = await asyncio.gather(*reads)
                assert {int(found, 16) for found in answers[::2]} == {nonce}
                assert len(set(answers[1::2])) == 1

    asyncio.run(story())


def test_a_block_made_durable_but_not_yet_served_comes_back_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with chain_in(tmp_path) as chain:
            await chain.contract()
            head = chain.engine.head

            def fail(_self: Archive, _blocks: Sequence[NewBlock]) -> None:
                raise OSError("the machine went down here")

            with monkeypatch.context() as broken:
                broken.setattr(Archive, "add", fail)
                with pytest.raises(OSError, match="went down"):
                    await chain.engine.advance()
            assert chain.engine.head == head
            ipc: AnvilIpc = await chain.engine.ipc()
            lost = await ipc.call("eth_getBlockByNumber", ["latest", False])
        async with chain_in(tmp_path) as chain:
            assert chain.engine.head.number == head.number + 1
            assert "0x" + chain.engine.head.hash.hex() == lost["hash"]

    asyncio.run(story())


def test_a_block_that_was_never_durable_is_gone_and_its_transaction_may_be_sent_again(tmp_path: Path) -> None:
    class NoSnapshots(SnapshotFile):
        broken = False

        def write(self, dump: str) -> int:
            if self.broken:
                raise OSError("disk full")
            return super().write(dump)

    async def story() -> None:
        snapshots = NoSnapshots(tmp_path / "state.json.gz")
        async with chain_in(tmp_path, snapshots) as chain:
            contract = await chain.contract()
            head = chain.engine.head
            snapshots.broken = True
            sent = await chain.send(1, contract, word(9))
            with pytest.raises(OSError, match="disk full"):
                await chain.engine.advance()
            assert await chain.ask("eth_getTransactionReceipt", sent) is None
        async with chain_in(tmp_path) as chain:
            assert chain.engine.head == head
            assert await chain.ask("eth_getTransactionByHash", sent) is None
            assert await chain.send(1, contract, word(9)) == sent
            await chain.engine.advance()
            assert (await chain.ask("eth_getTransactionReceipt", sent))["status"] == "0x1"

    asyncio.run(story())


def test_the_state_and_the_hashes_of_older_blocks_survive_in_the_chain_itself(tmp_path: Path) -> None:
    async def story() -> None:
        async with chain_in(tmp_path) as chain:
            contract = await chain.contract()
            await chain.send(1, contract, word(3))
            await chain.engine.advance()
            root = (await chain.ask("eth_getBlockByNumber", "latest", False))["stateRoot"]
            genesis = chain.engine.genesis_hash
        async with chain_in(tmp_path) as chain:
            assert chain.engine.genesis_hash == genesis
            assert (await chain.ask("eth_getBlockByNumber", "latest", False))["stateRoot"] == root
            assert int(await chain.ask("eth_getStorageAt", contract, "0x0", "latest"), 16) == 2
            parent = chain.engine.head
            await chain.engine.advance()
            for number in (1, parent.number):
                told = await chain.ask("eth_call", {"to": HISTORY, "data": "0x" + word(number).hex()}, "latest")
                assert told == (await chain.ask("eth_getBlockByNumber", hex(number), False))["hash"]
            with pytest.raises(RpcError, match="no longer kept"):
                await chain.ask("eth_getStorageAt", contract, "0x0", "0x1")

    asyncio.run(story())


def test_files_that_contradict_each_other_stop_the_node(tmp_path: Path) -> None:
    folder = NodeDir.at(tmp_path / "a")

    async def run(blocks: int) -> None:
        async with chain_in(folder.path) as chain:
            for _ in range(blocks):
                await chain.engine.advance()

    asyncio.run(run(1))
    old = folder.snapshot.read_bytes()
    asyncio.run(run(1))
    new = folder.snapshot.read_bytes()

    folder.snapshot.write_bytes(old)
    with pytest.raises(Damaged, match="ends at block 1 but block 2 was served"):
        asyncio.run(run(0))
    for broken in (new[:-9], b"", new[:40] + bytes([new[40] ^ 1]) + new[41:]):
        folder.snapshot.write_bytes(broken)
        with pytest.raises(Damaged, match="cannot be read"):
            asyncio.run(run(0))
    folder.snapshot.unlink()
    with pytest.raises(Damaged, match="is gone but blocks were served"):
        asyncio.run(run(0))
    folder.snapshot.write_bytes(new)
    asyncio.run(run(0))

    other = NodeDir.at(tmp_path / "b")

    async def run_other() -> None:
        async with chain_in(other.path) as chain:
            await chain.engine.advance()
            await chain.engine.advance()

    asyncio.run(run_other())
    folder.snapshot.write_bytes(other.snapshot.read_bytes())
    with pytest.raises(Damaged, match="is not the one that was served"):
        asyncio.run(run(0))

    folder.identity.unlink()
    with pytest.raises(Damaged, match="is gone but the blocks are there"):
        asyncio.run(run(0))


def test_an_archive_that_is_lost_is_made_again_from_the_snapshot(tmp_path: Path) -> None:
    async def run(blocks: int) -> Head:
        async with chain_in(tmp_path) as chain:
            for _ in range(blocks):
                await chain.engine.advance()
            return chain.engine.head

    head = asyncio.run(run(3))
    for file in tmp_path.glob("blocks.sqlite*"):
        file.unlink()
    assert asyncio.run(run(0)) == head
