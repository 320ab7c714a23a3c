"""The board over HTTP is a board: the same as the one in a folder, with bounds for strangers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest

from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.tender_ports import Board
from chain.tenders.board import FolderBoard
from chain.tenders.custody import HttpBoard
from tests.api.custody.served import Custody, serving, settings
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def custody(tender_stage: TenderStage) -> Iterator[Custody]:
    settings(tender_stage, "custodian-1", decoys=0, board_limit=32 * 2**20)
    with serving(tender_stage) as found:
        yield found


@pytest.fixture
def board(custody: Custody) -> Iterator[Board]:
    found = HttpBoard(custody.url, patience=5)
    yield found
    found.close()


def test_papers_lie_there_by_digest(board: Board, tender_stage: TenderStage) -> None:
    paper = os.urandom(3 * 2**20)
    digest = board.put(paper)
    assert digest == board.put(paper) == sha256(paper)
    assert board.get(digest) == tender_stage.board.get(digest) == paper
    with pytest.raises(NotFound):
        board.get(bytes(32))
    with pytest.raises(Damaged):
        board.get(digest, limit=100)
    with pytest.raises(InvalidInput):
        board.get(b"short")


def test_other_bytes_under_a_digest_are_not_taken(board: Board, tender_stage: TenderStage) -> None:
    digest = board.put(b"true")
    next((tender_stage.folder / "board" / "papers").rglob(digest.hex())).write_bytes(b"false")
    with pytest.raises((Damaged, Unavailable)):
        board.get(digest)


def test_notes_come_in_order_and_once_over_several_pages(board: Board, tender_stage: TenderStage) -> None:
    notes = [(f"holder-{number}", os.urandom(3 * 2**20)) for number in range(4)]
    for name, data in [*notes, notes[0]]:
        board.post("remarks/9/1/1", name, data)
    assert list(board.notes("remarks/9/1/1")) == notes
    assert list(FolderBoard(tender_stage.folder / "board").notes("remarks/9/1/1")) == notes
    assert list(board.notes("remarks/9/9/9")) == []


@pytest.mark.parametrize(
    "path",
    ["/board/notes/../../secret", "/board/notes/%2e%2e/x", "/board/notes/UPPER", "/board/notes/a//b", "/board/papers/x",
     "/board/papers/..%2f..%2fconfig.toml", "/board/notes/a%00b"],
)  # fmt: skip
def test_nothing_but_papers_and_notes_is_read(custody: Custody, path: str) -> None:
    answer = httpx.get(custody.url + path, timeout=30)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_paper_is_bytes_to_a_browser(custody: Custody, board: Board) -> None:
    digest = board.put(b"<script>alert(1)</script>")
    answer = httpx.get(f"{custody.url}/board/papers/{b64url(digest)}", timeout=30)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_one_address_leaves_only_so_much_a_day(board: Board, custody: Custody) -> None:
    for _ in range(12):
        answer = httpx.post(f"{custody.url}/board/papers", content=os.urandom(4 * 2**20), timeout=30)
        if answer.status_code != 201:
            break
    assert (answer.status_code, answer.json()["code"]) == (409, "custody.address_bytes")
    huge = httpx.post(f"{custody.url}/board/notes/x?name=y", content=bytes(17 * 2**20), timeout=30)
    assert huge.status_code in (409, 413)
