"""Cards are signed by the account they name; an announcement counts as far as the ledger bears it out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput
from chain.tenders.holding import Announcement, MemberCard, announcement_of, read_ceremony
from tests.chain.tenders.holding.stage import TITLE, Town, account

CARD = MemberCard.sign(account(1), bytes([9]) + bytes(31), "示例保管人")


def test_a_card_reads_as_it_was_written() -> None:
    assert MemberCard.from_bytes(CARD.to_bytes()) == CARD


@pytest.mark.parametrize("member", ["address", "key", "name", "signature", "format"])
def test_a_card_with_anything_changed_is_refused(member: str) -> None:
    value = read_canonical(CARD.to_bytes())
    other = MemberCard.sign(account(2), bytes([8]) + bytes(31), "别人").as_dict()
    value[member] = other[member] if member != "format" else "yinxin-member-card-2"
    with pytest.raises(InvalidInput):
        MemberCard.from_bytes(canonical(value))


@pytest.mark.parametrize("name", ["", " 前后 ", "两\n行", "a" * 101, "e\u0301"])
def test_a_name_is_one_plain_line(name: str) -> None:
    with pytest.raises(InvalidInput):
        MemberCard.sign(account(1), bytes([9]) + bytes(31), name)


def test_a_card_has_one_form() -> None:
    with pytest.raises(InvalidInput):
        MemberCard.from_bytes(CARD.to_bytes().replace(b":", b": ", 1))
    value = read_canonical(CARD.to_bytes())
    for wrong in ({**value, "more": 1}, {**value, "key": b64url(bytes(31))}, [value]):
        with pytest.raises(InvalidInput):
            MemberCard.from_bytes(canonical(wrong))


def test_an_announcement_that_the_ledger_does_not_bear_out_is_passed_over(town: Town) -> None:
    number = town.convene()
    ceremony, cards = read_ceremony(town.ledger, town.board, number), [town.people[one].card for one in range(1, 6)]
    right = Announcement(number, town.ledger.genesis, town.ledger.key_registry, TITLE, tuple(cards))
    topic = f"ceremony/{number}"
    for wrong in (
        b"noise",
        replace(right, title="another occasion").to_bytes(),
        replace(right, cards=tuple(reversed(cards))).to_bytes(),
        replace(right, genesis=bytes(32)).to_bytes(),
        replace(right, ceremony=number + 1).to_bytes(),
        canonical({**read_canonical(right.to_bytes()), "more": 1}),
    ):
        town.board.post(topic, "announcement", wrong)
    assert announcement_of(town.ledger, town.board, ceremony) is None
    town.board.post(topic, "announcement", right.to_bytes())
    assert announcement_of(town.ledger, town.board, ceremony) == right
