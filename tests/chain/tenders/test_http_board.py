"""A board over HTTP that lies: nobody follows it for ever, and whatever it answers is an error with a name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from chain.kernel.encoding import b64url
from chain.kernel.errors import Damaged, Unavailable
from chain.tenders import board as folder
from chain.tenders.custody import http_board
from chain.tenders.custody._http import Exchange

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(60)]

Reply = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(reply: Reply) -> Iterator[http_board.HttpBoard]:
    """A board of a server that does that to each request."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                reply(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    board = http_board.HttpBoard(f"http://127.0.0.1:{server.server_port}", timeout=20, patience=0)
    try:
        yield board
    finally:
        board.close()
        server.shutdown()
        thread.join()
        server.server_close()


def saying(body: object, *, length: int | None = None) -> Reply:
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)

    def reply(door: BaseHTTPRequestHandler) -> None:
        door.send_response(200)
        door.send_header("Content-Length", str(len(data) if length is None else length))
        door.end_headers()
        door.wfile.write(data)
        door.close_connection = length is not None

    return reply


def after(door: BaseHTTPRequestHandler) -> int:
    return int(door.path.rpartition("=")[2])


def test_an_empty_page_with_a_next_is_followed_by_nobody() -> None:
    asked: list[int] = []

    def reply(door: BaseHTTPRequestHandler) -> None:
        asked.append(after(door))
        if len(asked) > 20:
            return saying({"notes": [], "next": None})(door)
        return saying({"notes": [], "next": after(door) + 1})(door)

    with answering(reply) as board, pytest.raises((Unavailable, Damaged)):
        list(board.notes("questions/7"))
    assert len(asked) == 1


def test_no_more_notes_are_read_than_a_board_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_board, "MOST_NOTES", 5)
    assert folder.MOST_NOTES > 5
    note = {"name": "question", "content": b64url(b"x")}

    def reply(door: BaseHTTPRequestHandler) -> None:
        saying({"notes": [note, note], "next": after(door) + 2 if after(door) < 100 else None})(door)

    with answering(reply) as board:
        assert len(list(board.notes("questions/7"))) == 5


@pytest.mark.parametrize(
    "page",
    [
        b"", b"[]", b"\xff", b"[" * 100_000, {"notes": None}, {"notes": [1]}, {"notes": [], "next": -1},
        {"notes": [], "next": "2"}, {"notes": [{"name": "x", "content": "==="}]},
        {"notes": [{"name": "x", "content": "答"}]}, {"notes": [{"name": 1, "content": ""}]},
    ],
)  # fmt: skip
def test_a_page_of_another_form_is_a_fault_of_the_board(page: object) -> None:
    with answering(saying(page)) as board, pytest.raises((Unavailable, Damaged)):
        list(board.notes("questions/7"))


def test_an_answer_cut_short_is_none() -> None:
    with answering(saying(b"part", length=100)) as board, pytest.raises((Unavailable, Damaged)):
        board.get(bytes(32))


def test_an_answer_that_is_no_http_is_none() -> None:
    def reply(door: BaseHTTPRequestHandler) -> None:
        door.wfile.write(b"HTTP/1.1 two-hundred\r\nContent-Length: minus\r\n\r\n")
        door.close_connection = True

    with answering(reply) as board, pytest.raises((Unavailable, Damaged)):
        board.get(bytes(32))


def test_an_answer_that_drips_is_given_up() -> None:
    over = threading.Event()

    def reply(door: BaseHTTPRequestHandler) -> None:
        door.send_response(200)
        door.send_header("Content-Length", "1000")
        door.end_headers()
        for _ in range(900):
            door.wfile.write(b"x")
            door.wfile.flush()
            if over.wait(0.05):
                break

    with answering(reply) as board:
        exchange = Exchange(board.url, timeout=20, patience=0, whole=0.3)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            exchange.send("GET", "/board/papers/x")
        assert time.monotonic() - began < 20, "all of it would take 45 s"
        over.set()
        exchange.close()
