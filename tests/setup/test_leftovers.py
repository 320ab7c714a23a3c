"""A process that a test leaves behind is found, however far it ran from its parent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import subprocess, sys
from scripts.ci import leftovers as ci_leftovers
if not ci_leftovers.inherit_orphans():
    sys.exit("no heir")
subprocess.run([sys.executable, "-c", {body!r}], check=True)
print(*(process.command for process in ci_leftovers.wait_and_end(0.5)), sep="\\n")
print("then", len(ci_leftovers.wait_and_end(5)))
"""

_DAEMON = (
    "import subprocess; subprocess.Popen(['sleep', '86399'], start_new_session=True, env={}, cwd='/',"
    " stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
)


def said(body: str) -> list[str]:
    """What a runner reports that ran ``body`` in a child."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(body=body)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason=f"no /proc on {sys.platform}")
class TestLeftovers:
    def test_a_detached_grandchild_is_found_and_ended(self) -> None:
        assert said(_DAEMON) == ["sleep 86399", "then 0"]

    def test_nothing_is_found_after_a_clean_child(self) -> None:
        assert said("pass") == ["then 0"]
