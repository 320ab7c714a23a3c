"""An endpoint that hides, doubles, invents or alters events of a tender is caught by the contracts' state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged, NotFound, Unavailable
from chain.kernel.tender_facts import CaseKind, TenderEvent
from chain.keys.signatures import sign
from chain.ledger.rpc import Call, RpcClient
from chain.ledger.tenders import TenderReader
from chain.ledger.trustroot import TrustRoot
from chain.tenders.typed import withdrawal_hash
from tests.support.pace import in_time
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback

Lie = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
UNCOUNTED = {"Recorded", "CustodyAttested", "DeadlineSeen", "RollCalled", "ShareDestroyed", "Confirmed"}
"""Leave no trace in the state: the quorum alone holds them."""


class LyingRpc(RpcClient):
    """Tells a lie about logs, and nothing else."""

    lie: Lie = staticmethod(lambda logs: logs)

    def _ask(self, end: Any, calls: Any) -> list[Any]:
        found = super()._ask(end, calls)
        asked: list[Call] = list(calls)
        return [
            self.lie(item) if call[0] == "eth_getLogs" and isinstance(item, list) else item
            for call, item in zip(asked, found, strict=True)
        ]


def reader(stage: TenderStage, lie: Lie) -> TenderReader:
    """A reader at whose endpoint somebody lies."""
    true = stage.ledger
    rpc = LyingRpc(true.rpc.endpoints, finality=true.rpc.finality)
    rpc.lie = lie  # type: ignore[method-assign]
    return TenderReader(rpc, true.trust_root)


@pytest.fixture(scope="module")
def tender(tender_stage: TenderStage) -> int:
    """A tender in which something of each kind has happened."""
    stage, officer, relay = tender_stage, tender_stage.acts("officer"), tender_stage.acts("custodian-1")
    number = in_time(partial(_with_all_that_has_a_deadline, stage), 9)
    stage.close(number)
    relay.attest_custody(number, 1, 1, sha256(b"statement"))
    state = stage.ledger.tender(number)
    assert state is not None
    stage.wait_until(state.open_at)
    relay.open(number, 1, 1, stage.live_set_signature(number), sha256(b"keys"))
    stage.acts("supervisor").file(number, 1, CaseKind.COMPLAINT, sha256(b"case"))
    stage.acts("supervisor").settle_case(number, 1, 1, sha256(b"decision"))
    officer.name_candidates(number, 1, 1, sha256(b"ranking"))
    return number


def _with_all_that_has_a_deadline(stage: TenderStage, seconds: int) -> int:
    number = stage.publish(deadline_in=seconds, standstill=3600)
    officer = stage.acts("officer")
    state = stage.ledger.tender(number)
    assert state is not None
    officer.amend(number, 1, sha256(b"amended"), state.deadline + 1, state.open_at + 1)
    officer.extend(number, state.deadline + 2, state.open_at + 2)
    officer.record(number, 0, "answers", sha256(b"answers"))
    bids = [stage.commitment(number, bidder=place) for place in (1, 2, 3)]
    relay = stage.acts("custodian-1")
    stage.together([lambda b=b: relay.submit(*b, stage.custody(b[0])) for b in bids])  # type: ignore[misc]
    stage.submit(number, bidder=2, version=2)
    gone, until = bids[2][0], bids[2][0].not_after
    digest = stage.domain.digest(withdrawal_hash(number, 1, gone.bidder, 2, until))
    relay.withdraw(number, 1, gone.bidder, 2, until, sign(digest, stage.bidder_key(3)))
    return number


def test_the_truth_is_believed(tender_stage: TenderStage, tender: int) -> None:
    honest = reader(tender_stage, lambda logs: logs)
    names = [event.name for event in honest.tender_events(tender)]
    assert set(names) >= {
        "Published", "Amended", "Extended", "BidCommitted", "BidWithdrawn", "DeadlineSettled", "EnvelopeClosed",
        "CustodyAttested", "EnvelopeOpened", "Recorded", "CaseFiled", "CaseSettled", "LotAdvanced", "CandidatesNamed",
    }  # fmt: skip
    assert names.count("BidCommitted") == 4
    backwards = reader(tender_stage, lambda logs: logs[::-1])
    assert backwards.tender_events(tender) == honest.tender_events(tender)
    assert tender_stage.ledger.tender_events(tender) == honest.tender_events(tender)


def test_no_event_that_counts_can_be_hidden(tender_stage: TenderStage, tender: int) -> None:
    _each_is_missed(tender_stage, lambda one: one.tender_events(tender))


def test_no_event_of_a_ceremony_that_counts_can_be_hidden(tender_stage: TenderStage) -> None:
    _each_is_missed(tender_stage, lambda one: one.ceremony_events(1))


def _each_is_missed(stage: TenderStage, read: Callable[[TenderReader], Any]) -> None:
    true: list[TenderEvent] = list(read(stage.ledger))
    for place, event in enumerate(true):
        if event.name not in UNCOUNTED:
            with pytest.raises(Damaged):
                read(reader(stage, lambda logs, place=place: logs[:place] + logs[place + 1 :]))  # type: ignore[misc]
    with pytest.raises(Damaged):
        read(reader(stage, lambda _logs: []))


def test_nothing_can_be_doubled_or_put_elsewhere(tender_stage: TenderStage, tender: int) -> None:
    def elsewhere(logs: list[dict[str, Any]], name: str, value: str) -> list[dict[str, Any]]:
        return [{**logs[0], name: value}, *logs[1:]]

    lies: list[Lie] = [
        lambda logs: [logs[0], *logs],
        lambda logs: [*logs, {**logs[-1], "logIndex": hex(int(logs[-1]["logIndex"], 16) + 1)}],
        lambda logs: elsewhere(logs, "blockNumber", hex(int(logs[0]["blockNumber"], 16) + 1)),
        lambda logs: elsewhere(logs, "address", "0x" + "11" * 20),
        lambda logs: elsewhere(logs, "data", logs[0]["data"] + "00" * 32),
        lambda logs: elsewhere(logs, "topics", [logs[0]["topics"][0], "0x" + "00" * 31 + "09", *logs[0]["topics"][2:]]),
    ]
    for lie in lies:
        with pytest.raises(Damaged):
            reader(tender_stage, lie).tender_events(tender)
    with pytest.raises((Damaged, Unavailable)):
        reader(tender_stage, lambda logs: elsewhere(logs, "blockHash", "0x" + "22" * 32)).tender_events(tender)


def test_what_the_state_knows_cannot_be_altered(tender_stage: TenderStage, tender: int) -> None:
    true = tender_stage.ledger.tender_events(tender)
    for place, event in enumerate(true):
        if event.name not in ("BidCommitted", "EnvelopeClosed", "Extended", "BidWithdrawn"):
            continue

        def altered(logs: list[dict[str, Any]], place: int = place) -> list[dict[str, Any]]:
            data = bytearray.fromhex(logs[place]["data"][2:])
            data[63] ^= 1  # the second word: a hash, a count, the opening, a version
            return [*logs[:place], {**logs[place], "data": "0x" + data.hex()}, *logs[place + 1 :]]

        with pytest.raises(Damaged):
            reader(tender_stage, altered).tender_events(tender)


def test_only_new_events_are_read_again(tender_stage: TenderStage) -> None:
    stage = tender_stage
    number = stage.publish(deadline_in=30)
    asked: list[int] = []
    watching = reader(stage, lambda logs: (asked.append(len(logs)), logs)[1])
    assert len(watching.tender_events(number)) == 1
    assert watching.tender_events(number) == watching.tender_events(number)
    stage.acts("officer").record(number, 0, "answers", sha256(b"more"))
    watching.refresh()
    assert [event.name for event in watching.tender_events(number)] == ["Published", "Recorded"]
    assert asked == [1, 1]


def test_another_chain_or_contracts_that_do_not_belong_together(tender_stage: TenderStage) -> None:
    true = tender_stage.ledger
    root = true.trust_root
    old = TrustRoot(
        root.chain_id,
        root.genesis_hash,
        tuple(one for one in root.contracts if one.name in ("AnchorLog", "BureauRegistry")),
    )
    with pytest.raises(NotFound) as none:
        TenderReader(true.rpc, old)
    assert none.value.code == "ledger.no_tenders"
    later = TrustRoot(
        root.chain_id, root.genesis_hash,
        tuple(type(one)(one.name, one.address, 10**6) if one.name == "TenderBook" else one for one in root.contracts),
    )  # fmt: skip
    with pytest.raises(Conflict, match="does not count yet"):
        TenderReader(true.rpc, later)
    apart = TrustRoot(
        root.chain_id, root.genesis_hash,
        tuple(type(one)(one.name, bytes(20), 1) if one.name == "TenderProceedings" else one for one in root.contracts),
    )  # fmt: skip
    with pytest.raises(Conflict, match="do not belong together"):
        TenderReader(true.rpc, apart)
