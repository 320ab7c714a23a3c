"""Running a command step by step and killing it at a named one (see chain/kernel/steps.py)."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.api.town import ROOT, YINXIN

SMALL_CHUNKS = "from api.certificates import laying; laying.CHUNK = {}; from chain.cli.main import main; main()"


@dataclass(frozen=True)
class Run:
    """How one run ended.

    Attributes:
        steps: names reached, in order.
        code: exit code; negative if it was killed.
        out: standard output.
        err: standard error.
    """

    steps: tuple[str, ...]
    code: int
    out: str
    err: str


def run_until(
    arguments: Sequence[str],
    kill_at: str | None = None,
    *,
    chunk: int | None = None,
    seen: Callable[[str], None] = lambda _step: None,
) -> Run:
    """Run ``yinxin`` and kill -9 it at the step named; without one let it end.

    Args:
        arguments: of the command line.
        kill_at: where it dies, before it does anything more.
        chunk: certificates a chunk; the program's own number if not given.
        seen: called at each step, while the process waits.
    """
    names_out, names_in = os.pipe()
    go_out, go_in = os.pipe()
    command = [YINXIN] if chunk is None else [sys.executable, "-c", SMALL_CHUNKS.format(chunk)]
    steps = []
    # Files, not pipes: nobody reads while the steps are followed, and a pipe that is full stops its writer.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [*command, *arguments],
            stdout=out, stderr=err, cwd=ROOT, pass_fds=(names_in, go_out),
            env={**os.environ, "YINXIN_STEP_PIPE": f"{names_in},{go_out}"},
        )  # fmt: skip
        os.close(names_in)
        os.close(go_out)
        with os.fdopen(names_out, encoding="ascii") as names, os.fdopen(go_in, "wb", buffering=0) as go:
            for line in names:
                steps.append(line.strip())
                seen(steps[-1])
                if steps[-1] == kill_at:
                    os.kill(process.pid, signal.SIGKILL)
                    break
                go.write(b".")
        process.wait(timeout=120)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return Run(tuple(steps), process.returncode, *said)


def steps_in_code() -> set[str]:
    """Every step that api and chain name: arguments of ``reached`` and states given to ``_set`` and ``_set_state``."""
    found = set()
    for folder in ("api", "chain"):
        for file in (ROOT / folder).rglob("*.py"):
            found |= _steps_of(file)
    return found


def _steps_of(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id
        words = [item.value for item in node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        if name == "reached" and words:
            found.add(str(words[0]))
        elif name == "reached" and isinstance(node.args[0], ast.JoinedStr):
            known = ("f'act-{state}'", "f'answer-{request.kind}'", "f'type-{state}'")
            assert ast.unparse(node.args[0]) in known, "tell this test about it"
        elif name == "_set_state":
            found.add(str(words[0]))
        elif name == "_set" and words:  # a migration has a function of that name, too
            found.add(f"act-{words[0]}")
        elif name == "_move_type":
            found.add(f"type-{words[0]}")
    return found
