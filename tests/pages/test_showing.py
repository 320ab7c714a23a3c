"""A holder shows a certificate: asked by the scanner, agreed to in the wallet, read back, refused when old or used."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import TimeoutError as NotInTime

from chain.claims import parse_showing
from chain.kernel.encoding import sha256
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.camera import FRAME, flags
from tests.pages.house import House
from tests.pages.test_access import audit
from tests.pages.wallet import PIN, add, bind, carry_out, noticed, page_of, picture, stored, unlock, wallet

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

SHOTS = Path(os.environ["WALLET_PICTURES"]) if "WALLET_PICTURES" in os.environ else None
DESK_NAME, PURPOSE = "示例市政务服务中心 12 号窗口", "办理食品经营许可变更"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film of what is before the cameras."""
    return tmp_path_factory.mktemp("film") / "screen.mjpeg"


@pytest.fixture(scope="module")
def seeing(browser: Browser, before: Path) -> Iterator[Browser]:
    """A browser whose cameras look at that film."""
    with browser.with_flags(*flags(before)) as program:
        yield program


@pytest.fixture(scope="module")
def holder(house: House, seeing: Browser) -> Iterator[Visit]:
    """A phone that is bound to a certificate."""
    with wallet(seeing, viewport=PHONE) as visit:
        add(visit, house.bundles["good"])
        bind(house, visit, "good")
        yield visit


def ask(visit: Visit, *fields: str) -> str:
    """The clerk asks; the request's link."""
    visit.page.click("#open-ask")
    visit.page.fill("#ask-name", DESK_NAME)
    visit.page.fill("#ask-purpose", PURPOSE)
    for name in fields:
        visit.page.check(f"#ask-field-{name}")
    visit.page.click("dialog button[type=submit]")
    visit.page.wait_for_selector("#ask-link")
    link = visit.page.get_attribute("#ask-link", "href")
    assert link is not None
    return link


def answer(visit: Visit, link: str) -> str:
    """The holder opens the link and agrees; the live code as text."""
    visit.page.evaluate(f"location.hash = {link.partition('#')[2]!r}")
    page_of(visit, "asked")
    visit.page.click("#agree")
    page_of(visit, "live")
    return live_text(visit)


def codes(visit: Visit) -> list[Image.Image]:
    """The codes on the screen, as they are drawn."""
    drawings: list[list[str]] = visit.page.eval_on_selector_all(
        "svg.code", "all => all.map((one) => [one.getAttribute('viewBox'), one.firstChild.getAttribute('d')])"
    )
    return [drawn(int(box.split()[2]), path) for box, path in drawings]


def live_text(visit: Visit) -> str:
    """What the codes on the screen say, put together by another decoder than ours."""
    parts: dict[int, str] = {}
    for code in codes(visit):
        found = zxingcpp.read_barcode(code)
        assert found is not None
        _form, name, place, count, part = found.text.split("/", 4)
        parts[int(place)] = part
    assert len(parts) == int(count)
    text = "".join(parts[place] for place in range(len(parts)))
    assert sha256(text.encode()).hex().startswith(name)
    return text


def hold_out(visit: Visit, film: Path, *, beat: int = 6) -> None:
    """What is on the visit's screen is what the cameras see from now on."""
    out = io.BytesIO()
    for code in codes(visit):
        frame = Image.new("RGB", FRAME, (90, 90, 90))
        frame.paste(code, ((FRAME[0] - code.width) // 2, (FRAME[1] - code.height) // 2))
        for _ in range(beat):
            frame.save(out, "JPEG", quality=85)
    film.write_bytes(out.getvalue())


def keep_holding_out(visit: Visit, film: Path, *, until: Callable[[], object]) -> None:
    """As a person does who holds a telephone: the code is renewed while the other one looks."""
    for _ in range(6):
        with contextlib.suppress(NotInTime):
            until()
            return
        hold_out(visit, film)


def drawn(side: int, path: str) -> Image.Image:
    """A code's drawing as a picture of four pixels a module."""
    picture = Image.new("L", (side, side), 255)
    for column, row in re.findall(r"M([0-9]+) ([0-9]+)h", path):
        picture.putpixel((int(column), int(row)), 0)
    return picture.resize((4 * side, 4 * side), Image.Resampling.NEAREST)


def fault(visit: Visit) -> str:
    """Why the scanner refuses."""
    visit.page.wait_for_selector("[data-fault]")
    return str(visit.page.get_attribute("[data-fault]", "data-fault"))


def test_from_the_request_to_a_holder_who_is_there_by_cameras_alone(
    house: House, seeing: Browser, before: Path, holder: Visit
) -> None:
    with seeing.visit(viewport=DESK) as clerk:
        ask(clerk, "KZ_legalRepresentative", "KZ_domicile")
        assert audit(clerk) == []
        picture(clerk, SHOTS, "zh-CN-ask-shown")
        hold_out(clerk, before)
        holder.page.click("#scan-request")
        page_of(holder, "asked")
        assert holder.page.inner_text("[data-asker]") == DESK_NAME
        assert holder.page.inner_text("[data-purpose]") == PURPOSE
        assert audit(holder) == []
        picture(holder, SHOTS, "zh-CN-asked")
        holder.page.uncheck("#field-KZ_domicile")
        holder.page.click("#agree")
        page_of(holder, "live")
        assert audit(holder) == []
        picture(holder, SHOTS, "zh-CN-live")
        text = live_text(holder)
        hold_out(holder, before)
        clerk.page.click("dialog button[type=submit]")
        keep_holding_out(holder, before, until=lambda: clerk.page.wait_for_selector("[data-present]", timeout=20_000))
        shown = parse_showing(text.encode()).credential
        assert set(shown.fields) == {"certificateHolderName", "KZ_legalRepresentative"}

        assert clerk.verdict() == "VALID"
        assert clerk.page.get_attribute("[data-present]", "data-present") == "VALID"
        clerk.page.click(".steps summary")
        assert clerk.results()["holder"] == "VALID"
        assert audit(clerk) == []
        picture(clerk, SHOTS, "zh-CN-present")
        seen = clerk.page.inner_text("article.verdict")
        assert shown.fields["KZ_legalRepresentative"] in seen
        assert house.identifiers["good"] not in seen, "the identifier was not agreed to"

        clerk.page.click("#another")  # the camera looks at the same code again
        assert fault(clerk) == "showing_replayed"
        assert audit(clerk) == []
        picture(clerk, SHOTS, "zh-CN-replayed")

        holder.page.click("#stop-live")
        noticed(holder, "live.stopped")
        holder.page.click("#open-history")
        page_of(holder, "history")
        assert DESK_NAME in holder.page.inner_text("[data-shown]")
        picture(holder, SHOTS, "zh-CN-history")
        kept = stored(holder)
        for secret in (DESK_NAME, PURPOSE, "yinxin-showing", "KZ_legal"):
            assert secret not in kept
        holder.page.click("#go-home")


def test_old_foreign_and_changed_codes_are_refused_without_a_verdict(
    house: House, browser: Browser, holder: Visit
) -> None:
    with browser.visit(locale="en", viewport=PHONE) as clerk, browser.visit() as other:
        clerk.speak("en")
        link = ask(clerk)
        clerk.page.keyboard.press("Escape")
        text = answer(holder, link)

        other.paste(text)
        assert fault(other) == "showing_other_request", "made for another checker"
        broken = text[:-60] + text[-50:]
        clerk.paste(broken)
        assert fault(clerk) == "showingBroken"
        clerk.page.click("#back")
        clerk.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(seconds=75))
        clerk.paste(text)
        assert fault(clerk) == "showing_expired"
        picture(clerk, SHOTS, "en-expired")
        holder.page.click("#stop-live")


def test_a_device_that_was_given_up_is_not_the_holders(house: House, browser: Browser) -> None:
    with wallet(browser, tag="en") as visit, browser.visit(locale="en") as clerk:
        clerk.speak("en")
        add(visit, house.bundles["endless"])
        visit.page.click("#start-claim")
        visit.page.fill("#code", "7K3Q-9ZT0-WXB5-2MHD-4CV9")
        visit.page.click("dialog button[type=submit]")
        visit.page.wait_for_selector("#code-fault")
        assert audit(visit) == []
        visit.page.keyboard.press("Escape")
        bind(house, visit, "endless")
        assert audit(visit) == []
        picture(visit, SHOTS, "en-bound")
        kept = stored(visit)
        for secret in ("yinxin-claim-1", "yinxin-binding-1", "key true"):
            assert secret not in kept
        first = answer(visit, ask(clerk))
        visit.page.click("#stop-live")
        clerk.page.keyboard.press("Escape")
        clerk.paste(first)
        assert clerk.verdict() == "VALID"
        clerk.page.click("#another")

        visit.page.click("[data-card]")
        visit.page.click("#give-up")
        visit.page.click("dialog button[type=submit]")
        noticed(visit, "giveUp.sent")
        carry_out(house)
        text = answer(visit, ask(clerk))
        clerk.page.keyboard.press("Escape")
        clerk.paste(text)
        assert clerk.verdict() == "FORGED"
        assert clerk.page.get_attribute("[data-present]", "data-present") == "INVALID"
        assert "genuine, but it is not its holder's device" in clerk.page.inner_text(".verdict-says")
        picture(clerk, SHOTS, "en-ended")

        visit.page.click("#stop-live")
        visit.page.click("[data-card]")
        visit.page.click("#ask-binding")
        visit.page.wait_for_selector("[data-binding=ended]")
        noticed(visit, "bind.ended")


def test_certificates_are_taken_along_and_keys_are_not(house: House, browser: Browser, holder: Visit) -> None:
    phrase = "seven words of a passphrase"
    holder.page.click("#open-settings")
    picture(holder, SHOTS, "zh-CN-settings")
    assert audit(holder) == []
    holder.page.click("#carry-out")
    holder.page.fill("#phrase", phrase)
    with holder.page.expect_download() as saved:
        holder.page.click("dialog button[type=submit]")
    file = saved.value.path().read_bytes()
    assert b"yinxin-wallet-export-1" in file
    assert "有限公司".encode() not in file
    page_of(holder, "home")
    with wallet(browser, tag="en", viewport=DESK) as fresh:
        fresh.page.click("#open-settings")
        fresh.page.click("#carry-in")
        fresh.page.set_input_files("#carry-file", [{"name": "w.json", "mimeType": "application/json", "buffer": file}])
        fresh.page.fill("#phrase", "another passphrase")
        fresh.page.click("dialog button[type=submit]")
        fresh.page.wait_for_selector("#phrase-fault")
        fresh.page.set_input_files("#carry-file", [{"name": "w.json", "mimeType": "application/json", "buffer": file}])
        fresh.page.fill("#phrase", phrase)
        fresh.page.click("dialog button[type=submit]")
        noticed(fresh, "carry.done")
        fresh.page.click("[data-card]")
        assert fresh.page.get_attribute("[data-binding]", "data-binding") == "none"
        fresh.page.click("#go-home")
        fresh.page.click("#open-help")
        picture(fresh, SHOTS, "en-help")
        assert audit(fresh) == []
        fresh.page.click("#lock")
        unlock(fresh, PIN)
        page_of(fresh, "home")
