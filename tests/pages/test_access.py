"""For everybody: by keyboard alone, by ear, on a phone, in both languages; axe finds nothing serious in any state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.pages.axe import audit
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

SMALL = {"width": 320, "height": 640}
"""The width at which a page of 1280 pixels is shown at 400 % (WCAG 2.2, 1.4.10)."""


def answered(name: str) -> Callable[[House, Visit], Any]:
    def go(house: House, visit: Visit) -> None:
        visit.scan(house.stamps[name])
        visit.verdict()
        visit.page.click(".steps summary")

    return go


def clicked(button: str, wanted: str) -> Callable[[House, Visit], Any]:
    def go(_house: House, visit: Visit) -> None:
        visit.page.click(button)
        visit.page.wait_for_selector(wanted)

    return go


def unreadable(_house: House, visit: Visit) -> None:
    visit.drop("letter.txt", b"no certificate at all", "text/plain")
    visit.page.wait_for_selector("[data-fault]")


def listed(house: House, visit: Visit) -> None:
    visit.scan(house.stamps["good"])
    visit.verdict()
    visit.page.click("#open-shift")
    visit.page.wait_for_selector("[data-entry]")


STATES: dict[str, Callable[[House, Visit], Any]] = {
    "nothing yet": lambda _house, _visit: None,
    "valid": answered("good"),
    "suspended": answered("suspended"),
    "revoked": answered("revoked"),
    "unreadable": unreadable,
    "no camera": clicked("#start-camera", "[data-camera-fault]"),
    "paste": clicked("#open-paste", "dialog"),
    "identifier": clicked("#open-identifier", "dialog"),
    "device": clicked("#connection", "dialog"),
    "empty list": clicked("#open-shift", "#shift-heading"),
    "list": listed,
}


@pytest.mark.parametrize(("tag", "scheme"), [("zh-CN", "dark"), ("en", "light")])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    house: House, browser: Browser, tag: str, scheme: str
) -> None:
    sizes = {"light": SMALL, "dark": DESK}
    with browser.visit(viewport=sizes[scheme], color_scheme=scheme) as visit:
        visit.speak(tag)
        for name, go in STATES.items():
            go(house, visit)
            assert not (found := audit(visit)), f"{name}: {found}"
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= sizes[scheme]["width"], f"{name}: {wide} pixels"
            visit.page.evaluate("document.querySelector('dialog')?.close()")
            visit.reload()
            visit.page.wait_for_selector("#start-camera", state="attached")


def test_the_whole_way_by_keyboard_alone(house: House, visit: Visit) -> None:
    page = visit.page
    keys = page.keyboard

    def go_to(id_: str) -> None:
        for _ in range(40):
            if page.evaluate("document.activeElement.id") == id_:
                return
            keys.press("Tab")
        raise AssertionError(f"the Tab key never comes to #{id_}")

    keys.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("skip")
    go_to("open-paste")
    keys.press("Enter")
    visit.until("document.activeElement.id", lambda one: one == "pasted")
    keys.insert_text(house.stamps["good"])
    visit.context.set_offline(True)  # the page and its dialog are drawn anew
    page.wait_for_selector("[data-connection=offline]")
    assert page.evaluate("document.activeElement.id") == "pasted"
    assert page.input_value("#pasted") == house.stamps["good"]
    keys.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    visit.until("document.activeElement.id", lambda one: one == "open-paste")
    visit.context.set_offline(False)
    page.wait_for_selector("[data-connection=online]")
    assert page.evaluate("document.activeElement.id") == "open-paste"
    keys.press("Enter")
    keys.insert_text(house.stamps["good"])
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    assert visit.verdict() == "VALID"
    visit.until("document.activeElement.id", lambda one: one == "verdict")
    for _ in range(6):
        keys.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    keys.press("Enter")
    page.wait_for_selector(".step >> nth=0")
    go_to("open-shift")
    keys.press("Enter")
    visit.until("document.activeElement.id", lambda one: one == "shift-heading")
    go_to("wipe")
    keys.press("Enter")
    page.wait_for_selector("dialog")
    keys.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.id") == "wipe", "the keyboard comes back to where it was"
    go_to("open-check")
    keys.press("Enter")
    page.wait_for_selector("#start-camera")


def test_the_answer_is_spoken(house: House, visit: Visit) -> None:
    visit.scan(house.stamps["revoked"])
    visit.verdict()
    said = visit.until("document.querySelector('#said-now').textContent", lambda text: "撤销" in text)
    assert "颁发机构" in said
    assert visit.page.get_attribute("#said-now", "aria-live") == "assertive"


def test_what_is_touched_is_large_enough(house: House, browser: Browser) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels at least."""
    with browser.visit(viewport=PHONE) as visit:
        visit.scan(house.stamps["good"])
        visit.verdict()
        small = visit.page.evaluate(
            """() => [...document.querySelectorAll('button, summary, a[href]')]
              .filter((one) => one.offsetParent !== null)
              .map((one) => [one.id || one.textContent, one.getBoundingClientRect()])
              .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
        )
        assert not [name for name in small if "跳到" not in name]
