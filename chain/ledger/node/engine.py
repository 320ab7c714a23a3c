"""Mines, makes durable, then serves: the order that a crash at any moment may not break.

1. Mine a block when a transaction waits, or when the heartbeat is due. Its time is the clock's second, always later
   than its parent's and, while the clock runs forward, never ahead of it.
2. Write a whole snapshot that holds the block (fsync, rename, fsync).
3. Add the block to the archive (one durable transaction).
4. Only now it is the served head.

After a crash between 2 and 3 the archive is completed from the snapshot; a block lost before 2 was never served.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chain.kernel.errors import Damaged, Unavailable
from chain.ledger.node.anvil import Anvil
from chain.ledger.node.archive import Archive, Head, NewBlock
from chain.ledger.node.config import NodeConfig
from chain.ledger.node.identity import ChainIdentity
from chain.ledger.node.ipc import AnvilError, AnvilIpc
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.snapshot import SnapshotFile

log = logging.getLogger("yinxin.node")

_FRESHEN_AFTER = 400
"""Blocks after which the EVM process is started anew from its own snapshot, so that snapshots stay small.

That forgets the state of all blocks but the newest, so a moment is chosen when nobody is reading; at the latest after
ten times as many blocks.
"""

_QUIET = 5.0
"""Seconds without a request after which nobody is reading."""

_MOST_FAILURES = 6
"""Failures in a row after which the supervisor gives up; the waits between them add up to about 12 s."""

_ACTIVE = 60.0
"""Seconds after a request during which the chain counts as in use."""


class Engine:
    """The chain behind the gateway.

    Attributes:
        folder: the node folder.
        identity: chain id and genesis time.
        config: settings.
        archive: the served blocks.
    """

    def __init__(
        self,
        folder: NodeDir,
        identity: ChainIdentity,
        config: NodeConfig,
        program: Path,
        *,
        snapshots: SnapshotFile | None = None,
        now: Callable[[], float] = time.time,
        on_process: Callable[[Anvil | None], None] = lambda _anvil: None,
    ) -> None:
        self.folder = folder
        self.identity = identity
        self.config = config
        self.archive = Archive(folder.archive)
        self._program = program
        self._snapshots = snapshots or SnapshotFile(folder.snapshot)
        self._now = now
        self._on_process = on_process
        self._anvil: Anvil | None = None
        self._head: Head | None = None
        self._genesis = b""
        self._up = asyncio.Event()
        self._wake = asyncio.Event()
        self._mined = asyncio.Event()
        self._mined.set()
        self._phase = 0
        self._waiting: dict[bytes, str] = {}
        self._behind = 0
        self._sent = 0
        self._halting = False
        self._used = 0.0
        self._since_start = 0
        self.seconds_to_durable = 0.0

    # ------------------------------------------------------------------ what the gateway asks

    @property
    def head(self) -> Head:
        """The newest served block."""
        assert self._head is not None, "the engine has not been started"
        return self._head

    @property
    def genesis_hash(self) -> bytes:
        """Hash of block 0, 32 bytes."""
        return self._genesis

    @property
    def waiting(self) -> int:
        """Transactions taken and not yet in a served block."""
        return len(self._waiting)

    async def ipc(self) -> AnvilIpc:
        """The connection to the EVM process; waits while it is being started again."""
        if self._anvil is not None and self._anvil.ipc.lost:
            self._up.clear()  # the loop in run() sees the loss too and starts it again
            self._wake.set()
        await self._up.wait()
        assert self._anvil is not None
        return self._anvil.ipc

    @property
    def phase(self) -> int:
        """Counts beginnings and ends of mining, for :meth:`was_still`."""
        return self._phase

    def was_still(self, phase: int) -> bool:
        """True if no block was being mined at any time since ``phase``.

        The EVM process compares the height asked for with its own, then waits for a block that is just being mined,
        and then reads the state after that block: such an answer may come from beyond the served head.
        """
        return phase == self._phase and phase % 2 == 0

    async def mined(self) -> None:
        """Wait until no block is just being mined."""
        await self._mined.wait()

    def touch(self) -> None:
        """Somebody used the gateway: the chain's clock shall move."""
        now = time.monotonic()
        if now - self._used > _ACTIVE:
            self._wake.set()
        self._used = now

    async def send(self, raw: str, transaction_hash: bytes) -> str:
        """Hand a checked transaction to the EVM process; it is kept here until a served block holds it.

        Raises:
            AnvilError: refused.
            Unavailable: the EVM process is not running.
        """
        ipc = await self.ipc()
        result: str = await ipc.call("eth_sendRawTransaction", [raw])
        self._waiting[transaction_hash] = raw
        self._sent += 1
        self._behind += 1
        self._wake.set()
        return result

    def is_waiting(self, transaction_hash: bytes) -> bool:
        """True if that transaction was taken and is not yet in a served block."""
        return transaction_hash in self._waiting

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        """Bring the chain up at the newest durable block.

        Raises:
            Damaged: snapshot and archive contradict each other.
            Unavailable: the EVM process cannot be started.
        """
        loaded = await asyncio.to_thread(self._snapshots.load)
        known = self.archive.head()
        if loaded is None and known is not None:
            raise Damaged(
                f"{self._snapshots.path} is gone but blocks were served",
                code="node.snapshot",
                fix="put the node folder back from a copy made while it was stopped",
            )
        if loaded is not None and known is not None and known.number > loaded.number:
            raise Damaged(
                f"the snapshot ends at block {loaded.number} but block {known.number} was served",
                code="node.snapshot",
                fix="the snapshot is older than the archive: put both back from the same copy",
            )
        self._anvil = await Anvil.start(self._program, self.folder, self.identity, loaded.trimmed if loaded else None)
        self._on_process(self._anvil)
        ipc = self._anvil.ipc
        newest = loaded.number if loaded else 0
        if loaded is None:
            await self._make_durable(ipc)
        if known is not None:
            block = await ipc.call("eth_getBlockByNumber", [hex(known.number), False])
            if block is None or block["hash"] != "0x" + known.hash.hex():
                raise Damaged(
                    f"block {known.number} of the snapshot is not the one that was served",
                    code="node.snapshot",
                    fix="put the node folder back from a copy made while it was stopped",
                )
        missing = [await _fetch(ipc, number) for number in range(known.number + 1 if known else 0, newest + 1)]
        if missing:
            await asyncio.to_thread(self.archive.add, missing)
        self._head = self.archive.head()
        genesis = self.archive.place(0)
        assert genesis is not None
        self._genesis = genesis.hash
        self._since_start = 0
        self._used = time.monotonic()
        self._up.set()
        log.info("serving chain %d from block %d", self.identity.chain_id, self.head.number)

    async def stop(self) -> None:
        """End the EVM process and close the archive."""
        self._up.clear()
        if self._anvil is not None:
            await self._anvil.stop()
            self._anvil = None
            self._on_process(None)
        self.archive.close()

    def halt(self) -> None:
        """Let :meth:`run` end after what it is doing and, if transactions wait, one more block."""
        self._halting = True
        self._wake.set()

    async def run(self) -> None:
        """Mine and serve until :meth:`halt`; starts the EVM process again if it dies.

        Raises:
            Damaged: the EVM process left the chain that was served.
        """
        failures = 0
        while True:
            try:
                await self._wait_for_work()
                if self._halting and not self._behind:
                    return
                await self.advance()
                if self._halting:
                    return
                failures = 0
                quiet = self._behind == 0 and time.monotonic() - self._used > _QUIET
                if self._since_start >= (_FRESHEN_AFTER if quiet else 10 * _FRESHEN_AFTER):
                    await self._revive("to forget old blocks")
            except (Unavailable, AnvilError, OSError, sqlite3.Error) as error:
                failures += 1
                if failures > _MOST_FAILURES or self._halting:
                    raise Unavailable(f"the chain cannot go on: {error}", code="node.down") from error
                log.error("block %d could not be served: %s", self.head.number + 1, error)
                await asyncio.sleep(0.1 * 2**failures if failures > 1 else 0)
                await self._revive("after a failure")

    async def _wait_for_work(self) -> None:
        anvil = self._anvil
        assert anvil is not None
        while not self._behind and not self._halting:
            self._wake.clear()
            pace = self.config.heartbeat if time.monotonic() - self._used < _ACTIVE else self.config.idle_heartbeat
            pace = max(pace, 20 * self.seconds_to_durable)
            left = self.head.time + pace - self._now()
            if left <= 0:
                break
            waker, loss = asyncio.create_task(self._wake.wait()), asyncio.create_task(anvil.ipc.wait_lost())
            try:
                await asyncio.wait({waker, loss}, timeout=min(left, pace), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waker.cancel()
                loss.cancel()
            if anvil.ipc.lost:
                raise Unavailable("the EVM process ended by itself", code="node.down")
            if not self._wake.is_set() and not self._behind and self.head.time - self._now() > pace:
                break  # the clock was set back: go on in steps
        early = self.head.time + 1 - self._now()
        if early > 0:
            await asyncio.sleep(min(early, 1.0))

    async def advance(self) -> Head:
        """Mine one block, make it durable, serve it."""
        assert self._anvil is not None
        ipc = self._anvil.ipc
        stamp = max(int(self._now()), self.head.time + 1)
        self._phase += 1
        self._mined.clear()
        try:
            await ipc.call("evm_mine", [{"timestamp": stamp}])
        finally:
            self._phase += 1
            self._mined.set()
        new = await _fetch(ipc, self.head.number + 1)
        began = time.monotonic()
        await self._make_durable(ipc)
        await asyncio.to_thread(self.archive.add, [new])
        self.seconds_to_durable = time.monotonic() - began
        self._head = new.head
        self._since_start += 1
        await self._settle(ipc, new)
        return new.head

    async def _make_durable(self, ipc: AnvilIpc) -> None:
        dump: str = await ipc.call("anvil_dumpState", [False])
        await asyncio.to_thread(self._snapshots.write, dump)

    async def _settle(self, ipc: AnvilIpc, new: NewBlock) -> None:
        for item in new.block["transactions"]:
            self._waiting.pop(bytes.fromhex(item["hash"][2:]), None)
        sent = self._sent
        pool: dict[str, Any] = await ipc.call("txpool_status")
        pending, queued = int(pool["pending"], 16), int(pool["queued"], 16)
        if self._sent != sent:
            self._behind = max(pending, 1)  # one came in while the pool was being counted
            return
        if pending == 0 and queued == 0:
            self._waiting = {}
        self._behind = pending

    async def _revive(self, why: str) -> None:
        log.warning("starting the EVM process again %s", why)
        self._up.clear()
        if self._anvil is not None:
            await self._anvil.stop()
        await self.start()
        assert self._anvil is not None
        self._behind = 0
        for transaction_hash, raw in list(self._waiting.items()):
            try:
                await self._anvil.ipc.call("eth_sendRawTransaction", [raw])
                self._behind += 1
            except AnvilError as error:
                log.info("dropped a waiting transaction: %s", error)
                self._waiting.pop(transaction_hash, None)


async def _fetch(ipc: AnvilIpc, number: int) -> NewBlock:
    block = await ipc.call("eth_getBlockByNumber", [hex(number), True])
    receipts = await ipc.call("eth_getBlockReceipts", [hex(number)])
    if block is None or receipts is None:
        raise Damaged(f"block {number} is missing from the snapshot", code="node.snapshot")
    return NewBlock.of(block, receipts)
