"""A bid in a browser from first key to withdrawal, against real chain, custodian, service; nothing secret leaves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
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
from chain.tenders.opening import read_record
from chain.words import read
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
LAST = "保证十年，四小时到场"
DOCUMENT = b"%PDF technical secret " * 120_000
WORDS = read("bidroom")
SECRETS = (PRICE.encode(), OTHER_PRICE.encode(), b"technical secret", WORD.encode(), LAST.encode(), PASSPHRASE.encode())


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


@dataclass
class Early:
    """A bid of a tender that is closed soon, and the browser in which it was made, which stays open."""

    tender: int
    visit: Visit


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
        tender = market.publish(deadline_in=1800, edit=in_forty_fields)
        office.follow()
        served = stack.enter_context(serving_home(office.service.home.path, stage.folder, workers=1))
        playwright = request.getfixturevalue("playwright")
        browser = stack.enter_context(Browser.start(find_chromium(), served.site, playwright))
        yield Fair(market, office, browser, tender)


@pytest.fixture(scope="module", autouse=True)
def early(fair: Fair) -> Iterator[Early]:
    """Bid for first of all, in two envelopes and on a phone: its deadline is over when the other tests are done."""

    def publish() -> int:
        tender = fair.market.publish(deadline_in=150, edit=in_two_envelopes)
        fair.office.follow()
        return tender

    tender = apart(publish)
    with fair.browser.room(f"/tenders/{tender}/bid", viewport=PHONE, checked=False) as visit:
        page = visit.page
        page.wait_for_selector("#door")
        enter(page, new=True)
        name_company(fair, page, "company-2")
        fill_in(page, PRICE, envelopes=2)
        page.set_input_files("#certificate-licence", fair.market.company("company-2").licence)
        settled(page, "certificates")
        page.click("#run-rehearsal")
        settled(page, "rehearse")
        look(visit, "two envelopes, rehearsed")
        send(visit, 1)
        look(visit, "two envelopes, sent")
        yield Early(tender, visit)


def in_forty_fields(draft: dict[str, Any]) -> None:
    """The notice asks for forty figures, most of them under long names."""
    form = draft["envelopes"][0]["form"]
    for number in range(len(form) + 1, 41):
        label = {
            "zh": f"第{number}项：课桌椅面板、桌架、椅架及全部五金件在正常使用条件下的保证使用年限与到场维修时限",
            "en": f"{number}: years for which boards, frames and fittings of desks and chairs are guaranteed in use",
        }
        form.append({"name": f"item.{number}", "label": label, "kind": "text", "required": number == 40})


def in_two_envelopes(draft: dict[str, Any]) -> None:
    """The price is sealed apart, and opened after what is offered has been judged; objections may take long."""
    (first,) = draft["envelopes"]
    priced = [one for one in first["form"] if one["name"] == "price"]
    form = [one for one in first["form"] if one["name"] != "price"]
    draft.update(standstill=900, envelopes=[first | {"form": form}, first | {"number": 2, "form": priced}])


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


def name_company(fair: Fair, page: Page, name: str) -> None:
    company = fair.market.company(name)
    page.set_input_files("#licence", company.licence)
    page.set_input_files("#binding", company.binding)
    page.set_input_files("#device-key", company.home / "keys" / "device.json")
    page.fill("#device-word", PASSPHRASE)
    page.click("#sign-statement")
    settled(page, "company")


def fill_in(page: Page, price: str, *, envelopes: int = 1) -> None:
    """The figures, and a document in each envelope; the price stands in the last one."""
    page.fill(f"#figure-{envelopes}-price", price)
    page.fill("#figure-1-delivery\\.days", "45")
    page.select_option("#figure-1-warranty", "3y")
    for number in range(1, envelopes + 1):
        file = {"name": "技术标.pdf", "mimeType": "application/pdf", "buffer": DOCUMENT}
        page.set_input_files(f"#documents-{number}", [file])  # type: ignore[arg-type]
        page.wait_for_selector(f"#documents-{number}-list li")
        settled(page, f"envelope-{number}")


def send(visit: Visit, version: int) -> None:
    def said(key: str) -> str:
        language = str(visit.page.get_attribute("html", "lang"))[:2]
        return WORDS[key][language].format(version=version)

    visit.page.click("#run-seal")
    visit.page.wait_for_selector(f"#seal-state:has-text('{said('seal.whole')}')")
    visit.page.click("#run-submit")
    visit.page.wait_for_selector(f"#accepted:has-text('{said('submit.live')}')")


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
        name_company(fair, page, "company-1")
        page.fill("#figure-1-item\\.40", LAST)
        fill_in(page, PRICE)
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
        send(visit, 1)
        bidder = unhex0x(page.text_content("#fresh-address") or "", size=20, field="address")
        assert entry(fair, bidder).live
        manifest = opened(fair, bidder, 1, tmp_path / "opened")
        figures = {one.name: one.value for one in manifest.form.figures}
        assert (figures["price"], figures["item.40"]) == (PRICE, LAST)
        assert (tmp_path / "opened" / "documents" / "技术标.pdf").read_bytes() == DOCUMENT
        assert read_statement(dict(manifest.organisation)).missing == ()
        page.reload()
        page.wait_for_selector("#door")
        enter(page, new=False)
        settled(page, "company")
        fill_in(page, OTHER_PRICE)
        send(visit, 2)
        assert entry(fair, bidder).version == 2
        page.click("#submit details summary")
        page.check("#sure")
        page.click("#withdraw")
        page.wait_for_selector("#submit-state:has-text('withdrawn')")
        after = entry(fair, bidder)
        assert (after.version, after.live) == (3, False)
        receipt = tmp_path / "withdrawal.json"
        page.wait_for_selector("#withdrawal-sheet", timeout=60_000)
        with page.expect_download() as download:
            page.click("#save-withdrawal-receipt")
        download.value.save_as(receipt)
        check = ("bid", "verify-receipt", str(receipt), "--ledger")
        found = apart(fair.market.ok, "company-1", *check)
        assert (found["result"], found["kind"]) == ("VALID", "withdraw")
        look(visit, "withdrawn")
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


def test_where_the_rest_of_the_page_does_not_come_it_says_to_load_it_again(fair: Fair) -> None:
    with room(fair, language="en") as visit:
        visit.expected += ["Failed to load resource"]
        visit.context.route("**/assets/bid-inside-*", lambda route: route.abort())
        visit.page.reload()
        visit.page.wait_for_selector("#door")
        visit.page.fill("#passphrase", WORD)
        visit.page.fill("#again", WORD)
        visit.page.click("#enter")
        visit.page.get_by_text(WORDS["fault.bidroom.page"]["en"]).wait_for()
        visit.context.unroute("**/assets/bid-inside-*")
        visit.page.reload()
        visit.page.wait_for_selector("#door")
        enter(visit.page, new=True)


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


def recorded(fair: Fair, tender: int, envelope: int) -> bytes:
    """That envelope of the lot is opened, and its record on the ledger; the record."""

    def work() -> bytes:
        market, number = fair.market, str(tender)
        stage = market.stage
        if envelope == 1:
            market.looks_up_licences("officer")
        else:
            stage.acts("officer").review(tender, 1, stage.board.put(b'{"format":"sample-review"}'), [])
            market.ok("officer", "tender", "close", number, "--envelope", "2", "--wait", "60")
        market.close_and_release(tender, envelope)
        where = (number, "--envelope", str(envelope))
        opened = market.ok("officer", "tender", "open", *where, "--wait", "60")
        assert [bid["outcome"] for bid in opened["bids"]] == ["opened"]
        done = market.ok("officer", "tender", "finish-opening", *where, "--without-supervisor", "not there 未到")
        fair.office.follow()
        return stage.board.get(unhex0x(done["record"], size=32, field="record"))

    return apart(work)


def lied(fair: Fair, tender: int, data: bytes) -> None:
    """The officer puts another record on the ledger, in which one figure is changed."""

    def work() -> None:
        record, stage = read_record(data), fair.market.stage
        (bid,) = record.bids
        figures = [
            replace(one, figure=replace(one.figure, value="9980000.00")) if one.figure.name == "price" else one
            for one in bid.figures
        ]
        forged = replace(record, bids=(replace(bid, figures=tuple(figures)),))
        stage.acts("officer").record(tender, 1, "opening", stage.board.put(forged.to_bytes()))
        fair.office.follow()

    apart(work)


def standings(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-figure]')]"
        ".map((one) => [one.dataset.figure, one.dataset.standing]))"
    )
    return found


def looks(page: Page, envelope: int) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        f"Object.fromEntries([...document.querySelectorAll('#verified-{envelope} [data-look]')]"
        ".map((one) => [one.dataset.look, one.dataset.good]))"
    )
    return found


def test_after_the_opening_the_room_finds_its_bid_and_a_lie_about_it(fair: Fair, early: Early, tmp_path: Path) -> None:
    visit, page, number = early.visit, early.visit.page, str(early.tender)
    recorded(fair, early.tender, 1)
    page.reload()
    page.wait_for_selector("#door")
    page.fill("#passphrase", WORD)
    page.click("#enter")
    page.wait_for_selector("#verified-1 [data-figure]", timeout=60_000)
    technical = dict.fromkeys(("delivery.days", "warranty"), "same")
    assert standings(page) == technical, "the price is shut, and nobody reads it out"
    assert page.query_selector("#right, #seal, #submit") is None, "after the deadline nothing is left to send"
    look(visit, "the first envelope is opened")
    record = recorded(fair, early.tender, 2)
    page.click("#verify-again")
    page.wait_for_selector("#right", timeout=60_000)
    same = technical | {"price": "same"}
    assert standings(page) == same
    for envelope in (1, 2):
        assert looks(page, envelope) == dict.fromkeys(("file", "root", "key", "lock", "record"), "true")
    assert page.query_selector("#objecting") is None
    look(visit, "right")
    with fair.browser.room(f"/tenders/{number}/opening", viewport=PHONE) as watched:
        assert watched.page.locator("table.bids").count() == 2
        look(watched, "both envelopes are opened")
    saved, receipt = tmp_path / "room.json", tmp_path / "receipt.json"
    sealed, priced = tmp_path / "first.age", tmp_path / "second.age"
    given = {"#save-room": saved, "#save-sealed-1": sealed, "#save-sealed-2": priced, "#save-receipt": receipt}
    for button, file in given.items():
        with page.expect_download() as download:
            page.click(button)
        download.value.save_as(file)
    (tmp_path / "word").write_text(WORD, encoding="utf-8")

    def command(*words: str, code: int = 0) -> dict[str, Any]:
        return apart(fair.market.ok, "company-2", *words, code=code)

    files = ("--sealed", str(sealed), "--sealed", str(priced))
    take = ("bid", "take", str(saved), *files, "--word-file", str(tmp_path / "word"))
    taken = command(*take)
    assert (taken["versions"], taken["sealed"]) == ([1], [str(sealed), str(priced)])
    assert command("bid", "verify-receipt", str(receipt), code=2)["witnesses"] == [], "this ledger has none"
    assert command("bid", "verify-receipt", str(receipt), "--ledger")["result"] == "VALID"
    command("bid", "receipt", number, "--out", str(tmp_path / "own.json"))
    assert receipt.read_bytes() == (tmp_path / "own.json").read_bytes(), "as the command line makes it"
    assert command("bid", "check", number)["envelopes"] == [
        {"envelope": one, "right": True, "faults": []} for one in (1, 2)
    ]
    assert command("bid", "prove", str(tmp_path / "proof.json"), number)["opens"]
    assert command(*take) == taken, "again changes nothing"

    lied(fair, early.tender, record)
    page.click("#verify-again")
    page.wait_for_selector("#differs")
    assert standings(page) == same | {"price": "unproved"}
    row = page.text_content("[data-figure=price]") or ""
    assert PRICE in row
    assert "9980000.00" in row
    assert "分" in (page.text_content("#objecting .countdown") or "")
    text = page.input_value("#objection")
    assert PRICE in text
    assert "9980000.00" in text
    look(visit, "a lie")
    found = command("bid", "check", number, code=1)["envelopes"]
    assert [[one["code"] for one in envelope["faults"]] for envelope in found] == [[], ["unproved"]]
    assert f"--account bid-{number}-1" in (page.text_content("#commands") or "")
    filed = command("tender", "object", number, "--lot", "1", "--account", f"bid-{number}-1", "--text", text)
    assert filed["number"] == 1
    with fair.browser.room(f"/tenders/{number}/bid", language="en", checked=False) as other:
        other.page.set_input_files("#box-file", saved)
        other.page.fill("#passphrase", WORD)
        other.page.click("#enter")
        other.page.wait_for_selector("#differs")
        assert looks(other.page, 1)["file"] == "null", "the sealed file lies on another device"
