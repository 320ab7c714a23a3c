"""A page that seals bids in a browser, served by this machine: for a test and a measurement, not for bidders.

The programs are those of ``web/seal``, built as for the site; the page's policy is as strict as the site's.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PROGRAMS = {
    "page": "tests/web/programs/sealpage.ts",
    "raw": "tests/web/programs/sealpage.ts",
    "seal": "web/seal/seal.worker.ts",
    "cipher": "web/seal/cipher.worker.ts",
    "hash": "web/seal/hash.worker.ts",
    "watched": "tests/web/programs/watched.ts",
    "stopping": "tests/web/programs/watched.ts",
    "ciphers": "tests/web/programs/ciphers.ts",
    "library": "tests/web/programs/ciphers.ts",
}
_HASHING = ("hash", "seal", "watched", "stopping")
_PAGE = (
    b'<!doctype html><meta charset="utf-8"><title>sealing</title><link rel="icon" href="data:,">'
    b'<input id="documents" type="file" multiple><script type="module" src="/assets/page.js"></script>'
)
_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; img-src data:"
_WASM = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"


@dataclass(frozen=True)
class Standing:
    """A served page.

    Attributes:
        url: its address, under localhost, as browsers demand for their own files.
        found: where a sealed file lies that the page sent.
    """

    url: str
    found: Path


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[Standing]:
    """Build the programs into ``folder`` and serve the page."""
    for name, entry in _PROGRAMS.items():
        bundle = ["--bundle", "--format=esm", "--target=es2022", "--minify", f"--outfile={folder / name}.js"]
        esbuild = ROOT / "node_modules/.bin/esbuild"
        subprocess.run([esbuild, entry, *bundle, "--log-level=error"], cwd=ROOT, check=True)
    found = folder / "found.age"

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/assets/").removesuffix(".js")
            known = self.path == "/" or name in _PROGRAMS
            body = _PAGE if self.path == "/" else (folder / f"{name}.js").read_bytes() if known else b""
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "text/html" if self.path == "/" else "text/javascript")
            self.send_header("Content-Security-Policy", _WASM if name in _HASHING else _POLICY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            left = int(self.headers["Content-Length"])
            with found.open("wb") as file:
                while left and (piece := self.rfile.read(min(left, 2**20))):
                    file.write(piece)
                    left -= len(piece)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Standing(f"http://localhost:{server.server_port}/", found)
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(folder, ignore_errors=True)
