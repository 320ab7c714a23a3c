"""Papers that a key holder has seen stay in its home: what a board loses is not lost here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, NotFound, YinxinError
from chain.kernel.tender_ports import Board
from chain.tenders.board import FolderBoard


class SeenBoard:
    """A board whose papers stay here, too, once seen; notes are the outer board's alone (:class:`Board`).

    Args:
        folder: of the papers kept here.
        outer: the shared board.
    """

    def __init__(self, folder: Path, outer: Board) -> None:
        self._own = FolderBoard(folder)
        self._outer = outer
        self._spread: set[bytes] = set()

    def put(self, data: bytes) -> bytes:
        """Store a paper here and there."""
        self._own.put(data)
        return self._outer.put(data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest, from here or there."""
        try:
            return self._own.get(digest, limit=limit)
        except (NotFound, Damaged):
            data = self._outer.get(digest, limit=limit)
            self._own.put(data)
            return data

    def spread(self, data: bytes) -> None:
        """Put a paper on the shared boards again: others may miss it, and read another board than this home.

        Once for each process in any case, for one board may have what the next lacks; then if none has it. Boards may
        be away, or refuse: that stops nobody.
        """
        digest = sha256(data)
        if digest in self._spread:
            try:
                self._outer.get(digest, limit=len(data))
                return
            except YinxinError:
                pass
        with suppress(YinxinError):
            self._outer.put(data)
            self._spread.add(digest)

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note there."""
        self._outer.post(topic, name, data)

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Notes from there."""
        return self._outer.notes(topic)
