"""The board in a folder: papers by digest, notes under a topic; nothing on it is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound
from chain.kernel.tender_ports import Board
from chain.tenders.board import FolderBoard


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return FolderBoard(tmp_path / "board")


def test_a_paper_is_found_by_its_digest(board: Board) -> None:
    digest = board.put(b"a notice")
    assert digest == sha256(b"a notice")
    assert board.get(digest) == b"a notice"
    assert board.put(b"a notice") == digest


def test_other_bytes_under_a_digest_are_refused(board: Board, tmp_path: Path) -> None:
    digest = board.put(b"a notice")
    next((tmp_path / "board" / "papers").rglob(digest.hex())).write_bytes(b"another")
    with pytest.raises(Damaged):
        board.get(digest)


def test_a_paper_longer_than_expected_is_not_read(board: Board) -> None:
    digest = board.put(bytes(100))
    assert board.get(digest, limit=100) == bytes(100)
    with pytest.raises(Damaged):
        board.get(digest, limit=99)


def test_a_missing_paper_says_what_to_do(board: Board) -> None:
    with pytest.raises(NotFound) as caught:
        board.get(bytes(32))
    assert caught.value.fix


def test_notes_come_back_in_order_and_none_is_lost_to_another(board: Board) -> None:
    board.post("releases/3/1/1", "holder-2", b"first")
    board.post("releases/3/1/1", "holder-1", b"second")
    board.post("releases/3/1/1", "holder-2", b"first")
    board.post("releases/3/1/1", "holder-2", b"third")
    board.post("releases/3/1/10", "holder-2", b"elsewhere")
    assert list(board.notes("releases/3/1/1")) == [
        ("holder-2", b"first"),
        ("holder-1", b"second"),
        ("holder-2", b"third"),
    ]
    assert list(board.notes("releases/4")) == []


def test_notes_that_were_read_before_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = FolderBoard(tmp_path / "board")
    for number in range(4):
        board.post("releases/3/1/1", "holder-1", bytes([number]))
    read, path_read = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (read.append(path), path_read(path))[1])
    assert list(board.notes("releases/3/1/1", after=3)) == [("holder-1", b"\3")]
    assert list(board.notes("releases/3/1/1", after=9)) == []
    assert len(read) == 1


@pytest.mark.parametrize("topic", ["", "../x", "a//b", "/a", "a/", "A", "a b", "a" * 200])
def test_a_topic_is_never_a_way_out(board: Board, topic: str) -> None:
    with pytest.raises(InvalidInput):
        board.post(topic, "x", b"")
    with pytest.raises(InvalidInput):
        list(board.notes(topic))


@pytest.mark.parametrize("name", ["", "..", "a/b", "a.b", "a--b"])
def test_a_name_is_never_a_way_out(board: Board, name: str) -> None:
    with pytest.raises(InvalidInput):
        board.post("a", name, b"")
