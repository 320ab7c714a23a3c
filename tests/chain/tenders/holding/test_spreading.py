"""What one board has and another lacks is put there by everybody who has seen it; boards that fail stop nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound, Refused
from chain.tenders.board import FolderBoard
from chain.tenders.holding.papers import SeenBoard
from tests.chain.tenders.holding.stage import Curtain

PAPER = b"a deal"


class Two(Curtain):
    """Read from the first board that has it, written to both."""

    def __init__(self, first: FolderBoard, second: FolderBoard) -> None:
        super().__init__(first)
        self.second = second
        self.written = 0
        self.closed = False

    def put(self, data: bytes) -> bytes:
        if self.closed:
            raise Refused("full", code="board.full")
        self.written += 1
        self.second.put(data)
        return super().put(data)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    made = Two(FolderBoard(tmp_path / "first"), FolderBoard(tmp_path / "second"))
    made.board.put(PAPER)
    return made


def test_a_paper_that_only_the_first_board_has_comes_to_the_second(two: Two, tmp_path: Path) -> None:
    seen = SeenBoard(tmp_path / "papers", two)
    seen.spread(PAPER)
    assert two.second.get(sha256(PAPER)) == PAPER
    seen.spread(PAPER)
    assert two.written == 1, "not again and again"


def test_a_board_that_refuses_stops_nobody_and_is_asked_again(two: Two, tmp_path: Path) -> None:
    seen = SeenBoard(tmp_path / "papers", two)
    two.closed = True
    seen.spread(PAPER)
    with pytest.raises(NotFound):
        two.second.get(sha256(PAPER))
    two.closed = False
    seen.spread(PAPER)
    assert two.second.get(sha256(PAPER)) == PAPER


def test_what_vanished_is_put_there_again(two: Two, tmp_path: Path) -> None:
    seen = SeenBoard(tmp_path / "papers", two)
    seen.spread(PAPER)
    two.hidden.add(sha256(PAPER))
    seen.spread(PAPER)
    assert two.written == 2
