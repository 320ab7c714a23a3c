"""Without a network: the snapshot answers, its age is shown, what stays open waits and is checked again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.pages.browser import Browser, Visit
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture
def away(visit: Visit) -> Iterator[Visit]:
    """A device that has everything, and whose network is gone."""
    visit.ready_offline()
    visit.expected.append("Failed to load resource")
    visit.context.set_offline(True)
    visit.reload()
    visit.page.wait_for_selector("[data-connection=offline]")
    yield visit
    visit.context.set_offline(False)


def test_the_page_opens_and_the_snapshot_answers_with_its_age(house: House, away: Visit) -> None:
    assert "信任快照" in away.page.inner_text("#connection")
    for name, verdict in (("good", "VALID"), ("revoked", "REVOKED"), ("suspended", "SUSPENDED")):
        away.scan(house.stamps[name])
        away.page.wait_for_selector(f"article[data-verdict={verdict}]")
    assert "依据本机的信任快照" in away.page.inner_text(".verdict-asof")


def test_a_code_in_a_picture_is_read_without_a_network_once_the_reader_was_kept(house: House, away: Visit) -> None:
    from tests.pages.camera import code
    from tests.pages.test_inputs import png

    away.drop("photo.png", png(code(house.stamps["good"])), "image/png")
    assert away.verdict() == "VALID"


def test_after_its_expiry_the_snapshot_proves_issue_and_no_status(house: House, away: Visit) -> None:
    away.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=60))
    away.reload()
    away.page.wait_for_selector("[data-connection=offline]")
    assert "已过期" in away.page.inner_text("#connection")
    away.scan(house.stamps["good"])
    assert away.verdict() == "CANNOT_CHECK"
    assert away.page.locator("[data-answer=authentic-yes]").count() == 1
    assert away.page.locator("[data-answer=inForce-open]").count() == 1


def test_identifiers_are_not_asked_for(house: House, away: Visit) -> None:
    away.page.click("#open-identifier")
    away.page.fill("#identifier", house.identifiers["good"])
    away.page.click("dialog button[type=submit]")
    away.page.wait_for_selector("[data-fault=offline]")


def test_what_is_newer_than_the_snapshot_waits_sealed_and_is_checked_by_itself(house: House, visit: Visit) -> None:
    visit.ready_offline()
    digits = house.issue("newer", 42)
    visit.expected.append("Failed to load resource")
    visit.context.set_offline(True)
    visit.scan(digits)
    assert visit.verdict() == "CANNOT_CHECK"
    assert visit.page.locator("[data-queued]").count() == 1
    assert visit.page.locator("[data-answer=authentic-open]").count() == 1

    stored = visit.page.evaluate(EVERYTHING)
    assert "entry/" in stored
    assert digits[:30] not in stored
    assert "有限公司" not in stored

    visit.reload()
    visit.page.click("#open-shift")
    visit.page.wait_for_selector("[data-entry][data-verdict=CANNOT_CHECK]")
    visit.context.set_offline(False)
    visit.page.wait_for_selector("[data-entry][data-verdict=VALID]")
    assert "重新核验" in visit.page.inner_text("[data-entry]")


EVERYTHING = """() => new Promise((resolve) => {
  const request = indexedDB.open('yinxin');
  request.onsuccess = () => {
    const store = request.result.transaction('private').objectStore('private');
    const keys = store.getAllKeys();
    const values = store.getAll();
    values.onsuccess = () => {
      const texts = values.result.map((one) => new TextDecoder().decode(one.data));
      request.result.close();
      resolve(JSON.stringify([keys.result, texts, {...localStorage}, {...sessionStorage}]));
    };
  };
})"""


EMPTIED = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open('yinxin');
  request.onsuccess = () => {
    const stores = [...request.result.objectStoreNames];
    const work = request.result.transaction(stores, 'readwrite');
    for (const name of stores) work.objectStore(name).clear();
    work.oncomplete = () => { request.result.close(); resolve(); };
    work.onerror = reject;
  };
})"""


def test_a_new_device_without_a_network_can_say_nothing_and_says_so(house: House, browser: Browser) -> None:
    with browser.visit() as visit:
        visit.ready_offline()  # all that it fetches by itself has come, so nothing fills it again
        visit.page.evaluate(EMPTIED)
        visit.expected.append("Failed to load resource")
        visit.context.set_offline(True)
        visit.reload()
        visit.page.wait_for_selector("[data-connection=offline]")
        visit.scan(house.stamps["good"])
        assert visit.verdict() == "CANNOT_CHECK"
        visit.page.click("#connection")
        visit.page.wait_for_selector("dialog")
        visit.context.set_offline(False)


def test_a_service_that_falls_silent_is_waited_for_and_then_done_without(house: House, visit: Visit) -> None:
    visit.ready_offline()
    visit.expected.append("Failed to load resource")
    visit.context.route("**/v1/ledger-calls", lambda route: route.abort())
    visit.scan(house.stamps["good"])
    assert visit.verdict() == "VALID"
    assert "依据本机的信任快照" in visit.page.inner_text(".verdict-asof")
    assert visit.page.get_attribute("#connection", "data-connection") == "offline"
    visit.context.unroute("**/v1/ledger-calls")
