"""Durable file operations: what is said to be on disk is on disk."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def fsync_directory(path: Path) -> None:
    """Make names created, renamed or removed in ``path`` durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_directory(path: Path) -> None:
    """Create ``path`` and its parents, readable by the owner only, durably."""
    if path.is_dir():
        return
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    fsync_directory(path.parent)


def open_private(path: Path, flags: int) -> int:
    """Open with mode 0600."""
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the advisory lock file ``path`` among processes and threads; False if it was not got without waiting."""
    handle = open_private(path, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
