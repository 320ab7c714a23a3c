"""Papers for pages: a board that is silent holds a page up once, not for each of its papers."""

from __future__ import annotations

from api.tenders.pages.papers import read_paper
from chain.kernel.encoding import sha256
from chain.kernel.errors import Unavailable


def text(data: bytes) -> str:
    """A reader."""
    return data.decode()


class Silent:
    """A board that never answers."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, _digest: bytes, *, limit: int) -> bytes:
        self.asked += 1
        raise Unavailable(f"no answer to a paper of at most {limit} bytes", code="board.silent")


def test_a_silent_board_is_asked_once_for_all_the_papers_of_a_page() -> None:
    board = Silent()
    found = [read_paper(board, sha256(b"%d" % number), text) for number in range(30)]  # type: ignore[arg-type]
    assert {one.trouble for one in found} == {"silent"}
    assert board.asked == 1
    assert read_paper(Silent(), sha256(b"0"), text).trouble == "silent"  # type: ignore[arg-type]
