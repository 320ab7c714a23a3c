"""Milliseconds of one check in the browser's own code, after decoding: under Node, and in Chromium where there is one.

Everything is at hand in memory, so that what is measured is the verifier: form, signatures, tree, receipt proof,
witnesses' signatures, registry, status list. Every verdict is compared with the vector's. Beside it, in the same run
and on the same credential, @sd-jwt/core with WebCrypto, which checks the issuer's signature and the disclosures alone.

    python scripts/bench/browser.py [--rounds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GOAL = 50.0
CASES = ("bundle_valid", "bundle_valid_by_witnesses_offline", "stamp_valid", "stamp_valid_offline", "credential_valid")
_PAGE = b'<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/bench.js"></script>'
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def vector(name: str) -> Any:
    """A verification vector."""
    return json.loads((ROOT / "tests/vectors/verification" / f"{name}.json").read_text(encoding="utf-8"))


def under_node(given: Any) -> Any:
    """The measurement under Node."""
    command = ["node", "scripts/web/run.mjs", "tests/web/programs/bench.ts"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(given), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout)


def in_chromium(chromium: str, given: Any) -> Any:
    """The measurement in a page of Chromium, which is ended afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "bench.js"
        bundle = ["--bundle", "--format=esm", "--target=es2022", f"--outfile={program}", "--log-level=error"]
        esbuild = ROOT / "node_modules/.bin/esbuild"
        subprocess.run([esbuild, "tests/web/programs/bench.ts", *bundle], cwd=ROOT, check=True)
        answers: list[Any] = []
        there = threading.Event()

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bodies = {"/": _PAGE, "/bench.js": program.read_bytes(), "/given": json.dumps(given).encode()}
                kind = "text/javascript" if self.path == "/bench.js" else "text/html"
                self.send_response(200 if self.path in bodies else 404)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(bodies.get(self.path, b""))

            def do_POST(self) -> None:
                answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()
                there.set()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://localhost:{server.server_port}/"
        browser = subprocess.Popen(
            [chromium, *_FLAGS, f"--user-data-dir={folder}/profile", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            if not there.wait(300):
                raise SystemExit("Chromium did not answer within 300 s")
        finally:
            browser.terminate()
            browser.wait(30)
            server.shutdown()
            server.server_close()
    if "error" in answers[0]:
        raise SystemExit(answers[0]["error"])
    return answers[0]


def row(name: str, times: list[float]) -> str:
    """First, median and 95th percentile."""
    ordered = sorted(times[1:])
    late = ordered[int(len(ordered) * 0.95)]
    return f"  {name:36} {times[0]:8.1f} {statistics.median(ordered):8.2f} {late:8.2f}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=Path, default=ROOT / "bench-out" / "browser.json")
    options = parser.parse_args()
    cases = [vector(name) for name in CASES]
    given = {"rounds": options.rounds, "cases": cases, "peer": vector("credential_valid")}
    found = {"node": under_node(given)}
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no Chromium on this machine: measured under Node alone")
    else:
        found["chromium"] = in_chromium(chromium, given)
    worst = 0.0
    for where, result in found.items():
        print(f"{where}, {options.rounds} rounds: ms of the first check, median, 95 % (verdicts compared)")
        for name, times in result["times"].items():
            print(row(name, times))
            worst = max(worst, statistics.median(times[1:]))
        print(row("peer: @sd-jwt/core, credential alone", result["peer"]))
    print(f"slowest median {worst:.2f} ms; goal {GOAL:.0f} ms: {'met' if worst <= GOAL else 'MISSED'}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found), encoding="utf-8")
    return 0 if worst <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
