"""SHA-256 beside other work: a thread of its own takes the digest while the caller reads, encrypts or writes."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece", bytes, memoryview)

AHEAD = 8 << 20
"""Bytes that may wait to be hashed; then the caller waits."""


class HashBeside:
    """SHA-256 (FIPS 180-4) of pieces in their order, in a thread that ends with the ``with`` block.

    The pieces are kept, not copied: what is given may not be changed afterwards.

    Attributes:
        size: bytes so far.
    """

    def __init__(self) -> None:
        self.size = 0
        self._hasher = hashlib.sha256()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sha256")
        self._waiting: deque[tuple[Future[None], int]] = deque()
        self._ahead = 0

    def __enter__(self) -> HashBeside:
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread, also after a fault whose traceback somebody keeps."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def update(self, piece: bytes | memoryview) -> None:
        """Take one more piece; waits only while more than :data:`AHEAD` bytes are not hashed yet."""
        self._waiting.append((self._thread.submit(self._hasher.update, piece), len(piece)))
        self.size += len(piece)
        self._ahead += len(piece)
        while self._ahead > AHEAD and len(self._waiting) > 1:
            self._settle()

    def passing(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The same pieces, each taken as it comes by."""
        for piece in pieces:
            self.update(piece)
            yield piece

    def digest(self) -> bytes:
        """Of all pieces so far, 32 bytes."""
        while self._waiting:
            self._settle()
        return self._hasher.digest()

    def _settle(self) -> None:
        done, size = self._waiting.popleft()
        done.result()
        self._ahead -= size
