"""The supervisor: one process a node folder, which owns the EVM process and the gateway, and ends by itself.

It lives while somebody holds the shared lock on ``users.lock`` and some seconds longer, or, told to stay, until it is
stopped. While it ends it holds that lock alone, so that nobody can attach to a node that is going.
"""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import secrets
import signal
import sys
import time
from typing import Any

import msgspec
from aiohttp import web

from chain.kernel.clock import rfc3339
from chain.kernel.errors import Unavailable, YinxinError
from chain.kernel.files import write_atomically
from chain.ledger._unix import SocketPath
from chain.ledger.node.anvil import Anvil, end_leftover
from chain.ledger.node.binary import find_anvil
from chain.ledger.node.config import NodeConfig, read_config
from chain.ledger.node.contracts import AllowedContracts
from chain.ledger.node.engine import Engine
from chain.ledger.node.gateway import Gateway
from chain.ledger.node.identity import load_or_create
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.locks import FileLock
from chain.ledger.node.process import ProcessMark, is_alive, mark

log = logging.getLogger("yinxin.node")

ALREADY_RUNNING = 75
"""Exit code when another supervisor has the folder (EX_TEMPFAIL)."""


class Endpoint(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What ``endpoint.json`` says while the gateway listens.

    Attributes:
        format: ``yinxin-node-endpoint-1``.
        url: where the gateway answers.
        chain_id: the chain's id.
        genesis_hash: hash of block 0, 0x hexadecimal.
        instance: random name of this run.
        pid: of the supervisor.
        born: when the supervisor started, as the system writes it.
        network: ``none`` if the EVM process has no network, else ``loopback``.
    """

    format: str = "yinxin-node-endpoint-1"
    url: str
    chain_id: int
    genesis_hash: str
    instance: str
    pid: int
    born: str
    network: str


class Supervisor:
    """Runs one node.

    Args:
        folder: the node folder.
        linger: seconds to stay after the last user has gone; None stays until stopped.
    """

    def __init__(self, folder: NodeDir, linger: float | None) -> None:
        self._folder = folder
        self._linger = linger
        self._stop = asyncio.Event()
        self._instance = secrets.token_hex(8)
        self._allowed = AllowedContracts(folder.contracts)
        self._users = FileLock(folder.users_lock)
        self._runners: list[web.AppRunner] = []
        self._network = "none"

    async def run(self) -> None:
        """Start, serve, end.

        Raises:
            YinxinError: the node cannot be started, or its files contradict each other.
        """
        folder = self._folder
        folder.endpoint.unlink(missing_ok=True)
        self._end_leftovers()
        config = read_config(folder)
        identity = load_or_create(folder, config.block_gas)
        engine = Engine(folder, identity, config, find_anvil(), on_process=self._note_processes)
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, self._stop.set)
        mining: asyncio.Task[None] | None = None
        try:
            await engine.start()
            url = await self._listen(engine, config)
            self._publish(engine, url)
            mining = asyncio.create_task(engine.run())
            await self._until_done(mining)
        finally:
            folder.endpoint.unlink(missing_ok=True)
            for runner in self._runners:
                await runner.cleanup()
            try:
                if mining is not None:
                    engine.halt()
                    await mining
            finally:
                await engine.stop()
                folder.owner_socket.unlink(missing_ok=True)
                folder.processes.unlink(missing_ok=True)
        log.info("ended at block %d", engine.head.number)

    async def _until_done(self, mining: asyncio.Task[None]) -> None:
        lonely_since: float | None = None
        stop = asyncio.create_task(self._stop.wait())
        try:
            while True:
                done, _ = await asyncio.wait({stop, mining}, timeout=0.25, return_when=asyncio.FIRST_COMPLETED)
                if mining in done:
                    mining.result()
                if done:
                    return
                if self._linger is None or not self._users.attempt():
                    lonely_since = None
                    self._users.release()
                    continue
                lonely_since = lonely_since or time.monotonic()
                if time.monotonic() - lonely_since >= self._linger:
                    log.info("the last user has gone")
                    return  # the lock is kept: nobody attaches to a node that is going
                self._users.release()
        finally:
            stop.cancel()

    async def _listen(self, engine: Engine, config: NodeConfig) -> str:
        public = Gateway(engine, self._allowed, self._facts)
        owner = Gateway(
            engine, self._allowed, self._facts, owner=True, control={"stay": self._stay, "stop": self._stop.set}
        )
        self._folder.owner_socket.unlink(missing_ok=True)
        short = SocketPath(self._folder.owner_socket)
        try:
            runner = await self._runner(owner)
            await web.UnixSite(runner, short.text).start()
        finally:
            short.close()
        runner = await self._runner(public)
        for wanted in [config.port] if config.port else [self._last_port(), 0]:
            try:
                await web.TCPSite(runner, config.host, wanted).start()
                break
            except OSError as error:
                if wanted == config.port:
                    raise Unavailable(
                        f"cannot listen on {config.host} port {wanted}: {error.strerror}",
                        code="node.port",
                        fix=f"choose another port or host in {self._folder.config}",
                    ) from error
        host, port = runner.addresses[0][:2]
        write_atomically(self._folder.port, str(port).encode())
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def _last_port(self) -> int:
        try:
            return int(self._folder.port.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    async def _runner(self, gateway: Gateway) -> web.AppRunner:
        runner = web.AppRunner(gateway.app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
        self._runners.append(runner)
        await runner.setup()
        return runner

    def _facts(self) -> dict[str, Any]:
        return {"instance": self._instance, "pid": os.getpid(), "stays": self._linger is None, "network": self._network}

    def _stay(self) -> None:
        self._linger = None

    def _publish(self, engine: Engine, url: str) -> None:
        me = mark(os.getpid())
        endpoint = Endpoint(
            url=url, chain_id=engine.identity.chain_id, genesis_hash="0x" + engine.genesis_hash.hex(),
            instance=self._instance, pid=os.getpid(), born=me.born if me else "", network=self._network,
        )  # fmt: skip
        write_atomically(self._folder.endpoint, msgspec.json.format(msgspec.json.encode(endpoint)) + b"\n")

    def _note_processes(self, anvil: Anvil | None) -> None:
        if anvil is not None:
            self._network = "none" if anvil.cut else "loopback"
            write_atomically(self._folder.processes, msgspec.json.encode([anvil.process]))

    def _end_leftovers(self) -> None:
        try:
            left = msgspec.json.decode(self._folder.processes.read_bytes(), type=list[ProcessMark])
        except (FileNotFoundError, msgspec.DecodeError):
            return
        for process in left:
            if process.born and is_alive(process):
                log.warning("ending process %d, left behind by an earlier run", process.pid)
                end_leftover(process)


def _logging(folder: NodeDir, *, foreground: bool) -> None:
    handler: logging.Handler = logging.handlers.RotatingFileHandler(
        folder.log, maxBytes=2**20, backupCount=1, encoding="utf-8"
    )
    formatter = logging.Formatter("{when} {levelname} {message}", style="{")
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for one in [handler, *([logging.StreamHandler(sys.stderr)] if foreground else [])]:
        one.addFilter(_stamp)
        one.setFormatter(formatter)
        root.addHandler(one)


def _stamp(record: logging.LogRecord) -> bool:
    record.when = rfc3339(int(record.created))
    return True


def serve(folder: NodeDir, *, linger: float | None, foreground: bool = False) -> int:
    """Be the supervisor of a node folder until it ends; the exit code.

    Returns:
        0 after a clean end, 75 if another supervisor has the folder, 1 after a failure (its reason is in the log).
    """
    os.umask(0o077)
    folder.make()
    lock = FileLock(folder.run_lock)
    deadline = time.monotonic() + 2.0
    while not lock.attempt():  # others look at the lock for an instant, to see whether it is held
        if time.monotonic() > deadline:
            return ALREADY_RUNNING
        time.sleep(0.01)
    _logging(folder, foreground=foreground)

    async def main() -> None:
        await Supervisor(folder, linger).run()

    try:
        asyncio.run(main())
    except YinxinError as error:
        log.error("%s%s", error.message, f" (fix: {error.fix})" if error.fix else "")
        sys.stderr.write(msgspec.json.encode(error.as_dict()).decode() + "\n")
        return 1
    except Exception:
        log.exception("unexpected failure")
        raise
    return 0
