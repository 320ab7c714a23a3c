"""The award letter is issued from a list that the award gives, cites it, and stands on record once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chain.catalogue import get_type
from chain.catalogue.lists import read_list
from chain.contracting.award import (
    TYPES,
    Award,
    CertificateUse,
    Party,
    anchor_contradiction,
    contradiction,
    letter_row,
    list_of,
    on_record,
    performance_row,
    put_on_record,
    records_of,
    standing_contract,
)
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput
from chain.tenders.notice import Notice, Words
from tests.chain.contracting.award.day import CODES, NAMES, PLACE, Day
from tests.chain.contracting.award.letters import certificate, town
from tests.support.world import USCC

NOTICE = cast(Notice, SimpleNamespace(title=Words("课桌椅采购", ""), ocid="ocds-yinxin-abc-3"))
LETTER = get_type(TYPES[CertificateUse.AWARD_LETTER])


@pytest.fixture
def day(tmp_path: Path) -> Day:
    found = Day(tmp_path)
    found.candidates()
    return found


@pytest.fixture
def award(day: Day) -> Award:
    return day.award()


def test_the_list_is_read_and_says_what_the_award_says(award: Award) -> None:
    data = list_of(LETTER, letter_row(award, 1_800_000_000, NOTICE))
    assert data == list_of(LETTER, letter_row(award, 1_800_000_000, NOTICE))
    found = read_list(data, LETTER)
    assert found.ok, found.findings
    (row,) = found.rows
    assert row.fields["KZ_awardDigest"] == hex0x(sha256(award.to_bytes()))
    assert row.fields["KZ_awardAmount"] == "CNY 3120000.00"
    assert (row.fields["certificateHolderName"], row.fields["certificateHolderCode"]) == (NAMES[0], CODES[0])


def test_the_other_members_of_a_consortium_stand_in_the_letter(award: Award) -> None:
    party = Party(CODES[0], NAMES[0], ((CODES[0], NAMES[0]), (CODES[1], NAMES[1])))
    row = letter_row(replace(award, organisation=party), 1_800_000_000, NOTICE, "240日历天")
    assert (row["KZ_consortiumMembers"], row["KZ_period"]) == (NAMES[1], "240日历天")
    with pytest.raises(InvalidInput):
        list_of(get_type("business-licence"), row)


def test_the_performance_record_is_of_the_contract_as_it_holds(day: Day, award: Award) -> None:
    from chain.contracting.award import record_contract

    day.wait(100)
    record_contract(day.acts(), day.board, day.story, day.contract(award, number="HT2026001"), award, day.now)
    standing = standing_contract(day.board, day.story.lots[1])
    assert standing is not None
    row = performance_row(
        award, standing, NOTICE, grade="优秀", completed=date(2026, 6, 30), issued=date(2026, 7, 1)
    )  # fmt: skip
    kind = get_type(TYPES[CertificateUse.PERFORMANCE])
    found = read_list(list_of(kind, row), kind)
    assert found.ok, found.findings
    assert found.rows[0].fields["KZ_contractNumber"] == "HT2026001"


def _compared(data: bytes, award: Award, **changes: Any) -> str:
    paper = on_record(PLACE, CertificateUse.AWARD_LETTER, data)
    return contradiction(replace(paper, **changes), data, award, LETTER.code, USCC)


def test_a_letter_must_cite_this_award_and_this_winner(award: Award) -> None:
    world = town()
    good = certificate(world, award)
    assert _compared(good, award) == ""
    assert _compared(good, award, leaf=bytes(32)).startswith("it names another place")
    assert _compared(good, award, bundle=bytes(32)) == "it names another bundle"
    assert _compared(certificate(world, award, KZ_awardDigest=hex0x(bytes(32))), award) == "it cites another award"
    assert _compared(certificate(world, award, certificateHolderCode=CODES[1]), award) == "its holder is not the winner"
    paper = on_record(PLACE, CertificateUse.AWARD_LETTER, good)
    assert "not issued" in contradiction(paper, good, award, LETTER.code, "11440100000000002J")


def test_a_letter_stands_in_the_batch_that_the_ledger_has(award: Award) -> None:
    world, empty = town(), town()
    data = certificate(world, award)
    assert anchor_contradiction(data, world.source().anchor(USCC, LETTER.code, 1)) == ""
    assert "no batch" in anchor_contradiction(data, empty.source().anchor(USCC, LETTER.code, 1))
    certificate(empty, award, certificateNumber="ZB0003-01-02")
    other = empty.source().anchor(USCC, LETTER.code, 1)
    assert other is not None
    assert "not in the batch" in anchor_contradiction(data, other)


def test_one_award_has_one_letter_on_record(day: Day, award: Award) -> None:
    world = town()
    data, use = certificate(world, award), CertificateUse.AWARD_LETTER
    for _ in range(2):
        digest = put_on_record(day.acts(), day.board, day.story.lots[1], on_record(PLACE, use, data), data)
    assert [event.values["digest"] for event in records_of(day.story.lots[1], use)] == [digest]
    assert day.board.get(sha256(data)) == data
    second = certificate(world, award, certificateNumber="ZB0003-01-02")
    with pytest.raises(Conflict):
        put_on_record(day.acts(), day.board, day.story.lots[1], on_record(PLACE, use, second), second)
