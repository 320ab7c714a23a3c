"""``yinxin bid take`` never sets aside a bid that this home has signed and that stands, or that may yet stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chain.cli.bid._place import BidHere
from chain.cli.bid.taking import _check, _check_version
from chain.kernel.canonical import canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Refused
from chain.tenders.bidding.acts import SignedAct, Submission
from chain.tenders.bidding.folder import BidKeys
from chain.tenders.bidding.room import BidRoom, RoomVersion, read_room
from tests.support.rooms import CHAIN_ID, PLACE, content, version

LAPSES = 1_790_000_000
"""The last second at which the ledger takes what rooms sign."""


def room_with(price: str = "2980000.00") -> BidRoom:
    return read_room(canonical(content(past=[version(1, price=price)])), CHAIN_ID)


def home(folder: Path, own: RoomVersion | None, *, now: int = LAPSES, stands: bool = False, **place: Any) -> BidHere:
    """A home whose own version 1 is that, or that has none, at that second of the ledger."""
    events = []
    if own is not None and stands:
        assert own.act is not None
        assert isinstance(own.act.act, Submission)
        events = [SimpleNamespace(name="BidCommitted", values={"commitmentHash": own.act.act.hash()})]
    chain = {"genesis": PLACE.genesis, "book": PLACE.book, **place}
    ledger = SimpleNamespace(block=SimpleNamespace(time=now), tender_events=lambda _tender: events, **chain)
    here = BidHere(SimpleNamespace(home=folder, ledger=ledger), PLACE.tender, PLACE.lot)  # type: ignore[arg-type]
    if own is not None:
        assert isinstance(own.act, SignedAct)
        here.folder.start(BidKeys(PLACE, (("bid", PLACE.bidder),), "recovery"))
        kept = here.folder.clear(1)
        kept.keep(own.act)
        (kept.path / "sealed.json").write_bytes(own.sealed.to_bytes())
    return here


OWN, OTHER = room_with("3100000.00").versions[0], room_with().versions[0]


def refusal(here: BidHere, taken: RoomVersion) -> tuple[str, str | None]:
    with pytest.raises(Conflict) as caught:
        _check_version(here, taken)
    assert caught.value.fix
    return caught.value.code, caught.value.field


def test_another_bid_that_this_home_has_signed_is_not_set_aside_while_it_may_be_taken(tmp_path: Path) -> None:
    assert refusal(home(tmp_path, OWN), OTHER) == ("bidding.exists", "file")


def test_nor_is_one_that_stands_on_the_ledger_however_late(tmp_path: Path) -> None:
    assert refusal(home(tmp_path, OWN, now=LAPSES + 1, stands=True), OTHER) == ("bidding.exists", "file")


def test_one_that_lapsed_before_the_ledger_took_it_gives_way(tmp_path: Path) -> None:
    _check_version(home(tmp_path, OWN, now=LAPSES + 1), OTHER)


def test_the_same_bid_and_a_home_without_one_take_the_room_over(tmp_path: Path) -> None:
    _check_version(home(tmp_path / "same", OWN, stands=True), OWN)
    _check_version(home(tmp_path / "none", None), OTHER)


def test_a_room_of_another_ledger_or_of_other_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        _check(home(tmp_path / "ledger", None, genesis=sha256(b"another")), room_with())
    assert (caught.value.code, caught.value.field) == ("bidding.ledger", "file")
    here = home(tmp_path / "keys", None)
    here.folder.start(BidKeys(replace(PLACE, bidder=sha256(b"fresh")[:20]), (("bid", PLACE.bidder),), "recovery"))
    with pytest.raises(Conflict) as kept:
        _check(here, room_with())
    assert (kept.value.code, kept.value.field) == ("bidding.exists", "file")
