"""The frame of all pages that the service makes, in a browser: entrance, signing in, switching, languages."""

from __future__ import annotations

import pytest

from tests.api.service.hall import WORD
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def enter(visit: Visit, name: str, word: str = WORD) -> None:
    visit.page.fill("#name", name)
    visit.page.fill("#password", word)
    visit.page.click("button.primary")


@pytest.mark.parametrize(("language", "screen"), [("zh", PHONE), ("en", DESK), ("en", PHONE)])
def test_the_entrance_and_signing_in_are_for_everybody(browser: Browser, language: str, screen: dict[str, int]) -> None:
    with browser.room("/", language=language, viewport=screen) as visit:
        look(visit, "entrance")
        visit.page.click("#sign-in")
        visit.page.wait_for_selector("#password")
        look(visit, "sign in")
        enter(visit, "officer", "wrong-horse-battery")
        visit.page.wait_for_selector("#wrong")
        look(visit, "wrong password")
        assert visit.page.input_value("#name") == "officer"
        enter(visit, "officer")
        visit.page.wait_for_selector("#me")
        look(visit, "signed in")
        visit.open("/no/such/page")
        look(visit, "no such page")
        visit.expected += ["Failed to load resource: the server responded with a status of 40"]


def test_at_a_counter_the_next_person_takes_over_in_one_step(browser: Browser, house: House) -> None:
    with browser.room("/?place=kept", secret=house.served.token("officer")) as visit:
        visit.page.click("#switch")
        enter(visit, "clerk")
        visit.page.wait_for_selector("#me:text('clerk')")
        assert visit.page.url.endswith("/?place=kept")
        visit.page.click("#sign-out")
        visit.page.wait_for_selector("#sign-in")
        visit.page.go_back()
        visit.page.wait_for_selector("#sign-in")
        assert not visit.page.is_visible("#me"), "the page before is not shown from memory"


def test_the_language_is_one_click_away_and_stays(browser: Browser) -> None:
    with browser.room("/sign-in?next=%2Fverify") as visit:
        visit.page.click("header a[lang=en]")
        visit.page.wait_for_selector("html[lang=en]")
        assert visit.page.input_value("input[name=next]") == "/verify"
        visit.open("/")
        assert visit.page.get_attribute("html", "lang") == "en"


def test_no_script_can_read_the_session_and_none_can_slip_in(browser: Browser, house: House) -> None:
    with browser.room("/", secret=house.served.token("officer")) as visit:
        assert "yinxin_session" not in visit.page.evaluate("document.cookie")
        refused = visit.page.evaluate(
            """() => { const tried = [];
              const tryIt = (f) => { try { f(); tried.push(false) } catch { tried.push(true) } };
              tryIt(() => { document.createElement('div').innerHTML = '<b>x</b>' });
              tryIt(() => { document.createElement('script').src = '/assets/x.js' });
              tryIt(() => { new DOMParser().parseFromString('<b>x</b>', 'text/html') });
              tryIt(() => { window.trustedTypes.createPolicy('another', {}) });
              return tried }"""
        )
        assert refused == [True] * 4
        visit.expected += ["policy:", "This document requires", "Refused", "Creating a TrustedTypePolicy", "The action"]
