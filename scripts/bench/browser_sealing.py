"""A bid of 200 MB sealed in Chromium, beside the raw ciphers in the same run, and the memory it takes.

Sealing is everything from the encryption's first byte to the last one on the disk, with the digest of the sealed file.
The digests that the manifest names are taken before, and afterwards the file is opened again as a check: both are told
apart and together.

There are two ciphers: @noble/ciphers' ChaCha20-Poly1305, "the library's", and the browser's own where it has one, which
sealing then uses by itself. Sealing is measured as shipped, and once more in a browser whose own cipher is hidden. A
raw cipher does as many bytes in chunks of 64 KiB, in a worker as well: the library's from one buffer into another, the
browser's own as many chunks at a time as sealing gives it. All are measured in turns; the medians count. The goal is
that of sealing as shipped beside the library's raw cipher; each way is told beside its own cipher too.

Memory is measured in a further round, which is not timed. The heap is what the browser says of page and workers while
they work (CDP, Runtime.getHeapUsage): JavaScript's objects and all ArrayBuffers, rubbish included, at its peak over
what the page had before. The resident memory is that of the page's whole process, its code and the workers' own
included, at its peak in the timed rounds over what it was before. The goal is the heap's. The last sealed file of
each way is opened by Python and compared with what went in.

    python scripts/bench/browser_sealing.py [--megabytes N] [--rounds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import CDPSession, Error, Page, sync_playwright

from chain.kernel.encoding import sha256_file, unb64url
from chain.sealing import BidKeys, open_bid
from scripts.bench._watched import Watch
from scripts.chromium import FLAGS, find_chromium, why_none
from scripts.sealing_page import standing
from tests.chain.sealing.samples import identity, known_of, notice_keys, signature

ROOT = Path(__file__).resolve().parents[2]
GOALS = {"ratio": 0.8, "megabytes": 100.0}
WAYS: dict[str, dict[str, str]] = {"": {}, " library": {"cipher": "library"}}
"""Sealing as it is shipped, and by the library; how the page is told."""
MEASURED = [f"raw {kind}" for kind in ("library", "native")] + [
    part + way for way in WAYS for part in ("digesting", "sealing", "checking")
]


class Heap:
    """The heap of a page and its workers, asked again and again."""

    def __init__(self, page: Page) -> None:
        """Attach to the page, and to each worker that it starts."""
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._workers: set[str] = set()
        self._said: dict[str, tuple[int, int]] = {}
        self._session.on("Target.attachedToTarget", lambda event: self._workers.add(event["sessionId"]))
        self._session.on("Target.detachedFromTarget", lambda event: self._gone(event["sessionId"]))
        self._session.on("Target.receivedMessageFromTarget", self._hear)
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        self._session.send("Target.setAutoAttach", attach)

    def look(self) -> tuple[int, int]:
        """Bytes of objects and of ArrayBuffers, of page and workers together."""
        objects, buffers = _bytes_of(self._session.send("Runtime.getHeapUsage"))
        for worker in tuple(self._workers):
            message = json.dumps({"id": 1, "method": "Runtime.getHeapUsage"})
            with contextlib.suppress(Error):  # it ended meanwhile
                self._session.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
        said = self._said.values()
        return objects + sum(one for one, _ in said), buffers + sum(two for _, two in said)

    def _gone(self, worker: str) -> None:
        self._workers.discard(worker)
        self._said.pop(worker, None)

    def _hear(self, event: dict[str, Any]) -> None:
        said = json.loads(event["message"])
        if "result" in said and event["sessionId"] in self._workers:
            self._said[event["sessionId"]] = _bytes_of(said["result"])


def _bytes_of(usage: dict[str, Any]) -> tuple[int, int]:
    objects = usage["usedSize"] + usage["embedderHeapUsedSize"]
    return int(objects), int(usage["backingStorageSize"])


def heap_of(page: Page, keys: dict[str, Any]) -> dict[str, float]:
    """Megabytes of objects and ArrayBuffers over those before, where both together were most; how often was looked."""
    heap = Heap(page)
    before = heap.look()
    page.evaluate("(k) => { globalThis.going = sealing.seal(k, 'heap.age').finally(() => { going = null; }); }", keys)
    seen = [before]
    most_workers = 0
    while page.evaluate("globalThis.going !== null"):
        seen.append(heap.look())
        most_workers = max(most_workers, len(heap._said))
        page.wait_for_timeout(20)
    if most_workers < 2:
        raise SystemExit("the workers did not tell their heaps")
    objects, buffers = max(seen, key=sum)
    return {
        "objects": (objects - before[0]) / 1e6, "buffers": (buffers - before[1]) / 1e6,
        "heap": (objects + buffers - sum(before)) / 1e6, "looks": len(seen),
    }  # fmt: skip


def measured(folder: Path, size: int, rounds: int) -> dict[str, Any]:
    """Milliseconds by round of digests, sealing, check, ciphers alone; megabytes of memory. The output is checked."""
    source = folder / "document"
    with source.open("wb") as stream:
        for _ in range(size >> 20):
            stream.write(os.urandom(1 << 20))
    keys = notice_keys()
    found: dict[str, Any] = {name: [] for name in MEASURED}
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
            made: dict[str, Any] = {}
            for number in range(rounds):
                for kind in ("library", "native"):
                    found[f"raw {kind}"].append(page.evaluate("([k, n]) => sealing.raw(k, n)", [kind, size]))
                for way, options in WAYS.items():
                    name = f"{way.strip() or 'shipped'}-{number}.age"
                    made[way] = page.evaluate("([k, n, o]) => sealing.seal(k, n, o)", [keys, name, options])
                    for part in ("digesting", "sealing", "checking"):
                        found[part + way].append(made[way][part])
            found["resident"] = max(watch.seen[name].peak - idle[name] for name in idle) / 1e6
        found |= heap_of(page, keys)
        for way in WAYS:
            name = way.strip() or "shipped"
            page.evaluate("(name) => sealing.upload(name)", f"{name}-{rounds - 1}.age")
            k2 = unb64url(made[way]["kept"]["secrets"]["k2"])
            open_bid(here.found, known_of(made[way]), BidKeys(signature(identity()), k2), folder / name)
            if sha256_file(folder / name / "documents" / "document") != sha256_file(source):
                raise SystemExit("what was opened is not what was sealed")
        profile.close()
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
    own = None not in found["raw native"]
    middle = {part: statistics.median(found[part]) / 1000 for part in MEASURED if own or part != "raw native"}
    print(f"{options.megabytes} MiB in Chromium, median of {options.rounds} rounds; Python opened the last files")
    for words, part in (
        ("raw cipher of the library", "raw library"),
        ("raw cipher of the browser's own", "raw native"),
        ("digests for the manifest", "digesting"),
        ("sealing, as shipped", "sealing"),
        ("opening it again as a check", "checking"),
        ("sealing, by the library", "sealing library"),
        ("opening that again as a check", "checking library"),
    ):
        if part in middle:
            print(f"  {words:32} {middle[part]:7.2f} s {size / middle[part]:8.0f} MB/s")
    if not own:
        print("  this browser has no cipher of its own: as shipped is by the library")
    together = sum(middle[part] for part in ("digesting", "sealing", "checking"))
    print(f"  digests, sealing and check together, as shipped: {together:.2f} s")
    ratio = middle["raw library"] / middle["sealing"]
    met = ratio >= GOALS["ratio"] and found["heap"] <= GOALS["megabytes"]
    print(f"sealing as shipped {ratio:.2f} of the library's raw cipher; goal {GOALS['ratio']}")
    print(f"sealing by the library {middle['raw library'] / middle['sealing library']:.2f} of the library's raw cipher")
    if own:
        print(f"sealing by the browser's own {middle['raw native'] / middle['sealing']:.2f} of its own raw cipher")
    parts = f"{found['objects']:.0f} MB of objects, {found['buffers']:.0f} MB of buffers; looked {found['looks']} times"
    print(f"heap {found['heap']:.0f} MB over the page's before ({parts}); goal {GOALS['megabytes']:.0f} MB")
    print(f"resident memory of the whole process {found['resident']:.0f} MB over idle; told, no goal")
    print("both goals are met" if met else "MISSED")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"size": options.megabytes, **found}), encoding="utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
