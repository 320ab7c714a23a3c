"""Several boards as one: written to every one, read from whichever has it whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.tenders.board import FolderBoard
from chain.tenders.boards import Boards, open_board
from chain.tenders.custody import HttpBoard


class Silent(FolderBoard):
    """A board that does nothing but fail."""

    def __init__(self, folder: Path, fault: YinxinError | None = None) -> None:
        super().__init__(folder)
        self._fault = fault or Unavailable("silent")

    def put(self, data: bytes) -> bytes:
        raise self._fault

    def post(self, topic: str, name: str, data: bytes) -> None:
        raise self._fault

    def get(self, digest: bytes, *, limit: int = 2**24) -> bytes:
        raise self._fault

    def notes(self, topic: str):  # type: ignore[no-untyped-def]
        raise self._fault
        yield


def test_papers_and_notes_are_written_to_every_board(tmp_path: Path) -> None:
    first, second = FolderBoard(tmp_path / "a"), FolderBoard(tmp_path / "b")
    both = Boards([first, Silent(tmp_path, Refused("full")), second])
    digest = both.put(b"mine")
    both.post("releases/1/1/1", "holder-1", b"note")
    for board in (first, second):
        assert board.get(digest) == b"mine"
        assert list(board.notes("releases/1/1/1")) == [("holder-1", b"note")]
    elsewhere = second.put(b"theirs")
    assert both.get(elsewhere) == b"theirs"


def test_what_no_board_takes_is_an_error(tmp_path: Path) -> None:
    none = Boards([Silent(tmp_path), Silent(tmp_path, Refused("full"))])
    with pytest.raises(Refused, match="full"):
        none.put(b"mine")
    with pytest.raises(Refused, match="full"):
        none.post("releases/1/1/1", "holder-1", b"note")
    with pytest.raises(InvalidInput):
        Boards([FolderBoard(tmp_path / "a"), FolderBoard(tmp_path / "b")]).post("../x", "name", b"note")


@pytest.mark.parametrize("fault", [Refused("no"), InvalidInput("odd"), Conflict("other"), Unavailable("silent")])
def test_whatever_one_board_raises_the_next_is_asked(tmp_path: Path, fault: YinxinError) -> None:
    good = FolderBoard(tmp_path / "good")
    digest = good.put(b"paper")
    good.post("releases/1/1/1", "holder-1", b"note")
    boards = Boards([Silent(tmp_path, fault), good])
    assert boards.get(digest) == b"paper"
    assert list(boards.notes("releases/1/1/1")) == [("holder-1", b"note")]
    with pytest.raises(type(fault)):
        boards.get(bytes(32))


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
