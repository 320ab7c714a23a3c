"""Programs of tests/web/programs under Node, from Python."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run_program(name: str, given: Any = None) -> Any:
    """What a program writes, as plain data.

    Args:
        name: of the program, without its ending.
        given: what it reads from standard input, as plain data.

    Raises:
        AssertionError: it failed; shows what it wrote.
    """
    done = subprocess.run(
        ["node", "scripts/web/run.mjs", f"tests/web/programs/{name}.ts"],
        cwd=ROOT, input=json.dumps(given), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
