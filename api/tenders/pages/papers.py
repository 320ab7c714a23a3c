"""Papers for pages: by digest from a board, read in their form, and kept, since a digest names one content for ever."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.tender_ports import Board

T = TypeVar("T")
_MOST = 512
"""Papers that one process keeps; a page of a large tender names a few dozen."""
_SILENCE = 20.0
"""Seconds for which a board that did not answer is asked for nothing more."""


@dataclass(frozen=True, slots=True)
class Paper(Generic[T]):
    """A paper, or why there is none.

    Attributes:
        digest: SHA-256, 32 bytes.
        value: what was read, or None.
        trouble: empty, or a word of the list ``board``: ``missing``, ``altered``, ``form``, ``silent``.
    """

    digest: bytes
    value: T | None
    trouble: str = ""


class Shelf:
    """What was read last; for all threads of a process. Only what could be read is kept."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[bytes, str], Any] = OrderedDict()
        self._lock = threading.Lock()
        self._silent: WeakKeyDictionary[Board, float] = WeakKeyDictionary()

    def note_silence(self, board: Board) -> None:
        """That a board did not answer in its time."""
        with self._lock:
            self._silent[board] = time.monotonic() + _SILENCE

    def is_silent(self, board: Board) -> bool:
        """True for a while after a board did not answer: a page does not wait for each of its papers in turn."""
        with self._lock:
            return self._silent.get(board, 0.0) > time.monotonic()

    def find(self, key: tuple[bytes, str]) -> Any:
        """What is kept, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: tuple[bytes, str], value: Any) -> None:
        """Keep it; what was asked for longest ago goes."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


_SHELF = Shelf()


def read_paper(board: Board, digest: bytes, reader: Callable[[bytes], T], *, limit: int = 4 * 2**20) -> Paper[T]:
    """The paper with this digest, as ``reader`` reads it; never raises for what a board lacks or has altered.

    Args:
        board: compares bytes with the digest.
        digest: SHA-256, 32 bytes.
        reader: raises InvalidInput for what is not of its form.
        limit: most bytes.
    """
    key = digest, f"{reader.__module__}.{reader.__qualname__}"
    kept = _SHELF.find(key)
    if kept is not None:
        return Paper(digest, kept)
    if _SHELF.is_silent(board):
        return Paper(digest, None, "silent")
    try:
        value = reader(board.get(digest, limit=limit))
    except NotFound:
        return Paper(digest, None, "missing")
    except Damaged:
        return Paper(digest, None, "altered")
    except InvalidInput:
        return Paper(digest, None, "form")
    except Unavailable:
        _SHELF.note_silence(board)
        return Paper(digest, None, "silent")
    _SHELF.keep(key, value)
    return Paper(digest, value)


__all__ = ["Paper", "Shelf", "read_paper"]
