"""A witness in the background: start it, find it, end it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from chain.kernel.errors import Unavailable

_RUN = "from chain.cli.main import main; main()"


def witness_url(home: Path) -> str | None:
    """Address of the witness that works in that home, or None if none does."""
    if not _held(home):
        return None
    try:
        found = json.loads((home / "endpoint.json").read_bytes())
        return str(found["url"])
    except (OSError, ValueError, KeyError):
        return None


def ensure_witness(home: Path, *, limit: float = 30.0) -> str:
    """Address of the witness of that home, started (``yinxin witness run``) if none works there.

    It goes on after this process has ended; :func:`stop_witness` ends it. Its passphrase comes from where
    :func:`chain.keys.passphrase_for` looks, never from a terminal.

    Raises:
        Unavailable: it does not start; quotes its own words.
    """
    home = home.resolve()
    process: subprocess.Popen[bytes] | None = None
    deadline = time.monotonic() + limit
    while (url := witness_url(home)) is None:
        if process is None and not _held(home):
            with open(home / "witness.log", "ab") as output:
                process = subprocess.Popen(
                    [sys.executable, "-c", _RUN, "--home", str(home), "witness", "run"],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                )  # fmt: skip
            # It shall outlive this process; a thread takes its exit code, so that no zombie is left while we live.
            threading.Thread(target=process.wait, name="witness-reaper", daemon=True).start()
        gone = process is not None and process.returncode not in (None, 0)
        if (gone and not _held(home)) or time.monotonic() > deadline:
            log = home / "witness.log"
            words = log.read_text(encoding="utf-8", errors="replace").strip()[-400:] if log.is_file() else ""
            raise Unavailable(f"the witness does not start: {words}", code="witness.start", fix=f"read {log}")
        time.sleep(0.05)
    return url


def stop_witness(home: Path, *, limit: float = 15.0, kill: Callable[[int, int], None] = os.kill) -> bool:
    """End the witness that works in that home; False if none did. Raises Unavailable if it does not end."""
    deadline = time.monotonic() + limit
    told = False
    while _held(home):
        if not told:
            try:
                pid = int(json.loads((home / "endpoint.json").read_bytes())["pid"])
                kill(pid, signal.SIGTERM)
                told = True
            except (OSError, ValueError, KeyError):
                pass  # it is just starting, or just ending
        if time.monotonic() > deadline:
            raise Unavailable(f"the witness in {home} does not end", code="witness.stop", fix="end its process")
        time.sleep(0.05)
    return told


def _held(home: Path) -> bool:
    """True if some process works in that home."""
    try:
        handle = os.open(home / "witness.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
