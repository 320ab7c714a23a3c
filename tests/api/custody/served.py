"""The real ``yinxin custodian run`` as its own process over a custodian's home of a stage."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from chain.kernel.home import Home
from chain.tenders.custody import CustodianClient
from tests.api.service.served import alive, children
from tests.api.town import YINXIN
from tests.support.tender_stage import TenderStage

SETTLED = 150.0
"""Seconds in which a custodian brings what it promised into a final block, an outage of the chain or a kill between."""


@dataclass
class Custody:
    """A running custodian.

    Attributes:
        process: the one that starts and restarts the process that answers.
        url: where it answers.
        log: everything it writes.
    """

    process: subprocess.Popen[str]
    url: str
    log: Path

    def client(self, *, patience: float = 20.0) -> CustodianClient:
        """Calls, each tried again for a while."""
        return CustodianClient(self.url, timeout=20.0, patience=patience)

    def kill(self) -> None:
        """kill -9 every process of it."""
        everybody = [self.process.pid, *children(self.process.pid)]
        for pid in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        while any(alive(pid) for pid in everybody):
            threading.Event().wait(0.01)


@dataclass
class Stepping:
    """Follows the steps of a process, and kills it at one.

    Attributes:
        kill_at: the step; None lets it run.
        steps: those reached.
    """

    kill_at: str | None
    steps: list[str] = field(default_factory=list)
    custody: Custody | None = None
    dead: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    _hold_at: str | None = None
    _go: threading.Event = field(default_factory=threading.Event)

    def hold(self, step: str) -> None:
        """Let it wait at a step until :meth:`release`."""
        self._hold_at = step

    def release(self) -> None:
        """Let it go on, and hold it no more."""
        self._hold_at = None
        self._go.set()

    def follow(self, names: int, go: int) -> None:
        """Let it go on from step to step, until it ends."""
        with os.fdopen(names, encoding="ascii") as reading, os.fdopen(go, "wb", buffering=0) as writing:
            for line in reading:
                self.steps.append(line.strip())
                if self.steps[-1] == self.kill_at and self.custody is not None:
                    self.custody.kill()
                    self.dead.set()
                    return
                if self.steps[-1] == self._hold_at:
                    self.held.set()
                    self._go.wait()
                with contextlib.suppress(BrokenPipeError):
                    writing.write(b".")


def settings(stage: TenderStage, name: str, **custodian: int | str) -> Home:
    """Give a custodian other settings; its home."""
    home = Home(stage.home(name))
    values = home.settings.model_dump()
    kept = {part: values[part] for part in ("role", "ledger", "tenders")}
    home.write_config(kept | {"custodian": custodian})
    return Home(stage.home(name))


@contextlib.contextmanager
def serving(
    stage: TenderStage,
    name: str = "custodian-1",
    *,
    port: int = 0,
    stepping: Stepping | None = None,
    waits: bool = True,
) -> Iterator[Custody]:
    """A custodian on a free port, until the block is left."""
    environment, fds, thread = dict(os.environ), (), None
    if stepping is not None:
        names_out, names_in = os.pipe()
        go_out, go_in = os.pipe()
        fds = (names_in, go_out)
        environment["YINXIN_STEP_PIPE"] = f"{names_in},{go_out}"
    with tempfile.NamedTemporaryFile(prefix="custody-", suffix=".log", dir=stage.folder, delete=False) as log:
        process = subprocess.Popen(
            [YINXIN, "--home", str(stage.home(name)), "custodian", "run", "--port", str(port)],
            stdout=subprocess.PIPE, stderr=log, text=True, env=environment, pass_fds=fds,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        if stepping is not None:
            os.close(names_in)
            os.close(go_out)
        url = process.stdout.readline().strip().replace("localhost", "127.0.0.1")
        assert url.startswith("http://"), Path(log.name).read_text()
        custody = Custody(process, url, Path(log.name))
        if stepping is not None:
            stepping.custody = custody
            thread = threading.Thread(target=stepping.follow, args=(names_out, go_in))
            thread.start()
        if waits:
            _until_it_answers(custody)
        yield custody
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                Custody(process, "", Path(log.name)).kill()
        process.stdout.close()
        if thread is not None:
            thread.join()


def _until_it_answers(custody: Custody) -> None:
    until = time.monotonic() + 60
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{custody.url}/health", timeout=10).json()["status"] == "ready":
                return
        assert custody.process.poll() is None, custody.log.read_text()
        assert time.monotonic() < until, custody.log.read_text()
        time.sleep(0.1)
