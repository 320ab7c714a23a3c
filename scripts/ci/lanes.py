"""Runs parts side by side, each with its own log, temporary folder and process group."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.ci.outcome import Outcome, refuse_unlisted, skipped
from scripts.ci.parts import ROOT, Part
from scripts.ci.skips import Allowed

OUT = ROOT / ".ci-out"
TAIL = 80


PREPARED = "YINXIN_TEST_PREPARED"
"""Variable that names the folder in which the parts of one run share what takes long to prepare (tests/plugins)."""
_CROWD = 1.15
"""Shares of parts that may run at once, for each core: an estimate that is a little too high keeps nobody waiting."""
_LONG = 400.0
"""Weight from which nothing lighter goes before a part that could begin: begun last, it would run on alone."""


class Lanes:
    """More lanes than cores pay: a test of the whole road waits for blocks and processes half of its time.

    Args:
        allowed: skips that are listed.
        lanes: parts side by side at most; fewer if these keep the cores busy.
        cores: cores there are.
        limit: seconds after which a part is ended.
    """

    def __init__(
        self, allowed: Sequence[Allowed], *, lanes: int = 4, cores: float | None = None, limit: float = 45 * 60
    ) -> None:
        self._allowed = allowed
        self._lanes = lanes
        self._limit = limit
        self._room = _CROWD * (cores or os.cpu_count() or 1)
        self._busy: dict[str, float] = {}
        self._prepared = ""
        self._lock = threading.Lock()
        self._running: dict[str, tuple[float, subprocess.Popen[bytes]]] = {}
        self._over = threading.Event()
        self._changed = threading.Condition()
        self._waiting: list[Part] = []
        self._unended: set[str] = set()

    def run(self, parts: Sequence[Part]) -> list[Outcome]:
        """Run all parts, those with most work first; the outcomes come back in the order of the parts."""
        OUT.mkdir(exist_ok=True)
        needed = {name for part in parts for name in part.needs}

        def turn(part: Part) -> tuple[bool, bool, float]:
            """The long ones, then what others wait for, then by work: what wants little fits in anywhere, also last."""
            long = part.weight >= _LONG
            return not long, part.name not in needed, -part.weight * (1.0 if long else part.share)

        self._waiting = sorted(parts, key=turn)
        self._unended = {part.name for part in parts}
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        done: dict[str, Outcome] = {}
        self._prepared = tempfile.mkdtemp(prefix="yx-")
        try:
            with ThreadPoolExecutor(self._lanes) as pool:
                lanes = [pool.submit(self._lane, done) for _ in range(self._lanes)]
                try:
                    for lane in lanes:
                        lane.result()
                except BaseException:
                    self._over.set()
                    self._end_all()
                    raise
        finally:
            self._over.set()
            watch.join()
            shutil.rmtree(self._prepared, ignore_errors=True)
        return [done[part.name] for part in parts]

    def _lane(self, done: dict[str, Outcome]) -> None:
        """One part after the other, until none is left."""
        while (part := self._next()) is not None:
            try:
                done[part.name] = self._settle(part)
            finally:
                with self._changed:
                    self._unended.discard(part.name)
                    del self._busy[part.name]
                    self._changed.notify_all()

    def _next(self) -> Part | None:
        """The heaviest part all of whose needs have ended and for which there is room, once there is one."""
        with self._changed:
            while self._waiting:
                for part in self._waiting:
                    if not self._unended.isdisjoint(part.needs):
                        continue
                    if self._fits(part):
                        self._waiting.remove(part)
                        self._busy[part.name] = part.share
                        return part
                    if part.weight >= _LONG:
                        break
                self._changed.wait()
            return None

    def _fits(self, part: Part) -> bool:
        return not self._busy or sum(self._busy.values()) + part.share <= self._room

    def _settle(self, part: Part) -> Outcome:
        if part.unfit:
            outcome = refuse_unlisted(skipped(part.name, part.unfit), self._allowed)
        elif self._over.is_set():
            outcome = Outcome(part.name, 0, 1, (), 0.0, note="not run: the run was stopped")
        else:
            outcome = refuse_unlisted(self._run(part), self._allowed)
        self._tell(part, outcome)
        return outcome

    def _run(self, part: Part) -> Outcome:
        log, outcomes = OUT / f"{label(part)}.log", OUT / f"{label(part)}.json"
        outcomes.unlink(missing_ok=True)
        folder = tempfile.mkdtemp(prefix="yx-")  # short: the path of a unix socket holds 107 characters
        command = list(part.command)
        if part.kind == "pytest":
            command += [
                "-q",
                "--color=no",
                "-p",
                "no:cacheprovider",
                f"--outcomes={outcomes}",
                f"--basetemp={folder}/t",
            ]
        env = {**os.environ, "CI": "true", "TMPDIR": folder, PREPARED: self._prepared, **part.env}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # thousands of commands would each compile the house anew
        began = time.monotonic()
        try:
            with log.open("wb") as sink:
                process = subprocess.Popen(
                    command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
                    start_new_session=True,
                )  # fmt: skip
                with self._lock:
                    self._running[part.name] = (began, process)
                try:
                    code = process.wait(self._limit)
                except subprocess.TimeoutExpired:
                    _end(process)
                    took = time.monotonic() - began
                    return Outcome(part.name, 0, 1, (), took, note=f"stopped after {self._limit / 60:.0f} minutes")
                finally:
                    with self._lock:
                        self._running.pop(part.name, None)
            return part.count(code, time.monotonic() - began, log, outcomes)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _tell(self, part: Part, outcome: Outcome) -> None:
        counts = f"{outcome.passed} passed"
        counts += f", {outcome.failed} failed" if outcome.failed else ""
        counts += f", {len(outcome.skips)} skipped" if outcome.skips else ""
        word = "ok" if outcome.word == "run" else outcome.word
        with self._lock:
            print(
                f"{word:7}  {part.name:24}  {counts}, {outcome.seconds:.1f} s",
                flush=True,
            )
            log = OUT / f"{label(part)}.log"
            if outcome.failed and log.is_file():
                for line in log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]:
                    print(f"  | {line}")
                print(f"  the whole log: {log.relative_to(ROOT)}", flush=True)

    def _watch(self) -> None:
        while not self._over.wait(60):
            with self._lock:
                now = time.monotonic()
                names = ", ".join(f"{name} ({now - began:.0f} s)" for name, (began, _) in sorted(self._running.items()))
                names += f": {_last_line(OUT / 'kubo.log')}" if "kubo" in self._running else ""
            if names:
                print(f"…        {names}", flush=True)

    def _end_all(self) -> None:
        with self._lock:
            running = [process for _, process in self._running.values()]
        for process in running:
            _end(process)


def label(part: Part) -> str:
    """The part's name as that of a file."""
    return part.name.replace("/", "-").replace("::", "-").replace(" ", "-")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a part's whole process group: politely, then for good."""
    for sign, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, sign)
            process.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
