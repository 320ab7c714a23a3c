"""Several boards as one: written to the first, read from whichever has it whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.tenders.board import FolderBoard
from chain.tenders.boards import Boards, open_board
from chain.tenders.custody import HttpBoard


class Silent(FolderBoard):
    """A board that does not answer."""

    def get(self, digest: bytes, *, limit: int = 2**24) -> bytes:
        raise Unavailable("silent")

    def notes(self, topic: str):  # type: ignore[no-untyped-def]
        raise Unavailable("silent")
        yield


def test_papers_are_written_to_the_first_and_read_from_each(tmp_path: Path) -> None:
    first, second = FolderBoard(tmp_path / "a"), FolderBoard(tmp_path / "b")
    both = Boards([first, second])
    written, elsewhere = both.put(b"mine"), second.put(b"theirs")
    assert first.get(written) == b"mine"
    assert (both.get(written), both.get(elsewhere)) == (b"mine", b"theirs")
    with pytest.raises(NotFound):
        second.get(written)


def test_a_damaged_or_silent_board_is_passed_over(tmp_path: Path) -> None:
    first, second = FolderBoard(tmp_path / "a"), FolderBoard(tmp_path / "b")
    digest = second.put(b"paper")
    first.put(b"paper")
    next((tmp_path / "a" / "papers").rglob(digest.hex())).write_bytes(b"other")
    assert Boards([first, Silent(tmp_path), second]).get(digest) == b"paper"
    with pytest.raises(Damaged):
        Boards([first, Silent(tmp_path)]).get(digest)
    with pytest.raises(Unavailable):
        Boards([FolderBoard(tmp_path / "c"), Silent(tmp_path)]).get(digest)
    with pytest.raises(NotFound):
        Boards([FolderBoard(tmp_path / "c"), FolderBoard(tmp_path / "d")]).get(digest)


def test_notes_of_all_boards_come_once(tmp_path: Path) -> None:
    first, second = FolderBoard(tmp_path / "a"), FolderBoard(tmp_path / "b")
    for board in (first, second):
        board.post("releases/1/1/1", "holder-1", b"same")
    second.post("releases/1/1/1", "holder-2", b"other")
    found = list(Boards([first, Silent(tmp_path), second]).notes("releases/1/1/1"))
    assert found == [("holder-1", b"same"), ("holder-2", b"other")]
    with pytest.raises(Unavailable):
        list(Boards([Silent(tmp_path)]).notes("releases/1/1/1"))


def test_boards_are_opened_by_folder_or_address(tmp_path: Path) -> None:
    assert isinstance(open_board(["https://board.example"], tmp_path), HttpBoard)
    one = open_board(["papers"], tmp_path)
    digest = one.put(b"x")
    assert FolderBoard(tmp_path / "papers").get(digest) == b"x"
    assert isinstance(open_board(["papers", "http://board.example"], tmp_path), Boards)
    for names in ([], ["ftp://x"], ["http://name:word@board.example"], ["http://"]):
        with pytest.raises(InvalidInput):
            open_board(names, tmp_path)
