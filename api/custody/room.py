"""Room on the disk: some is never filled, so that the journal can always be written."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from pathlib import Path

from chain.kernel.errors import Unavailable

_RESERVE = 256 * 2**20
"""Bytes of the disk that are never filled."""
_COUNT_AGAIN = 60.0
"""Seconds after which a full shelf is counted again: what lay there already was added up twice."""
SHELF_LIMIT = 64 * 2**30
"""Bytes that all papers and notes on the shelf may have."""


def require_free(folder: Path, size: int) -> None:
    """Raises Unavailable unless so many bytes fit on the folder's disk, with a reserve left."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if shutil.disk_usage(there).free < size + _RESERVE:
        raise _full("the custodian's disk is full")


class Room:
    """What the shelf may still hold; counted at the first write, then added up.

    Args:
        folder: the shelf's.
        limit: bytes, at most.
    """

    def __init__(self, folder: Path, limit: int = SHELF_LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._used = 0
        self._counted = -_COUNT_AGAIN

    def take(self, size: int) -> None:
        """Count bytes that are about to be written there. Raises Unavailable if they do not fit."""
        require_free(self._folder, size)
        with self._lock:
            if not self._used or (self._used + size > self._limit and self._counted + _COUNT_AGAIN < time.monotonic()):
                self._used = _bytes_in(self._folder)
                self._counted = time.monotonic()
            if self._used + size > self._limit:
                raise _full("the custodian's board is full")
            self._used += size


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # one that was being written
            total += path.stat().st_size if path.is_file() else 0
    return total


def _full(what: str) -> Unavailable:
    return Unavailable(what, code="custody.disk", field="size", fix="take another custodian")
