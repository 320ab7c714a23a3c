"""The story of a tender from its events: it follows the chain's rules, and refuses what cannot have happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged
from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.story import tell
from chain.tenders.typed import commitment_hash
from tests.chain.tenders.events import BOOK, CUSTODIAN, START, TERMS, Teller, address

SALT = bytes(range(32))


def _three_bids() -> Teller:
    """One replaces, one withdraws, one decoy: two are live after it is revealed."""
    teller = Teller()
    teller.publish()
    for bidder in (1, 2, 3):
        teller.commit(bidder, teller.commitment(bidder))
    teller.commit(2, teller.commitment(2, 2))
    teller.say("BidWithdrawn", lot=1, bidder=address(3), place=3, version=2, by=address(103))
    teller.commit(4, teller.commitment(4, decoy=SALT))
    teller.commit(5, teller.commitment(5))
    teller.settle()
    return teller


def _reveal(teller: Teller, *, salt: bytes = SALT, bidder: int = 4, place: int = 4) -> None:
    teller.say("DecoyRevealed", lot=1, bidder=address(bidder), place=place, custodian=CUSTODIAN, salt=salt)


def test_a_tender_from_its_notice_to_the_opening() -> None:
    teller = _three_bids()
    _reveal(teller)
    live = [teller.commitment(1), teller.commitment(2, 2), teller.commitment(5)]
    teller.close(*live)
    teller.say("CustodyAttested", lot=1, envelope=1, custodian=CUSTODIAN, digest=sha256(b"all there"))
    teller.say("EnvelopeOpened", at=TERMS.open_at, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"keys"))
    teller.say("CaseFiled", lot=1, number=1, kind=CaseKind.OBJECTION, by=address(1), digest=sha256(b"objection"))
    teller.say("CaseSettled", lot=1, number=1, by=address(9), digest=sha256(b"answer"))
    teller.say("Recorded", lot=1, kind="opening", digest=sha256(b"record"))
    story = tell(teller.events, BOOK)
    lot = story.lots[1]
    assert story.phase(1) is Phase.OPENED
    assert lot.since == TERMS.open_at
    assert lot.closings[1].commitments == tuple(live)
    assert lot.closings[1].places == (1, 2, 5)
    assert [len(bid.history) for bid in lot.bids] == [1, 2, 1, 1, 1]
    assert [bid.is_decoy for bid in lot.bids] == [False, False, False, True, False]
    assert lot.cases[0].answer == sha256(b"answer")
    assert len(lot.records) == 1
    assert lot.custody == {1: [(CUSTODIAN, sha256(b"all there"))]}
    assert story.notice_digest == TERMS.digest


def test_fewer_live_bids_than_the_rule_fail() -> None:
    teller = Teller()
    teller.publish()
    only = teller.commitment(1)
    teller.commit(1, only)
    teller.settle()
    teller.close(only)
    teller.say("LotFailed", at=teller.time, lot=1, digest=bytes(32))
    assert tell(teller.events, BOOK).phase(1) is Phase.FAILED


def test_a_moved_bid_keeps_its_place_and_its_old_address_never_returns() -> None:
    teller = Teller()
    teller.publish()
    teller.commit(1, teller.commitment(1))
    teller.say("BidMoved", lot=1, bidder=address(1), successor=address(7), place=1, version=2)
    moved = replace(teller.commitment(7, 3), recovery=address(101))
    teller.commit(1, moved)
    story = tell(teller.events, BOOK)
    assert story.lots[1].of(address(7)) is story.lots[1].bids[0]
    assert story.lots[1].of(address(1)) is None
    teller.commit(2, teller.commitment(1))
    with pytest.raises(Damaged, match="a bid before it is missing"):
        tell(teller.events, BOOK)


def test_an_outage_moves_deadline_and_opening_once() -> None:
    teller = Teller()
    teller.publish()
    late = TERMS.deadline + 100
    moved = late + TERMS.grace
    values = {"timeBefore": TERMS.deadline - 1, "timeAfter": late, "deadline": moved}
    values["openAt"] = TERMS.open_at + moved - TERMS.deadline
    teller.say("DeadlineMoved", at=late + 1, **values)
    teller.commit(1, teller.commitment(1), at=moved)
    story = tell(teller.events, BOOK)
    assert (story.deadline, story.settled_at, story.open_at) == (moved, moved, values["openAt"])
    teller.say("Extended", at=moved, deadline=moved + 50, openAt=values["openAt"] + 50)
    assert tell(teller.events, BOOK).settled_at == moved + 50
    teller.say("DeadlineMoved", at=moved + 100, **values)
    with pytest.raises(Damaged, match="moves once"):
        tell(teller.events, BOOK)


def test_an_outage_shown_after_the_grace_is_final_only_then() -> None:
    teller = Teller()
    teller.publish()
    late = TERMS.deadline + 100
    moved = late + TERMS.grace
    values = {"timeBefore": TERMS.deadline - 1, "timeAfter": late, "deadline": moved}
    values["openAt"] = TERMS.open_at + moved - TERMS.deadline
    teller.say("DeadlineMoved", at=moved + 7, **values)
    story = tell(teller.events, BOOK)
    assert (story.deadline, story.settled_at) == (moved, moved + 7)


def _late(teller: Teller) -> None:
    teller.commit(6, teller.commitment(6))


def _early(teller: Teller) -> None:
    teller.close(teller.commitment(1), teller.commitment(2, 2), teller.commitment(5), at=teller.time + 1)


def _foreign(teller: Teller) -> None:
    _reveal(teller)
    teller.close(teller.commitment(1), teller.commitment(2), teller.commitment(5))


def _before_due(teller: Teller) -> None:
    _reveal(teller)
    teller.close(teller.commitment(1), teller.commitment(2, 2), teller.commitment(5))
    teller.say(
        "EnvelopeOpened", at=TERMS.open_at - 1, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"keys")
    )


@pytest.mark.parametrize(
    "spoil",
    [
        _late, _early, _foreign, _before_due,
        lambda teller: _reveal(teller, salt=bytes(32)),
        lambda teller: _reveal(teller, bidder=5, place=5),
        lambda teller: teller.say("LotAdvanced", lot=1, phase=Phase.OPENED),
        lambda teller: teller.say("CaseSettled", lot=1, number=1, by=address(9), digest=sha256(b"x")),
        lambda teller: teller.say("Amended", number=1, digest=sha256(b"x"), deadline=START + 900, openAt=START + 990),
        lambda teller: teller.say("Invented", lot=1),
        lambda teller: teller.events.append(teller.events[-1]),
        lambda teller: teller.events.append(replace(teller.say("Recorded", lot=1), values={"tender": 4, "lot": 1})),
    ],
)  # fmt: skip
def test_what_cannot_follow_is_refused(spoil: Callable[[Teller], object]) -> None:
    teller = _three_bids()
    tell(teller.events, BOOK)
    spoil(teller)
    with pytest.raises(Damaged):
        tell(teller.events, BOOK)


def test_no_event_of_a_bid_can_be_left_out() -> None:
    """But for the last word on a place, which the contract's answers and the live set show."""
    teller = _three_bids()
    _reveal(teller)
    teller.close(teller.commitment(1), teller.commitment(2, 2), teller.commitment(5))
    for missing in range(len(teller.events) - 1):
        rest = teller.events[:missing] + teller.events[missing + 1 :]
        with pytest.raises(Damaged):
            tell(rest, BOOK)


def test_an_altered_commitment_is_seen() -> None:
    teller = Teller()
    teller.publish()
    genuine = teller.commitment(1)
    event = teller.commit(1, genuine)
    altered = replace(genuine, first=replace(genuine.first, size=1))
    teller.events[-1] = replace(event, values=dict(event.values) | {"commitment": altered})
    with pytest.raises(Damaged, match="another hash"):
        tell(teller.events, BOOK)
    assert commitment_hash(altered) != commitment_hash(genuine)
