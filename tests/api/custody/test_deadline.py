"""The last second, with real concurrency and real seconds: none late is accepted, none acknowledged is lost."""

from __future__ import annotations

import threading
import time

import pytest

from chain.kernel.errors import Refused, YinxinError
from chain.kernel.tender_facts import Commitment, Phase
from chain.tenders.custody import CustodianClient, Relayed
from chain.tenders.custody.client import Custodied
from chain.tenders.typed import commitment_hash
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import SETTLED, Stepping, serving, settings
from tests.api.custody.test_phases import story_of, until
from tests.support.pace import roomy
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(480)]
CLIENTS = 20


def test_twenty_clients_around_the_deadline_second(tender_stage: TenderStage) -> None:
    stage = tender_stage
    settings(stage, "custodian-1", decoys=0)
    with serving(stage) as custody:
        tender = stage.publish(deadline_in=14, open_in=30)
        state = stage.ledger.tender(tender)
        assert state is not None
        client = custody.client()
        signed = []
        for number in range(1, CLIENTS + 1):
            path, file = Bidder(stage, number).sealed(66_000)
            client.upload(tender, path)
            signed.append(Bidder(stage, number).signed(tender, file))
        answers: dict[bytes, Relayed | YinxinError] = {}

        def bid(place: int) -> None:
            commitment, signature = signed[place]
            # One at once, the others from two seconds before to two after.
            moment = state.deadline - 2.0 + place * 4.0 / CLIENTS if place else 0.0
            threading.Event().wait(max(0.0, moment - time.time()))
            try:
                found: Relayed | YinxinError = (
                    custody.client().commit(stage.domain, commitment, signature, wait=SETTLED).relayed
                )
            except YinxinError as error:
                found = error
            answers[commitment_hash(commitment)] = found

        threads = [threading.Thread(target=bid, args=(place,)) for place in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        story = until(stage, tender, lambda lot: lot.closings)

    accepted = {one.digest: one.event for one in story.lots[1].bids}
    final = {digest for digest, found in answers.items() if isinstance(found, Relayed) and found.state == "final"}
    refused = {digest: found for digest, found in answers.items() if digest not in final}
    assert len(answers) == CLIENTS
    assert final == set(accepted), "what was acknowledged is on the ledger, and nothing else"
    assert all(event.block.time <= state.deadline for event in accepted.values())
    assert 0 < len(final) < CLIENTS, "some were in time and some were late"
    for found in refused.values():
        code = found.code
        assert code is not None
        assert code == "custody.late" or code.endswith("deadline_over"), found
    assert len(story.lots[1].closings[1].commitments) == len(final)


def test_an_outage_across_the_deadline_gives_the_grace_and_loses_no_promise(tender_stage: TenderStage) -> None:
    stage, stepping = tender_stage, Stepping(kill_at=None)
    settings(stage, "custodian-1", decoys=0)
    stepping.hold("custody-relay")
    with serving(stage, stepping=stepping) as custody:
        client = custody.client(patience=60)
        grace = roomy(20)
        tender = stage.publish(deadline_in=25, open_in=grace + 16, gap=4, grace=grace)
        before = stage.ledger.tender(tender)
        assert before is not None
        promised, in_outage, too_late = (Bidder(stage, number) for number in (1, 2, 3))
        files = []
        for bidder in (promised, in_outage, too_late):
            path, file = bidder.sealed()
            client.upload(tender, path)
            files.append(bidder.signed(tender, file))
        first: list[Relayed] = []

        def commit_first() -> None:
            first.append(client.commit(stage.domain, *files[0], wait=SETTLED).relayed)

        waiting = threading.Thread(target=commit_first)
        waiting.start()
        assert stepping.held.wait(60), "it is journaled, and not sent"
        stage.stop_chain()
        stepping.release()
        while time.time() < before.deadline + 3:
            time.sleep(0.1)
        stage.start_chain()
        second = _in_grace(custody.client(patience=60), stage, files[1])
        waiting.join()
        assert first[0].state == second.relayed.state == "final"
        after = stage.ledger.tender(tender)
        assert after is not None
        story = until(stage, tender, lambda lot: lot.closings)
        assert story.outage is not None
        assert after.grace_used
        assert after.deadline == story.outage.values["timeAfter"] + grace
        assert after.open_at - before.open_at == after.deadline - before.deadline
        times = [bid.event.block.time for bid in story.lots[1].bids]
        assert all(before.deadline < moment <= after.deadline for moment in times)
        with pytest.raises(YinxinError) as late:
            client.commit(stage.domain, *files[2])
        assert late.value.code == "custody.late"
        assert story_of(stage, tender).phase(1) is Phase.CLOSED


def _in_grace(client: CustodianClient, stage: TenderStage, signed: tuple[Commitment, bytes]) -> Custodied:
    """Bring a bid while an outage may still move the deadline: the answer says so, and one comes again."""
    until = time.monotonic() + 120
    while True:
        try:
            return client.commit(stage.domain, *signed, wait=SETTLED)
        except Refused as error:
            if error.code != "custody.late" or "unless an outage" not in (error.fix or "") or time.monotonic() > until:
                raise
        time.sleep(0.5)
