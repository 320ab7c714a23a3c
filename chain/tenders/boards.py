"""Several boards as one: written to every one of them, read from each in turn. One that fails is passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable, YinxinError
from chain.kernel.tender_ports import Board
from chain.tenders.board import FolderBoard
from chain.tenders.custody.http_board import HttpBoard


class Boards:
    """Args: ``boards``, at least one; whoever takes a paper from one of them need not ask another."""

    def __init__(self, boards: Sequence[Board]) -> None:
        self._boards = tuple(boards)

    def put(self, data: bytes) -> bytes:
        """Store a paper on every board; its SHA-256.

        Raises:
            InvalidInput, Damaged, Unavailable: no board took it; the most telling of their errors.
        """
        self._every(lambda board: board.put(data))
        return sha256(data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest, from the first board that has it whole.

        Raises:
            NotFound: every board answered, and none has it.
            Damaged, Unavailable, Refused: none has it, and at least one had other bytes, did not answer or refused.
        """
        faults: list[YinxinError] = []
        for board in self._boards:
            try:
                return board.get(digest, limit=limit)
            except YinxinError as error:
                faults.append(error)
        raise max(faults, key=_telling)

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note on every board; raises as :meth:`put`."""
        self._every(lambda board: board.post(topic, name, data))

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Every note under that topic, each once, board after board.

        A board that does not answer, or not in order, is passed over as long as another one answers: notes are believed
        only for what is signed in them. Raises the most telling error if none does.
        """
        seen: set[tuple[str, bytes]] = set()
        faults: list[YinxinError] = []
        for board in self._boards:
            try:
                for name, data in board.notes(topic):
                    if (mark := (name, sha256(data))) not in seen:
                        seen.add(mark)
                        yield name, data
            except YinxinError as error:
                faults.append(error)
        if len(faults) == len(self._boards):
            raise max(faults, key=_telling)

    def _every(self, write: Callable[[Board], object]) -> None:
        faults: list[YinxinError] = []
        for board in self._boards:
            try:
                write(board)
            except YinxinError as error:
                faults.append(error)
        if len(faults) == len(self._boards):
            raise max(faults, key=_telling)


def _telling(fault: YinxinError) -> int:
    """How much an error says about what was asked for; of equal ones the first is taken."""
    if isinstance(fault, Damaged):
        return 3
    if isinstance(fault, NotFound):
        return 0
    return 1 if isinstance(fault, Unavailable) else 2


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
