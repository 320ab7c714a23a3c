"""A lot from candidates to an amended contract is clean; each single thing changed, and the one rule speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chain.audit import Report
from chain.audit.tenders import TenderCase
from chain.audit.tenders.after import audit_after, audit_previous
from chain.contracting.award import (
    Amendment,
    Award,
    CertificateOnRecord,
    CertificateUse,
    Complaint,
    Ground,
    Period,
    Reason,
    amendments_of,
    complain,
    decide,
    object_in_time,
    on_record,
    put_on_record,
    read_amendment,
    read_contract,
    record_amendment,
    record_contract,
)
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import TenderEvent
from chain.keys.signatures import sign
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Money, Notice
from chain.tenders.opening import Decision
from chain.tenders.opening.finishing import answer_objection
from chain.tenders.story import tell
from tests.chain.contracting.award.day import BIDDERS, OFFICER, PLACE, SUPERVISOR, Day, Ledger, both_sign
from tests.chain.contracting.award.letters import certificate, town
from tests.chain.tenders.events import BOOK, TERMS, Teller
from tests.support.memory_ledger import pad
from tests.support.world import USCC, World

NOTICE = SimpleNamespace(
    profile="demo", standstill=TERMS.standstill, complaint_period=TERMS.complaint_period, previous=None
)
GAVE_UP = Reason(1, Ground.GIVEN_UP, "书面放弃中标")


class Whole(Day):
    """Everything: an upheld objection, a new ranking, a complaint, an award, a letter, a contract, an amendment."""

    world: World

    def play(self) -> None:
        self.world = town()
        self.candidates((1, 0, 2))
        object_in_time(self.acts(BIDDERS[0]), self.board, self.story, PLACE, "排序有误", self.now, False)
        answer_objection(self.acts(), self.board, self.story, PLACE, 1, "成立", Decision(True, False))
        self.candidates((0, 1, 2), reason="异议成立", case=1)
        object_in_time(self.acts(BIDDERS[1]), self.board, self.story, PLACE, "仍有误", self.now, False)
        answer_objection(self.acts(), self.board, self.story, PLACE, 2, "不成立", Decision(False))
        paper = Complaint(PLACE, 2, "不服")
        complain(self.acts(BIDDERS[1]), self.board, self.story, paper, self.now, officer=False)
        decide(self.acts(SUPERVISOR), self.board, self.story, PLACE, 3, Decision(False), "不成立")
        award = self.award()
        data = certificate(self.world, award)
        letter = on_record(PLACE, CertificateUse.AWARD_LETTER, data)
        put_on_record(self.acts(), self.board, self.story.lots[1], letter, data)
        self.wait(TERMS.complaint_period + 1)
        digest = record_contract(self.acts(), self.board, self.story, self.contract(award), award, self.now)
        amendment = Amendment(
            PLACE, digest, digest, 1, "延期", "施工延期", award.price, Period(date(2026, 3, 1), date(2026, 7, 31)), (),
            date(2026, 5, 1),
        )  # fmt: skip
        record_amendment(self.acts(), self.board, self.story.lots[1], both_sign(amendment), award)

    def audit(self, events: list[TenderEvent] | None = None, **more: Any) -> Report:
        report, story = Report(), self.story if events is None else tell(events, BOOK)
        given: dict[str, Any] = {"notice": cast(Notice, NOTICE), "anchors": self.world.source(), **more}
        case = TenderCase(report, self.ledger, given.pop("board", self.board), story, **given)
        audit_previous(case)
        audit_after(case)
        return report


class Again(Whole):
    """An objection is upheld against the award, and the second candidate has it then."""

    def play(self) -> None:
        self.world = town()
        self.candidates()
        self.award()
        object_in_time(self.acts(BIDDERS[1]), self.board, self.story, PLACE, "弄虚作假", self.now, False)
        answer_objection(self.acts(), self.board, self.story, PLACE, 1, "成立", Decision(True, False))
        self.award(2, Reason(1, Ground.DISQUALIFIED, "查实违法", 1))


class Amended(Whole):
    """The second amendment doubles the price, the third takes that back."""

    def play(self) -> None:
        super().play()
        award = Award.from_bytes(self.board.get(self.story.lots[1].awards[-1].values["digest"]))
        for number, price in ((2, replace(award.price, amount=award.price.amount * 2)), (3, award.price)):
            newest = self.amendments[-1]
            before = cast(Amendment, read_amendment(self.board.get(newest)).agreement)
            made = both_sign(replace(before, number=number, previous=newest, price=price))
            record_amendment(self.acts(), self.board, self.story.lots[1], made, award)

    @property
    def amendments(self) -> list[bytes]:
        """Digests, oldest first."""
        return [event.values["digest"] for event in amendments_of(self.story.lots[1])]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    day = Whole(tmp_path_factory.mktemp("board"))
    day.play()
    return day


def rules(report: Report) -> set[str]:
    """Rules that speak."""
    return {one.rule for one in report.findings}


def test_the_whole_way_is_clean_and_every_rule_was_looked_at(whole: Whole) -> None:
    report = whole.audit()
    assert [one.as_dict() for one in report.findings] == []
    assert {f"A13{number:02}" for number in range(1, 12)} <= set(report.looked)


class _Board(FolderBoard):
    """A board on which one paper was exchanged, or is ``lost``."""

    lost = False

    def __init__(self, folder: Path, digest: bytes, data: bytes) -> None:
        super().__init__(folder)
        self._lie = (digest, data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        if self.lost and digest == self._lie[0]:
            return super().get(bytes(32))
        return self._lie[1] if digest == self._lie[0] else super().get(digest, limit=limit)


def _award(day: Whole, change: Callable[[Award], Award]) -> tuple[bytes, bytes]:
    digest = day.story.lots[1].awards[-1].values["digest"]
    return digest, change(Award.from_bytes(day.board.get(digest))).to_bytes()


def _contract(day: Whole, **changes: Any) -> tuple[bytes, bytes]:
    event = day.story.lots[1].contract
    assert event is not None
    signed = read_contract(day.board.get(event.values["digest"]))
    return event.values["digest"], both_sign(replace(signed.agreement, **changes)).to_bytes()


def _amendment(day: Whole, **changes: Any) -> tuple[bytes, bytes]:
    event = day.story.lots[1].records[-1]
    signed = read_amendment(day.board.get(event.values["digest"]))
    return event.values["digest"], both_sign(replace(signed.agreement, **changes)).to_bytes()


def _letter(day: Whole, **changes: Any) -> tuple[bytes, bytes]:
    event = day.story.lots[1].records[0]
    paper = CertificateOnRecord.from_bytes(day.board.get(event.values["digest"]))
    return event.values["digest"], replace(paper, **changes).to_bytes()


def _answered(day: Whole, number: int, outcome: Decision | None) -> tuple[bytes, bytes]:
    from chain.tenders.opening import ObjectionAnswer

    case = day.story.lots[1].cases[number - 1]
    assert case.answer is not None
    paper = ObjectionAnswer.from_bytes(day.board.get(case.answer))
    return case.answer, replace(paper, outcome=outcome).to_bytes()


def _complained(day: Whole, **changes: Any) -> tuple[bytes, bytes]:
    case = day.story.lots[1].cases[2]
    return case.digest, replace(Complaint.from_bytes(day.board.get(case.digest)), **changes).to_bytes()


LIES: dict[str, tuple[str, Callable[[Whole], tuple[bytes, bytes]]]] = {
    "a complaint without the objection before it": ("A1301", lambda day: _complained(day, objection=None)),
    "a complaint after another's objection": ("A1301", lambda day: _complained(day, objection=1)),
    "a complaint of another lot": ("A1301", lambda day: _complained(day, place=replace(PLACE, lot=2))),
    "an answer without a decision": ("A1302", lambda day: _answered(day, 2, None)),
    "an objection that is now upheld": ("A1307", lambda day: _answered(day, 2, Decision(True, False))),
    "an award of somebody else": (
        "A1306", lambda day: _award(day, lambda one: replace(one, organisation=replace(one.organisation, name="别人"))),
    ),
    "an award at another price": (
        "A1306", lambda day: _award(day, lambda one: replace(one, price=Money(Decimal("9.00"), "CNY"))),
    ),
    "an award with a reason for nobody": (
        "A1306", lambda day: _award(day, lambda one: replace(one, reasons=(GAVE_UP,))),
    ),
    "a letter of another batch": ("A1308", lambda day: _letter(day, sequence=2)),
    "a letter of another award": ("A1308", lambda day: _letter(day, award=bytes(32))),
    "a contract at another price": ("A1310", lambda day: _contract(day, price=Money(Decimal("3.00"), "CNY"))),
    "an amendment of another paper": ("A1311", lambda day: _amendment(day, previous=bytes(32))),
    "an amendment with another number": ("A1311", lambda day: _amendment(day, number=2)),
    "an amendment that raises the price": (
        "A1311", lambda day: _amendment(day, price=Money(Decimal("3432000.01"), "CNY")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_paper_that_says_otherwise_is_found_by_its_rule(whole: Whole, name: str) -> None:
    rule, lie = LIES[name]
    digest, data = lie(whole)
    found = rules(whole.audit(board=_Board(whole.folder, digest, data)))
    # What rests on the digest of an exchanged award cannot hold either.
    allowed = {"A1308", "A1310"} if rule == "A1306" else {"A1311"} if rule == "A1310" else set()
    assert rule in found
    assert found - {rule} <= allowed


def without(day: Whole, digest: bytes) -> set[tuple[str, str]]:
    """What speaks if nobody has that paper."""
    board = _Board(day.folder, digest, b"")
    board.lost = True
    return {(one.rule, one.result.value) for one in day.audit(board=board).findings}


def test_an_answer_that_nobody_has_leaves_open_what_rests_on_it(whole: Whole) -> None:
    cases = whole.story.lots[1].cases
    answers = [one.answer for one in cases if one.answer is not None]
    assert without(whole, answers[0]) == {("A1302", "unknown")}, "the candidates were named anew all the same"
    assert without(whole, answers[1]) == {("A1302", "unknown"), ("A1307", "unknown")}
    assert without(whole, answers[2]) == {("A1301", "unknown"), ("A1302", "unknown"), ("A1307", "unknown")}
    assert without(whole, cases[2].digest) == {("A1301", "unknown")}


def test_an_award_that_nobody_has_does_not_blame_the_next(tmp_path: Path) -> None:
    again = Again(tmp_path)
    again.play()
    assert rules(again.audit()) == set()
    first, second = (event.values["digest"] for event in again.story.lots[1].awards)
    assert without(again, first) == {("A1306", "unknown"), ("A1307", "unknown")}
    assert without(again, second) == {("A1306", "unknown")}


def test_letter_and_contract_of_an_award_that_nobody_has_are_left_open(whole: Whole) -> None:
    (award,) = (event.values["digest"] for event in whole.story.lots[1].awards)
    assert without(whole, award) == {(rule, "unknown") for rule in ("A1306", "A1308", "A1310")}


def test_a_contract_that_a_side_has_not_signed_is_found(whole: Whole) -> None:
    event = whole.story.lots[1].contract
    assert event is not None
    signed = read_contract(whole.board.get(event.values["digest"]))
    for wrong in (replace(signed, supplier=signed.officer), replace(signed, officer=sign(bytes(32), sha256(b"x")))):
        board = _Board(whole.folder, event.values["digest"], wrong.to_bytes())
        assert rules(whole.audit(board=board)) == {"A1310"}


def test_an_amendment_that_nobody_has_leaves_open_the_later_ones_and_what_they_come_to(tmp_path: Path) -> None:
    day = Amended(tmp_path)
    day.play()
    assert rules(day.audit()) == set()
    for number, lost in enumerate(day.amendments, 1):
        board = _Board(day.folder, lost, b"")
        board.lost = True
        found = [(one.rule, one.result.value, one.subject.split(" (")[0]) for one in day.audit(board=board).findings]
        later = range(number, len(day.amendments) + 1)
        assert found == [("A1311", "unknown", f"tender 3, lot 1, amendment {one}") for one in later]


def test_after_an_amendment_that_nobody_has_a_missing_signature_is_found_all_the_same(tmp_path: Path) -> None:
    day = Amended(tmp_path)
    day.play()
    first, second, _ = day.amendments
    signed = read_amendment(day.board.get(second))
    board = _Board(day.folder, second, replace(signed, supplier=signed.officer).to_bytes())
    next(day.folder.rglob(first.hex())).unlink()
    assert [one.result.value for one in day.audit(board=board).findings] == ["unknown", "broken", "unknown"]


class _Retired(Ledger):
    """A ledger on which nobody of then is an officer now."""

    def is_officer(self, tender: int, account: bytes) -> bool:
        return False


@pytest.mark.parametrize(("anchors", "result"), [("key", ""), ("none", "broken"), ("absent", "unknown")])
def test_an_officer_of_then_is_told_by_the_registry(whole: Whole, anchors: str, result: str) -> None:
    world, report = town(), Report()
    if anchors == "key":
        world.ledger.add_key(USCC, pad(OFFICER), "anchor")
    source = None if anchors == "absent" else world.source()
    ledger = cast(Any, _Retired(whole))
    audit_after(TenderCase(report, ledger, whole.board, whole.story, notice=cast(Notice, NOTICE), anchors=source))
    found = {(one.rule, one.result.value) for one in report.findings if one.rule in ("A1310", "A1311")}
    assert found == ({("A1310", result), ("A1311", result)} if result else set())


def test_a_letter_that_the_ledger_does_not_have_is_found(whole: Whole) -> None:
    assert rules(whole.audit(anchors=town().source())) == {"A1309"}
    assert {one.rule: one.result.value for one in whole.audit(anchors=None).findings} == {"A1309": "unknown"}


def moved(events: list[TenderEvent], name: str, seconds: int) -> list[TenderEvent]:
    """The first event of that name, and what shares its block, as if it had come so many seconds later or earlier."""
    block = next(event.block for event in events if event.name == name)
    return [
        replace(event, block=replace(block, time=block.time + seconds)) if event.block == block else event
        for event in events
    ]


@pytest.mark.parametrize(("name", "seconds"), [("LotAwarded", -30), ("LotContracted", -30)])
def test_a_step_before_its_period_is_over_is_found(whole: Whole, name: str, seconds: int) -> None:
    found = rules(whole.audit(moved(whole.teller.events, name, seconds)))
    assert "A1305" in found


def test_a_case_filed_too_late_and_an_answer_given_late_are_found(whole: Whole) -> None:
    late = whole.audit(moved(whole.teller.events, "CaseFiled", TERMS.standstill + 100))
    assert "A1303" in rules(late)
    slow = whole.audit(moved(whole.teller.events, "CaseSettled", TERMS.standstill + 100))
    assert [(one.rule, one.result.value) for one in slow.findings if one.rule == "A1304"] == [("A1304", "note")]


def test_an_award_past_an_open_case_is_found(whole: Whole) -> None:
    settled = [event for event in whole.teller.events if event.name == "CaseSettled"][-1]
    events = [event for event in whole.teller.events if event is not settled]
    found = whole.audit(events)
    assert {(one.rule, "waited" in one.detail) for one in found.findings if one.result == "broken"} == {("A1305", True)}


def test_a_contract_without_an_award_letter_is_noted(whole: Whole) -> None:
    events = [event for event in whole.teller.events if event.values.get("kind") != "award-letter"]
    assert [(one.rule, one.result.value) for one in whole.audit(events).findings] == [("A1308", "note")]


# --------------------------------------------------------------------------- re-tender


class _Two(Ledger):
    """A ledger with an earlier tender, number 2."""

    def tender_events(self, tender: int) -> list[TenderEvent]:
        return EARLIER if tender == 2 else super().tender_events(tender)


def _earlier(*, failed: bool) -> list[TenderEvent]:
    teller = Teller(replace(TERMS, digest=sha256(b"earlier")))
    teller.publish()
    if failed:
        teller.say("TenderCancelled", reasonDigest=sha256(b"why"))
    return [
        replace(event, values={**event.values, "tender": 2}, block=replace(event.block, number=0), index=at)
        for at, event in enumerate(teller.events)
    ]


EARLIER: list[TenderEvent] = []


@pytest.mark.parametrize(
    ("failed", "notice", "broken"),
    [(True, sha256(b"earlier"), False), (False, sha256(b"earlier"), True), (True, sha256(b"other"), True)],
)
def test_a_re_tender_repeats_what_had_failed_or_was_cancelled(
    whole: Whole, failed: bool, notice: bytes, broken: bool
) -> None:
    EARLIER[:] = _earlier(failed=failed)
    previous = SimpleNamespace(book=BOOK, tender=2, notice=notice)
    report = Report()
    said = cast(Notice, SimpleNamespace(**{**vars(NOTICE), "previous": previous}))
    audit_previous(TenderCase(report, cast(Any, _Two(whole)), whole.board, whole.story, notice=said))
    assert rules(report) == ({"A1312"} if broken else set())
    assert report.looked["A1312"] == 1
