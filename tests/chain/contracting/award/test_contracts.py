"""A contract has the award's price and both signatures, and waits for its period; amendments chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chain.contracting.award import (
    Amendment,
    Award,
    Complaint,
    Period,
    agree,
    complain,
    draft_amendment,
    draft_contract,
    offer,
    offers,
    record_amendment,
    record_contract,
    signed_by_both,
    standing_contract,
    supplier_of,
)
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.tenders.notice import Money
from tests.chain.contracting.award.day import (
    BIDDERS,
    OFFICER,
    OFFICER_KEY,
    PLACE,
    PRICES,
    WINNER,
    WINNER_KEY,
    Day,
    both_sign,
)
from tests.chain.tenders.events import TERMS

DRAFT = """
number = "HT-2026-001"
title = "课桌椅采购合同"
from = "2026-03-01"
until = "2026-06-30"
signed_on = "2026-02-28"
[[documents]]
path = "contract.pdf"
"""


@pytest.fixture
def day(tmp_path: Path) -> Day:
    found = Day(tmp_path / "board")
    found.candidates()
    return found


@pytest.fixture
def award(day: Day) -> Award:
    return day.award()


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    (tmp_path / "contract.pdf").write_bytes(b"%PDF-1.7 sample")
    file = tmp_path / "contract.toml"
    file.write_text(DRAFT, encoding="utf-8")
    return file


def record(day: Day, signed: object, award: Award | None) -> bytes:
    return record_contract(day.acts(), day.board, day.story, signed, award, day.now)  # type: ignore[arg-type]


def amendment(day: Day, **changes: object) -> Amendment:
    standing = standing_contract(day.board, day.story.lots[1])
    assert standing is not None
    made = Amendment(
        PLACE, standing.digest, standing.newest, len(standing.amendments) + 1, "交货期延长", "学校施工延期",
        standing.price, Period(date(2026, 3, 1), date(2026, 7, 31)), (), date(2026, 5, 1),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def amend(day: Day, award: Award, **changes: object) -> bytes:
    return record_amendment(
        day.acts(), day.board, day.story.lots[1], both_sign(amendment(day, **changes)), award
    )  # fmt: skip


def test_a_draft_becomes_a_contract_at_the_awards_price(day: Day, award: Award, draft: Path) -> None:
    made = draft_contract(draft, PLACE, award)
    assert made.agreement.price == award.price
    (document,) = made.agreement.documents
    assert (document.name, document.media_type, document.digest) == (
        "contract.pdf", "application/pdf", sha256(b"%PDF-1.7 sample"),
    )  # fmt: skip
    draft.write_text('price = "CNY 3120000.01"\n' + DRAFT, encoding="utf-8")
    with pytest.raises(InvalidInput) as dearer:
        draft_contract(draft, PLACE, award)
    assert dearer.value.field == "price"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (('number = "HT-2026-001"', ""), "number"),
        (('"2026-06-30"', '"2026-02-30"'), "until"),
        (('"2026-06-30"', '"2026-02-01"'), "until"),
        (('path = "contract.pdf"', 'path = "nowhere.pdf"'), "documents[0].path"),
        (('[[documents]]\npath = "contract.pdf"', ""), "documents"),
        (("title =", "titel ="), "titel"),
    ],
)
def test_a_fault_in_a_draft_names_its_member(
    day: Day, award: Award, draft: Path, changed: tuple[str, str], field: str
) -> None:
    draft.write_text(DRAFT.replace(*changed), encoding="utf-8")
    with pytest.raises(InvalidInput) as fault:
        draft_contract(draft, PLACE, award)
    assert fault.value.field == field


def test_offer_and_signature_meet_on_the_board_and_strangers_count_for_nothing(
    day: Day, award: Award, draft: Path
) -> None:
    agreement = draft_contract(draft, PLACE, award).agreement
    stranger = offer(day.board, replace(agreement, title="另一份"), sha256(b"stranger"))
    for _ in range(2):
        offered = offer(day.board, agreement, OFFICER_KEY)
    assert offers(day.board, PLACE, lambda account: account == OFFICER) == [offered]
    assert signed_by_both(day.board, stranger, WINNER) is None
    agree(day.board, agreement, sha256(b"stranger"))
    assert signed_by_both(day.board, offered, WINNER) is None
    for _ in range(2):
        agree(day.board, agreement, WINNER_KEY)
    signed = signed_by_both(day.board, offered, WINNER)
    assert signed is not None
    assert signed == both_sign(agreement)
    assert len(list(day.board.notes(f"contract/{PLACE.tender}/1"))) == 4


def test_a_contract_waits_for_its_period_and_is_recorded_once(day: Day, award: Award) -> None:
    signed = day.contract(award)
    with pytest.raises(Refused) as early:
        record(day, signed, award)
    assert early.value.code == "award.period"
    day.wait(TERMS.complaint_period + 1)
    digest = record(day, signed, award)
    assert record(day, signed, award) == digest
    with pytest.raises(Conflict):
        record(day, day.contract(award, number="HT-2026-002"), award)
    standing = standing_contract(day.board, day.story.lots[1])
    assert standing is not None
    assert (standing.price, supplier_of(day.story.lots[1], award)) == (award.price, WINNER)


def test_what_does_not_fit_the_award_or_is_not_signed_is_refused(day: Day, award: Award) -> None:
    day.wait(TERMS.complaint_period + 1)
    wrong = [
        day.contract(award, price=Money(Decimal("3120000.01"), "CNY")),
        day.contract(award, award=sha256(b"another")),
        replace(day.contract(award), supplier=day.contract(award).officer),
    ]
    codes = []
    for signed in wrong:
        with pytest.raises(Refused) as refused:
            record(day, signed, award)
        codes.append(refused.value.code)
    assert codes == ["contract.fits", "contract.fits", "contract.unsigned"]


def test_an_open_complaint_keeps_the_contract_back(day: Day, award: Award) -> None:
    complain(day.acts(BIDDERS[2]), day.board, day.story, Complaint(PLACE, None, "有误"), day.now, officer=False)
    day.wait(TERMS.complaint_period + 1)
    with pytest.raises(Refused) as refused:
        record(day, day.contract(award), award)
    assert refused.value.code == "award.cases"


def test_amendments_chain_from_the_contract(day: Day, award: Award, tmp_path: Path) -> None:
    with pytest.raises(Refused) as none:
        record_amendment(
            day.acts(), day.board, day.story.lots[1],
            both_sign(Amendment(
                PLACE, bytes(32), bytes(32), 1, "x", "y", award.price, Period(date(2026, 3, 1), date(2026, 7, 1)), (),
                date(2026, 5, 1),
            )), award,
        )  # fmt: skip
    assert none.value.code == "contract.none"
    day.wait(TERMS.complaint_period + 1)
    record(day, day.contract(award), award)
    first = amend(day, award)
    dearer = Money(Decimal(PRICES[0]) + 100, "CNY")
    second = amend(day, award, price=dearer)
    standing = standing_contract(day.board, day.story.lots[1])
    assert standing is not None
    assert [digest for digest, _ in standing.amendments] == [first, second]
    assert (standing.price, standing.period.ends) == (dearer, date(2026, 7, 31))
    for changes in ({"previous": standing.digest}, {"number": 2}, {"price": Money(Decimal(1), "USD")}):
        with pytest.raises(Refused) as refused:
            amend(day, award, **changes)
        assert refused.value.code == "contract.fits"
    draft = tmp_path / "amendment.toml"
    draft.write_text('changes = "增加"\nrationale = "需要"\nsigned_on = "2026-05-02"\n', encoding="utf-8")
    made = draft_amendment(
        draft, PLACE, standing.digest, standing.newest, 3, standing.price, standing.period
    ).agreement  # fmt: skip
    assert (made.price, made.period) == (standing.price, standing.period)
