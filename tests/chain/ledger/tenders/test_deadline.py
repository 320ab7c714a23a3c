"""The deadline on a real chain, in real seconds: settled by two headers, moved by an outage, after a restart, too."""

from __future__ import annotations

import time
from functools import partial

import pytest

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Refused
from chain.ledger import proofs
from tests.support.pace import TooSlow, in_time, roomy
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback

HISTORY = "0x0000f90827f1c53a10cb7a02335b175320002935"
"""Where EIP-2935 keeps the hashes of the last 8,191 blocks."""


def test_the_two_headers_span_any_moment(tender_stage: TenderStage) -> None:
    ledger = tender_stage.ledger
    newest = ledger.block
    moments = {ledger.rpc.block_at(number).time for number in range(1, newest.number)}
    for moment in sorted({*moments, *(moment - 1 for moment in moments)}):
        if moment < ledger.rpc.block_at(0).time:
            continue
        pair = ledger.spanning_headers(moment)
        assert pair is not None
        before, after = map(proofs.parse_header, pair)
        assert after.parent_hash == before.hash
        assert before.time <= moment < after.time
        assert ledger.rpc.block_at(before.number).hash == before.hash
    assert ledger.spanning_headers(newest.time) is None
    assert ledger.spanning_headers(newest.time + 100) is None


def test_a_deadline_is_settled_once_by_the_right_headers_after_a_stop_too(tender_stage: TenderStage) -> None:
    stage = tender_stage

    def publish(**terms: int) -> int:
        number = stage.publish(**terms)
        begun = stage.ledger.tender(number)
        assert begun is not None
        headers = stage.ledger.spanning_headers(begun.deadline)
        if stage.now() > begun.deadline:
            raise TooSlow
        assert headers is None, "the block after the deadline is yet to come"
        return number

    tender = stage.bidding(1, deadline_in=5, publish=publish)
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.wait_until(state.deadline + 2)  # the header after the deadline is there, and a block on top of it
    good, early = (stage.ledger.spanning_headers(moment) for moment in (state.deadline, state.deadline - 2))
    assert good is not None
    assert early is not None
    for pair in (early, (early[0], good[1]), (good[0], good[0]), (b"", b""), (good[0], good[1][:-1])):
        with pytest.raises(Refused) as caught:
            stage.acts("custodian-1").tick(tender, *pair)
        assert caught.value.code == "ledger.bad_headers"
    stage.stop_chain()
    stage.start_chain()
    stage.tick(tender)
    after = stage.ledger.tender(tender)
    assert after is not None
    assert (after.deadline, after.grace_used) == (state.deadline, False)
    assert after.settled_at > state.deadline
    headers = stage.ledger.spanning_headers(state.deadline)
    assert headers is not None
    with pytest.raises(Conflict) as twice:
        stage.acts("custodian-2").tick(tender, *headers)
    assert twice.value.code == "ledger.already_settled"


def test_an_outage_across_the_deadline_moves_it(tender_stage: TenderStage) -> None:
    stage = tender_stage
    tender = in_time(partial(_bids_across_an_outage, stage), 6)
    assert stage.ledger.lot(tender, 1).places == 2
    stage.close(tender)
    assert stage.ledger.live_set(tender, 1, 1).count == 2


def _bids_across_an_outage(stage: TenderStage, seconds: int) -> int:
    """One bid before it, one within the grace; both periods are about that long."""
    grace = roomy(seconds)
    tender = stage.publish(deadline_in=seconds - 1, gap=2, grace=grace, open_in=1)
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.submit(tender, bidder=1)
    stage.stop_chain()
    if time.time() >= state.deadline:
        stage.start_chain()
        raise TooSlow
    while time.time() <= state.deadline + 3:
        time.sleep(0.1)
    stage.start_chain()
    stage.tick(tender)
    moved = stage.ledger.tender(tender)
    assert moved is not None
    (event,) = [one for one in stage.ledger.tender_events(tender) if one.name == "DeadlineMoved"]
    values = event.values
    assert values["timeBefore"] <= state.deadline < values["timeAfter"]
    assert values["timeAfter"] - values["timeBefore"] > 2
    assert moved.grace_used
    assert moved.deadline == values["deadline"] == values["timeAfter"] + grace
    assert moved.open_at - state.open_at == moved.deadline - state.deadline
    stage.submit(tender, bidder=2)  # within the grace
    return tender


def test_the_chain_looks_back_further_than_256_blocks(tender_stage: TenderStage) -> None:
    ledger = tender_stage.ledger
    assert ledger.rpc.call("eth_getCode", [HISTORY, "latest"]) != "0x"
    number = 5  # made before the stage was copied and started anew
    call = {"to": HISTORY, "data": hex0x(number.to_bytes(32, "big"))}
    assert ledger.rpc.read_at(ledger.block, [("eth_call", [call])]) == [hex0x(ledger.rpc.block_at(number).hash)]
