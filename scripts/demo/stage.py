"""The stage of the demo: roles with homes of their own, commands run as a person would, and the report."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
YINXIN = ROOT / ".venv" / "bin" / "yinxin"
PATIENCE = "300"
"""Seconds that a command waits for what others do, as an argument: a bound for a busy machine, never a pace."""


class Unexpected(Exception):
    """A command did not do what the story says it does."""


@dataclass
class Answer:
    """What a command answered.

    Attributes:
        code: exit code.
        data: its JSON.
        seconds: how long it took.
    """

    code: int
    data: dict[str, Any]
    seconds: float


@dataclass
class Stage:
    """Where the demo plays.

    Attributes:
        out: folder of everything it leaves.
        lines: the report, as Markdown lines.
        children: processes in the background, ended with the demo.
    """

    out: Path
    lines: list[str] = field(default_factory=list)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def chapter(self, title: str) -> None:
        """Begin a chapter on the terminal and in the report."""
        seconds = time.monotonic() - self.started
        print(
            f"\n\033[1m{title}\033[0m  ({seconds:.0f} s)"
            if sys.stdout.isatty()
            else f"\n== {title}  ({seconds:.0f} s)",
            flush=True,
        )
        self.lines += ["", f"## {title}", "", f"*after {seconds:.0f} seconds*", ""]

    def say(self, text: str) -> None:
        """One line of the story."""
        print(f"  {text}", flush=True)
        self.lines.append(f"- {text}")

    def together(self, acts: Iterable[Callable[[], Any]], *, workers: int = 3) -> list[Any]:
        """Let several people act at once; what they answered, in the same order."""
        with ThreadPoolExecutor(workers) as pool:
            return [future.result() for future in [pool.submit(act) for act in acts]]

    def end(self) -> None:
        """End the processes in the background."""
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


class Role:
    """Somebody with a home and a passphrase of their own.

    Args:
        stage: where they play.
        name: folder of the home under the stage's folder.
    """

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name
        self.home = stage.out / name
        self.home.mkdir(mode=0o700)
        # A demonstration: the passphrase lies in the home so that the visitor can go on. `doctor` says so.
        file = self.home / "passphrase"
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24) + "\n")

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line."""
        return [str(YINXIN), "--home", str(self.home), *map(str, arguments)]

    def run(self, *arguments: str | Path, expect: Sequence[int] = (0,), quiet: bool = False) -> Answer:
        """Run a command to its end.

        Raises:
            Unexpected: it ended with another exit code.
        """
        if not quiet:
            shown = [
                os.path.relpath(word, ROOT) if str(word).startswith(str(ROOT)) else str(word) for word in arguments
            ]
            print(f"  $ yinxin --home {os.path.relpath(self.home, ROOT)} {shlex.join(shown)}", flush=True)
        start = time.monotonic()
        done = subprocess.run(
            [*self.command(*arguments), "--json"], capture_output=True, env=_environment(), check=False
        )
        seconds = time.monotonic() - start
        try:
            data = json.loads(done.stdout) if done.stdout.strip() else {}
        except ValueError:
            data = {}
        if done.returncode not in expect:
            raise Unexpected(
                f"{shlex.join(map(str, arguments))}: exit {done.returncode} instead of {expect}\n"
                f"{done.stdout.decode()}\n{done.stderr.decode()}"
            )
        return Answer(done.returncode, data, seconds)

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a command that stays."""
        print(f"  $ yinxin --home {os.path.relpath(self.home, ROOT)} {shlex.join(map(str, arguments))} &", flush=True)
        with (self.home / f"{arguments[0]}.log").open("ab") as log:
            child = subprocess.Popen(
                self.command(*arguments), stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=_environment()
            )
        self.stage.children.append(child)
        return child

    def killed_at(self, step: str, *arguments: str | Path) -> None:
        """Run a command and kill it with SIGKILL when it reaches the named step.

        Raises:
            Unexpected: it ended before.
        """
        out_read, out_write = os.pipe()
        back_read, back_write = os.pipe()
        env = _environment() | {"YINXIN_STEP_PIPE": f"{out_write},{back_read}"}
        child = subprocess.Popen(
            self.command(*arguments),
            pass_fds=(out_write, back_read),
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(out_write)
        os.close(back_read)
        seen = ""
        try:
            with os.fdopen(out_read, "r") as steps:
                for line in steps:
                    seen = line.strip()
                    if seen == step:
                        child.send_signal(signal.SIGKILL)
                        break
                    os.write(back_write, b".")
        finally:
            os.close(back_write)
            child.wait()
        if child.returncode != -signal.SIGKILL:
            raise Unexpected(f"{shlex.join(map(str, arguments))} ended after step {seen!r}, before {step!r}")


def _environment() -> dict[str, str]:
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("YINXIN_") or name in ("YINXIN_CACHE", "YINXIN_ANVIL")
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of commands would each compile the house anew
    return env | {"PYTHONUNBUFFERED": "1"}
