"""Writes new segments of the local store."""

from __future__ import annotations

import os
from pathlib import Path

from chain.documents._files import fsync_directory, make_private_directory, open_private
from chain.documents.stores._segments import HEADER

SEGMENT_SIZE = 64 << 20
"""A segment is closed once it is larger than this, in bytes."""

_BUFFER = 1 << 20


class Writer:
    """Writes segments under temporary names; nothing is visible before :meth:`finish`."""

    def __init__(self, folder: Path, first: int) -> None:
        self._folder = folder
        self._next = first
        self._open: tuple[int, Path] | None = None
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._size = 0
        self._rows: list[tuple[bytes, int, int, int]] = []
        self._done: list[tuple[Path, Path]] = []
        self.segments: list[int] = []
        self.seen: set[bytes] = set()

    def append(self, cid: bytes, parts: list[bytes]) -> None:
        """Write a blob's sections, root first."""
        if self._open is None:
            self._begin()
        start = self._size
        self._buffer.extend(parts)
        self._size += sum(map(len, parts))
        self._buffered += self._size - start
        self._rows.append((cid, self.segments[-1], start, self._size))
        self.seen.add(cid)
        if self._buffered > _BUFFER:
            self._flush()
        if self._size > SEGMENT_SIZE:
            self._end()

    def finish(self) -> list[tuple[bytes, int, int, int]]:
        """Make everything durable and visible; rows (CID, segment, start, stop) for the index, sorted."""
        if self._open is not None:
            self._end()
        for part, final in self._done:
            os.rename(part, final)
        for folder in {final.parent for _, final in self._done}:
            fsync_directory(folder)
        self._rows.sort()
        return self._rows

    def abandon(self) -> None:
        """Remove everything that was written."""
        if self._open is not None:
            os.close(self._open[0])
            self._open[1].unlink(missing_ok=True)
            self._open = None
        for part, final in self._done:
            part.unlink(missing_ok=True)
            final.unlink(missing_ok=True)

    def _begin(self) -> None:
        while (final := self._folder / f"{self._next // 1000:04d}" / f"{self._next:07d}.car").exists():
            self._next += 1
        segment = self._next
        self._next += 1
        make_private_directory(final.parent)
        part = final.with_suffix(".part")
        self._open = (open_private(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), part)
        self.segments.append(segment)
        self._buffer = [HEADER]
        self._size = self._buffered = len(HEADER)

    def _flush(self) -> None:
        assert self._open is not None
        data = memoryview(b"".join(self._buffer))
        while data:
            data = data[os.write(self._open[0], data) :]
        self._buffer, self._buffered = [], 0

    def _end(self) -> None:
        assert self._open is not None
        self._flush()
        handle, part = self._open
        os.fsync(handle)
        os.close(handle)
        self._open = None
        self._done.append((part, part.with_suffix(".car")))
