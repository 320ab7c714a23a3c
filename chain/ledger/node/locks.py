"""File locks that the system gives up for a process that dies (flock)."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from chain.kernel.errors import Unavailable


class FileLock:
    """A lock on a file, shared or exclusive; held until :meth:`release` or the end of the process.

    Attributes:
        path: the file, created with mode 0600 where it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def attempt(self, *, shared: bool = False) -> bool:
        """Take the lock if nobody is in the way; True if it is held now."""
        if self._handle is None:
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        return True

    def take(self, *, shared: bool = False, limit: float = 30.0) -> None:
        """Wait for the lock.

        Raises:
            Unavailable: somebody held it for ``limit`` seconds.
        """
        deadline = time.monotonic() + limit
        while not self.attempt(shared=shared):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{self.path} is held by another process", code="node.lock", fix="wait for it, or end it"
                )
            time.sleep(0.01)

    def release(self) -> None:
        """Give the lock up."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def held(self) -> bool:
        """True while this object holds it."""
        return self._handle is not None


def is_held(path: Path) -> bool:
    """True if some process holds the exclusive lock on that file."""
    probe = FileLock(path)
    if not path.exists():
        return False
    free = probe.attempt(shared=True)
    probe.release()
    return not free
