"""A custodian of whom nothing is wanted but files: gives out what lies in a folder, by digest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from chain.kernel.encoding import b64url, sha256


def open_door(folder: Path) -> tuple[str, Callable[[], None]]:
    """Serve the files of a folder; the base address, and what ends it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files = [path.read_bytes() for path in sorted(folder.glob("*.age"))]
            data = next((one for one in files if self.path == f"/custody/files/{b64url(sha256(one))}"), None)
            self.send_response(404 if data is None else 200)
            self.send_header("content-length", str(len(data or b"")))
            self.send_header("access-control-allow-origin", "*")  # as every custodian does
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def end() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return f"http://127.0.0.1:{server.server_address[1]}", end
