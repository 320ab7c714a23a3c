"""A bid of 200 MB sealed in Chromium, beside the raw cipher of the same library in one run, and the memory it takes.

Sealing is everything from the encryption's first byte to the last one on the disk, with the digest of the sealed file.
The digests that the manifest names are taken before, and afterwards the file is opened again as a check: both are told
apart and together. The raw cipher is @noble/ciphers' ChaCha20-Poly1305 over as many bytes in chunks of 64 KiB, in a
worker as well, from one buffer into another. Both are measured in turns; the medians count. Memory is the resident
memory of the page's whole process, workers and their code included, at its peak, over what it was before. The last
sealed file is opened by Python and compared with what went in.

    python scripts/bench/browser_sealing.py [--megabytes N] [--rounds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from chain.kernel.encoding import sha256_file, unb64url
from chain.sealing import BidKeys, open_bid
from scripts.bench._watched import Watch
from scripts.chromium import FLAGS, find_chromium, why_none
from scripts.sealing_page import standing
from tests.chain.sealing.samples import identity, known_of, notice_keys, signature

ROOT = Path(__file__).resolve().parents[2]
GOALS = {"ratio": 0.8, "megabytes": 100.0}


def measured(folder: Path, size: int, rounds: int) -> dict[str, Any]:
    """Milliseconds by round of digests, sealing and the cipher alone; megabytes of memory. The output is checked."""
    source = folder / "document"
    with source.open("wb") as stream:
        for _ in range(size >> 20):
            stream.write(os.urandom(1 << 20))
    keys = notice_keys()
    found: dict[str, Any] = {"digesting": [], "sealing": [], "checking": [], "raw": []}
    with standing(folder / "page") as here, sync_playwright() as playwright:
        # A profile on the disk, as people have one: without it the browser keeps its own files in memory.
        profile = playwright.chromium.launch_persistent_context(
            folder / "profile", executable_path=find_chromium(), args=list(FLAGS)
        )
        browser = profile.browser
        assert browser is not None
        page = profile.pages[0]
        page.goto(here.url)
        page.set_input_files("#documents", source)
        session = browser.new_browser_cdp_session()
        listed = session.send("SystemInfo.getProcessInfo")["processInfo"]
        with Watch() as watch:
            for number, one in enumerate(one for one in listed if one["type"] == "renderer"):
                watch.follow(f"page {number}", one["id"])
            time.sleep(0.3)
            idle = {name: usage.peak for name, usage in watch.seen.items()}
            for number in range(rounds):
                found["raw"].append(page.evaluate("(size) => sealing.raw(size)", size))
                made = page.evaluate("([k, n]) => sealing.seal(k, n)", [keys, f"bid-{number}.age"])
                for name in ("digesting", "sealing", "checking"):
                    found[name].append(made[name])
            found["megabytes"] = max(watch.seen[name].peak - idle[name] for name in idle) / 1e6
        page.evaluate("(name) => sealing.upload(name)", f"bid-{rounds - 1}.age")
        profile.close()
        k2 = unb64url(made["kept"]["secrets"]["k2"])
        open_bid(here.found, known_of(made), BidKeys(signature(identity()), k2), folder / "out")
    opened = sha256_file(folder / "out" / "documents" / "document")
    if opened != sha256_file(source):
        raise SystemExit("what was opened is not what was sealed")
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=ROOT / "bench-out" / "browser_sealing.json")
    options = parser.parse_args()
    if why := why_none():
        print(why)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page").mkdir()
        found = measured(folder, options.megabytes << 20, options.rounds)
    size = options.megabytes * 2**20 / 1e6
    middle = {part: statistics.median(found[part]) / 1000 for part in ("digesting", "sealing", "checking", "raw")}
    print(f"{options.megabytes} MiB in Chromium, median of {options.rounds} rounds; Python opened the last file")
    for words, seconds in (
        ("raw cipher, in a worker", middle["raw"]),
        ("digests for the manifest", middle["digesting"]),
        ("sealing", middle["sealing"]),
        ("opening it again as a check", middle["checking"]),
        ("all three together", middle["digesting"] + middle["sealing"] + middle["checking"]),
    ):
        ratio = middle["raw"] / seconds
        print(f"  {words:32} {seconds:7.2f} s {size / seconds:8.0f} MB/s {ratio:6.2f} of the raw cipher")
    ratio = middle["raw"] / middle["sealing"]
    met = ratio >= GOALS["ratio"] and found["megabytes"] <= GOALS["megabytes"]
    print(f"sealing {ratio:.2f} of the raw cipher; goal {GOALS['ratio']}")
    goal = f"goal {GOALS['megabytes']:.0f} MB"
    print(f"memory {found['megabytes']:.0f} MB over idle; {goal}: {'met' if met else 'MISSED'}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"megabytes": options.megabytes, **found}), encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
