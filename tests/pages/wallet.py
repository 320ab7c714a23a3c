"""What a holder does in the wallet, for the tests: steps on the page at /wallet."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.claims.running import run_claim
from api.claims.tables import claims
from tests.api.holders import Holders
from tests.pages.browser import Browser, Visit
from tests.pages.house import House

PIN = "樟树 and 7 rivers"
"""A passphrase that belongs to nobody."""


@contextlib.contextmanager
def wallet(browser: Browser, *, tag: str = "zh-CN", **settings: Any) -> Iterator[Visit]:
    """A holder's device: nothing stored, the wallet open and set up."""
    with browser.visit(locale=tag, **settings) as visit:
        visit.page.goto(f"{visit.url}/wallet")
        visit.page.wait_for_selector("#pin")
        visit.speak(tag)
        set_up(visit)
        yield visit


def set_up(visit: Visit) -> None:
    """First visit: choose the PIN."""
    visit.page.fill("#pin", PIN)
    visit.page.fill("#pin-again", PIN)
    visit.page.click("main button[type=submit]")
    page_of(visit, "home")


def page_of(visit: Visit, kind: str) -> None:
    """Wait for a page of the wallet."""
    visit.page.wait_for_selector(f"main[data-view={kind}]")


def noticed(visit: Visit, key: str) -> None:
    """Wait until that notice stands on the page; another one may stand there until what was pressed is done."""
    visit.page.wait_for_selector(f"[data-notice='{key}']")


def add(visit: Visit, data: bytes, name: str = "certificate.json", kind: str = "application/json") -> None:
    """Open a file; its certificate is shown when this returns."""
    visit.drop(name, data, kind)
    visit.page.wait_for_selector("[data-sheet]")


def unlock(visit: Visit, pin: str = PIN) -> None:
    """Type the PIN."""
    visit.page.fill("#pin", pin)
    visit.page.click("main button[type=submit]")


STORED = """async () => {
  const texts = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), location.href];
  const read = (value) => {
    if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value);
    if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
    if (value instanceof CryptoKey) return `key ${value.extractable}`;
    if (value !== null && typeof value === 'object') return Object.entries(value).map(([k, v]) => k + read(v)).join();
    return String(value);
  };
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    for (const store of opened.objectStoreNames) {
      const place = opened.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([place.getAllKeys(), place.getAll()].map((request) =>
        new Promise((resolve) => { request.onsuccess = () => resolve(request.result); })));
      keys.forEach((key, at) => texts.push(`${name}/${store}/${key}: ${read(values[at])}`));
    }
    opened.close();
  }
  return texts;
}"""
"""Everything that the browser stores for this site, as texts."""


def stored(visit: Visit) -> str:
    """Everything that the browser stores, in one text."""
    texts: list[str] = visit.page.evaluate(STORED)
    return "\n".join(texts)


def letter(house: House, name: str) -> str:
    """The activation code of a fresh letter for a certificate."""
    return house.apart(Holders(house.town).code, house.identifiers[name])


def carry_out(house: House) -> None:
    """The bureau does what waits in its lane of claims; it is on the ledger when this returns."""

    def work() -> None:
        with house.town.signing(approve=True), house.town.office() as office, office.writing():
            with office.engine.connect() as connection:
                waiting = select(claims.c.id).where(claims.c.state.in_(["waiting", "signed", "anchored"]))
                numbers = list(connection.execute(waiting).scalars())
            for number in numbers:
                run_claim(office, number, wait=60)

    house.apart(work)


def bind(house: House, visit: Visit, name: str) -> None:
    """With its certificate on the screen: claim it with a letter's code, until the device is bound."""
    visit.page.click("#start-claim")
    visit.page.fill("#code", letter(house, name).lower())
    visit.page.click("dialog button[type=submit]")
    visit.page.wait_for_selector("[data-binding=sent]")
    carry_out(house)
    visit.page.wait_for_selector("[data-binding=bound]")


def credential_of(bundle: bytes) -> str:
    """The credential in a bundle."""
    return str(json.loads(bundle)["credential"])


def picture(visit: Visit, folder: Path | None, name: str) -> None:
    """Keep a picture of the whole page, where one is wanted."""
    if folder is not None:
        visit.page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
