"""A room that the browser saved is opened here, and is what it says or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput, Refused
from chain.tenders.bidding.acts import Submission, check_act, sign_withdrawal
from chain.tenders.bidding.room import named_place, open_room, read_room
from chain.tenders.typed import BookDomain
from tests.support.rooms import CHAIN_ID, FRESH, K2, NAME, PLACE, RECOVERY, WORD, box, content, version


def test_a_room_comes_over_whole_but_for_what_was_not_sealed_to_its_end() -> None:
    data = box(content())
    assert named_place(data) == (PLACE.tender, PLACE.lot)
    room = open_room(data, WORD, CHAIN_ID)
    assert (room.place, room.fresh, room.recovery) == (PLACE, FRESH, RECOVERY)
    assert room.forms == {1: {"price": "2980000.00"}}
    (one,) = room.versions
    assert (one.sealed.version, one.k2) == (1, {1: K2})
    assert one.kept.manifests[1].form.figures[0].value == "2980000.00"
    assert one.act is not None
    assert isinstance(one.act.act, Submission)
    assert one.act.act.commitment == one.sealed.commitment(one.act.not_after)
    assert FRESH.hex() not in repr(room)
    assert "2980000" not in repr(room)


def test_what_was_changed_after_it_was_signed_may_stand_on_the_ledger_and_comes_along() -> None:
    outdated = content(version=version(2) | {"outdated": True})
    assert [one.sealed.version for one in read_room(canonical(outdated), CHAIN_ID).versions] == [1, 2]


def test_the_golden_box_is_the_one_that_the_browser_opens() -> None:
    vectors = json.loads((Path(__file__).parents[3] / "vectors" / "own_bid.json").read_text(encoding="utf-8"))["room"]
    assert vectors == {"name": NAME, "passphrase": WORD, "box": box(content()).decode(), "content": content()}


def test_another_passphrase_or_name_opens_nothing() -> None:
    data = box(content())
    with pytest.raises(Refused) as caught:
        open_room(data, "another passphrase", CHAIN_ID)
    assert caught.value.code == "bidding.room_passphrase"
    with pytest.raises(Refused):
        open_room(data.replace(b"/7/2", b"/7/3"), WORD, CHAIN_ID)
    with pytest.raises(InvalidInput):
        open_room(box(content(), NAME.replace("/7/2", "/8/2")), WORD, CHAIN_ID)
    for name in ("", "7/2", NAME + "/1", "0x00"):
        with pytest.raises(InvalidInput):
            named_place(data.replace(NAME.encode(), name.encode()))


def withdrawal(lot: int = PLACE.lot, number: int = 2) -> dict[str, Any]:
    """A withdrawal as the room keeps it."""
    domain = BookDomain(CHAIN_ID, PLACE.book)
    signed = sign_withdrawal(domain, PLACE.tender, lot, PLACE.bidder, number, 1_790_000_000, FRESH)
    found: dict[str, Any] = json.loads(signed.to_bytes())["content"]
    return found


def test_a_withdrawal_that_was_signed_in_the_room_comes_over_as_it_was_signed() -> None:
    (signed,) = read_room(canonical(content(withdrawal=withdrawal())), CHAIN_ID).withdrawals
    check_act(signed)
    assert (signed.kind, signed.version) == ("withdraw", 2)
    assert read_room(canonical(content()), CHAIN_ID).withdrawals == ()


def test_earlier_withdrawals_come_over_with_the_last_one() -> None:
    both = content(withdrawn=[withdrawal()], withdrawal=withdrawal(number=4))
    assert [one.version for one in read_room(canonical(both), CHAIN_ID).withdrawals] == [2, 4]


def swapped() -> dict[str, Any]:
    """A version whose act is of another version."""
    return version(1) | {"act": version(2)["act"]}


def with_root() -> dict[str, Any]:
    """A version whose root is not that of its form."""
    one = version(1)
    return one | {"envelopes": [one["envelopes"][0] | {"root": "0x" + "00" * 32}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "yinxin-bid-room-2"},
        {"more": 1},
        {"fresh": content()["recovery"]},
        {"past": [swapped()]},
        {"past": [with_root()]},
        {"past": [version(1) | {"version": 3}]},
        {"withdrawal": withdrawal(lot=3)},
        {"withdrawal": None},
        {"withdrawn": [withdrawal(lot=3)]},
        {"withdrawn": None},
        {"forms": {"3": {}}},
        {"forms": {"1": {"price": 1}}},
    ],
    ids=lambda changes: ",".join(changes),
)
def test_a_room_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        read_room(canonical(content(**changes)), CHAIN_ID)
