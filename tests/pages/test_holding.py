"""A key holder signs in a browser with a share of his own: roll call, opening, draw; refused early, else the command's.

Two of them go the whole way, one in Chinese on a phone, one in English at a desk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.accounts.roles import Role
from api.tenders import joining
from chain.evaluation.committee.shares import DrawShare, draws_topic
from chain.evaluation.committee.standing import float_message
from chain.kernel.encoding import b64url
from chain.sealing import make_release
from chain.tenders.holding import read_ceremony
from chain.tenders.holding.roll_call import Presence, roll_message
from chain.tenders.opening import releases_topic
from scripts.chromium import find_chromium, why_none
from tests.api.service.served import serving_home
from tests.api.tenders.conftest import office, tender_stage, tender_template
from tests.api.tenders.office import TenderOffice
from tests.api.town import cheap_keys
from tests.pages import house
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.secrets import Wire
from tests.support.opening_stage import OpeningCase
from tests.support.seating import opened
from tests.support.tender_stage import BUREAU, PASSPHRASE, TenderStage

__all__ = ["office", "tender_stage", "tender_template"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


WITH_FLOAT = {
    "method": "reference-price",
    "price": "price",
    "rounding": {"places": 2, "mode": "half-up"},
    "ties": ["price", "draw"],
    "candidates": 3,
    "reference": {
        "leaveOut": {"from": 5, "highest": 1, "lowest": 1},
        "ceilingShare": "0",
        "floats": ["0", "0.5", "1"],
        "places": 2,
    },
    "criteria": [
        {"name": name, "label": {"zh": "评分因素", "en": name}, "weight": weight, "source": source}
        for name, weight, source in (
            ("price", "80", {"kind": "reference", "field": "price", "above": "1", "below": "0.5"}),
            ("delivery", "10", {"kind": "linear", "field": "delivery.days", "zero": "90", "full": "30"}),
            ("warranty", "10", {"kind": "choice", "field": "warranty", "points": {"1y": "2", "3y": "6", "5y": "10"}}),
        )
    ],
}
"""The price measured by a reference with a drawn float point 浮动点."""


@dataclass
class Room:
    """A tender with three bids, one that opens later, the service over them, and a key holder's session."""

    case: OpeningCase
    later: OpeningCase
    office: TenderOffice
    url: str
    secret: str

    @property
    def stage(self) -> TenderStage:
        return self.case.stage

    @property
    def path(self) -> str:
        return f"/keyholder/{self.case.tender}/1/1"


@dataclass
class Holder:
    """One who holds a share, by number, and what she sits before."""

    number: int
    language: str
    screen: dict[str, int]

    @property
    def name(self) -> str:
        return f"holder-{self.number}"

    def files(self, room: Room) -> list[Path]:
        """The share, and the key file that opens it, as they lie in the home."""
        store = room.stage.shares(self.name)
        return [store.file(1), room.stage.home(self.name) / "keys" / f"{store.secret_name(1)}.json"]

    def at(self, room: Room, browser: Browser, path: str = "/keyholder") -> AbstractContextManager[Visit]:
        return browser.room(path, secret=room.secret, language=self.language, viewport=self.screen)

    def said(self, chinese: str, english: str) -> str:
        return chinese if self.language == "zh" else english


HOLDERS = (Holder(1, "zh", PHONE), Holder(2, "en", DESK))


@pytest.fixture(scope="module")
def room(office: TenderOffice, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    if why := why_none():
        pytest.skip(why)
    later = OpeningCase.publish(office.stage, tmp_path_factory.mktemp("later") / "tender", deadline=3600)
    case = OpeningCase.publish(
        office.stage, tmp_path_factory.mktemp("case") / "tender", deadline=60, evaluation=WITH_FLOAT, qualification=[],
        guarantee=None,
    )  # fmt: skip
    for number in (1, 2, 3):
        case.bid(number)
    with cheap_keys():
        for one in HOLDERS:
            office.stage.shares(one.name).keep(1, office.stage.key.shares[one.number])
    office.follow()
    lead = office.account("lead")
    for tender in (later.tender, case.tender):
        joining.appoint(office.service, tender, "keeper", Role.KEYHOLDER, bureau=BUREAU, by=lead)
    with serving_home(office.service.home.path, office.stage.folder, workers=1) as served:
        yield Room(case, later, office, served.site, served.token("keeper"))


Journey = Callable[[Room, Browser, Holder], None]
"""What one holder does."""


def open_share(visit: Visit, files: list[Path], passphrase: str = PASSPHRASE) -> None:
    visit.page.set_input_files("#share-files", files)
    visit.page.fill("#passphrase", passphrase)
    visit.page.click("#open-share")


def early(room: Room, browser: Browser, holder: Holder) -> None:
    with holder.at(room, browser) as visit:
        look(visit, "the key holder's tenders")
        visit.page.click(f"a[href='/keyholder/{room.later.tender}/1/1']")
        visit.page.wait_for_selector("#open-share")
        look(visit, "the share")
        files = holder.files(room)
        open_share(visit, files, "another passphrase")
        visit.page.wait_for_selector("#share-fault svg")
        open_share(visit, files[:1])
        visit.page.wait_for_selector("#share-fault svg")
        # Whoever sets the clock of the device forward is held by the ledger's.
        visit.page.clock.set_fixed_time(room.later.notice.terms.open_at + 3600)
        open_share(visit, files)
        visit.page.wait_for_selector("#refused[data-code='release.early_ledger']")
        look(visit, "too early")
        assert visit.page.locator("#release").count() == 0


def roll_call(room: Room, browser: Browser, holder: Holder) -> None:
    with holder.at(room, browser) as visit:
        wire = Wire(visit)
        visit.page.click(f"a[href='/keyholder/{room.later.tender}/roll-call']")
        visit.page.wait_for_selector("#open-share")
        open_share(visit, holder.files(room))
        visit.page.wait_for_selector("#ready")
        look(visit, "the roll call")
        visit.page.click("#release")
        visit.page.wait_for_selector("#released")
        look(visit, "answered")
        assert holder.said("第 1 位（您）", "2 (you)") in visit.page.inner_text("#roll")
        keeps_share(wire, room, holder)


def due(room: Room, browser: Browser, holder: Holder) -> None:
    with holder.at(room, browser, room.path) as visit:
        wire = Wire(visit)
        visit.page.wait_for_selector("#open-share")
        open_share(visit, holder.files(room))
        if holder is HOLDERS[0]:
            visit.page.wait_for_selector("#refused[data-code='release.custody']")
            look(visit, "no custodian states that the files are there")
            room.case.attest()
            visit.page.click("#look-again")
        visit.page.wait_for_selector("#ready")
        look(visit, "what is signed")
        shown = visit.page.inner_text("#ready")
        assert "0x" + room.case.live().digest.hex() in shown
        assert holder.said("1 方已确认文件齐全", "1 state that every file is there") in shown
        visit.page.click("#release")
        visit.page.wait_for_selector("#released")
        look(visit, "signed")
        keeps_share(wire, room, holder)


def draw(room: Room, browser: Browser, holder: Holder) -> None:
    with holder.at(room, browser) as visit:
        wire = Wire(visit)
        look(visit, "what may be drawn")
        visit.page.click(f"a[href='/keyholder/{room.case.tender}/1/draws']")
        visit.page.wait_for_selector("#open-share")
        open_share(visit, holder.files(room))
        visit.page.wait_for_selector("#ready")
        look(visit, "what is drawn")
        assert holder.said("0 %、0.5 %、1 %", "0 %, 0.5 %, 1 %") in visit.page.inner_text("#ready")
        visit.page.click("#release")
        visit.page.wait_for_selector("#released")
        look(visit, "drawn")
        keeps_share(wire, room, holder)


def keeps_share(wire: Wire, room: Room, holder: Holder) -> None:
    share = room.stage.key.shares[holder.number]
    wire.keep_none(share.secret.hex(), b64url(share.secret), PASSPHRASE)


def apart(room: Room, *journeys: Journey) -> None:
    """In a thread of its own: another Playwright may run in this one."""

    def work() -> None:
        with Browser.start(find_chromium(), room.url) as browser:
            for journey in journeys:
                for holder in HOLDERS:
                    journey(room, browser, holder)

    house.apart(work)


def notes(room: Room, topic: str) -> list[tuple[str, bytes]]:
    """What lies there, by name."""
    return sorted(room.stage.board.notes(topic))


def test_nothing_is_signed_early_and_afterwards_the_commands_own_message(room: Room) -> None:
    apart(room, early, roll_call)
    stage, case = room.stage, room.case
    shares = [(one.name, one.number, stage.key.shares[one.number]) for one in HOLDERS]
    roll = roll_message(stage.ledger, read_ceremony(stage.ledger, stage.board, 1), 1)
    assert notes(room, "roll-call/1/1") == [
        (name, Presence(1, 1, number, share.sign(roll)).to_bytes()) for name, number, share in shares
    ]
    case.close()
    stage.wait_until(case.notice.terms.open_at)
    apart(room, due)
    live = case.live()
    assert notes(room, releases_topic(case.tender, 1, 1)) == [
        (name, make_release(share, live.message, live.identities).to_bytes()) for name, _, share in shares
    ]
    opened(case, 1)
    room.office.follow()
    message, topic = float_message(case.notice, 1), draws_topic(case.tender, 1, "float", 1)
    wrong = DrawShare(1, message.digest(), stage.key.shares[2].sign(message))
    path = f"/v1/tenders/{case.tender}/lots/1/draw-shares"
    refused = room.office.call("keeper", "POST", path, json=json.loads(wrong.to_bytes()))
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "draw.share", "signature")
    assert notes(room, topic) == []
    apart(room, draw)
    assert notes(room, topic) == [
        (name, DrawShare(number, message.digest(), share.sign(message)).to_bytes()) for name, number, share in shares
    ]
