"""What a clerk is told: every kind of answer, from real certificates on a real chain."""

from __future__ import annotations

import re

import pytest

from chain.credentials.verification.wording import VERDICTS
from tests.api.town import NAME
from tests.pages.browser import Browser, Visit
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

STATES = {
    "good": "VALID",
    "endless": "VALID",
    "suspended": "SUSPENDED",
    "revoked": "REVOKED",
    "cancelled": "CANCELLED",
    "superseded": "SUPERSEDED",
    "lapsed": "LAPSED",
    "transferred": "TRANSFERRED",
    "future": "NOT_YET_VALID",
}


@pytest.mark.parametrize(("name", "verdict"), STATES.items(), ids=STATES)
def test_the_answer_is_the_ledgers(house: House, visit: Visit, name: str, verdict: str) -> None:
    visit.scan(f"https://example.invalid/v#{house.stamps[name]}")
    assert visit.verdict() == verdict
    words = VERDICTS[verdict]
    assert visit.page.inner_text(".verdict-word") == words.zh
    assert visit.page.inner_text(".verdict-says") == words.says_zh
    assert visit.page.locator(f".verdict-band svg[data-icon={SHAPES[words.symbol]}]").count() == 1
    assert words.next_zh in visit.page.inner_text(".verdict-body")
    in_force = "yes" if verdict == "VALID" else "no"
    assert visit.page.locator("[data-answer=authentic-yes]").count() == 1
    assert visit.page.locator(f"[data-answer=inForce-{in_force}]").count() == 1


SHAPES = {"✔": "check", "✘": "cross", "‖": "pause", "→": "arrow", "…": "clock", "?": "question"}


def test_name_fields_and_bureau_are_there_to_be_compared(house: House, visit: Visit) -> None:
    visit.scan(house.stamps["long"])
    visit.verdict()
    page = visit.page
    assert "*" in page.inner_text("[data-holder]"), "a printed code carries a masked name only"
    assert page.inner_text("[data-bureau]") == NAME, "from the registry on the ledger"
    assert page.locator(".person ~ .facts > div").count() >= 3
    assert house.identifiers["long"] in page.inner_text("article.verdict")


def test_the_status_has_its_time_in_the_readers_zone_and_the_ledgers(house: House, visit: Visit) -> None:
    visit.scan(house.stamps["good"])
    visit.verdict()
    said = visit.page.inner_text(".verdict-asof")
    local = re.search(r"截至 (\d{4}-\d\d-\d\d) (\d\d):(\d\d):(\d\d)（UTC\+8）", said)
    utc = re.search(r"账本时间 (\d{4}-\d\d-\d\d) (\d\d):(\d\d):(\d\d) UTC", said)
    assert local, said
    assert utc, said
    assert (int(local[2]) - int(utc[2])) % 24 == 8
    assert local.groups()[2:] == utc.groups()[2:]


def test_the_steps_fold_out_and_say_what_each_rests_on(house: House, visit: Visit) -> None:
    visit.scan(house.stamps["revoked"])
    visit.verdict()
    assert not visit.page.is_visible(".step")
    visit.page.click(".steps summary")
    visit.page.wait_for_selector(".step >> nth=0")
    assert visit.results() == {
        "form": "VALID", "integrity": "VALID", "issuer": "VALID", "anchor": "VALID",
        "time": "VALID", "status": "INVALID", "holder": "SKIPPED",
    }  # fmt: skip
    assert all("依据：" in one for one in visit.page.locator(".step").all_inner_texts())


def test_a_code_whose_content_was_altered_is_forged(house: House, visit: Visit) -> None:
    visit.expected.append("Failed to load resource")  # the index knows no such stamp
    number = int(house.stamps["good"])
    visit.scan(str(number ^ (1 << 9)))  # a bit of the signature
    assert visit.verdict() == "FORGED"
    assert visit.page.locator("[data-answer=authentic-no]").count() == 1
    assert "自称" in visit.page.inner_text("article.verdict"), "what it claims is marked as claimed"


def test_after_its_validity_it_is_not_in_force(house: House, browser: Browser) -> None:
    with browser.visit() as visit:
        visit.page.clock.set_fixed_time("2060-01-01T00:00:00Z")
        visit.scan(house.stamps["good"])
        assert visit.verdict() == "EXPIRED"
        assert visit.page.locator("[data-answer=authentic-yes]").count() == 1


def test_a_device_whose_clock_is_behind_the_ledger_judges_nothing(house: House, browser: Browser) -> None:
    with browser.visit() as visit:
        visit.page.clock.set_fixed_time("2010-01-01T00:00:00Z")
        visit.scan(house.stamps["good"])
        assert visit.verdict() == "CANNOT_CHECK"
        assert visit.results()["time"] == "ERROR"


def test_a_revocation_shows_within_seconds(house: House, visit: Visit) -> None:
    digits = house.issue("to revoke", 41)
    visit.scan(digits)
    assert visit.verdict() == "VALID"
    house.act("revoke", "to revoke")
    visit.page.click("#another")
    visit.scan(digits)
    assert visit.verdict() == "REVOKED", "the first answer after the act, and not one some seconds later"


def test_the_language_changes_the_words_and_not_the_answer(house: House, visit: Visit) -> None:
    visit.scan(house.stamps["suspended"])
    visit.verdict()
    visit.page.click(".steps summary")
    visit.speak("en")
    assert visit.page.inner_text(".verdict-word") == VERDICTS["SUSPENDED"].en
    assert visit.page.is_visible(".step >> nth=0"), "what was unfolded stays so"
    assert "撤" not in visit.page.inner_text(".verdict-band")
    visit.reload()
    assert visit.page.get_attribute("html", "lang") == "en", "the choice is kept"
