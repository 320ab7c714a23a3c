"""A tender on a real chain, written by accounts and read back at one final block."""

from __future__ import annotations

from functools import partial

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.tender_facts import CaseKind, Commitment, NoticeTerms, Phase, Progress
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.keys.signatures import address_of, sign
from chain.tenders.digests import kind_digest
from chain.tenders.typed import commitment_hash, move_hash
from tests.support.pace import TooSlow, in_time, roomy
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
    outcome = (key.judgement.transcript, key.judgement.qualified, key.opening_key.key)
    sent = [event.transaction for event in events if event.name == "Confirmed" and event.values["member"] == 1]
    assert [tender_stage.acts("holder-1").confirm(key.number, *outcome)] == sent  # found, not sent again
    with pytest.raises(NotFound) as other:
        tender_stage.acts("holder-1").deal(key.number + 98, sha256(b"deal"))
    assert (other.value.code, other.value.field) == ("ledger.unknown_ceremony", "ceremony")
    assert ledger.ceremony(99) is None
    assert ledger.ceremony_events(99) == ()


def test_a_tender_from_notice_to_opening(tender_stage: TenderStage) -> None:
    stage = tender_stage
    number, terms = in_time(partial(_with_two_bids, stage), 8)
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


def _with_two_bids(stage: TenderStage, seconds: int) -> tuple[int, NoticeTerms]:
    """Everything up to the deadline, as it is read; the number and the terms."""
    acts: TenderActs = stage.acts("officer")
    terms = stage.terms(deadline_in=seconds)
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

    with pytest.raises(Refused) as early:
        stage.acts("custodian-1").close(number, 1, 1, 10)
    if early.value.code != "ledger.deadline_not_over" and stage.now() > terms.deadline:
        raise TooSlow
    assert early.value.code == "ledger.deadline_not_over"
    assert "DeadlineNotOver" in str(early.value)
    return number, terms


def test_two_envelopes_with_a_move_a_decoy_an_objection_and_a_lot_that_fails(tender_stage: TenderStage) -> None:
    """Everything that may happen in a tender is told by its events, and the state says the same at each step."""
    stage = tender_stage
    officer, custodian = stage.acts("officer"), stage.acts("custodian-1")
    number, made, successor = in_time(partial(_with_a_move_and_a_decoy, stage), 7)
    first = made[0][0]
    stage.close(number)
    stage.close(number, lot=2)
    assert stage.ledger.lot(number, 1).phase == Phase.CLOSED
    assert stage.ledger.lot(number, 2).phase == Phase.FAILED  # one bid, two are needed
    moved, now = stage.ledger.entry(number, 1, first.bidder), stage.ledger.entry(number, 1, successor)
    assert (moved.live, moved.moved, now.live, now.place, now.version) == (False, True, True, moved.place, 2)
    custodian.open(number, 1, 1, stage.live_set_signature(number), sha256(b"keys"))
    places = [event.values["place"] for event in stage.ledger.tender_events(number) if event.name == "BidCommitted"]
    dropped = stage.ledger.entry(number, 1, made[2][0].bidder).place
    assert sorted(places) == [1, 1, 2, 3, 4]
    officer.review(number, 1, sha256(b"technical"), [dropped])
    for _ in range(2):  # page after page, by the very same call
        custodian.close(number, 1, 2, 2)
    assert stage.ledger.live_set(number, 1, 2).count == 2
    custodian.open(number, 1, 2, stage.live_set_signature(number, envelope=2), sha256(b"prices"))
    officer.file(number, 1, CaseKind.OBJECTION, sha256(b"objection"))
    with pytest.raises(Refused) as waiting:
        officer.name_candidates(number, 1, 1, sha256(b"ranking"))
    assert (waiting.value.code, waiting.value.field) == ("ledger.cases_open", "lot")
    officer.settle_case(number, 1, 1, sha256(b"answer"))
    officer.name_candidates(number, 1, 1, sha256(b"ranking"))
    since = stage.ledger.lot(number, 1).since
    stage.wait_until(since + 4)
    officer.award(number, 1, 1, sha256(b"award"))
    stage.wait_until(stage.ledger.lot(number, 1).since + 1)
    officer.record_contract(number, 1, sha256(b"contract"))
    names = [event.name for event in stage.ledger.tender_events(number)]
    assert names[-2:] == ["LotAdvanced", "LotContracted"]
    assert {"BidMoved", "DecoyRevealed", "LotFailed", "Reviewed", "CaseFiled", "CaseSettled", "LotAwarded"} <= set(
        names
    )
    assert stage.ledger.lot(number, 1).phase == Phase.CONTRACTED
    assert stage.ledger.progress(number, 1) == Progress(open_cases=0, cases=1, rankings=1, awards=1)


def _with_a_move_and_a_decoy(stage: TenderStage, seconds: int) -> tuple[int, list[tuple[Commitment, bytes]], bytes]:
    """Everything up to the end of the reveal window; the number, three bids, and who the first was moved to."""
    custodian = stage.acts("custodian-1")
    window = roomy(max(3, seconds // 2))
    number = stage.publish(
        deadline_in=seconds, open_in=1, lots=2, envelopes=2, minimum_bids=2, reveal_window=window, standstill=4
    )
    ledger = stage.ledger
    salt, decoy = sha256(b"decoy"), address_of(stage.bidder_key(9))
    hidden = kind_digest(ledger.book, number, 1, decoy, salt, custodian=stage.address("custodian-1"))
    made = [stage.commitment(number, bidder=place) for place in (1, 2, 3)]
    false = stage.commitment(number, bidder=9, kind_digest=hidden)
    single = stage.commitment(number, bidder=1, lot=2)
    stage.together(
        [lambda b=b: custodian.submit(*b, stage.custody(b[0])) for b in (*made, false, single)]  # type: ignore[misc]
    )
    first = made[0][0]
    successor = address_of(stage.bidder_key(7))
    digest = stage.domain.digest(move_hash(number, 1, first.bidder, successor, 2, first.not_after))
    custodian.move(
        number, 1, first.bidder, successor, 2, first.not_after, sign(digest, stage.bidder_key(1, recovery=True)),
        sign(digest, stage.bidder_key(7)),
    )  # fmt: skip
    stage.tick(number)
    try:
        custodian.reveal_decoy(false[0], salt)
    except Refused:
        state = stage.ledger.tender(number)
        if state is not None and stage.now() > state.settled_at + window:
            raise TooSlow from None
        raise
    with pytest.raises(Refused, match="NotLive"):
        custodian.reveal_decoy(made[0][0], salt)
    return number, made, successor
