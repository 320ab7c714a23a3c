"""Seconds until a page can be used on a slow phone, and what it weighs: the real service, Debian's Chromium, throttled.

The profile: processor 4 times slower, 1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms there and back. Every visit is a first
one: nothing is cached. A page can be used when it has loaded, its programs have run, and a Tab key typed then has moved
the focus and a frame was drawn: that is the time given. Beside it the time of the first text, and bytes as they came
over the wire until then (a service worker's own store is filled after that).

    python -m scripts.bench.pages [--rounds N] [--json FILE]

Exit code 1 where the median of a page misses the goal.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scripts.chromium import find_chromium, why_none
from scripts.pictures.rooms import Place, Sight, open_fair
from tests.api.town import BUREAU
from tests.pages.browser import PHONE, Browser, Visit
from tests.pages.house import open_house

ROOT = Path(__file__).resolve().parents[2]
GOAL = 2.0
SLOWER = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}

_DESK = f"/console/{BUREAU}"
IN_THE_HOUSE = {
    "entrance": Sight("/"),
    "sign in": Sight("/sign-in"),
    "scanner": Sight("/verify"),
    "wallet": Sight("/wallet"),
    "console": Sight(_DESK, "officer"),
    "console, certificates": Sight(f"{_DESK}/certificates", "officer"),
    "console, one certificate": Sight(f"{_DESK}/issue/business-licence", "officer"),
    "decisions": Sight("/decisions", "approver-elsewhere"),
}
AROUND_A_TENDER = {
    "board": Sight("/tenders"),
    "tender": Sight("/tenders/{tender}"),
    "opening": Sight("/tenders/{tender}/opening"),
    "timeline": Sight("/tenders/{tender}/timeline"),
    "bidder's room": Sight("/tenders/{tender}/bid"),
    "officer's room": Sight("/tenders/{tender}/control", "lead"),
    "notice builder": Sight("/tenders/new?lots=2", "lead"),
    "key holder's share": Sight("/keyholder/{tender}/1/1", "keeper"),
}
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_FOCUSED = "document.activeElement !== null && document.activeElement !== document.body"
_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def once(place: Place, sight: Sight) -> dict[str, float]:
    """One first visit: seconds until the first text and until it can be used, bytes, and how many were asked for."""
    secret = None if sight.who is None else place.served.token(sight.who)
    with place.browser.room(None, secret=secret, viewport=PHONE, checked=False) as visit:
        weights = _throttled(visit)
        began = time.monotonic()
        visit.page.goto(f"{visit.url}{sight.path.format(tender=place.tender)}", wait_until="load")
        while True:
            visit.page.keyboard.press("Tab")
            visit.page.evaluate(_FRAME)
            if visit.page.evaluate(_FOCUSED):
                break
        usable = time.monotonic() - began
        painted = visit.page.evaluate(_PAINTED) / 1000
        return {"painted": painted, "usable": usable, "bytes": sum(weights), "files": len(weights)}


def _throttled(visit: Visit) -> list[float]:
    weights: list[float] = []
    wire = visit.context.new_cdp_session(visit.page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", NETWORK)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    return weights


@contextlib.contextmanager
def _house(folder: Path) -> Iterator[Place]:
    with open_house(folder) as house, Browser.start(find_chromium(), house.url) as browser:
        yield Place(house.served, browser)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=ROOT / "bench-out" / "pages.json")
    options = parser.parse_args()
    if why := why_none():
        print(f"{why}: not measured")
        return 0
    subprocess.run([sys.executable, "scripts/setup.py", "--quiet"], cwd=ROOT, check=True)
    found: dict[str, Any] = {}
    print(f"{'seconds, median; first visit':28}{'text':>7}{'usable':>8}{'slowest':>9}{'kB':>7}{'files':>7}")
    for build, sights in ((_house, IN_THE_HOUSE), (open_fair, AROUND_A_TENDER)):
        with tempfile.TemporaryDirectory(prefix="yx-p-") as folder, build(Path(folder)) as place:
            for name, sight in sights.items():
                once(place, sight)
                found[name] = rounds = [once(place, sight) for _ in range(options.rounds)]
                middle = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
                slowest = max(one["usable"] for one in rounds)
                late = "" if middle["usable"] <= GOAL else "  MISSED"
                print(
                    f"{name:28}{middle['painted']:7.2f}{middle['usable']:8.2f}{slowest:9.2f}"
                    f"{middle['bytes'] / 1000:7.0f}{middle['files']:7.0f}{late}",
                    flush=True,
                )
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found), encoding="utf-8")
    missed = [name for name, rounds in found.items() if statistics.median(one["usable"] for one in rounds) > GOAL]
    print(f"goal {GOAL:.0f} s: {'met' if not missed else 'MISSED by ' + ', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
