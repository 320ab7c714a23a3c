"""An approver decides in her browser: with her own key, on what her own device read; on a real chain."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from playwright.sync_api import Route

from chain.kernel.encoding import sha256
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.people import Person
from tests.api.service.hall import advance
from tests.api.town import OTHER, PASSPHRASE, licences
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.house import House
from tests.pages.secrets import Wire

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


class Bureau:
    """The second bureau of the house, where people decide by signature."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.town = house.town
        self.officer = self.town.folder / "officer-2"
        self.approver = self.town.folder / "approver-2"
        self.anna = Person(self.town, "anna")
        self.wallet = self.town.folder / "anna.json"
        self._lists = 0

    def settle_in(self) -> None:
        """List the approver."""
        self.wallet.write_text(json.dumps(Account.encrypt(self.anna.key, PASSPHRASE, iterations=2**10)))
        self.town.ok(self.approver, "approver", "add", self.anna.address, "--name", "anna", "--kind", "*")

    def upload(self, count: int = 2) -> str:
        """An officer uploads a list by the API; the reference under which it waits."""
        self._lists += 1
        data = csv_bytes([CHINESE, *(one.values for one in licences(count, first=200 + 10 * self._lists))], "utf-8")
        with self.house.served.client("officer-elsewhere") as client:
            answer = client.post(
                f"/v1/bureaus/{OTHER}/lists",
                params={"type": "business-licence", "name": f"list-{self._lists}.csv"},
                content=data,
                headers={"Content-Type": "application/octet-stream"},
            )
            assert answer.status_code == 201, answer.text
            return f"batch-{answer.json()['batch']['number']}"

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """While this lasts the signer runs by itself and a worker carries out what the API accepts."""
        stop = threading.Event()

        def work() -> None:
            with self.town.office(self.officer) as office:
                while not stop.is_set():
                    advance(office)
                    stop.wait(0.1)

        thread = threading.Thread(target=work)
        with self.town.signing(approve=False, home=self.approver):
            thread.start()
            try:
                yield
            finally:
                stop.set()
                thread.join()

    def batch(self, reference: str) -> dict[str, Any]:
        with self.house.served.client("officer-elsewhere") as client:
            found: dict[str, Any] = client.get(f"/v1/bureaus/{OTHER}/batches/{reference.removeprefix('batch-')}").json()
        return found

    def until(self, reference: str, state: str) -> dict[str, Any]:
        for _ in range(600):
            if (found := self.batch(reference))["state"] == state:
                return found
            threading.Event().wait(0.1)
        raise AssertionError(found)


@pytest.fixture(scope="module")
def bureau(house: House) -> Iterator[Bureau]:
    found = Bureau(house)
    house.apart(found.settle_in)
    working = found.working()
    house.apart(working.__enter__)
    yield found
    house.apart(working.__exit__, None, None, None)


@contextlib.contextmanager
def at_the_desk(browser: Browser, house: House, **settings: Any) -> Iterator[Visit]:
    with browser.room("/decisions", secret=house.served.token("approver-elsewhere"), **settings) as visit:
        yield visit


def open_request(visit: Visit, reference: str) -> None:
    visit.page.click(f"a[href$='/{reference}']")
    visit.page.wait_for_selector("#content, #wrong")


def open_key(visit: Visit, wallet: Path, passphrase: str = PASSPHRASE) -> None:
    visit.page.set_input_files("#keyfile", wallet)
    visit.page.fill("#passphrase", passphrase)
    visit.page.click("#open-key")


def waiting(house: House, bureau: Bureau, count: int = 2) -> str:
    reference = house.apart(bureau.upload, count)
    house.apart(bureau.until, reference, "waiting")
    return str(reference)


@pytest.mark.parametrize(("language", "screen"), [("zh", PHONE), ("en", DESK)])
def test_a_yes_in_the_browser_becomes_valid_certificates(
    browser: Browser, house: House, bureau: Bureau, language: str, screen: dict[str, int]
) -> None:
    reference = waiting(house, bureau)
    with at_the_desk(browser, house, language=language, viewport=screen) as visit:
        wire = Wire(visit)
        look(visit, "the list")
        open_request(visit, reference)
        look(visit, "the request")
        assert "营业执照" in visit.page.inner_text("#content h2") or "business" in visit.page.inner_text("#content h2")
        visit.page.click("#approve")
        visit.page.wait_for_selector("#decide-fault svg")
        open_key(visit, bureau.wallet, "another passphrase")
        visit.page.wait_for_selector("#keyfile-fault svg")
        look(visit, "a wrong passphrase")
        open_key(visit, bureau.wallet)
        visit.page.wait_for_selector("#signer")
        assert bureau.anna.address in visit.page.inner_text("#signer")
        look(visit, "an open key")
        visit.page.click("#approve")
        visit.page.wait_for_selector("[data-state=granted]")
        look(visit, "granted")
        wire.keep_none(bureau.anna.key.hex(), PASSPHRASE)
    done = house.apart(bureau.until, reference, "complete")
    assert done["size"] == 2
    (identifier, _) = house.apart(names, bureau, reference)
    out = bureau.town.folder / "decided"
    house.apart(bureau.town.ok, bureau.officer, "bundle", identifier, "--out", str(out))
    assert house.apart(bureau.town.verdict, (out / f"{identifier}.json").read_bytes()) == "VALID"


def names(bureau: Bureau, reference: str) -> list[str]:
    with bureau.house.served.client("officer-elsewhere") as client:
        number = reference.removeprefix("batch-")
        found = client.get(f"/v1/bureaus/{OTHER}/certificates", params={"batch": number}).json()["items"]
    return [one["identifier"] for one in found]


def test_a_no_needs_a_reason_and_the_officer_reads_it(browser: Browser, house: House, bureau: Bureau) -> None:
    reference = waiting(house, bureau)
    with at_the_desk(browser, house, language="en") as visit:
        open_request(visit, reference)
        open_key(visit, bureau.wallet)
        visit.page.wait_for_selector("#signer")
        visit.page.click("#refuse")
        visit.page.wait_for_selector("#decide-fault svg")
        visit.page.fill("#reason", "row 1 has no approval on file")
        visit.page.click("#refuse")
        visit.page.wait_for_selector("[data-state=refused]")
    house.apart(bureau.until, reference, "recalled")
    kept = house.apart(bureau.town.ok, bureau.approver, "approver", "decisions")["decisions"]
    assert [one["reason"] for one in kept if not one["approve"]] == ["row 1 has no approval on file"]


TAMPERED = {
    "another holder": ("有限公司", "有限公厮"),
    "one row less": ('"drafts":[{', '"drafts":[],"x":[{'),
    "another bureau": (f'"bureau":"{OTHER}"', '"bureau":"11440100000000001F"'),
}


def test_content_that_was_tampered_with_is_told_and_nothing_can_be_signed(
    browser: Browser, house: House, bureau: Bureau
) -> None:
    reference = waiting(house, bureau)
    lie = ["", ""]

    def tamper(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert lie[0] in text
        route.fulfill(response=answer, body=text.replace(*lie, 1))

    with at_the_desk(browser, house, language="zh", viewport=PHONE) as visit:
        visit.context.route("**/content", tamper)
        for name, lie[:] in TAMPERED.items():
            visit.open(f"/decisions/{OTHER}/{reference}")
            visit.page.wait_for_selector("#wrong")
            look(visit, f"tampered: {name}")
            assert visit.page.locator("#approve, #refuse, #keys").count() == 0


def test_a_trust_root_that_is_not_the_pinned_one_stops_everything(
    browser: Browser, house: House, bureau: Bureau
) -> None:
    reference = waiting(house, bureau)
    with at_the_desk(browser, house) as visit:
        open_request(visit, reference)

        def other(route: Route) -> None:
            answer = route.fetch()
            root = json.loads(answer.text())
            root["genesisHash"] = "0x" + sha256(b"another ledger").hex()
            route.fulfill(response=answer, body=json.dumps(root, separators=(",", ":"), sort_keys=True))

        visit.context.route("**/v1/trust-root", other)
        visit.page.reload()
        visit.page.wait_for_selector("#wrong[data-code='trust.other']")
        assert visit.page.locator("#approve").count() == 0


def test_a_key_made_here_is_a_file_that_opens_here(
    browser: Browser, house: House, bureau: Bureau, tmp_path: Path
) -> None:
    reference = waiting(house, bureau)
    with at_the_desk(browser, house, language="en", viewport=PHONE) as visit:
        wire = Wire(visit)
        open_request(visit, reference)
        visit.page.click("#new-key summary")
        visit.page.fill("#new-passphrase", "a passphrase of her own")
        visit.page.fill("#again-passphrase", "a passphrase of her own")
        look(visit, "a new key")
        with visit.page.expect_download() as given:
            visit.page.click("#make-key")
        given.value.save_as(tmp_path / "made.json")
        visit.page.wait_for_selector("#signer")
        made = json.loads((tmp_path / "made.json").read_text())
        key = bytes(Account.decrypt(made, "a passphrase of her own")).hex()
        address = visit.page.inner_text("#signer")
        visit.page.click("#forget")
        open_key(visit, tmp_path / "made.json", "a passphrase of her own")
        visit.page.wait_for_selector("#signer")
        assert visit.page.inner_text("#signer") == address
        visit.page.click("#approve")
        visit.page.wait_for_selector("[data-state=rejected]")
        wire.keep_none(key, "a passphrase of her own")


def test_a_wallet_of_the_browser_signs_and_is_checked(browser: Browser, house: House, bureau: Bureau) -> None:
    reference = waiting(house, bureau)
    with at_the_desk(browser, house, language="en") as visit:
        signed: list[str] = []

        def provider(method: str, params: list[Any]) -> Any:
            if method == "eth_requestAccounts":
                return [bureau.anna.address]
            signed.append(method)
            data = json.loads(params[1])
            return "0x" + bytes(Account.sign_typed_data(bureau.anna.key, full_message=data).signature).hex()

        visit.context.expose_function("signByWallet", provider)
        visit.context.add_init_script(
            "window.ethereum = {request: ({method, params}) => window.signByWallet(method, params ?? [])}"
        )
        open_request(visit, reference)
        visit.page.click("#use-wallet")
        visit.page.wait_for_selector("#signer")
        visit.page.click("#approve")
        visit.page.wait_for_selector("[data-state=granted]")
        assert signed == ["eth_signTypedData_v4"]
