"""A command run step by step (chain/kernel/steps.py): the time of each step, memory and processor time of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Usage:
    """What a process and its children took.

    Attributes:
        peak: most resident memory of all of them together at one time, bytes; pages that they share count for each.
        cpu: seconds of processor time.
    """

    peak: int = 0
    cpu: float = 0.0


@dataclass
class Watch:
    """Looks at processes twenty times a second.

    Attributes:
        seen: by name, what each took so far.
    """

    seen: dict[str, Usage] = field(default_factory=dict)
    _roots: dict[str, int] = field(default_factory=dict)
    _spent: dict[tuple[str, int], float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def follow(self, name: str, pid: int) -> None:
        """Look at that process and all below it; a name may be followed by another process later."""
        self.seen.setdefault(name, Usage())
        self._roots[name] = pid

    def __enter__(self) -> Watch:
        """Begin."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def cpu(self, name: str) -> float:
        """Seconds of processor time so far."""
        return sum(spent for (owner, _pid), spent in list(self._spent.items()) if owner == name)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self._look()

    def _look(self) -> None:
        parents: dict[int, int] = {}
        spent: dict[int, float] = {}
        memory: dict[int, int] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with suppress(OSError, ValueError, IndexError):
                after = (folder / "stat").read_text().rpartition(")")[2].split()
                pid = int(folder.name)
                parents[pid], memory[pid] = int(after[1]), int(after[21]) * _PAGE
                spent[pid] = (int(after[11]) + int(after[12])) / _TICK
        for name, root in list(self._roots.items()):
            family = {root} if root in parents else set()
            grown = True
            while grown:
                found = {pid for pid, parent in parents.items() if parent in family} - family
                family |= found
                grown = bool(found)
            usage = self.seen[name]
            usage.peak = max(usage.peak, sum(memory[pid] for pid in family))
            self._spent.update({(name, pid): spent[pid] for pid in family})
            usage.cpu = self.cpu(name)


@dataclass(frozen=True)
class Stepped:
    """How one run went.

    Attributes:
        steps: name and seconds since the start, in order.
        code: exit code; negative if it was killed.
        seconds: from start to end.
        out: what it printed.
    """

    steps: tuple[tuple[str, float], ...]
    code: int
    seconds: float
    out: str

    def at(self, step: str) -> float | None:
        """Seconds until a step was reached for the last time, or None."""
        return next((seconds for name, seconds in reversed(self.steps) if name == step), None)


def run_stepped(
    command: Sequence[str],
    environment: dict[str, str],
    *,
    started: Callable[[int], None] = lambda _pid: None,
    seen: Callable[[str], None] = lambda _step: None,
    kill: tuple[str, int] | None = None,
) -> Stepped:
    """Run a command; note its steps; kill -9 it when it reaches the step ``kill[0]`` for the ``kill[1]``-th time."""
    names_out, names_in = os.pipe()
    go_out, go_in = os.pipe()
    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, pass_fds=(names_in, go_out),
        env={**environment, "YINXIN_STEP_PIPE": f"{names_in},{go_out}"},
    )  # fmt: skip
    os.close(names_in)
    os.close(go_out)
    started(process.pid)
    steps: list[tuple[str, float]] = []
    with os.fdopen(names_out, encoding="ascii") as names, os.fdopen(go_in, "wb", buffering=0) as go:
        for line in names:
            name = line.strip()
            steps.append((name, time.monotonic() - begin))
            seen(name)
            if kill is not None and name == kill[0] and sum(name == one for one, _ in steps) == kill[1]:
                process.send_signal(signal.SIGKILL)
                break
            go.write(b".")
    out, _ = process.communicate()
    return Stepped(tuple(steps), process.returncode, time.monotonic() - begin, out)
