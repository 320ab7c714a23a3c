"""A server that lies: the page believes no answer that the ledger does not bear out.

A page that lies itself is shown up by the verifier that people keep as one file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.pages.browser import Browser, Visit
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
LYING = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>印信核验</title>
<h1 id="lie">有效</h1><p>真实，且在所示时间有效。</p></html>"""


def test_a_status_list_that_is_not_the_anchored_one_opens_the_answer(house: House, visit: Visit) -> None:
    def lie(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body()[:-8] + b"AAAAAAAA")

    visit.context.route("**/v1/status-lists/*", lie)
    visit.scan(house.stamps["revoked"])
    assert visit.verdict() == "CANNOT_CHECK"
    assert visit.results()["status"] == "ERROR"


def test_a_false_place_accuses_nobody_and_proves_nothing(house: House, visit: Visit) -> None:
    def lie(route: Route) -> None:
        place = route.fetch().json()
        place["sequence"] += 1
        route.fulfill(json=place)

    visit.context.route("**/v1/stamps/*", lie)
    visit.scan(house.stamps["good"])
    assert visit.verdict() == "CANNOT_CHECK"
    assert visit.page.locator("[data-answer=authentic-open]").count() == 1


def test_another_chain_under_the_same_address_is_no_ledger(house: House, visit: Visit) -> None:
    """The service answers for a chain of its own; the pinned trust root names another genesis block."""
    visit.ready_offline()

    def lie(route: Route) -> None:
        asked = json.loads(route.request.post_data or "[]")
        answers = json.loads(route.fetch().body())
        for question, answer in zip(asked, answers, strict=True):
            if question["method"] == "eth_getBlockByNumber" and question["params"][0] == "0x0":
                answer["result"]["hash"] = "0x" + "11" * 32
        route.fulfill(json=answers)

    visit.context.route("**/v1/ledger-calls", lie)
    visit.reload()
    visit.page.wait_for_selector("[data-connection=offline]")
    visit.scan(house.stamps["good"])
    assert visit.verdict() == "VALID"
    assert "信任快照" in visit.page.inner_text(".verdict-asof"), "it falls back to what witnesses signed"


def test_another_trust_root_is_shown_and_not_taken_over(house: House, visit: Visit) -> None:
    visit.ready_offline()
    mine = visit.page.evaluate(ROOT_KEPT)

    def lie(route: Route) -> None:
        found = route.fetch().json()
        found["chainId"] += 1
        route.fulfill(body=json.dumps(found, separators=(",", ":"), sort_keys=True))

    visit.context.route("**/v1/trust-root", lie)
    visit.reload()
    visit.scan(house.stamps["good"])
    assert visit.verdict() == "VALID"
    visit.page.click("#connection")
    visit.page.wait_for_selector("#root-changed")
    assert visit.page.evaluate(ROOT_KEPT) == mine


ROOT_KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open('yinxin');
  request.onsuccess = () => {
    const found = request.result.transaction('public').objectStore('public').get('trust-root');
    found.onsuccess = () => { request.result.close(); resolve(new TextDecoder().decode(found.result)); };
  };
})"""


def test_the_verifier_in_one_file_shows_up_a_page_that_lies(house: House, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "yinxin-verify.html"
    done = subprocess.run(
        [
            "node", "scripts/web/single.mjs", "--out", str(file),
            "--trust-root", str(house.town.authority / "trust-root.json"),
            "--endpoint", f"{house.url}/v1/ledger-calls", "--service", house.url,
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # What the device kept of the true page would come before the lie.
    with browser.visit(None, service_workers="block") as visit:
        visit.context.route("**/verify", lambda route: route.fulfill(body=LYING, content_type="text/html"))
        visit.page.goto(f"{visit.url}/verify#{house.stamps['revoked']}")
        assert visit.page.inner_text("#lie") == "有效"

        kept = visit.context.new_page()
        kept.goto(file.as_uri())
        kept.fill("textarea >> nth=0", house.stamps["revoked"])
        kept.click("#check")
        kept.get_by_text("撤销").first.wait_for()
        visit.asked[:] = [one for one in visit.asked if not one.startswith("file:")]
