"""What is due, from whom, until when: told by the story alone."""

from __future__ import annotations

from dataclasses import replace

from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.notice.agenda import Due, agenda
from chain.tenders.story import tell
from tests.chain.tenders.events import BOOK, CUSTODIAN, TERMS, Teller

END = TERMS.deadline
SHOWN = END + 2 + TERMS.reveal_window


def due(teller: Teller, now: int, questions_until: int = 0) -> list[Due]:
    return list(agenda(tell(teller.events, BOOK), now, questions_until))


def names(teller: Teller, now: int) -> list[tuple[str, str]]:
    return [(one.what, one.who) for one in due(teller, now)]


def begun(**terms: int) -> Teller:
    teller = Teller(replace(TERMS, **terms))
    teller.publish()
    return teller


def test_until_the_deadline_people_ask_and_bid() -> None:
    teller = begun()
    assert due(teller, END, END - 50) == [Due("bid", "bidders", 0, END, END)]
    assert [one.what for one in due(teller, END - 60, END - 50)] == ["ask", "bid"]
    assert due(teller, END + 1) == [Due("tick", "anybody", 0, END + 1)]


def test_after_it_decoys_are_shown_then_the_lot_closes() -> None:
    teller = begun()
    teller.settle()
    assert due(teller, END + 2) == [
        Due("reveal", "custodians", 1, END + 2, SHOWN),
        Due("close", "anybody", 1, SHOWN + 1),
    ]
    assert names(teller, SHOWN + 1) == [("close", "anybody")]


def test_a_tender_goes_through_its_phases_in_order() -> None:
    teller = begun()
    bids = [teller.commitment(bidder) for bidder in (1, 2)]
    for place, bid in enumerate(bids, 1):
        teller.commit(place, bid)
    teller.settle()
    teller.close(*bids)
    opening = Due("open", "key-holders", 1, TERMS.open_at)
    assert due(teller, END + 10) == [Due("attest", "custodians", 1, SHOWN + 1), opening]
    teller.say("CustodyAttested", lot=1, envelope=1, custodian=CUSTODIAN, digest=sha256(b"all there"))
    assert due(teller, END + 10) == [opening]
    teller.say("EnvelopeOpened", at=TERMS.open_at, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"keys"))
    assert names(teller, TERMS.open_at) == [("object", "bidders"), ("name-candidates", "officer")]
    teller.say("CaseFiled", lot=1, number=1, kind=CaseKind.OBJECTION, by=bids[0].bidder, digest=sha256(b"why"))
    assert names(teller, TERMS.open_at + 1)[0] == ("answer-objection", "officer")


def test_two_envelopes_wait_for_the_technical_result() -> None:
    teller = begun(envelopes=2)
    bids = [teller.commitment(bidder) for bidder in (1, 2)]
    for place, bid in enumerate(bids, 1):
        teller.commit(place, bid)
    teller.settle()
    teller.close(*bids)
    teller.say("EnvelopeOpened", at=TERMS.open_at, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"keys"))
    assert names(teller, TERMS.open_at) == [("review", "officer")]
    teller.say("Reviewed", lot=1, digest=sha256(b"result"), dropped=())
    assert names(teller, teller.time) == [("close", "anybody")]
    teller.close(*bids, envelope=2, at=teller.time + 1)
    assert ("open", "key-holders") in names(teller, teller.time)


def test_a_failed_or_cancelled_tender_may_be_repeated() -> None:
    teller = begun()
    teller.settle()
    teller.close(at=SHOWN + 1)
    teller.say("LotFailed", lot=1, digest=bytes(32))
    assert tell(teller.events, BOOK).phase(1) == Phase.FAILED
    assert names(teller, SHOWN + 5) == [("re-tender", "officer")]
    other = begun()
    other.say("TenderCancelled", reasonDigest=sha256(b"why"))
    assert names(other, END) == [("re-tender", "officer")]
