"""A process that reports its steps waits for an answer, and ends where none comes."""

from __future__ import annotations

import os
import subprocess
import sys

from chain.kernel import steps

CODE = "from chain.kernel.steps import reached; reached('first'); reached('second'); print('through')"


def run(answers: bytes) -> tuple[bytes, int, bytes]:
    names_out, names_in = os.pipe()
    go_out, go_in = os.pipe()
    os.write(go_in, answers)
    os.close(go_in)
    environment = {**os.environ, "YINXIN_STEP_PIPE": f"{names_in},{go_out}"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], check=False, pass_fds=(names_in, go_out), env=environment, capture_output=True
    )
    for handle in (names_in, go_out):
        os.close(handle)
    with os.fdopen(names_out, "rb") as names:
        return names.read(), done.returncode, done.stdout


def test_each_step_is_named_and_answered() -> None:
    assert run(b"..") == (b"first\nsecond\n", 0, b"through\n")


def test_without_an_answer_it_ends_there() -> None:
    assert run(b".") == (b"first\nsecond\n", 70, b"")


def test_in_ordinary_use_nothing_happens() -> None:
    steps.reached("anything")
