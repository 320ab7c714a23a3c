"""A key holder takes part in a ceremony from her browser, beside a command and a cheat, until the key is in force."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import b64url, sha256
from chain.kernel.tender_facts import CeremonyPlan
from chain.sealing import combine, verify
from chain.sealing.ceremony import Roster, box_word, make_deal
from chain.sealing.ceremony.deal import box_for
from chain.tenders.holding import Announcement, MemberCard, opening_key, read_ceremony, scope_of, term_of
from chain.tenders.holding.backup import restore
from chain.tenders.holding.roll_call import roll_message
from scripts.chromium import find_chromium, why_none
from tests.api.service.served import serving_home
from tests.api.tenders.conftest import office, tender_stage, tender_template
from tests.api.tenders.office import TenderOffice
from tests.api.town import cheap_keys
from tests.pages import house
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.secrets import Wire
from tests.support.tender_stage import PASSPHRASE, TenderStage, card_of

__all__ = ["office", "tender_stage", "tender_template"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(420)]

PAGE, COMMAND, CHEAT = "holder-1", "holder-2", "holder-3"
DEALS, STEP, LAST = 45, 30, 100
"""Seconds of the rounds. In the first the page is opened, twice, and two others deal: about 9 s on a machine that is
not busy. In the next two it looks every two seconds and waits for one transaction: 4 s. A machine that is three times
slower has time to spare; what is left of a round is waited out. The last ends with the key.
"""
TITLE = "2026 年度密钥保管人"


@dataclass
class Room:
    """A stage, the service over it, and the session of a key holder who works in her browser."""

    office: TenderOffice
    url: str
    secret: str

    @property
    def stage(self) -> TenderStage:
        return self.office.stage

    @property
    def keyfile(self) -> Path:
        return self.stage.home(PAGE) / "keys" / "account.json"


@pytest.fixture(scope="module")
def room(office: TenderOffice, built: Path) -> Iterator[Room]:
    if why := why_none():
        pytest.skip(why)
    office.follow()
    with serving_home(office.service.home.path, office.stage.folder, workers=1) as served:
        yield Room(office, served.site, served.token("keeper"))


def convene(stage: TenderStage, card: MemberCard) -> int:
    """Two of three for a term, as the authority's command does, with rounds of different lengths."""
    ledger, board = stage.ledger, stage.board
    number = ledger.ceremonies() + 1
    others = [
        MemberCard.sign(bytes(stage.account(name).key), card_of(stage, name), f"示例{name}")
        for name in (COMMAND, CHEAT)
    ]  # fmt: skip
    cards = (card, *others)
    roster = Roster(scope_of(ledger, number, 0), 2, tuple(one.member for one in cards))
    deals = max(stage.now(), int(time.time())) + DEALS
    complaints, answers = deals + STEP, deals + 2 * STEP
    plan = CeremonyPlan(
        "", ledger.book, 0, term_of(TITLE), board.put(roster.to_bytes()), 2,
        deals, complaints, answers, answers + LAST, answers + 10**6,
    )  # fmt: skip
    stage.acts("authority").convene(number, plan, [one.address for one in cards])
    announced = Announcement(number, ledger.genesis, ledger.key_registry, TITLE, cards)
    board.post(f"ceremony/{number}", "announcement", announced.to_bytes())
    return number


def deal_wrongly(stage: TenderStage, number: int) -> None:
    """The cheat's box for the page's member holds another value than the one it committed to."""
    roster = read_ceremony(stage.ledger, stage.board, number).roster
    deal = make_deal(roster, 3, sha256(b"seed of the cheat"))
    boxes = (box_for(roster.digest(), 3, 1, roster.members[0].key, bytes(31) + b"\7"), *deal.boxes[1:])
    made = replace(deal, boxes=boxes).to_bytes()
    stage.board.put(made)
    stage.acts(CHEAT).deal(number, sha256(made))


def runs(stage: TenderStage, number: int) -> dict[str, Any]:
    """The other honest member: ``yinxin keyholder run``, once."""
    with cheap_keys():
        said = stage.run(COMMAND, "keyholder", "run", "--ceremony", str(number), "--once")
    (report,) = said.data["ceremonies"]
    return dict(report)


def make_card(visit: Visit, room: Room) -> MemberCard:
    page = visit.page
    page.wait_for_selector("#make-card")
    look(visit, "her ceremonies and the card")
    page.set_input_files("#keyfile", room.keyfile)
    page.fill("#card-name", "示例保管人")
    page.fill("#passphrase", PASSPHRASE)
    with page.expect_download() as saved:
        page.click("#make-card")
    page.wait_for_selector("#card-made")
    return MemberCard.from_bytes(Path(saved.value.path()).read_bytes())


def begin(visit: Visit, room: Room) -> None:
    visit.page.wait_for_selector("#begin")
    visit.page.set_input_files("#keyfile", room.keyfile)
    visit.page.fill("#passphrase", PASSPHRASE)
    visit.page.click("#begin")


def rounds(visit: Visit, room: Room, number: int) -> None:
    """The first three rounds, in which the page does everything by itself."""
    page, stage = visit.page, room.stage
    page.wait_for_selector("#rounds[data-round='deals']")
    look(visit, "the four rounds")
    begin(visit, room)
    deal_wrongly(stage, number)
    assert "dealt" in runs(stage, number)["done"]
    page.wait_for_selector("#done [data-done='dealt']")
    look(visit, "dealt")
    visit.reload()  # closed anywhere, it goes on
    begin(visit, room)
    page.wait_for_selector("#report[data-standing='going_on']")
    plan = read_ceremony(stage.ledger, stage.board, number).state.plan
    stage.wait_until(plan.deals_until)
    roster = read_ceremony(stage.ledger, stage.board, number).roster
    stage.acts(CHEAT).complain(number, 1, box_word(roster, 3, 1))
    page.wait_for_selector("#done [data-done='complained']")
    stage.wait_until(plan.complaints_until)
    page.wait_for_selector("#done [data-done='answered']")
    look(visit, "answered")


def save(visit: Visit, room: Room, number: int, folder: Path) -> tuple[Path, Path]:
    """The two files, which she saves and shows; before, nothing is confirmed."""
    page, stage = visit.page, room.stage
    page.wait_for_selector("#make-files")
    look(visit, "the share is to be saved")
    assert 1 not in read_ceremony(stage.ledger, stage.board, number).confirmed
    page.click("#make-files")
    page.wait_for_selector("#check-files")
    files = []
    for which in ("shares", "secrets"):
        with page.expect_download() as saved:
            page.click(f"#save-{which}")
        assert saved.value.suggested_filename == f"ceremony-{number}-{which}.json"
        files.append(folder / which)
        saved.value.save_as(files[-1])
    page.set_input_files("#saved-files", files[:1])
    page.click("#check-files")
    page.wait_for_selector("#save-fault svg")
    look(visit, "one file is not enough")
    page.set_input_files("#saved-files", files)
    page.click("#check-files")
    page.wait_for_selector("#done [data-done='confirmed']")
    assert "confirmed" in runs(stage, number)["done"]
    page.wait_for_selector("#report[data-standing='ready']")
    page.wait_for_selector("[data-note='false_complaint'][data-member='3']")
    return files[0], files[1]


def in_english(visit: Visit, room: Room, number: int) -> None:
    """The same browser, in the other language, at a desk: what was kept is found again."""
    language = {"name": "yinxin_language", "value": "en", "url": visit.url}
    visit.context.add_cookies([language])  # type: ignore[list-item]
    visit.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    visit.reload()
    begin(visit, room)
    visit.page.wait_for_selector("#report[data-standing='ready']")
    look(visit, "the report")
    room.office.follow()
    visit.open("/keyholder/ceremonies")
    visit.page.wait_for_selector("#make-card")
    look(visit, "the list")
    assert TITLE in visit.page.inner_text("table")


def test_a_page_beside_a_command_and_a_cheat_until_the_key_is_in_force(room: Room, tmp_path: Path) -> None:
    stage = room.stage

    def journey() -> None:
        with (
            Browser.start(find_chromium(), room.url) as browser,
            browser.room("/keyholder", secret=room.secret, language="zh", viewport=PHONE) as visit,
        ):
            wire = Wire(visit)
            look(visit, "the key holder's room")
            visit.page.click("a[href='/keyholder/ceremonies']")
            number = convene(stage, make_card(visit, room))
            room.office.follow()
            visit.reload()
            visit.page.click(f"a[href='/keyholder/ceremonies/{number}']")
            rounds(visit, room, number)
            files = save(visit, room, number, tmp_path)
            look(visit, "the key is in force")
            assert any("/acts" in one for one in wire.sent), "what the worker sends is looked at, too"
            share, key = backed_up(room, number, files)
            account = bytes(stage.account(PAGE).key).hex()
            wire.keep_none(share.hex(), b64url(share), key.hex(), b64url(key), account, PASSPHRASE)
            in_english(visit, room, number)

    house.apart(journey)


def backed_up(room: Room, number: int, files: tuple[Path, Path]) -> tuple[bytes, bytes]:
    """The command takes the page's backup into a home; its share and the command's open together. The secrets in it."""
    stage = room.stage
    names = [event.name for event in stage.ledger.ceremony_events(number)]
    assert {name: names.count(name) for name in set(names)} == {
        "Convened": 1, "Dealt": 3, "Complained": 2, "Answered": 1, "Confirmed": 2, "Activated": 1,
    }  # fmt: skip
    stage.add_home("fresh-1", "keyholder", pin=True)
    store = stage.shares("fresh-1")
    assert restore(stage.ledger, store, *files) == [number]
    key = opening_key(stage.ledger, stage.board, number)
    assert tuple(key.key_holders) == (1, 2)
    message = roll_message(stage.ledger, read_ceremony(stage.ledger, stage.board, number), 1)
    shares = {1: store.share(number), 2: stage.shares(COMMAND).share(number)}
    made = combine(key, message.digest(), {one: share.sign(message) for one, share in shares.items()})
    assert verify(key.key, message.digest(), made.signature)
    return shares[1].secret, store.card_key(number)
