"""kill -9 at every named step of a custodian: the next process goes on, nothing is lost and nothing is done twice."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from chain.kernel.errors import Refused
from chain.kernel.tender_facts import Phase
from chain.sealing import make_release
from chain.tenders.custody import CustodianClient, Custodied, read_statement
from chain.tenders.opening import check_keys, live_bids, releases_topic
from tests.api.custody import steps
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import SETTLED, Custody, Stepping, serving, settings
from tests.api.custody.test_phases import story_of, until
from tests.chain.ledger.kit import free_port
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]


def test_a_promised_bid_is_sent_once_wherever_the_custodian_dies(tender_stage: TenderStage) -> None:
    stage, port = tender_stage, free_port()
    settings(stage, "custodian-1", decoys=0)
    tender = stage.publish(deadline_in=600)
    client = CustodianClient(f"http://127.0.0.1:{port}", patience=180)
    answers: list[Custodied] = []
    threads = []
    for number, step in enumerate(steps.SUBMIT, 1):
        stepping = Stepping(kill_at=None)
        with serving(stage, port=port, stepping=stepping):
            bidder = Bidder(stage, number)
            path, file = bidder.sealed()
            client.upload(tender, path)
            made = bidder.signed(tender, file)
            stepping.kill_at = step
            threads.append(
                threading.Thread(target=lambda m=made: answers.append(client.commit(stage.domain, *m, wait=SETTLED)))  # type: ignore[misc]
            )
            threads[-1].start()
            assert stepping.dead.wait(60), step
    with serving(stage, port=port):
        for thread in threads:
            thread.join()
    assert [one.relayed.state for one in answers] == ["final"] * len(steps.SUBMIT)
    story = story_of(stage, tender)
    assert Counter(event.name for event in story.events) == {"Published": 1, "BidCommitted": len(steps.SUBMIT)}
    assert {one.relayed.transaction for one in answers} == {bid.event.transaction for bid in story.lots[1].bids}


def test_the_phases_go_on_wherever_the_custodian_dies(tender_stage: TenderStage) -> None:
    stage = tender_stage
    settings(stage, "custodian-1", decoys=8)
    for deadline_in in (60, 120, 240):
        with serving(stage):
            tender = _with_decoys(stage, deadline_in)
        _die_at(stage, "custody-decoy")
        with serving(stage) as custody:
            if _bids_in_time(stage, custody, tender):
                stage.wait_until(story_of(stage, tender).deadline - 1)
                break
        stage.acts("officer").cancel(tender, bytes([1]) * 32)
    else:
        raise AssertionError("this machine is too slow for two bids in four minutes")
    for step in ("custody-tick", "custody-reveal", *steps.PHASES[1:]):
        _die_at(stage, step)
    _leave_releases(stage, tender)
    for step in steps.OPENING:
        _die_at(stage, step)
    with serving(stage):
        story = until(stage, tender, lambda lot: lot.openings)
    counts = Counter(event.name for event in story.events)
    for name in ("DeadlineSettled", "EnvelopeClosed", "CustodyAttested", "EnvelopeOpened"):
        assert counts[name] == 1, counts
    assert story.phase(1) is Phase.OPENED
    live = live_bids(story, stage.ledger.genesis, 1, 1)
    assert {bid.acting for bid in live.bids} == {Bidder(stage, number).address for number in (1, 2)}
    statement = read_statement(stage.board.get(story.lots[1].custody[1][0][1]))
    assert [one.state for one in statement.files] == ["kept", "kept"]
    keys = check_keys(stage.board.get(story.lots[1].openings[1].keys_digest), stage.key.opening_key.key, live)
    assert len(keys.bids) == 2


def _bids_in_time(stage: TenderStage, custody: Custody, tender: int) -> bool:
    """Two bids; False if this machine was too slow for the deadline just now."""
    try:
        bids = [Bidder(stage, number).bid(custody.client(), tender) for number in (1, 2)]
    except Refused:
        return False
    return all(custodied.relayed.state == "final" for _, custodied in bids)


def _with_decoys(stage: TenderStage, deadline_in: int) -> int:
    """A tender for which decoys were drawn; those of other draws are cancelled."""
    while True:
        tender = stage.publish(deadline_in=deadline_in, open_in=60, reveal_window=30)
        stage.wait_until(stage.now() + 1)
        if len(stage.run("custodian-1", "custodian", "decoy", str(tender)).data["decoys"]) > 3:
            return tender
        stage.acts("officer").cancel(tender, bytes([1]) * 32)


def _die_at(stage: TenderStage, step: str) -> None:
    stepping = Stepping(kill_at=step)
    with serving(stage, stepping=stepping, waits=False):
        assert stepping.dead.wait(60), (step, stepping.steps)


def _leave_releases(stage: TenderStage, tender: int) -> None:
    live = live_bids(story_of(stage, tender), stage.ledger.genesis, 1, 1)
    for member in (1, 3, 5):
        release = make_release(stage.key.shares[member], live.message, live.identities)
        stage.board.post(releases_topic(tender, 1, 1), f"holder-{member}", release.to_bytes())
