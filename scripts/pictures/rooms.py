"""The pages that the service makes, as pictures: entrance, signing in, console, decisions, and the rooms of a tender.

The first ones stand in the house of the scanner's pictures; for the others a chain with key holders and one tender is
made, which takes half a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest import mock

from api.accounts.roles import Role
from api.tenders import joining
from scripts.chromium import find_chromium
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.service.hall import Hall
from tests.api.service.served import Served, serving
from tests.api.tenders.office import make_homes, open_office
from tests.api.town import BUREAU, cheap_keys, licences
from tests.pages.browser import Browser, Visit
from tests.pages.test_console import type_in
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import BUREAU as PROCURER
from tests.support.tender_stage import PASSPHRASE, TenderStage

WORD = "long enough, and nobody's"
Done = Callable[[Visit], None]


def _stay(_visit: Visit) -> None:
    """As it opens."""


@dataclass(frozen=True)
class Sight:
    """One picture: a path (``{tender}`` is the tender's number), who is signed in, and what is done there first."""

    path: str
    who: str | None = None
    go: Done = _stay


@dataclass(frozen=True)
class Place:
    """A service with a browser before it; ``tender`` is 0 where there is none."""

    served: Served
    browser: Browser
    tender: int = 0


def _wrong(visit: Visit) -> None:
    visit.page.fill("#name", "officer")
    visit.page.fill("#password", "wrong-horse-battery")
    visit.page.click("button.primary")
    visit.page.wait_for_selector("#wrong")


def _searched(visit: Visit) -> None:
    visit.page.fill("#text", "没有的东西")
    visit.page.wait_for_selector("#found .empty")


def _none_found(visit: Visit) -> None:
    visit.page.fill("#text", "没有的东西")
    visit.page.press("#text", "Enter")
    visit.page.wait_for_selector("#found .empty, #found:not(:has([data-entry]))")


def _filled_in(visit: Visit) -> None:
    type_in(visit, 203)
    visit.page.wait_for_selector("#preview [data-missing='0'][data-faults='0']")


def _with_faults(visit: Visit) -> None:
    rows = licences(2, first=210)
    bad = rows[0].with_value("certificateHolderCode", "91440101000000001B")
    data = csv_bytes([CHINESE, bad.values, rows[1].values], "gb18030")
    visit.page.set_input_files("#file", {"name": "一份名称很长很长的名单.csv", "mimeType": "text/csv", "buffer": data})
    visit.page.click("#check")
    visit.page.wait_for_selector("[data-report='faults']")


def _no_receipt(visit: Visit) -> None:
    visit.page.fill("#receipt-text", '{"format":"x"}')
    visit.page.click("#receipt button")
    visit.page.wait_for_selector("#receipt-answer .note-bad")


def _checked(visit: Visit) -> None:
    visit.page.fill("#titleZh", "课桌椅采购")
    visit.page.click("#check")
    visit.page.wait_for_selector("#findings .note-bad")


def _door(visit: Visit) -> None:
    visit.page.wait_for_selector("#door")


def _room(visit: Visit) -> None:
    _door(visit)
    visit.page.fill("#passphrase", WORD)
    visit.page.fill("#again", WORD)
    visit.page.click("#enter")
    visit.page.wait_for_selector("#submit-state:not(:empty)")


def _share(visit: Visit) -> None:
    visit.page.wait_for_selector("#open-share")


_DESK = f"/console/{BUREAU}"
IN_THE_HOUSE = {
    "80 entrance": Sight("/"),
    "81 entrance, signed in": Sight("/", "officer"),
    "82 sign in": Sight("/sign-in"),
    "83 sign in, wrong password": Sight("/sign-in", None, _wrong),
    "84 no such page": Sight("/no/such/page"),
    "84 not allowed": Sight(_DESK, "officer-elsewhere"),
    "85 bureaus": Sight("/console", "auditor-general"),
    "85 console": Sight(_DESK, "officer"),
    "86 console, certificates": Sight(f"{_DESK}/certificates", "officer"),
    "86 console, none found": Sight(f"{_DESK}/certificates", "officer", _none_found),
    "86 console, certificate": Sight(f"{_DESK}/certificates/3", "officer"),
    "86 console, expiring": Sight(f"{_DESK}/expiring?days=365", "officer"),
    "87 console, types to issue": Sight(f"{_DESK}/issue", "officer"),
    "87 console, one certificate": Sight(f"{_DESK}/issue/business-licence", "officer"),
    "87 console, filled in": Sight(f"{_DESK}/issue/business-licence", "officer", _filled_in),
    "88 console, lists": Sight(f"{_DESK}/lists", "officer"),
    "88 console, list with faults": Sight(f"{_DESK}/lists", "officer", _with_faults),
    "88 console, batches": Sight(f"{_DESK}/batches", "officer"),
    "88 console, batch": Sight(f"{_DESK}/batches/1", "officer"),
    "88 console, waiting": Sight(f"{_DESK}/waiting", "officer"),
    "88 console, types": Sight(f"{_DESK}/types", "officer"),
    "88 console, type": Sight(f"{_DESK}/types/business-licence/1", "officer"),
    "88 console, proposal": Sight(f"{_DESK}/types/new?from=11100000MB0143028R001", "officer"),
    "88 console, codes": Sight(f"{_DESK}/claims", "officer"),
    "88 console, retention": Sight(f"{_DESK}/retention", "officer"),
    "88 console, keys": Sight(f"{_DESK}/keys", "auditor"),
    "89 decisions": Sight("/decisions", "approver-elsewhere"),
}
AROUND_A_TENDER = {
    "90 board": Sight("/tenders"),
    "91 board, nothing found": Sight("/tenders", None, _searched),
    "92 tender": Sight("/tenders/{tender}"),
    "93 timeline": Sight("/tenders/{tender}/timeline"),
    "92 tender, for a bidder": Sight("/tenders/{tender}", "bidder"),
    "92 tender, no receipt": Sight("/tenders/{tender}", None, _no_receipt),
    "93 statistics": Sight("/statistics"),
    "94 opening": Sight("/tenders/{tender}/opening"),
    "94 audits": Sight("/audit"),
    "94 audit": Sight("/tenders/{tender}/audit"),
    "95 supervisor": Sight("/tenders/{tender}/supervision", "watch"),
    "98 expert": Sight("/expert", "expert"),
    "95 officer": Sight("/tenders/{tender}/control", "lead"),
    "96 notice builder": Sight("/tenders/new?lots=2", "lead", _checked),
    "97 bidder, door": Sight("/tenders/{tender}/bid", None, _door),
    "97 bidder, room": Sight("/tenders/{tender}/bid", None, _room),
    "98 key holder": Sight("/keyholder", "keeper"),
    "99 key holder, share": Sight("/keyholder/{tender}/1/1", "keeper", _share),
}


@contextmanager
def open_fair(folder: Path) -> Iterator[Place]:
    """A chain, key holders, a bureau's service and one tender, whose deadline is an hour away."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, {"YINXIN_PASSPHRASE": PASSPHRASE}))
        stage = TenderStage(folder / "fair")
        stack.callback(stage.close_all)
        stage.build()
        office = stack.enter_context(contextmanager(open_office)(stage, make_homes(stage, account=False)))
        case = OpeningCase.publish(stage, folder / "tender", deadline=3600)
        with cheap_keys():
            stage.shares("holder-1").keep(1, stage.key.shares[1])
        office.follow()
        lead = office.account("lead")
        for name, role in (("keeper", Role.KEYHOLDER), ("watch", Role.SUPERVISOR)):
            joining.appoint(office.service, case.tender, name, role, bureau=PROCURER, by=lead)
        hall = cast(Hall, SimpleNamespace(service=office.service, town=SimpleNamespace(folder=stage.folder)))
        served = stack.enter_context(serving(hall, workers=1))
        url = served.url.replace("127.0.0.1", "localhost")
        browser = stack.enter_context(Browser.start(find_chromium(), url))
        yield Place(served, browser, case.tender)


Widths = Mapping[str, dict[str, int]]


def names(sights: Mapping[str, Sight], widths: Widths) -> dict[str, tuple[str, str, Sight]]:
    """File names, ``width-language-state.png``, with what each is."""
    return {
        f"{width}-{language}-{name.replace(', ', ' ').replace(' ', '-')}.png": (width, language, sight)
        for width in widths
        for language in ("zh", "en")
        for name, sight in sights.items()
    }


def take(place: Place, sights: Mapping[str, Sight], out: Path, only: str, widths: Widths) -> list[Path]:
    """Every picture of these whose name contains ``only``."""
    made = []
    for name, (width, language, sight) in names(sights, widths).items():
        if only not in name:
            continue
        secret = None if sight.who is None else place.served.token(sight.who)
        path = sight.path.format(tender=place.tender)
        with place.browser.room(path, secret=secret, language=language, viewport=widths[width], checked=False) as visit:
            sight.go(visit)
            visit.page.wait_for_timeout(150)
            visit.page.evaluate("scrollTo(0, 0)")  # else what stays in view is drawn in the middle
            visit.page.screenshot(path=out / name, full_page=True)
        made.append(out / name)
        print(name, flush=True)
    return made
