"""A second person agrees to a notice: to the whole of it, for this ledger, and not the one who made it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.desk.decisions import sign_decision
from chain.desk.tender_acts import Agreement, TenderAct
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.keys.signatures import address_of
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain
from tests.chain.tenders.notice.samples import NOW, sample

DOMAIN = Domain(1337, bytes.fromhex("a2" * 20))
KEYS = {name: sha256(name.encode()) for name in ("ann", "bo", "cy", "stranger")}
PEOPLE = [hex0x(address_of(KEYS[name])) for name in ("ann", "bo", "cy")]


@pytest.fixture
def act(tmp_path: Path) -> TenderAct:
    return TenderAct.of_notice(sample(tmp_path / "draft"))


def decide(
    folder: Path, act: TenderAct, who: str, *, approve: bool = True, domain: Domain = DOMAIN, **other: str
) -> None:
    bureau = other.get("bureau", act.bureau)
    said = Decision(bureau, act.digest, approve, "" if approve else "价格上限有误", NOW, NOW + 600)
    signed = sign_decision(said, domain, KEYS[who])
    (folder / f"{signed.name}.json").write_bytes(signed.to_bytes())


def waiting(folder: Path, act: TenderAct, threshold: int = 2, maker: str = "", now: int = NOW) -> str | None:
    try:
        Agreement(folder, PEOPLE, threshold, maker).require(act, DOMAIN, now)
    except Refused as error:
        return error.message
    return None


def test_enough_people_agree_to_what_lies_on_the_desk(tmp_path: Path, act: TenderAct) -> None:
    desk = tmp_path / "desk"
    assert waiting(desk, act) == "0 of 2 people agreed to this"
    assert TenderAct.from_bytes((desk / f"{act.digest.hex()}.json").read_bytes()) == act
    decide(desk, act, "ann")
    decide(desk, act, "stranger")
    assert waiting(desk, act) == "1 of 2 people agreed to this"
    decide(desk, act, "bo")
    assert waiting(desk, act) is None


def test_the_maker_a_late_word_another_ledger_and_another_bureau_do_not_count(tmp_path: Path, act: TenderAct) -> None:
    desk = tmp_path / "desk"
    assert waiting(desk, act, 1)
    decide(desk, act, "ann")
    assert waiting(desk, act, 1) is None
    assert waiting(desk, act, 1, maker=PEOPLE[0].upper().replace("X", "x", 1))
    assert waiting(desk, act, 1, now=NOW + 601)
    decide(desk, act, "ann", domain=Domain(1, DOMAIN.contract))
    decide(desk, act, "bo", bureau="11440100000000002J")
    assert waiting(desk, act, 1)


def test_a_no_is_final_for_that_act_and_no_other(tmp_path: Path, act: TenderAct) -> None:
    desk = tmp_path / "desk"
    assert waiting(desk, act)
    decide(desk, act, "ann")
    decide(desk, act, "bo")
    decide(desk, act, "cy", approve=False)
    assert "价格上限有误" in str(waiting(desk, act))
    other = TenderAct.of_notice(sample(tmp_path / "other", bidValidity=91))
    assert waiting(desk, other) == "0 of 2 people agreed to this"


def test_whoever_decides_sees_the_notice_and_every_other_form_is_refused(act: TenderAct) -> None:
    text = "\n".join(act.lines)
    for word in ("publish tender 7", "中小学课桌椅采购", "CNY 3,600,000.00", "示例存管a", "课桌椅技术要求.txt"):
        assert word in text
    value = read_canonical(act.to_bytes())
    for change in (
        {"tender": 8},
        {"deadline": 1},
        {"verb": "amend"},
        {"verb": "burn"},
        {"notice": "{}"},
        {"reason": None},
        {"format": "yinxin-tender-act-2"},
        {"extra": 1},
        {"verb": "cancel"},
        {"tender": -1},
        {"genesis": "0x00"},
    ):
        with pytest.raises(InvalidInput):
            TenderAct.from_bytes(canonical(value | change))
    cancel = replace(act, verb="cancel", notice=b"", deadline=0, open_at=0, reason="计划取消")
    assert TenderAct.from_bytes(cancel.to_bytes()) == cancel
    assert "reason: 计划取消" in cancel.lines
