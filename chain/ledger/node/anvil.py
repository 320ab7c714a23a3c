"""The EVM process: started with everything closed that can be closed, ended with its supervisor."""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
import time
from pathlib import Path

from chain.kernel.errors import Unavailable
from chain.ledger._unix import SocketPath
from chain.ledger.node.identity import ChainIdentity
from chain.ledger.node.ipc import AnvilIpc
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.process import ProcessMark, child_setup, end, mark, network_can_be_cut

log = logging.getLogger("yinxin.node")

STATES_KEPT = 128
"""Newest blocks whose state can be read; older state is forgotten."""


class Anvil:
    """One running EVM process.

    Attributes:
        ipc: the private connection to it.
        process: its mark.
        cut: True if it has no network at all.
    """

    def __init__(self, child: subprocess.Popen[bytes], ipc: AnvilIpc, process: ProcessMark, cut: bool) -> None:
        self._child = child
        self.ipc = ipc
        self.process = process
        self.cut = cut

    @classmethod
    async def start(
        cls, program: Path, folder: NodeDir, identity: ChainIdentity, load: bytes | None, *, limit: float = 60.0
    ) -> Anvil:
        """Start it, with a trimmed snapshot if there is one, and connect.

        Raises:
            Unavailable: it cannot be started or does not answer in ``limit`` seconds; quotes its own words.
        """
        cut = network_can_be_cut()
        child = _spawn(program, folder, identity, load, cut)
        process = mark(child.pid) or ProcessMark(child.pid, "")
        try:
            ipc = await _connect(child, folder, limit)
        except BaseException:
            child.kill()
            child.wait()
            raise
        log.info(
            "EVM process %d started (%s)",
            child.pid,
            "without network" if cut else "own port on loopback, told to nobody",
        )
        return cls(child, ipc, process, cut)

    async def stop(self) -> None:
        """Kill it; what counts is on disk already."""
        await self.ipc.close()
        self._child.kill()
        await asyncio.to_thread(self._child.wait)


def _spawn(
    program: Path, folder: NodeDir, identity: ChainIdentity, load: bytes | None, cut: bool
) -> subprocess.Popen[bytes]:
    # Called on the main thread: the child is killed when the thread that made it ends.
    folder.anvil_socket.unlink(missing_ok=True)
    shutil.rmtree(folder.work, ignore_errors=True)
    folder.work.mkdir(mode=0o700)
    command = _command(program, folder, identity, cut)
    if load is not None:
        state = folder.work / "load.json"
        state.write_bytes(load)
        command += ["--load-state", str(state.relative_to(folder.path))]
    with open(folder.anvil_log, "wb") as output:
        try:
            return subprocess.Popen(
                command,
                cwd=folder.path,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"HOME": str(folder.work), "PATH": "", "RUST_BACKTRACE": "0"},
                preexec_fn=child_setup(own_network=cut),  # noqa: PLW1509 - two functions of libc, resolved before the fork
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(
                f"cannot start {program}: {error}", code="node.anvil", fix="run `yinxin doctor`"
            ) from error


def _command(program: Path, folder: NodeDir, identity: ChainIdentity, cut: bool) -> list[str]:
    # The HTTP server cannot be switched off: without network it listens where nobody is, else on a free loopback
    # port without CORS, told to nobody. No accounts: nothing can be signed by the process itself.
    return [
        str(program), "--quiet", f"--ipc={folder.anvil_socket.name}",
        "--host", "0.0.0.0" if cut else "127.0.0.1", "--port", "0",  # noqa: S104 - inside an empty network namespace
        "--no-cors", "--accounts", "0", "--no-mining", "--order", "fifo", "--threads", "2",
        "--chain-id", str(identity.chain_id), "--timestamp", str(identity.genesis_time),
        "--hardfork", identity.hardfork, "--gas-limit", str(identity.block_gas),
        "--base-fee", "0", "--gas-price", "0", "--disable-min-priority-fee",
        "--prune-history", str(STATES_KEPT), "--no-request-size-limit",
        "--cache-path", folder.work.name,
    ]  # fmt: skip


async def _connect(child: subprocess.Popen[bytes], folder: NodeDir, limit: float) -> AnvilIpc:
    deadline = time.monotonic() + limit
    short = SocketPath(folder.anvil_socket)
    try:
        while time.monotonic() < deadline:
            if child.poll() is not None:
                tail = folder.anvil_log.read_text(encoding="utf-8", errors="replace")[-800:].strip()
                raise Unavailable(f"the EVM process ended at its start: {tail or child.returncode}", code="node.anvil")
            try:
                ipc = await AnvilIpc.connect(short.text)
            except OSError:
                await asyncio.sleep(0.005)
                continue
            await ipc.call("eth_chainId", limit=max(0.1, deadline - time.monotonic()))
            return ipc
        raise Unavailable(
            f"the EVM process did not answer in {limit:.0f} s", code="node.anvil", fix="run `yinxin doctor`"
        )
    finally:
        short.close()


def end_leftover(process: ProcessMark) -> None:
    """End an EVM process that an earlier supervisor left behind.

    Raises:
        Unavailable: it would not go.
    """
    if not end(process):
        raise Unavailable(
            f"process {process.pid} of an earlier run does not end",
            code="node.leftover",
            fix=f"end it: kill -9 {process.pid}",
        )
