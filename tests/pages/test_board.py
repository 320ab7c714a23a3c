"""Tenders in a browser, against the real server and chain: the board, a tender, its opening live, rooms around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from api.accounts.roles import Role
from api.tenders import joining
from chain.kernel.encoding import hex0x
from scripts.chromium import find_chromium, why_none
from tests.api.service.served import Served, serving_home
from tests.api.tenders.office import TenderOffice, make_homes, open_office
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser
from tests.pages.house import apart
from tests.support.opening_stage import OpeningCase
from tests.support.seating import opened
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import BUREAU, TenderStage

__all__ = ["tender_stage", "tender_template"]
pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]
T = TypeVar("T")
BOTH = (("zh", PHONE), ("en", DESK))
NEW_YORK = {"timezone_id": "America/New_York"}


def _junk(path: Path) -> None:
    path.write_bytes(b"not a sealed bid at all")


@dataclass
class Fair:
    """A bureau's service with one tender, and a browser.

    Attributes:
        office: the service's home and people; served: the running server; browser: Chromium.
        case: the tender; its deadline is an hour away.
    """

    office: TenderOffice
    served: Served
    browser: Browser
    case: OpeningCase

    @property
    def at(self) -> str:
        """Path of the tender."""
        return f"/tenders/{self.case.tender}"

    def apart(self, work: Callable[..., T], *arguments: Any, **more: Any) -> T:
        """Do something in a thread of its own, as Playwright keeps an event loop in this one; then index it."""
        done = apart(work, *arguments, **more)
        apart(self.office.follow)
        return done

    @property
    def lead(self) -> int:
        """Number of the procuring officer's account."""
        return self.office.account("lead")

    @contextmanager
    def visit(self, path: str, name: str | None = None, **settings: Any) -> Iterator[Any]:
        """A visit, as that account or as nobody."""
        secret = None if name is None else self.served.token(name)
        with self.browser.room(path, secret=secret, **settings) as visit:
            yield visit


@pytest.fixture(scope="module")
def fair(
    built: Path, tender_stage: TenderStage, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Fair]:
    if why := why_none():
        pytest.skip(why)
    with ExitStack() as stack:
        office = stack.enter_context(contextmanager(open_office)(tender_stage, make_homes(tender_stage, account=False)))
        served = stack.enter_context(serving_home(office.service.home.path, tender_stage.folder, workers=1))
        case = OpeningCase.publish(tender_stage, tmp_path_factory.mktemp("case") / "tender", deadline=3600)
        office.follow()
        browser = stack.enter_context(
            Browser.start(find_chromium(), served.site, request.getfixturevalue("playwright"))
        )
        yield Fair(office, served, browser, case)


@pytest.mark.parametrize(("language", "screen"), BOTH)
def test_a_reader_finds_a_tender_and_reads_it(fair: Fair, language: str, screen: dict[str, int]) -> None:
    with fair.visit("/tenders", language=language, viewport=screen, **NEW_YORK) as visit:
        look(visit, "board")
        visit.page.fill("#text", "没有的东西")
        visit.page.wait_for_selector("#found .empty")
        look(visit, "nothing found")
        visit.page.fill("#text", "课桌")
        visit.page.click("#found h3 a")
        visit.page.wait_for_selector("#what")
        look(visit, "tender")
        assert visit.page.locator("#next .own-time").count() >= 2, "the reader's own zone stands beside the chain's"
        left = visit.page.inner_text(".countdown >> nth=0")
        visit.until("document.querySelector('.countdown').textContent", lambda text: text != left)
        with visit.page.expect_download() as download:
            visit.page.click("#documents a[download] >> nth=0")
        assert download.value.suggested_filename == "课桌椅技术要求.txt"
        visit.page.click(f"a[href='{fair.at}/timeline'] >> nth=0")
        visit.page.wait_for_url(f"**{fair.at}/timeline")
        look(visit, "timeline")
        visit.open("/statistics")
        look(visit, "statistics")


@pytest.mark.parametrize(("language", "screen"), BOTH)
def test_a_question_is_asked_without_a_name_and_a_receipt_is_checked(
    fair: Fair, language: str, screen: dict[str, int]
) -> None:
    question = {"zh": "是否含安装？", "en": "Is assembly included?"}[language]
    with fair.visit(fair.at, language=language, viewport=screen) as visit:
        visit.page.fill("#question", question)
        visit.page.click("#questions button")
        visit.page.wait_for_selector("#questions [role=status]")
        visit.page.set_input_files(
            "#receipt-file", {"name": "receipt.json", "mimeType": "application/json", "buffer": b'{"format":"x"}'}
        )
        visit.until("document.querySelector('#receipt-text').value", lambda text: text == '{"format":"x"}')
        visit.page.click("#receipt button")
        visit.page.wait_for_selector("#receipt-answer .note-bad")
        look(visit, "receipt")
    ends = "form[action*='/appointments/'] button"
    with fair.visit(f"{fair.at}/control", "lead", language=language, viewport=screen) as visit:
        visit.page.fill("#account", "lead")
        visit.page.click("#appoint")
        visit.page.wait_for_selector(f"text={question}")
        look(visit, "control")
        over = visit.page.locator("td .soft time")
        before = over.count()
        visit.page.click(ends)
        over.nth(before).wait_for()
        look(visit, "control, a part has ended")


@pytest.mark.parametrize(("language", "screen"), BOTH)
def test_an_officer_gets_a_draft_of_a_notice(fair: Fair, language: str, screen: dict[str, int]) -> None:
    with fair.visit("/tenders/new?lots=2", "lead", language=language, viewport=screen) as visit:
        visit.page.fill("#titleZh", "课桌椅采购")
        visit.page.click("#check")
        visit.page.wait_for_selector("#findings .note-bad")
        look(visit, "builder")
        assert visit.page.input_value("#titleZh") == "课桌椅采购"
        visit.until("document.activeElement?.getAttribute('aria-invalid')", lambda one: one == "true")
        visit.page.click("#findings a[href='#lot2TitleZh']")
        assert visit.page.locator("#lot2TitleZh[aria-invalid=true] ~ #lot2TitleZh-fault").count() == 1
        with visit.page.expect_download() as download:
            visit.page.click("#download")
        assert 'zh = "课桌椅采购"' in Path(download.value.path()).read_text(encoding="utf-8")


def test_a_bidder_follows_and_a_stranger_is_led_to_sign_in(fair: Fair) -> None:
    with fair.visit(fair.at, "bidder") as visit:
        visit.page.click("button:text('关注本项目')")
        visit.page.wait_for_selector("button:text('不再关注')")
    with fair.visit(f"{fair.at}/control") as visit:
        assert "/sign-in" in visit.page.url


def test_an_opening_is_watched_as_it_happens_and_audited(fair: Fair, tmp_path: Path) -> None:
    stage = fair.case.stage

    def bids() -> OpeningCase:
        case = OpeningCase.publish(stage, tmp_path / "tender", minimumBids=2, deadline=30)
        for bidder in (1, 2):
            case.bid(bidder)
        case.bid(3, spoil=_junk)
        return case

    case = fair.apart(bids)
    at = f"/tenders/{case.tender}"

    with fair.visit(f"{at}/opening", viewport=PHONE) as visit:
        assert visit.page.locator("table.bids").count() == 0
        look(visit, "before the opening")
        fair.apart(case.close)
        visit.page.wait_for_selector("#live .is-done:has-text('封标')")
        fair.apart(opened, case, 1)
        visit.page.wait_for_selector("table.bids")
        look(visit, "opened")
        rows = visit.page.locator("table.bids tbody tr")
        assert rows.count() == 3
        assert "1,234,567.00 CNY" in rows.nth(0).inner_text()
        assert rows.nth(0).locator(".proved").count() >= 3
        assert "文件不是密封投标的格式" in rows.nth(2).inner_text()
        assert "开标记录已上链" in visit.page.inner_text("#live-said")
    with fair.visit(f"{at}/opening", language="en") as visit:
        look(visit, "opened, at a desk")
        assert visit.page.locator("table.bids tbody tr").count() == 3
    fair.apart(joining.appoint, fair.office.service, case.tender, "watch", Role.SUPERVISOR, bureau=BUREAU, by=fair.lead)
    for language, screen in BOTH:
        with fair.visit(f"/tenders/{case.tender}", "watch", language=language, viewport=screen) as visit:
            visit.page.click(f"a[href='{at}/supervision']")
            visit.page.wait_for_selector("#signals-title")
            look(visit, "supervision")
    _check_on_this_device(fair, case)
    with fair.visit(f"{at}/audit", "lead", language="en", viewport=PHONE) as visit:
        visit.page.click("#run")
        visit.page.wait_for_selector("#findings-title")
        look(visit, "audit")
        assert "What a server finds is no proof" in visit.page.inner_text("main")
        assert visit.page.locator("ol a:has-text('Look at what it concerns')").count() >= 1


def _check_on_this_device(fair: Fair, case: OpeningCase) -> None:
    """The same tender, recomputed by the reader's own browser; then a paper is a lie, and then the ledger."""
    at = f"/tenders/{case.tender}/audit"
    record = next(one for one in case.story.lots[1].records if one.values["kind"] == "opening")
    digest = hex0x(record.values["digest"])

    def other_bytes(route: Any) -> None:
        route.fulfill(body=b'{"format":"yinxin-opening-record-1"}')

    def without_a_bid(route: Any) -> None:
        """An endpoint of the reader's own: it knows of one event less, or the service invented one."""
        answer = route.fetch(url=f"{fair.served.site}/v1/ledger-calls")
        found = answer.json()
        for one in found:
            if isinstance(one.get("result"), list):
                one["result"] = one["result"][:-1]
        route.fulfill(json=found)

    with fair.visit(at, viewport=PHONE) as visit:
        look(visit, "audit before")
        visit.page.click("#own-run")
        visit.page.wait_for_selector("#own-verdict, #own-fault")
        found = visit.page.inner_text("#own-outcome")
        assert visit.page.locator("#own-verdict[data-verdict=clean]").count() == 1, found
        holds = "#rule-A704[data-standing=holds], #rule-A601[data-standing=holds], #rule-A904[data-standing=holds]"
        assert visit.page.locator(holds).count() == 3
        assert visit.page.locator("#rule-A801[data-standing=elsewhere]").count() == 1
        visit.page.click("#chapter-A9 summary")
        look(visit, "audited on this device")
    with fair.visit(at, language="en", viewport=DESK) as visit:
        visit.page.route(f"**/papers/{digest}", other_bytes)
        visit.page.click("#own-run")
        visit.page.wait_for_selector("#own-verdict[data-verdict=broken]")
        found = visit.page.locator("#own-findings [data-rule=A901][data-result=broken]")
        assert "other bytes" in found.inner_text()
        assert found.locator(f"a[href$='{digest}']").count() == 1
        look(visit, "a changed paper")
        visit.page.fill("#endpoint", "ftp://nowhere.example")
        visit.page.click("form[method=get] button:has-text('Use them')")
        visit.page.wait_for_selector("#endpoint-fault")
        visit.page.fill("#endpoint", f"{fair.served.site}/v1/ledger-calls/other")
        visit.page.click("form[method=get] button:has-text('Use them')")
        visit.page.wait_for_selector("#own-run")
        visit.page.route("**/v1/ledger-calls/other", without_a_bid)
        visit.page.click("#own-run")
        visit.page.wait_for_selector("#own-fault:has-text('contradict each other')")
        look(visit, "endpoints that contradict each other")
