"""Keeps one Kubo daemon alive while anybody uses it. Runs by its path, with the standard library alone.

Usage: python -I _kubo_watch.py FOLDER BINARY

Every user holds a shared lock on FOLDER/users; the system drops it however a user ends. Once the exclusive lock can
be had, nobody uses the node: the daemon is ended, and this process with it. If this process dies first, the kernel
ends the daemon.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1
_POLL = 0.2
_GRACE = 20.0


def main(folder: Path, binary: str) -> int:
    """Watch until nobody is left; 0 if the daemon ended because of that, 1 if by itself."""
    with (folder / "watch.lock").open("a") as own:
        fcntl.flock(own, fcntl.LOCK_EX)
        libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

        def die_with_parent() -> None:
            if libc is not None:
                libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)

        def leave(_number: int, _frame: FrameType | None) -> None:
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, leave)
        daemon = subprocess.Popen(
            [binary, "daemon"],
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this program has one thread
        )
        try:
            with (folder / "users").open("a") as users:
                while daemon.poll() is None:
                    time.sleep(_POLL)
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        continue
                    _end(daemon)
                    return 0
            return 1
        finally:
            _end(daemon)


def _end(daemon: subprocess.Popen[bytes]) -> None:
    if daemon.poll() is None:
        daemon.terminate()
        try:
            daemon.wait(_GRACE)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
