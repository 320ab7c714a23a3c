"""A bid in a browser from first key to withdrawal, against real chain, custodian, service; nothing secret leaves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from playwright.sync_api import Page, Route

from chain.containers import stanzas_of
from chain.kernel.canonical import canonical
from chain.kernel.encoding import unhex0x
from chain.kernel.tender_facts import Entry
from chain.sealing import (
    BidIdentity,
    BidKeys,
    BidStanza,
    Committed,
    Manifest,
    Recipients,
    combine,
    open_bid,
    open_box,
)
from chain.tenders.bidding.statement import read_statement
from scripts.chromium import find_chromium, why_none
from tests.api.service.served import serving_home
from tests.api.tenders.office import TenderOffice, make_homes, open_office
from tests.pages.axe import look
from tests.pages.browser import PHONE, Browser, Visit
from tests.pages.house import apart
from tests.support.market import PASSPHRASE, Market, market_running, market_template
from tests.support.tender_fixtures import tender_template

__all__ = ["market_template", "tender_template"]
pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]

WORD = "long enough, and nobody's"
PRICE, OTHER_PRICE, ABOVE = "2980000.00", "2870000.00", "3600000.01"
DOCUMENT = b"%PDF technical secret " * 120_000
SECRETS = (PRICE.encode(), OTHER_PRICE.encode(), b"technical secret", WORD.encode(), PASSPHRASE.encode())


@dataclass
class Fair:
    """A market, the service beside it, a tender, a browser."""

    market: Market
    office: TenderOffice
    browser: Browser
    tender: int

    @property
    def at(self) -> str:
        return f"/tenders/{self.tender}/bid"


@pytest.fixture(scope="module")
def fair(
    built: Path, market_template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Fair]:
    if why := why_none():
        pytest.skip(why)
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("fair")
        market = stack.enter_context(market_running(market_template, folder / "market", "custodian-1"))
        stage = market.stage
        office = stack.enter_context(contextmanager(open_office)(stage, make_homes(stage, account=False)))
        tender = market.publish(deadline_in=600)
        office.follow()
        served = stack.enter_context(serving_home(office.service.home.path, stage.folder, workers=1))
        playwright = request.getfixturevalue("playwright")
        browser = stack.enter_context(Browser.start(find_chromium(), served.site, playwright))
        yield Fair(market, office, browser, tender)


@contextmanager
def room(fair: Fair, **settings: Any) -> Iterator[Visit]:
    with fair.browser.room(fair.at, **settings) as visit:
        visit.page.wait_for_selector("#door, #refused")
        yield visit


def enter(page: Page, *, new: bool) -> None:
    page.fill("#passphrase", WORD)
    if new:
        page.fill("#again", WORD)
    page.click("#enter")
    page.wait_for_selector("#company")


def settled(page: Page, step: str, standing: str = "done") -> None:
    page.wait_for_selector(f"#{step}[data-standing={standing}]")


def fill_in(fair: Fair, page: Page, price: str) -> None:
    page.fill("#figure-1-price", price)
    page.fill("#figure-1-delivery\\.days", "45")
    page.select_option("#figure-1-warranty", "3y")
    page.set_input_files("#documents-1", [{"name": "技术标.pdf", "mimeType": "application/pdf", "buffer": DOCUMENT}])
    settled(page, "envelope-1")


def send(page: Page, version: int) -> None:
    page.click("#run-seal")
    page.wait_for_selector(f"#seal-state:has-text('version {version} is sealed')")
    page.click("#run-submit")
    page.wait_for_selector(f"#accepted:has-text('Version {version}')")


def entry(fair: Fair, bidder: bytes) -> Entry:
    def work() -> Entry:
        ledger = fair.market.stage.ledger
        ledger.refresh()
        return ledger.entry(fair.tender, 1, bidder)

    return apart(work)


EVERYTHING_KEPT = """async () => {
  const rows = await new Promise((resolve) => {
    const request = indexedDB.open('yinxin-bids');
    request.onsuccess = () => {
      const found = request.result.transaction('boxes').objectStore('boxes').getAll();
      found.onsuccess = () => resolve(found.result);
    };
  });
  const files = [];
  const root = await navigator.storage.getDirectory();
  for await (const handle of root.values()) files.push(await (await handle.getFile()).text());
  return JSON.stringify([rows, files, {...localStorage}, {...sessionStorage}]);
}"""


def opened(fair: Fair, bidder: bytes, version: int, out: Path) -> Manifest:
    """The sealed file that lies with the custodian, opened with what key holders and officer have."""

    def work() -> Manifest:
        stage = fair.market.stage
        ledger, key = stage.ledger, stage.key
        ledger.refresh()
        events = [one.values for one in ledger.tender_events(fair.tender) if one.name == "BidCommitted"]
        (commitment,) = [
            one["commitment"] for one in events if (one["bidder"], one["commitment"].version) == (bidder, version)
        ]
        identity = BidIdentity(ledger.genesis, ledger.book, fair.tender, 1, 1, bidder, version)
        partials = {one: key.shares[one].sign(identity) for one in (1, 2, 3)}
        signature = combine(key.opening_key, identity.digest(), partials).signature
        digest = commitment.first.digest.hex()
        file = stage.home("custodian-1") / "custody" / "files" / digest[:2] / digest
        private = [stage.keys(name).desk("envelope") for name in ("officer", "supervisor")]
        k2 = open_box(BidStanza.of(stanzas_of(file.read_bytes()[:4096])), "officer", private[0])
        officer, supervisor = (
            X25519PrivateKey.from_private_bytes(one).public_key().public_bytes_raw() for one in private
        )
        first = commitment.first
        known = Committed(
            identity, key.opening_key.key, Recipients(officer, supervisor), first.digest, first.size, first.form
        )
        return open_bid(file, known, BidKeys(signature, k2), out)

    return apart(work)


def test_a_bid_goes_from_first_key_to_the_ledger_and_back(fair: Fair, tmp_path: Path) -> None:
    company = fair.market.company("company-1")
    with room(fair, language="en", checked=False) as visit:  # it talks to custodians, of whom one is not there
        page = visit.page
        sent: list[bytes] = []
        visit.context.on("request", lambda request: sent.append(request.post_data_buffer or b""))
        look(visit, "door")
        enter(page, new=True)
        page.set_input_files("#licence", company.licence)
        page.set_input_files("#binding", company.binding)
        page.set_input_files("#device-key", company.home / "keys" / "device.json")
        page.fill("#device-word", PASSPHRASE)
        page.click("#sign-statement")
        settled(page, "company")
        fill_in(fair, page, PRICE)
        page.set_input_files("#certificate-licence", company.licence)
        settled(page, "certificates")
        page.wait_for_selector("#certificate-licence-verdict:has-text('VALID')")
        page.fill("#figure-1-price", ABOVE)
        page.click("#run-rehearsal")
        settled(page, "rehearse", "wrong")
        page.click("#run-seal")
        page.wait_for_selector("#seal [role=alert]:has-text('not complete')")
        page.fill("#figure-1-price", PRICE)
        page.click("#run-rehearsal")
        settled(page, "rehearse")
        look(visit, "room")
        second = visit.context.new_page()
        second.goto(page.url)
        second.fill("#passphrase", WORD)
        second.click("#enter")
        second.wait_for_selector("#door [role=alert]:has-text('another tab')")
        second.close()
        send(page, 1)
        bidder = unhex0x(page.text_content("#fresh-address") or "", size=20, field="address")
        assert entry(fair, bidder).live
        manifest = opened(fair, bidder, 1, tmp_path / "opened")
        assert {one.name: one.value for one in manifest.form.figures}["price"] == PRICE
        assert (tmp_path / "opened" / "documents" / "技术标.pdf").read_bytes() == DOCUMENT
        assert read_statement(dict(manifest.organisation)).missing == ()
        page.reload()
        page.wait_for_selector("#door")
        enter(page, new=False)
        settled(page, "company")
        fill_in(fair, page, OTHER_PRICE)
        send(page, 2)
        assert entry(fair, bidder).version == 2
        page.click("#submit details summary")
        page.check("#sure")
        page.click("#withdraw")
        page.wait_for_selector("#submit-state:has-text('withdrawn')")
        after = entry(fair, bidder)
        assert (after.version, after.live) == (3, False)
        page.click("#run-submit")
        page.wait_for_selector("#submit [role=alert]:has-text('seal a new version')")
        kept = page.evaluate(EVERYTHING_KEPT).encode()
        custodians = (fair.market.urls["custodian-1"], "http://custodian-2.example")
        assert all(one.startswith(custodians) for one in visit.foreign()), visit.foreign()
        # One custodian is not there, and this service keeps no statuses of the bureau that licensed the company.
        known = ("ERR_NAME_NOT_RESOLVED", "404 (Not Found)")
        assert [one for one in visit.complaints if not any(part in one for part in known)] == []
    wire = b"\n".join(sent)
    assert len(wire) > 2 * len(DOCUMENT)
    for secret in SECRETS:
        assert secret not in wire, secret
        assert secret not in kept, secret


def test_a_notice_that_is_not_the_one_on_the_ledger_opens_no_room(fair: Fair) -> None:
    def exchanged(route: Route) -> None:
        notice = json.loads(route.fetch().body())
        one = notice["envelopes"][0]
        one["officer"], one["supervisor"] = one["supervisor"], one["officer"]
        route.fulfill(body=canonical(notice), content_type="application/json")

    with fair.browser.room(fair.at, language="en", checked=False) as visit:
        visit.context.route("**/papers/0x*", exchanged)
        visit.page.reload()
        visit.page.wait_for_selector("#refused")
        assert "is not the one on the ledger" in (visit.page.text_content("#refused") or "")
        assert visit.page.query_selector("#door") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_door_stands_on_a_phone(fair: Fair, language: str) -> None:
    with room(fair, language=language, viewport=PHONE) as visit:
        look(visit, "door")
        enter(visit.page, new=True)
        look(visit, "room")
        given_up = visit.page.text_content("#fresh-address")
        visit.page.reload()
        visit.page.wait_for_selector("#door")
        visit.page.click("#anew summary")
        look(visit, "door of a room that is kept here")
        visit.page.fill("#anew-word", WORD)
        visit.page.fill("#anew-again", WORD)
        visit.page.check("#anew-sure")
        visit.page.click("#begin-anew")
        visit.page.wait_for_selector("#company")
        assert visit.page.text_content("#fresh-address") != given_up
