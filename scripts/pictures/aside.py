"""Pages that stand aside: a request that waits for a decision, a fault of ours, the verifier as one file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from playwright.sync_api import Route

from api.service.pages import first
from tests.api.service.pages.browsing import Browsing
from tests.api.town import OTHER
from tests.pages.browser import Browser, Visit
from tests.pages.house import House
from tests.pages.test_decide import Bureau, open_key

ROOT = Path(__file__).resolve().parents[2]
Widths = Mapping[str, dict[str, int]]
Go = Callable[[Visit, str], None]
"""Goes there in a visit; in Chinese or English."""


@contextmanager
def _bureau(house: House) -> Iterator[Bureau]:
    """The second bureau of the house with its approver, while its worker and its signer run."""
    bureau = Bureau(house)
    house.apart(bureau.settle_in)
    working = bureau.working()
    house.apart(working.__enter__)
    try:
        yield bureau
    finally:
        house.apart(working.__exit__, None, None, None)


def take(house: House, browser: Browser, out: Path, only: str, widths: Widths) -> list[Path]:
    """Every picture of these whose name contains ``only``."""
    with _bureau(house) as bureau:
        reference = house.apart(bureau.upload, 12)
        house.apart(bureau.until, reference, "waiting")
        ways = {
            "89-decision": _request(reference, None),
            "89-decision-with-a-key": _request(reference, bureau.wallet),
            "84-a-fault-of-ours": _fault(house),
            "65-verifier-in-one-file": _verifier(house, out, ""),
            "65-verifier-in-one-file-revoked": _verifier(house, out, house.stamps["revoked"]),
        }
        return list(_taken(house, browser, out, only, widths, ways))


def _taken(
    house: House, browser: Browser, out: Path, only: str, widths: Widths, ways: Mapping[str, Go]
) -> Iterator[Path]:
    for width, size in widths.items():
        for language, tag in (("zh", "zh-CN"), ("en", "en")):
            for name, go in ways.items():
                file = out / f"{width}-{language}-{name}.png"
                if only not in file.name:
                    continue
                secret = house.served.token("approver-elsewhere")
                with browser.room(
                    None, secret=secret, language=language, viewport=size, locale=tag, checked=False
                ) as visit:
                    go(visit, language)
                    visit.page.wait_for_timeout(150)
                    visit.page.evaluate("scrollTo(0, 0)")
                    visit.page.screenshot(path=file, full_page=True)
                print(file.name, flush=True)
                yield file


def _request(reference: str, wallet: Path | None) -> Go:
    def go(visit: Visit, _language: str) -> None:
        visit.open(f"/decisions/{OTHER}/{reference}")
        visit.page.wait_for_selector("#content")
        if wallet is not None:
            open_key(visit, wallet)
            visit.page.wait_for_selector("#signer")

    return go


def _fault(house: House) -> Go:
    """What the service answers when a function of it fails: asked in this process, shown by the browser."""

    def go(visit: Visit, language: str) -> None:
        def failing() -> tuple[int, dict[str, str], str]:
            with mock.patch.object(first, "readiness", side_effect=ZeroDivisionError):
                answer = Browsing(house.hall, language).get("/")
            return answer.status_code, dict(answer.headers), answer.text

        status, headers, body = house.apart(failing)
        assert status == 500

        def answered(route: Route) -> None:
            route.fulfill(status=status, headers={"Content-Type": headers["content-type"]}, body=body)

        visit.page.route(f"{visit.url}/", answered)
        visit.open("/")

    return go


def _verifier(house: House, out: Path, stamp: str) -> Go:
    """Built for this ledger, opened from the disk."""
    file = out / "yinxin-verify.html"

    def go(visit: Visit, _language: str) -> None:
        if not file.exists():
            subprocess.run(
                [
                    "node", "scripts/web/single.mjs", "--out", str(file),
                    "--trust-root", str(house.town.authority / "trust-root.json"),
                    "--endpoint", f"{house.url}/v1/ledger-calls", "--service", house.url,
                ],
                cwd=ROOT, check=True, capture_output=True,
            )  # fmt: skip
        visit.page.goto(file.as_uri())
        visit.page.wait_for_selector("#check")
        if stamp:
            visit.page.fill("#input", stamp)
            visit.page.click("#check")
            visit.page.wait_for_selector(".answer")

    return go


__all__ = ["take"]
