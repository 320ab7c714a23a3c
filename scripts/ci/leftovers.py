"""Finds processes that a run left behind.

On Linux the runner makes itself the heir of every orphan below it (prctl(2), PR_SET_CHILD_SUBREAPER), so
what is left behind is exactly what still descends from it when all parts are done, however often it forked
and whatever it did to its environment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Process:
    """A running process.

    Attributes:
        pid: its number.
        parent: its parent's number.
        command: its command line, or its name in brackets.
    """

    pid: int
    parent: int
    command: str


def inherit_orphans() -> bool:
    """Become the heir of orphans; False where the system has no such thing."""
    if not (_PROC / "self" / "stat").is_file():
        return False
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def descendants() -> list[Process]:
    """Everything alive below this process; those that ended but were not waited for don't count."""
    alive: dict[int, Process] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except OSError:
            continue
        name = stat[stat.index("(") : stat.rindex(")") + 1]
        state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
        if state not in "ZX":
            alive[int(entry.name)] = Process(int(entry.name), int(parent), line or name)
    found: list[Process] = []
    border = {os.getpid()}
    while border:
        below = [process for process in alive.values() if process.parent in border]
        found += below
        border = {process.pid for process in below}
    return found


def wait_and_end(patience: float = 10.0) -> list[Process]:
    """Give what is still running a moment to end by itself; return the rest, after ending it for good."""
    until = time.monotonic() + patience
    while (left := descendants()) and time.monotonic() < until:
        time.sleep(0.2)
    for process in left:
        try:
            os.kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return left
