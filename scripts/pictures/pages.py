"""Takes a picture of every page and state, in both languages and two widths, and glues contact sheets.

    python -m scripts.pictures.pages [--out build/pictures] [--only SUBSTRING]

Everything in them is real: a chain, a bureau, the service, Debian's Chromium. Prints the paths of the contact
sheets. Exit code 1 where there is no browser, and why is said.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scripts.chromium import find_chromium, install
from scripts.pictures import aside, rooms
from scripts.pictures.sheet import contact_sheet
from tests.pages.browser import Browser, Visit
from tests.pages.camera import film, flags, scene
from tests.pages.house import House, open_house
from tests.pages.wallet import add, set_up

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 860}}
TAGS = {"zh": "zh-CN", "en": "en"}
Go = Callable[[House, Visit], None]


def answered(name: str, *, unfolded: bool = False) -> Go:
    """A certificate's answer."""

    def go(house: House, visit: Visit) -> None:
        visit.scan(house.stamps[name])
        visit.verdict()
        if unfolded:
            visit.page.click(".steps summary")

    return go


def clicked(button: str, wanted: str) -> Go:
    """What a button opens."""

    def go(_house: House, visit: Visit) -> None:
        visit.page.click(button)
        visit.page.wait_for_selector(wanted)

    return go


def at(day: str, name: str) -> Go:
    """An answer on another day."""

    def go(house: House, visit: Visit) -> None:
        visit.page.clock.set_fixed_time(day)
        answered(name)(house, visit)

    return go


def bundle(house: House, visit: Visit) -> None:
    """A whole certificate with forty letters in its name."""
    visit.drop("bundle.json", house.bundles["long"], "application/json")
    visit.verdict()


def forged(house: House, visit: Visit) -> None:
    """A bit of the signature is wrong."""
    visit.scan(str(int(house.stamps["good"]) ^ (1 << 9)))
    visit.verdict()


def unreadable(_house: House, visit: Visit) -> None:
    """A file that is no certificate."""
    visit.drop("letter.txt", b"no certificate at all", "text/plain")
    visit.page.wait_for_selector("[data-fault]")


def mistyped(_house: House, visit: Visit) -> None:
    """An identifier with a slip."""
    visit.page.click("#open-identifier")
    visit.page.fill("#identifier", "1.2.156.3005.2.11100000MB0143028R001")
    visit.page.click("dialog button[type=submit]")
    visit.page.wait_for_selector("[aria-invalid=true]")


def signing_in(house: House, visit: Visit) -> None:
    """A clerk who has to sign in first."""
    visit.page.click("#open-identifier")
    visit.page.fill("#identifier", house.identifiers["good"])
    visit.page.click("dialog button[type=submit]")
    visit.page.wait_for_selector("#password")


def unknown(house: House, visit: Visit) -> None:
    """An identifier that nobody knows."""
    signing_in(house, visit)
    visit.page.fill("#account", "clerk")
    visit.page.fill("#password", "correct-horse-battery")
    visit.page.click("dialog button[type=submit]")
    visit.verdict()


def slow(house: House, visit: Visit) -> None:
    """A network that takes its time."""
    visit.context.route("**/v1/ledger-calls", lambda _route: None)
    visit.scan(house.stamps["good"])
    visit.page.wait_for_selector("[data-slow]")


def listed(house: House, visit: Visit) -> None:
    """A shift with many kinds of answers."""
    for name in ("good", "long", "suspended", "revoked", "superseded", "good"):
        visit.scan(house.stamps[name])
        visit.verdict()
        visit.page.click("#another")
    visit.page.click("#open-shift")


def dialog_on_list(button: str) -> Go:
    """What is asked before a list is handed over or wiped."""

    def go(house: House, visit: Visit) -> None:
        listed(house, visit)
        visit.page.click(button)
        visit.page.wait_for_selector("dialog")

    return go


def away(house: House, visit: Visit, name: str) -> None:
    """The network is gone."""
    visit.ready_offline()
    visit.context.set_offline(True)
    visit.page.reload()
    visit.page.wait_for_selector("[data-connection=offline]")
    visit.scan(house.stamps[name])
    visit.verdict()


def expired(house: House, visit: Visit) -> None:
    """The snapshot ran out."""
    visit.ready_offline()
    visit.context.set_offline(True)
    visit.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=60))
    visit.page.reload()
    visit.page.wait_for_selector("[data-connection=offline]")
    visit.scan(house.stamps["good"])
    visit.verdict()
    visit.page.click(".steps summary")


def holder(*opened: str, then: str = "", shown: str = "main") -> Go:
    """A holder's wallet with these certificates in it; the last one is on the screen, or what a button opens."""

    def go(house: House, visit: Visit) -> None:
        visit.page.goto(f"{visit.url}/wallet")
        visit.page.wait_for_selector("#pin")
        if not opened and not then:
            return
        set_up(visit)
        for name in opened:
            add(visit, house.bundles[name])
        if then:
            visit.page.click(then)
        visit.page.wait_for_selector(shown)

    return go


def asking(_house: House, visit: Visit) -> None:
    """A clerk asks a holder."""
    visit.page.click("#open-ask")
    visit.page.fill("#ask-name", "示例市政务服务中心 12 号窗口")
    visit.page.fill("#ask-purpose", "办理食品经营许可变更")


def asked(house: House, visit: Visit) -> None:
    """The code that the holder scans."""
    asking(house, visit)
    visit.page.click("dialog button[type=submit]")
    visit.page.wait_for_selector("#ask-link")


STATES: dict[str, Go] = {
    "01 nothing yet": lambda _house, _visit: None,
    "02 no camera": clicked("#start-camera", "[data-camera-fault]"),
    "03 paste": clicked("#open-paste", "dialog"),
    "04 identifier, mistyped": mistyped,
    "05 signing in": signing_in,
    "06 slow network": slow,
    "07 unreadable file": unreadable,
    "10 valid": answered("good"),
    "11 valid, steps": answered("endless", unfolded=True),
    "12 valid, long name": bundle,
    "13 suspended": answered("suspended"),
    "14 revoked": answered("revoked"),
    "15 cancelled": answered("cancelled"),
    "16 lapsed": answered("lapsed"),
    "17 transferred": answered("transferred"),
    "18 superseded": answered("superseded"),
    "19 expired": at("2060-01-01T00:00:00Z", "good"),
    "20 not yet valid": answered("future"),
    "21 forged": forged,
    "22 unknown": unknown,
    "30 offline, valid": lambda house, visit: away(house, visit, "good"),
    "31 offline, waiting": lambda house, visit: away(house, visit, "newer"),
    "32 offline, snapshot expired": expired,
    "40 list, empty": clicked("#open-shift", "#shift-heading"),
    "41 list": listed,
    "42 handing over": dialog_on_list("#hand-over"),
    "43 wiping": dialog_on_list("#wipe"),
    "50 what the device relies on": clicked("#connection", "dialog"),
    "60 asking a holder": asking,
    "61 the request": asked,
    "70 wallet, first visit": holder(),
    "71 wallet, settings": holder(then="#open-settings", shown="dialog"),
    "72 wallet, one certificate": holder("long"),
    "73 wallet, help": holder(then="#open-help", shown="main[data-view=help]"),
    "74 wallet, locked": holder("good", then="#lock", shown="main[data-view=locked]"),
}
"""Name of a picture to how one gets there from the empty page."""


def take(house: House, browser: Browser, out: Path, only: str) -> list[Path]:
    """Every picture; names are ``width-language-state.png``."""
    made = []
    for width, size in WIDTHS.items():
        for lang, tag in TAGS.items():
            for name, go in STATES.items():
                file = out / f"{width}-{lang}-{name.replace(', ', ' ').replace(' ', '-')}.png"
                if only not in file.name:
                    continue
                with browser.visit(viewport=size, checked=False) as visit:
                    visit.speak(tag)
                    go(house, visit)
                    visit.page.wait_for_timeout(150)
                    visit.page.evaluate("scrollTo(0, 0)")  # else what stays in view is drawn in the middle
                    visit.page.screenshot(path=file, full_page=visit.page.locator("dialog").count() == 0)
                    visit.context.set_offline(False)
                    made.append(file)
                print(file.name, flush=True)
    return made


def with_camera(house: House, browser: Browser, out: Path, only: str) -> list[Path]:
    """The viewfinder with a code in it that cannot be read, so that it stays."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        frame = scene(house.stamps["good"], blur=7)
        with browser.with_flags(*flags(film(frame, Path(folder) / "code.mjpeg"))) as beside:
            for width, size in WIDTHS.items():
                for lang, tag in TAGS.items():
                    file = out / f"{width}-{lang}-08-viewfinder.png"
                    if only not in file.name:
                        continue
                    with beside.visit(viewport=size, permissions=["camera"], checked=False) as visit:
                        visit.speak(tag)
                        visit.page.click("#start-camera")
                        visit.page.wait_for_selector("[data-intake=viewing]")
                        visit.page.wait_for_timeout(700)
                        visit.page.screenshot(path=file)
                        made.append(file)
    return made


def main() -> int:
    """Build, serve, take, glue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "pictures")
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    options = parser.parse_args()
    if why := install():
        print(why, file=sys.stderr)
        return 1
    subprocess.run([sys.executable, "scripts/setup.py", "--quiet"], cwd=ROOT, check=True)
    out = options.out / "pages"
    if not options.only:
        shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    print("a chain, a bureau and its certificates are made first; that takes half a minute", flush=True)
    with tempfile.TemporaryDirectory(prefix="yx-p-") as folder, open_house(Path(folder)) as house:
        house.issue("newer", 42)
        with Browser.start(find_chromium(), house.url) as browser:
            taken = [*take(house, browser, out, options.only), *with_camera(house, browser, out, options.only)]
            place = rooms.Place(house.served, browser)
            taken += rooms.take(place, rooms.IN_THE_HOUSE, out, options.only, WIDTHS)
            taken += aside.take(house, browser, out, options.only, WIDTHS)
    if any(options.only in name for name in rooms.names(rooms.AROUND_A_TENDER, WIDTHS)):
        with tempfile.TemporaryDirectory(prefix="yx-p-") as folder, rooms.open_fair(Path(folder)) as place:
            taken += rooms.take(place, rooms.AROUND_A_TENDER, out, options.only, WIDTHS)
    for width in WIDTHS:
        for grey in (False, True):
            chosen = sorted(path for path in taken if path.name.startswith(f"{width}-"))
            if chosen:
                sheet = options.out / f"pages-{width}{'-grey' if grey else ''}.png"
                contact_sheet(chosen, sheet, columns=8 if width == "360" else 4, grey=grey)
                print(sheet)
    return 0


if __name__ == "__main__":
    sys.exit(main())
