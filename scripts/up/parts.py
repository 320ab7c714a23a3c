"""The processes of ``make up``: started, started again when they die, and ended together.

Each is the leader of a process group of its own, writes to a log of its own, and is killed by the system when the
process that looks after it dies (Linux, PR_SET_PDEATHSIG), so that nothing stays behind. Call everything here from one
thread: the system ties a child to the thread that started it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chain.kernel.errors import YinxinError
from chain.ledger.node import NodeHandle, ensure_node, node_status, stop_node
from chain.ledger.node.process import ProcessMark, child_setup, end, mark

YINXIN = Path(sys.executable).with_name("yinxin")
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
_STEADY = 60.0
"""Seconds of life after which a part's next death counts as its first."""
_GRACE = 5.0
"""Seconds in which parts may end by themselves; killing one loses nothing, it only is less tidy."""
_KEPT = ("YINXIN_CACHE", "YINXIN_ANVIL")

Say = Callable[[str, str], None]
"""Takes English and Chinese."""


def environment() -> dict[str, str]:
    """This process's environment without what would change the homes' own settings."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("YINXIN_") or name in _KEPT}
    return found | {"PYTHONUNBUFFERED": "1"}


@dataclass
class Part:
    """One process that runs until it is told to end.

    Attributes:
        name: how people know it.
        command: program and arguments.
        log: file its output goes to.
        more: variables added to the environment.
    """

    name: str
    command: Sequence[str]
    log: Path
    more: Mapping[str, str] = field(default_factory=dict)
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _since: float = 0.0
    _again_at: float = 0.0
    _wait: float = FIRST_WAIT

    def start(self) -> None:
        """Start it."""
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                env={**environment(), **self.more},
                start_new_session=True,
                preexec_fn=child_setup(own_network=False),  # noqa: PLW1509 - one function of libc, resolved before the fork
            )
        finally:
            os.close(descriptor)
        self._since = time.monotonic()

    @property
    def mark(self) -> ProcessMark | None:
        """Its process, if it runs."""
        return mark(self._child.pid) if self._child is not None else None

    def tend(self, say: Say) -> bool:
        """Start it again if it died, later and later if it dies at once. True if it was started."""
        now = time.monotonic()
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return False
            self._sweep()
            self._child = None
            if now - self._since > _STEADY:
                self._wait = FIRST_WAIT
            self._again_at = now + self._wait
            say(f"{self.name} ended ({_why(code)}); again in {self._wait:g} s", f"{self.name} 已退出，即将重启")
            self._wait = min(2 * self._wait, LONGEST_WAIT)
        if now < self._again_at:
            return False
        self.start()
        say(f"{self.name} started again", f"{self.name} 已重启")
        return True

    def terminate(self) -> None:
        """Ask it to end."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until it has ended; kill what of its group is left at the deadline (``time.monotonic``)."""
        if self._child is None:
            return
        try:
            self._child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        self._sweep()
        self._child.wait()
        self._child = None

    def _sweep(self) -> None:
        assert self._child is not None
        try:
            os.killpg(self._child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


class Ledger:
    """The embedded node, which looks after its own processes: it is kept in use, and started again if it dies.

    Args:
        folder: of the node.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: NodeHandle = ensure_node(folder)
        self._again_at = 0.0

    @property
    def url(self) -> str:
        """JSON-RPC address."""
        return self._handle.url

    def tend(self, say: Say) -> None:
        """Start it again if nobody else has."""
        if time.monotonic() < self._again_at or node_status(self._folder).running:
            return
        try:
            self._handle.renew()
            say("ledger started again", "账本节点已重启")
        except YinxinError as error:
            self._again_at = time.monotonic() + LONGEST_WAIT
            say(f"ledger: {error.message}", "账本节点无法启动")

    def stop(self) -> None:
        """End it; what was served is kept."""
        stop_node(self._folder)
        self._handle.close()


@dataclass
class Parts:
    """All of them.

    Attributes:
        ledger: the chain.
        others: in the order in which they start.
        say: tells people.
    """

    ledger: Ledger
    others: list[Part]
    say: Say

    def start(self) -> None:
        """Start all but the ledger, which runs already."""
        for part in self.others:
            part.start()

    def tend(self) -> bool:
        """Look after all of them once. True if one was started again."""
        self.ledger.tend(self.say)
        started = [part.name for part in self.others if part.tend(self.say)]
        return bool(started)

    def marks(self) -> dict[str, ProcessMark]:
        """Those that run, by name."""
        return {part.name: found for part in self.others if (found := part.mark) is not None}

    def stop(self) -> None:
        """End all of them: the ledger last, as the others use it."""
        for part in reversed(self.others):
            part.terminate()
        deadline = time.monotonic() + _GRACE
        for part in reversed(self.others):
            part.wait(deadline)
        self.ledger.stop()


def end_leftovers(marks: Mapping[str, ProcessMark]) -> list[str]:
    """End processes that an earlier run left behind, where the system did not; returns their names."""
    return [name for name, found in marks.items() if mark(found.pid) == found and end(found, group=True)]


def _why(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
