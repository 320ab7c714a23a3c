"""A shift's list: kept, exported, handed over, wiped."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.house import House
from tests.pages.test_offline import EVERYTHING

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def check(house: House, visit: Visit, *names: str) -> None:
    for name in names:
        visit.scan(house.stamps[name])
        visit.page.wait_for_selector("article.verdict")
        visit.page.click("#another")


def exported(visit: Visit, button: str) -> list[list[str]]:
    with visit.page.expect_download() as waiting:
        visit.page.click(button)
    data = waiting.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for GBK without the mark"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_list_is_kept_over_a_reload_newest_first(house: House, visit: Visit) -> None:
    check(house, visit, "good", "revoked")
    visit.reload()
    visit.page.click("#open-shift")
    visit.page.wait_for_selector("[data-entry]")
    shown = visit.page.evaluate("[...document.querySelectorAll('[data-entry]')].map(e => e.dataset.verdict)")
    assert shown == ["REVOKED", "VALID"]


def test_it_is_exported_as_csv_with_the_verdicts(house: House, visit: Visit) -> None:
    check(house, visit, "good", "suspended")
    visit.page.click("#open-shift")
    heading, *rows = exported(visit, "#export")
    assert heading[:4] == ["时间", "结论", "是否真实", "是否有效"]
    assert [row[-1] for row in rows] == ["VALID", "SUSPENDED"]
    assert [row[8] for row in rows] == [house.identifiers["good"], house.identifiers["suspended"]]
    assert all("*" in row[6] for row in rows), "names stay masked"


@pytest.mark.parametrize(("tag", "screen", "number"), [("zh-CN", PHONE, 43), ("en", DESK, 44)])
def test_a_shift_goes_from_its_first_scan_over_an_outage_to_the_hand_over(
    house: House, browser: Browser, tag: str, screen: dict[str, int], number: int
) -> None:
    with browser.visit(viewport=screen) as visit:
        visit.speak(tag)
        look(visit, "nothing yet")
        visit.ready_offline()
        visit.expected.append("Failed to load resource")
        visit.scan(house.stamps["long"])
        assert visit.verdict() == "VALID"
        visit.page.click(".steps summary")
        look(visit, "a long name, its steps unfolded")
        visit.page.click("#another")
        digits = house.issue(f"handed over {number}", number)
        visit.context.set_offline(True)
        visit.scan(digits)
        visit.page.wait_for_selector("article[data-verdict=CANNOT_CHECK]")
        look(visit, "cut off")
        visit.page.click("#open-shift")
        visit.page.wait_for_selector("[data-entry]")
        look(visit, "the list")
        visit.page.click("#hand-over")
        visit.page.wait_for_selector("dialog")
        look(visit, "handing over")
        rows = exported(visit, "dialog button[type=submit]")
        assert [row[-1] for row in rows[1:]] == ["VALID", "CANNOT_CHECK"]
        visit.until("document.querySelectorAll('[data-entry]').length", lambda count: count == 1)
        assert visit.page.get_attribute("[data-entry]", "data-verdict") == "CANNOT_CHECK"
        visit.context.set_offline(False)
        visit.page.wait_for_selector("[data-entry][data-verdict=VALID]")


def test_wiping_leaves_neither_entries_nor_key(house: House, visit: Visit) -> None:
    check(house, visit, "good")
    visit.page.click("#open-shift")
    visit.page.click("#wipe")
    visit.page.wait_for_selector("dialog")
    assert visit.page.locator("[data-entry]").count() == 1, "it asks first"
    visit.page.click("dialog button[type=submit]")
    visit.until("document.querySelectorAll('[data-entry]').length", lambda count: count == 0)
    visit.until(EVERYTHING, lambda stored: "entry/" not in stored)
    assert visit.page.evaluate(KEYS) == 0
    visit.reload()
    visit.page.click("#open-shift")
    assert visit.page.locator("[data-entry]").count() == 0


KEYS = """() => new Promise((resolve) => {
  const request = indexedDB.open('yinxin');
  request.onsuccess = () => {
    const found = request.result.transaction('keys').objectStore('keys').count();
    found.onsuccess = () => { request.result.close(); resolve(found.result); };
  };
})"""


def test_the_key_that_seals_the_list_cannot_be_exported(house: House, visit: Visit) -> None:
    check(house, visit, "good")
    refused = visit.page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open('yinxin');
          request.onsuccess = () => {
            const found = request.result.transaction('keys').objectStore('keys').get('vault');
            found.onsuccess = () => crypto.subtle.exportKey('raw', found.result)
              .then(() => resolve(''), (error) => resolve(error.name));
          };
        })"""
    )
    assert refused == "InvalidAccessError"


def test_entries_of_days_ago_are_gone(house: House, visit: Visit) -> None:
    check(house, visit, "good")
    visit.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=30))
    visit.reload()
    visit.page.click("#open-shift")
    assert visit.page.locator("[data-entry]").count() == 0
    assert "entry/" not in visit.page.evaluate(EVERYTHING)
