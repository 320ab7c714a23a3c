"""A door before a node that counts what goes through: calls by method, and exchanges."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from chain.ledger._transport import REPLY_LIMIT, Endpoint


class CountingDoor(ThreadingHTTPServer):
    """Listens on a free port of this machine; use it with ``with``.

    Args:
        node: address of the node, as ``ledger.endpoints`` takes it.

    Attributes:
        calls: number of calls by method since :meth:`reset`.
        exchanges: number of requests, each with one call or many.
        answers: while it is not set, nothing is answered.
    """

    daemon_threads = True

    def __init__(self, node: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.node = Endpoint(node, 30.0, REPLY_LIMIT)
        self.calls: Counter[str] = Counter()
        self.exchanges = 0
        self.answers = threading.Event()
        self.answers.set()
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reset(self) -> None:
        """Count anew."""
        with self.lock:
            self.calls.clear()
            self.exchanges = 0

    def __exit__(self, *rest: Any) -> None:
        self.answers.set()
        self.shutdown()
        self.node.close()
        super().__exit__(*rest)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CountingDoor

    def do_POST(self) -> None:
        """Hand one exchange on."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = msgspec.json.decode(body)
        with self.server.lock:
            self.server.exchanges += 1
            self.server.calls.update(one["method"] for one in (asked if isinstance(asked, list) else [asked]))
        self.server.answers.wait(60)
        status, answer = self.server.node._post(body, time.monotonic() + 30)
        with contextlib.suppress(OSError):  # whoever asked may have gone
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""
