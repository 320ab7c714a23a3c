"""Seconds until a page can be used on a slow phone, and what it weighs: the real service, Debian's Chromium, throttled.

The profile: processor 4 times slower, 1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms there and back. Every visit is a first
one: nothing is cached. A page can be used when it has loaded, what its program draws stands there, and a Tab key typed
then has moved the focus and a frame was drawn: that is the time given. Beside it the time of the first text, and bytes
as they came over the wire until then, those of scripts apart (a service worker's own store is filled after that).

    python -m scripts.bench.pages [--only NAME,NAME] [--rounds N] [--wait] [--json FILE]

With ``--wait`` it says when everything runs, and measures after a line on its standard input. Exit code 1 where the
median of a page misses the goal.
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
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Measured:
    """A page: where it is, and what stands there as soon as its own program has drawn it."""

    sight: Sight
    there: str = "main#main"


_DESK = f"/console/{BUREAU}"
IN_THE_HOUSE = {
    "entrance": Measured(Sight("/")),
    "sign in": Measured(Sight("/sign-in"), "#password"),
    "scanner": Measured(Sight("/verify"), "#start-camera"),
    "wallet": Measured(Sight("/wallet"), "#pin"),
    "console": Measured(Sight(_DESK, "officer")),
    "certificates": Measured(Sight(f"{_DESK}/certificates", "officer"), "#found"),
    "one certificate to issue": Measured(Sight(f"{_DESK}/issue/business-licence", "officer"), "#preview"),
    "decisions": Measured(Sight("/decisions", "approver-elsewhere")),
}
AROUND_A_TENDER = {
    "board": Measured(Sight("/tenders"), "#found"),
    "tender": Measured(Sight("/tenders/{tender}")),
    "opening": Measured(Sight("/tenders/{tender}/opening")),
    "timeline": Measured(Sight("/tenders/{tender}/timeline")),
    "bidder's room": Measured(Sight("/tenders/{tender}/bid"), "#door"),
    "officer's room": Measured(Sight("/tenders/{tender}/control", "lead")),
    "notice builder": Measured(Sight("/tenders/new?lots=2", "lead"), "#check"),
    "key holder's share": Measured(Sight("/keyholder/{tender}/1/1", "keeper"), "#open-share"),
}
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_FOCUSED = "document.activeElement !== null && document.activeElement !== document.body"
_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def once(place: Place, measured: Measured) -> dict[str, float]:
    """One first visit: seconds until the first text and until it can be used, bytes, and how many files came."""
    sight = measured.sight
    secret = None if sight.who is None else place.served.token(sight.who)
    with place.browser.room(None, secret=secret, viewport=PHONE, checked=False) as visit:
        came = _throttled(visit)
        began = time.monotonic()
        visit.page.goto(f"{visit.url}{sight.path.format(tender=place.tender)}", wait_until="load")
        visit.page.wait_for_selector(measured.there)
        while True:
            visit.page.keyboard.press("Tab")
            visit.page.evaluate(_FRAME)
            if visit.page.evaluate(_FOCUSED):
                break
        usable = time.monotonic() - began
        painted = visit.page.evaluate(_PAINTED) / 1000
        scripts = sum(weight for kind, weight in came if kind == "Script")
        return {
            "painted": painted,
            "usable": usable,
            "bytes": sum(weight for _, weight in came),
            "scripts": scripts,
            "files": len(came),
        }


def _throttled(visit: Visit) -> list[tuple[str, float]]:
    """From now on the line and the processor are slow; kind and bytes of each file that will have come."""
    came: list[tuple[str, float]] = []
    kinds: dict[str, str] = {}
    wire = visit.context.new_cdp_session(visit.page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", NETWORK)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on(
        "Network.loadingFinished",
        lambda event: came.append((kinds.get(event["requestId"], ""), event["encodedDataLength"])),
    )
    return came


@contextlib.contextmanager
def _house(folder: Path) -> Iterator[Place]:
    with open_house(folder) as house, Browser.start(find_chromium(), house.url) as browser:
        yield Place(house.served, browser)


def main() -> int:
    """Measure and print."""
    everything = [*IN_THE_HOUSE, *AROUND_A_TENDER]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: text.split(","), default=everything, metavar="NAME,NAME")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wait", action="store_true")
    parser.add_argument("--json", type=Path, default=ROOT / "bench-out" / "pages.json")
    options = parser.parse_args()
    if unknown := sorted(set(options.only) - set(everything)):
        parser.error(f"--only: no page is called {', '.join(unknown)}; there are: {', '.join(everything)}")
    if why := why_none():
        print(f"{why}: not measured")
        return 0
    subprocess.run([sys.executable, "scripts/setup.py", "--quiet"], cwd=ROOT, check=True)
    found: dict[str, list[dict[str, float]]] = {}
    print(f"{'seconds, kB':26}{'text':>6}{'median':>8}{'worst':>7}{'goal':>6}{'kB':>6}{'scripts':>9}{'files':>7}")
    for build, pages in ((_house, IN_THE_HOUSE), (open_fair, AROUND_A_TENDER)):
        wanted = {name: page for name, page in pages.items() if name in options.only}
        if not wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="yx-p-") as folder, build(Path(folder)) as place:
            if options.wait:
                print("ready; a line on standard input starts it", file=sys.stderr, flush=True)
                sys.stdin.readline()
            for name, page in wanted.items():
                once(place, page)
                found[name] = [once(place, page) for _ in range(options.rounds)]
                print(_line(name, found[name]), flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found), encoding="utf-8")
    missed = [name for name, rounds in found.items() if _median(rounds, "usable") > GOAL]
    print(f"goal {GOAL:.0f} s: {'met' if not missed else 'MISSED by ' + ', '.join(missed)}")
    return 1 if missed else 0


def _median(rounds: list[dict[str, float]], what: str) -> float:
    return statistics.median(one[what] for one in rounds)


def _line(name: str, rounds: list[dict[str, float]]) -> str:
    usable = _median(rounds, "usable")
    return (
        f"{name:26}{_median(rounds, 'painted'):6.2f}{usable:8.2f}{max(one['usable'] for one in rounds):7.2f}{GOAL:6.1f}"
        f"{_median(rounds, 'bytes') / 1000:6.0f}{_median(rounds, 'scripts') / 1000:9.0f}{_median(rounds, 'files'):7.0f}"
        f"  {'met' if usable <= GOAL else 'MISSED'}"
    )


if __name__ == "__main__":
    sys.exit(main())
