"""A tender on a real chain, written by accounts and read back at one final block."""

from __future__ import annotations

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.tenders.typed import commitment_hash
from tests.support.tender_stage import BUREAU, HOLDERS, TenderStage

pytestmark = pytest.mark.loopback


def test_a_ceremony_is_read_as_it_was_run(tender_stage: TenderStage) -> None:
    ledger: TenderLedger = tender_stage.ledger
    key = tender_stage.key
    state = ledger.ceremony(key.number)
    assert state is not None
    assert state.members == tuple(tender_stage.address(name) for name in HOLDERS)
    assert state.eligible == key.judgement.qualified == (1, 2, 3, 4, 5)
    assert state.key == key.opening_key.key
    assert state.plan.roster_digest == key.roster.digest()
    events = ledger.ceremony_events(key.number)
    assert [event.name for event in events][:1] == ["Convened"]
    deals = {event.values["member"]: event.values["digest"] for event in events if event.name == "Dealt"}
    assert set(deals) == {1, 2, 3, 4, 5}
    (activated,) = [event for event in events if event.name == "Activated"]
    assert activated.values["publicKey"] == key.opening_key.key
    assert activated.values["transcript"] == key.judgement.transcript
    assert activated.values["qualified"] == (1, 2, 3, 4, 5)
    assert ledger.ceremony(99) is None
    assert ledger.ceremony_events(99) == ()


def test_a_tender_from_notice_to_opening(tender_stage: TenderStage) -> None:
    stage = tender_stage
    acts: TenderActs = stage.acts("officer")
    terms = stage.terms(deadline_in=8)
    number = stage.ledger.tenders() + 1
    custodians = [stage.address("custodian-1"), stage.address("custodian-2")]
    sent = acts.publish(number, terms, custodians)
    assert acts.publish(number, terms, custodians) == sent  # found, not sent again
    with pytest.raises(Conflict, match="sent before"):
        acts.publish(number, stage.terms(digest=sha256(b"another")), custodians)

    state = stage.ledger.tender(number)
    assert state is not None
    assert (state.bureau, state.deadline, state.settled_at) == (BUREAU, terms.deadline, 0)
    assert stage.ledger.is_custodian(number, custodians[0])
    assert stage.ledger.is_officer(number, acts.address)
    assert not stage.ledger.is_officer(number, custodians[0])

    bids = stage.together(
        [lambda: stage.submit(number, bidder=1), lambda: stage.submit(number, bidder=2, custodian="custodian-2")]
    )
    events = stage.ledger.tender_events(number)
    assert events[0].values["notice"] == terms
    assert events[0].values["custodians"] == tuple(custodians)
    committed = {event.values["bidder"]: event.values for event in events if event.name == "BidCommitted"}
    for bid in bids:
        assert committed[bid.bidder]["commitment"] == bid  # type: ignore[attr-defined]
        assert committed[bid.bidder]["commitmentHash"] == commitment_hash(bid)  # type: ignore[attr-defined,arg-type]
    assert stage.ledger.lot(number, 1).places == 2

    with pytest.raises(Refused, match="DeadlineNotOver") as early:
        stage.acts("custodian-1").close(number, 1, 1, 10)
    assert early.value.code == "ledger.deadline_not_over"
    stage.close(number)
    assert stage.ledger.lot(number, 1).phase == Phase.CLOSED
    live = stage.ledger.live_set(number, 1, 1)
    assert (live.cursor, live.count) == (2, 2)
    stage.wait_until(terms.open_at)
    signature = stage.live_set_signature(number)
    stage.acts("holder-1").open(number, 1, 1, signature, sha256(b"keys"))
    (opened,) = [event for event in stage.ledger.tender_events(number) if event.name == "EnvelopeOpened"]
    assert opened.values["signature"] == signature
    assert stage.ledger.lot(number, 1).phase == Phase.OPENED
    assert opened.block.time >= terms.open_at
    with pytest.raises(NotFound):
        stage.ledger.lot(number, 2)
    with pytest.raises(NotFound):
        stage.ledger.lot(number + 1, 1)
    assert stage.ledger.tender(number + 1) is None
