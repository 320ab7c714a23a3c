"""An expert judges in her browser: bids read, a draft kept, one commitment, no showing before all have committed.

One goes the whole way in Chinese on a phone, another one in English at a desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.accounts import people
from api.accounts.principals import Membership
from api.accounts.roles import Role
from chain.evaluation.sheets import BidSheet, Opinion, SheetCommitment, sheets_topic
from chain.evaluation.sheets.acts import record_commitments, round_of
from chain.evaluation.sheets.checking import is_right
from chain.evaluation.sheets.standing import shown_sheet
from chain.kernel.encoding import b64url, sha256, unhex0x
from chain.kernel.errors import NotFound
from chain.keys.signatures import address_of
from chain.tenders.opening import LotPlace
from chain.words import read
from scripts.chromium import find_chromium, why_none
from tests.api.service.served import serving_home
from tests.api.tenders.conftest import office, tender_stage, tender_template
from tests.api.tenders.office import WORD, TenderOffice
from tests.pages.axe import look
from tests.pages.browser import DESK, PHONE, Browser, Visit
from tests.pages.house import apart
from tests.pages.secrets import Wire
from tests.support.opening_stage import OpeningCase
from tests.support.seating import enrolled, opened, seat, whose
from tests.support.tender_stage import PASSPHRASE, TenderStage

__all__ = ["office", "tender_stage", "tender_template"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]
EXPERTS, OWNER = ("expert-1", "expert-2"), "owner-1"
SEATS = tuple(zip(EXPERTS, ("zh", "en"), (PHONE, DESK), strict=True))
"""Who sits before what."""
REASON, REMARK = "第 2 页未签章", "见附件 4 🖋"
POINTS = {1: "20.50", 3: "18"}


@dataclass
class Room:
    """A lot whose committee judges; the owner's representative has committed by the command."""

    case: OpeningCase
    office: TenderOffice
    url: str
    secrets: dict[str, str]
    granted: dict[str, Path]
    boxes: dict[str, dict[str, Any]]
    other: int

    @property
    def stage(self) -> TenderStage:
        return self.case.stage

    @property
    def path(self) -> str:
        return f"/expert/{self.case.tender}/1"

    def files(self, name: str) -> list[Path]:
        """The key files of a member, as they lie in the home."""
        keys = self.stage.home(name) / "keys"
        return [keys / f"expert-{self.case.tender}.json", keys / f"box-{self.case.tender}.json"]

    @property
    def place(self) -> LotPlace:
        notice = self.case.notice
        return LotPlace(notice.genesis, notice.book, notice.tender, 1)

    def sheet_of(self, name: str) -> str:
        """The sheet that a member's home keeps, with its salt."""
        return (self.stage.home(name) / "sheets" / f"{self.case.tender}-1-1.json").read_text("utf-8")

    def record(self) -> None:
        """The officer puts all commitments on the ledger."""
        stage, case = self.stage, self.case
        at = round_of(stage.ledger, stage.board, case.story, case.notice, 1)
        record_commitments(stage.acts("officer"), stage.board, self.place, at)
        stage.wait_until(stage.now())
        self.office.follow()

    def commitments(self, name: str = EXPERTS[0]) -> list[SheetCommitment]:
        """Those that the page left for that expert."""
        account = unhex0x(self.boxes[name]["account"], size=20)
        notes = self.stage.board.notes(sheets_topic(self.case.tender, 1, 1))
        return [one for _, data in notes if (one := SheetCommitment.from_bytes(data)).account == account]

    def commitment(self, name: str = EXPERTS[0]) -> SheetCommitment:
        """The only one."""
        (found,) = self.commitments(name)
        return found


def published(office: TenderOffice, folder: Path) -> tuple[OpeningCase, list[dict[str, Any]]]:
    """Enrolled, bid for, opened, seated."""
    stage = office.stage
    for name in (*EXPERTS, OWNER):
        stage.add_home(name, "expert", pin=True)
    case = OpeningCase.publish(
        stage, folder / "tender", deadline=30, minimumBids=2, qualification=[], guarantee=None,
        committee={"members": 3, "experts": 2},
    )  # fmt: skip
    owner = enrolled(case, EXPERTS, OWNER, folder)
    for number in (1, 2, 3):
        case.bid(number)
    case.close()
    opened(case, 1)
    return case, seat(case, owner)["members"]


def commit_by_command(case: OpeningCase, name: str, folder: Path) -> None:
    stage, tender, file = case.stage, str(case.tender), folder / f"{name}.toml"
    stage.ok(name, "expert", "sheet", tender, "-o", str(file))
    text = file.read_text("utf-8").replace('formal = ""', 'formal = "pass"')
    text = text.replace('qualification = ""', 'qualification = "pass"').replace('"quality" = ""', '"quality" = "21"')
    file.write_text(text, "utf-8")
    stage.ok(name, "expert", "commit", tender, str(file))


@pytest.fixture(scope="module")
def room(office: TenderOffice, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    if why := why_none():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("case")
    case, seats = published(office, folder)
    stage, tender = case.stage, str(case.tender)
    names = whose(case, (*EXPERTS, OWNER))
    boxes = {names[one["account"]]: one for one in seats}
    granted = {name: folder / f"{name}.age" for name in EXPERTS}
    for name, file in granted.items():
        stage.ok("officer", "tender", "grant-keys", tender, str(file), "--to", boxes[name]["box"])
    commit_by_command(case, OWNER, folder)
    people.create_account(
        office.engine, "expert-too", "expert-too", [Membership(Role.EXPERT, None)], now=1, password=WORD
    )
    other, _ = office.publish(folder / "other", deadline_in=3600)
    office.follow()
    with serving_home(office.service.home.path, stage.folder, workers=1) as served:
        secrets = dict(zip(EXPERTS, map(served.token, ("expert", "expert-too")), strict=True))
        yield Room(case, office, served.site, secrets, granted, boxes, other)


def open_keys(visit: Visit, files: list[Path], passphrase: str = PASSPHRASE) -> None:
    visit.page.set_input_files("#key-files", files)
    visit.page.fill("#passphrase", passphrase)
    visit.page.click("#open-keys")


def said(visit: Visit, key: str) -> str:
    """What a key's words are in the language of the page."""
    return read("keyroom")[key][str(visit.page.get_attribute("html", "lang"))[:2]]


def at(place: int, field: str) -> str:
    return f"[id='bid-{place}-{field}']"


def takes_part(room: Room, visit: Visit) -> None:
    """In two tenders; one of them is left again before its deadline."""
    look(visit, "an expert of nothing yet")
    for tender in (room.other, room.case.tender):
        visit.page.fill("#tender", str(tender))
        visit.page.click("#take-part")
        visit.page.wait_for_selector(f"#tender-{tender}")
    look(visit, "an expert's tenders")
    visit.page.click(f"section[aria-labelledby='tender-{room.other}'] button")
    visit.page.wait_for_selector(f"#tender-{room.other}", state="detached")
    visit.page.click(f"a[href='{room.path}']")
    visit.page.wait_for_selector("#open-keys")
    look(visit, "the keys")


def opens_keys(room: Room, visit: Visit, name: str) -> None:
    files = room.files(name)
    open_keys(visit, files, "another passphrase")
    visit.page.wait_for_selector("#keys-fault svg")
    open_keys(visit, files[1:])
    visit.page.wait_for_selector("#keys-fault svg")
    open_keys(visit, files)
    visit.page.wait_for_selector("#check-sheet")


def reads(room: Room, visit: Visit, name: str) -> None:
    assert "45" in visit.page.inner_text("#bid-2 .facts"), "what the opening record reads out"
    visit.page.set_input_files("#granted", room.files(name)[0])
    visit.page.click("#read-bids")
    visit.page.wait_for_selector("#granted-fault svg")
    visit.page.set_input_files("#granted", room.granted[name])
    visit.page.click("#read-bids")
    for place in (1, 2, 3):
        visit.page.wait_for_selector(f"[data-read='{place}']")
    assert visit.page.locator("#sheet .note-bad").count() == 0, "nothing differs from the opening record"
    with visit.page.expect_download() as saved:
        visit.page.click("#bid-2 li button")
    assert Path(saved.value.path()).read_text() == "offer of bidder 2, envelope 1"
    elsewhere = [one for one in visit.asked if one.startswith("http://127.0.0.1")]
    assert elsewhere
    assert all("/custody/files/" in one for one in elsewhere), "of others only the custodians are asked, for files"
    visit.asked[:] = [one for one in visit.asked if one not in elsewhere]


def fills_in(visit: Visit) -> None:
    page = visit.page
    page.click("#check-sheet")
    page.wait_for_selector("#sheet-fault svg")
    assert page.locator("[aria-invalid='true']").count() == 3 * 5, "two verdicts of two choices, and the points"
    look(visit, "faults")
    for place, points in POINTS.items():
        page.check(at(place, "formal-pass"))
        page.check(at(place, "qualification-pass"))
        page.fill(at(place, "points.quality"), points)
    page.check(at(2, "formal-fail"))
    page.check(at(2, "qualification-pass"))
    page.fill(at(2, "formal_reason"), REASON)
    page.fill(at(1, "points.quality"), "20.3")
    page.click("#check-sheet")
    wanted = said(visit, "wrong.range").format(weight="30", step="0.5")
    page.wait_for_selector(f"{at(1, 'points.quality-fault')}:has-text('{wanted}')")
    page.fill(at(1, "points.quality"), POINTS[1])
    page.fill(at(3, "remark"), REMARK)
    sealed = said(visit, "sheet.draftKept")
    visit.until("document.querySelector('#draft').textContent", lambda text: sealed in text)


def commits(room: Room, visit: Visit, name: str) -> None:
    page = visit.page
    visit.open(room.path)
    page.wait_for_selector("#open-keys")
    open_keys(visit, room.files(name))
    page.wait_for_selector("#check-sheet")
    assert page.input_value(at(2, "formal_reason")) == REASON, "the draft is there again"
    look(visit, "the sheet")
    page.click("#check-sheet")
    page.wait_for_selector("#summary")
    look(visit, "what is committed to")
    page.click("#back")
    assert page.input_value(at(3, "remark")) == REMARK
    page.click("#check-sheet")
    page.route("**/sheet-commitments", lambda route: route.abort(), times=1)
    visit.expected.append("Failed to load resource: net::ERR_FAILED")
    page.click("#commit")
    page.wait_for_selector("#leave-again.primary")
    assert not room.commitments(name), "the sheet is kept, and its commitment has not got through"
    page.click("#leave-again")
    page.wait_for_selector("#reveal.primary")
    look(visit, "committed")
    assert room.commitment(name).is_signed
    assert page.inner_text("#digest") == "0x" + room.commitment(name).sheet.hex()


def handed(room: Room, path: str, body: Any) -> tuple[int, str]:
    """Status and code of what the service says to a call without the page."""
    address = f"{room.url}/v1/tenders/{room.case.tender}/lots/1/{path}"
    answer = httpx.post(address, json=body, headers={"Authorization": f"Bearer {room.secrets[EXPERTS[0]]}"}, timeout=60)
    return answer.status_code, answer.json()["code"] if answer.content else ""


def the_service_refuses_early(room: Room) -> None:
    mine, key = room.commitment(), sha256(b"nobody's key")
    where = (mine.lot_place, 1, mine.round, mine.committee)
    account = bytes(room.stage.keys(EXPERTS[0]).account(f"expert-{room.case.tender}").key)
    again = SheetCommitment.sign(*where, sha256(b"another sheet"), mine.account, account)
    stranger = SheetCommitment.sign(*where, mine.sheet, address_of(key), key)
    forged = SheetCommitment.sign(*where, mine.sheet, mine.account, key)
    for note, said in (
        (again, (409, "sheet.committed")), (stranger, (422, "sheet.foreign")), (forged, (422, "sheet.signature")),
        (mine, (204, "")),
    ):  # fmt: skip
        assert handed(room, "sheet-commitments", json.loads(note.to_bytes())) == said
    assert handed(room, "sheets", {"paper": room.sheet_of(OWNER)}) == (409, "sheet.early")


def shows_nothing_yet(room: Room, visit: Visit, wire: Wire, name: str) -> None:
    page = visit.page
    page.click("#reveal")
    page.wait_for_selector("#reveal-fault svg")
    assert said(visit, "refused.sheet.early") in page.inner_text("#reveal-fault")
    with pytest.raises(NotFound):
        shown_sheet(room.stage.board, room.commitment(name))
    keys = room.stage.keys(name)
    account = bytes(keys.account(f"expert-{room.case.tender}").key)
    box = keys.desk(f"box-{room.case.tender}")
    wire.keep_none(account.hex(), b64url(account), box.hex(), b64url(box), PASSPHRASE, REASON, REMARK, "20.50")


def shows(visit: Visit) -> None:
    visit.page.click("#reveal")
    visit.page.wait_for_selector("#shown")
    look(visit, "shown")


def journey(room: Room) -> None:
    """In a thread of its own: another Playwright may run in this one."""
    with Browser.start(find_chromium(), room.url) as browser, ExitStack() as stack:
        visits = []
        for name, language, screen in SEATS:
            way = browser.room("/expert", secret=room.secrets[name], language=language, viewport=screen)
            visit = stack.enter_context(way)
            visits.append(visit)
            wire = Wire(visit)
            takes_part(room, visit)
            opens_keys(room, visit, name)
            reads(room, visit, name)
            fills_in(visit)
            commits(room, visit, name)
            if visit is visits[0]:
                the_service_refuses_early(room)
            shows_nothing_yet(room, visit, wire, name)
        room.record()
        other = room.sheet_of(OWNER)
        assert handed(room, "sheets", {"paper": other.replace('"21"', '"22"')}) == (422, "sheet.differs")
        assert handed(room, "sheets", {"paper": other}) == (204, "")
        for visit in visits:
            shows(visit)


def test_an_expert_judges_unseen_and_shows_her_sheet_when_all_have_committed(room: Room) -> None:
    apart(journey, room)
    passed = Opinion(True)
    for name in EXPERTS:
        sheet = shown_sheet(room.stage.board, room.commitment(name))
        assert sheet.bids == (
            BidSheet(1, passed, passed, {"quality": Decimal("20.50")}),
            BidSheet(2, Opinion(False, REASON), passed, {}),
            BidSheet(3, passed, passed, {"quality": Decimal("18")}, REMARK),
        )
        assert is_right(sheet, room.case.notice, (1, 2, 3))
