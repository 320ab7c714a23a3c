"""Several boards as one: written to the first, read from each in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable, YinxinError
from chain.kernel.tender_ports import Board
from chain.tenders.board import FolderBoard
from chain.tenders.custody.http_board import HttpBoard


class Boards:
    """Args: ``boards``, at least one; the first is written to."""

    def __init__(self, boards: Sequence[Board]) -> None:
        self._boards = tuple(boards)

    def put(self, data: bytes) -> bytes:
        """Store a paper on the first board; its SHA-256."""
        return self._boards[0].put(data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest, from the first board that has it whole.

        Raises:
            NotFound: every board answered, and none has it.
            Damaged, Unavailable: none has it, and at least one had other bytes or did not answer.
        """
        worst: YinxinError | None = None
        for board in self._boards:
            try:
                return board.get(digest, limit=limit)
            except (NotFound, Damaged, Unavailable) as error:
                if worst is None or isinstance(worst, NotFound):
                    worst = error
        assert worst is not None
        raise worst

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note on the first board."""
        self._boards[0].post(topic, name, data)

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Every note under that topic, each once, board after board.

        A board that does not answer, or not in order, is passed over as long as another one answers: notes are believed
        only for what is signed in them. Raises Unavailable or Damaged if none does.
        """
        seen: set[tuple[str, bytes]] = set()
        fault: YinxinError | None = None
        answered = False
        for board in self._boards:
            try:
                for name, data in board.notes(topic):
                    if (mark := (name, sha256(data))) not in seen:
                        seen.add(mark)
                        yield name, data
                answered = True
            except (Damaged, Unavailable) as error:
                fault = error
        if fault is not None and not answered:
            raise fault


def open_board(names: Sequence[str], base: Path) -> Board:
    """The boards of a home as one.

    Args:
        names: folders or http addresses (setting ``tenders.boards``).
        base: where relative folders start, the home.

    Raises:
        InvalidInput: no board is named, or an address has another form.
    """
    if not names:
        raise InvalidInput(
            "no board is named", code="board.none", field="tenders.boards", fix="name a folder or an http address"
        )
    boards: list[Board] = []
    for name in names:
        if "://" in name:
            boards.append(HttpBoard(name))
        else:
            boards.append(FolderBoard((base / Path(name).expanduser()).resolve()))
    return boards[0] if len(boards) == 1 else Boards(boards)
