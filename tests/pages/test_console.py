"""The bureau's console in a browser: an officer's day, in both languages, on a phone and at a desk."""

from __future__ import annotations

from typing import Any

import pytest

from chain.catalogue import SHIPPED
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.town import BUREAU, Town, licences
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.house import House
from tests.pages.wallet import add, wallet
from tests.support import wide
from tests.support.guarantee import as_json

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/console/{BUREAU}"
KIND = SHIPPED.find("business-licence")
HOLDER_NAME = "certificateHolderName"
"""Shown as the holder, under no label of its own."""
REFUSED = "Failed to load resource: the server responded with a status of 42"


def type_in(visit: Visit, number: int) -> str:
    """Type a company into the form, field by field; its name."""
    (sample,) = licences(1, first=number)
    row = dict(zip(CHINESE, sample.values, strict=True))
    for one in KIND.list_fields:
        visit.page.fill(f"#f-{one.name}", next(row[name] for name in (one.zh, *one.aliases) if name in row))
    return row["名称"]


@pytest.mark.parametrize(("language", "screen", "number"), [("zh", PHONE, 201), ("en", DESK, 202)])
def test_an_officer_issues_one_certificate_prints_it_and_suspends_it(
    browser: Browser, house: House, language: str, screen: dict[str, int], number: int
) -> None:
    secret = house.served.token("officer")
    with browser.room("/console", secret=secret, language=language, viewport=screen) as visit:
        page = visit.page
        look(visit, "overview")
        visit.open(f"{HERE}/issue/{KIND.slug}")
        page.fill("#f-certificateHolderCode", "91440101000000001B")
        page.wait_for_selector("#preview [data-faults='1']")
        look(visit, "a field is wrong")
        name = type_in(visit, number)
        page.wait_for_selector("#preview [data-missing='0'][data-faults='0']")
        assert name in page.inner_text("#preview")
        look(visit, "ready")
        with house.hall.working():
            page.click("#make")
            page.wait_for_selector("[data-batch-state]")
            look(visit, "on its way")
            page.wait_for_selector("[data-batch-state='complete']")
            visit.open(f"{HERE}/certificates")
            page.fill("#text", name)
            page.press("#text", "Enter")
            page.wait_for_selector("#found tr[data-entry]:only-child")
            look(visit, "found")
            assert name not in page.url
            page.click("#found a")
            page.wait_for_selector("#pdf")
            look(visit, "certificate")
            with page.expect_download() as saved:
                page.click("#pdf")
            assert saved.value.path().read_bytes().startswith(b"%PDF-")
            page.select_option("#operation", "suspend")
            page.fill("#reason", "抽查")
            page.click("#do-act")
            page.wait_for_selector("[data-act='suspend']")
            for _ in range(100):
                page.reload()
                if page.query_selector("[data-status='SUSPENDED']"):
                    break
                page.wait_for_timeout(300)
            look(visit, "suspended")
        assert page.query_selector("[data-status='SUSPENDED']")


def take_on_wide_type(town: Town) -> None:
    """The type of forty fields is proposed, approved, and the bureau accredited for it."""
    file = town.folder / "wide.json"
    file.write_bytes(as_json(wide.definition()))
    with town.signing():
        town.ok(town.officer, "type", "propose", str(file), "--reason", "forty fields", "--wait", "60")
    town.ok(town.officer, "type", "show", wide.SLUG, "--out", str(file))
    town.ok(town.authority, "authority", "accredit", BUREAU, "--type", str(file))


def test_a_certificate_of_forty_fields_is_made_found_kept_and_checked(browser: Browser, house: House) -> None:
    house.apart(take_on_wide_type, house.town)
    typed = wide.values(240)
    fields = {one["name"]: one for one in wide.definition()["fields"]}
    assert len(fields) == wide.COUNT
    with browser.room(
        f"{HERE}/types/{wide.SLUG}/1", secret=house.served.token("officer"), language="zh", viewport=PHONE
    ) as visit:
        page = visit.page
        assert page.locator("[data-field]").count() == wide.COUNT
        look(visit, "forty fields type")
        visit.open(f"{HERE}/issue/{wide.SLUG}")
        for name, value in typed.items():
            if fields[name]["kind"] == "enum":
                page.select_option(f"#f-{name}", value)
            else:
                page.fill(f"#f-{name}", value)
        page.wait_for_selector("#preview [data-missing='0'][data-faults='0']")
        look(visit, "forty fields ready")
        with house.hall.working():
            page.click("#make")
            page.wait_for_selector("[data-batch-state='complete']")
        batch = int(page.url.partition("?")[0].rpartition("/")[2])
        visit.open(f"{HERE}/certificates")
        page.fill("#text", typed["certificateHolderName"])
        page.press("#text", "Enter")
        page.wait_for_selector("#found tr[data-entry]:only-child")
        page.click("#found a")
        page.wait_for_selector("#pdf")
        for language in ("zh", "en"):
            page.click(f"header a[hreflang|={language}]")
            page.wait_for_selector(f"html[lang|={language}]")
            shown = str(page.text_content("section[aria-labelledby=who]"))
            assert all(one[language] in shown for one in fields.values())
            look(visit, "forty fields certificate")
    (identifier,) = house.apart(house.town.identifiers, batch)
    bundle = house.apart(house.town.bundle, identifier)
    with wallet(browser, viewport=PHONE) as visit:
        add(visit, bundle)
        for tag, language in (("zh-CN", "zh"), ("en", "en")):
            visit.speak(tag)
            visit.page.wait_for_selector("[data-sheet]")
            sheet = visit.page.inner_text("[data-sheet]")
            assert all(typed[name] in sheet for name in ("KZ_wideLink", "KZ_wideContract", "KZ_wideClient"))
            assert wide.definition()[language].casefold() in sheet.casefold()
            assert_called(sheet, fields, language)
            look(visit, "forty fields kept")
    with browser.visit(viewport=PHONE) as visit:
        visit.drop("forty.json", bundle, "application/json")
        assert visit.verdict() == "VALID"
        found = visit.page.inner_text("article.verdict")
        assert typed["KZ_wideLink"] in found
        assert_called(found, fields, "zh")
        look(visit, "forty fields checked")
        ask_for_forty(visit, fields)
        # Without a connection the device still knows what the fields are called.
        visit.ready_offline()
        visit.expected.append("Failed to load resource")
        visit.context.set_offline(True)
        visit.reload()
        visit.page.wait_for_selector("[data-connection=offline]")
        visit.drop("forty.json", bundle, "application/json")
        visit.verdict()
        assert_called(visit.page.inner_text("article.verdict"), fields, "zh")
    for lie in (_other_words, _nothing):
        with browser.visit(viewport=PHONE) as visit:
            visit.page.route("**/types/*/definitions", lie)
            visit.drop("forty.json", bundle, "application/json")
            assert visit.verdict() == "VALID", "no verdict rests on a definition"
            found = visit.page.inner_text("article.verdict")
            assert "KZ_wideLink" in found
            assert "另一种叫法" not in found, "what the ledger does not confirm names nothing"


def assert_called(text: str, fields: dict[str, dict[str, Any]], language: str) -> None:
    """Every field stands there under its label in that language, and under no name of a program."""
    missing = [
        one for name, one in fields.items() if name != HOLDER_NAME and one[language].casefold() not in text.casefold()
    ]
    assert not missing, missing
    assert "KZ_wide" not in text


def ask_for_forty(visit: Visit, fields: dict[str, dict[str, Any]]) -> None:
    """The clerk can ask a holder for each of them, by the words of the form."""
    page = visit.page
    page.click("#another")
    page.click("#open-ask")
    page.fill("#ask-purpose", "核对业绩")
    group = page.wait_for_selector("#ask-type optgroup", state="attached")
    assert group is not None
    assert group.get_attribute("label")
    page.select_option("#ask-type", label=wide.definition()["zh"])
    page.wait_for_selector("#ask-field-KZ_wideLink")
    assert page.input_value("#ask-purpose") == "核对业绩"
    boxes = page.locator("dialog .ticks input")
    assert boxes.count() == wide.COUNT + len(wide.definition()["derived"])
    assert_called(page.inner_text("dialog .ticks"), fields, "zh")
    look(visit, "forty fields asked for")
    page.keyboard.press("Escape")


def _other_words(route: Any) -> None:
    """A service that gives its own names to the fields of a bureau's type."""
    answer = route.fetch().json()
    for one in answer["items"]:
        one["document"] = one["document"].replace("工程影像资料归档目录的完整路径", "另一种叫法")
    route.fulfill(json=answer)


def _nothing(route: Any) -> None:
    route.fulfill(json={"items": []})


@pytest.mark.parametrize(("language", "screen"), [("en", PHONE), ("zh", DESK)])
def test_a_list_is_reported_before_anything_is_done(
    browser: Browser, house: House, language: str, screen: dict[str, int]
) -> None:
    rows = licences(2, first=210)
    bad = rows[0].with_value("certificateHolderCode", "91440101000000001B")

    def file(*samples: object) -> dict[str, object]:
        data = csv_bytes([CHINESE, *(one.values for one in samples)], "gb18030")  # type: ignore[attr-defined]
        return {
            "name": "一份名称很长很长很长很长很长很长很长很长很长很长的名单.csv",
            "mimeType": "text/csv",
            "buffer": data,
        }

    secret = house.served.token("officer")
    with browser.room(f"{HERE}/lists", secret=secret, language=language, viewport=screen) as visit:
        page = visit.page
        look(visit, "empty form")
        page.set_input_files("#file", file(bad, rows[1]))  # type: ignore[arg-type]
        page.click("#check")
        page.wait_for_selector("[data-report='faults']")
        look(visit, "faults")
        page.set_input_files("#file", file(*rows))  # type: ignore[arg-type]
        page.click("#check")
        page.wait_for_selector("[data-report='good']")
        page.click("#make")
        page.wait_for_selector("[data-batch-state]")
        look(visit, "batch")


def test_a_list_on_a_slow_line_says_how_much_has_gone_can_be_stopped_and_is_not_forgotten_by_a_reload(
    browser: Browser, house: House
) -> None:
    secret = house.served.token("officer")
    with browser.room(f"{HERE}/lists", secret=secret, language="zh", viewport=PHONE) as visit:
        page = visit.page
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        slow = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 20_000}
        line.send("Network.emulateNetworkConditions", slow)
        long = {"name": "长名单.csv", "mimeType": "text/csv", "buffer": b"1,2\n" * 400_000}
        told = "document.querySelector('[data-sending] output').value"
        for way, said in (("#make", "名单提交期间离开了此页"), ("#check", "名单检查期间离开了此页")):
            page.set_input_files("#file", long)  # type: ignore[arg-type]
            page.click(way)
            visit.until(told, lambda one: one.startswith("已发送 ") and one.endswith("，共 1.5 MB"))
            page.reload()
            visit.until(told, lambda one, said=said: one.startswith(said))
            assert page.is_visible(f"[data-sending] a[href='{HERE}/batches']") == (way == "#make")
            assert page.is_hidden("[data-stop]")
            if way == "#make":
                look(visit, "left")
        # Told once: of what is no longer remembered no later load can tell.
        assert "yinxin-sending" not in page.evaluate("JSON.stringify({...sessionStorage})")
        page.reload()
        page.set_input_files("#file", long)  # type: ignore[arg-type]
        page.click("#check")
        visit.until(told, lambda one: one.startswith("已发送 ") and one.endswith("，共 1.5 MB"))
        look(visit, "sending")
        page.click("[data-stop]")
        visit.until(told, lambda one: one.startswith("已停止"))
        assert page.is_hidden("[data-stop]")
        assert page.is_hidden("[data-sending] progress")
        assert page.is_enabled("#check")
        visit.expected += ["htmx:afterRequest", "htmx:sendAbort"]  # htmx tells the console of what was stopped


@pytest.mark.parametrize(("language", "screen"), [("zh", PHONE), ("en", PHONE), ("en", DESK)])
def test_every_other_page_is_for_everybody(
    browser: Browser, house: House, language: str, screen: dict[str, int]
) -> None:
    with browser.room(HERE, secret=house.served.token("officer"), language=language, viewport=screen) as visit:
        lists, care = ("certificates", "batches", "waiting", "expiring?days=365"), ("claims", "retention")
        for section in (*lists, *care, "types", "keys", "issue"):
            visit.open(f"{HERE}/{section}")
            look(visit, section)
        visit.open(f"{HERE}/certificates/999999")
        look(visit, "no such certificate")
        visit.expected += ["Failed to load resource: the server responded with a status of 404"]


def test_moments_stand_in_the_readers_time_beside_the_chains(browser: Browser, house: House) -> None:
    secret = house.served.token("officer")
    with browser.room(f"{HERE}/batches/1", secret=secret, timezone_id="Europe/Berlin") as visit:
        shown = visit.page.inner_text("time >> nth=0")
        assert "UTC+8" in shown
        assert "UTC+1" in shown or "UTC+2" in shown
    with browser.room(f"{HERE}/batches/1", secret=secret) as visit:
        assert visit.page.inner_text("time >> nth=0").count("UTC") == 1


def test_a_session_that_ends_meanwhile_leads_to_signing_in_and_back(browser: Browser, house: House) -> None:
    secret = house.served.token("officer")
    with browser.room(f"{HERE}/certificates", secret=secret) as visit:
        answer = visit.page.request.delete(
            f"{visit.url}/v1/sessions/current", headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status == 204
        visit.page.fill("#text", "示例")
        visit.page.press("#text", "Enter")
        visit.page.wait_for_selector("#password")
        assert "/sign-in?next=" in visit.page.url
        visit.page.fill("#name", "officer")
        visit.page.fill("#password", "correct-horse-battery")
        visit.page.click("button.primary")
        visit.page.wait_for_selector("#found")
        assert visit.page.url.endswith(f"{HERE}/certificates")
