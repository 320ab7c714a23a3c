"""Processes that die with their parent, and telling a live one from a number that was used again."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_LINUX = sys.platform == "linux"


class ProcessMark(msgspec.Struct, frozen=True):
    """A process that cannot be mistaken for another.

    Attributes:
        pid: process id.
        born: when it started, as the system writes it (with the boot it belongs to).
    """

    pid: int
    born: str


def mark(pid: int) -> ProcessMark | None:
    """The mark of a live process, or None if there is none (a zombie counts as none)."""
    if _LINUX:
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            if fields[0] in (b"Z", b"X"):
                return None
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except (OSError, IndexError):
            return None
        return ProcessMark(pid, f"{boot}:{fields[19].decode()}")
    done = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    text = done.stdout.strip()
    return None if not text or text.startswith("Z") else ProcessMark(pid, text.partition(" ")[2].strip())


def is_alive(process: ProcessMark) -> bool:
    """True if that very process still runs."""
    return mark(process.pid) == process


def end(process: ProcessMark, *, group: bool = False, grace: float = 0.0, wait: float = 5.0) -> bool:
    """End that very process: SIGTERM with ``grace`` seconds first, then SIGKILL. True once it is gone."""
    for sign, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, wait)):
        if seconds <= 0:
            continue
        if not is_alive(process):
            return True
        try:
            if group and os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, sign)
            else:
                os.kill(process.pid, sign)
        except ProcessLookupError:
            return True
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if not is_alive(process):
                return True
            time.sleep(0.01)
    return not is_alive(process)


def child_setup(*, own_network: bool) -> Callable[[], None]:
    """What a child does between fork and exec: die when its parent does and, if asked, leave the network.

    ``own_network`` puts the child into an empty network namespace, so that a port it opens is reachable from
    nowhere (Linux; needs user namespaces or root). Ask :func:`network_can_be_cut` first.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if _LINUX else None
    unshare = libc.unshare if libc is not None else None
    prctl = libc.prctl if libc is not None else None
    flags = _CLONE_NEWNET | (0 if os.geteuid() == 0 else _CLONE_NEWUSER)

    def setup() -> None:
        if own_network and (unshare is None or unshare(flags) != 0):
            os._exit(97)
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(98)

    return setup


def network_can_be_cut() -> bool:
    """True if a child of this process can be put into an empty network namespace."""
    if not _LINUX:
        return False
    try:
        done = subprocess.run(["true"], preexec_fn=child_setup(own_network=True), check=False, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
