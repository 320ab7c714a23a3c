"""What a custodian signs for and relays, through the real server to a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chain.kernel.errors import InvalidInput, Refused, YinxinError
from chain.kernel.tender_facts import NO_FILE, Commitment, SealedFile
from chain.keys.signatures import address_of, sign
from chain.tenders.custody.wire import Move, Withdrawal
from chain.tenders.typed import commitment_hash
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import SETTLED, Custody, serving, settings
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def custody(tender_stage: TenderStage) -> Iterator[Custody]:
    settings(tender_stage, "custodian-1", decoys=0)
    with serving(tender_stage) as found:
        yield found


@pytest.fixture(scope="module")
def tender(tender_stage: TenderStage) -> int:
    return tender_stage.publish(deadline_in=600, lots=2)


def test_a_bid_is_submitted_replaced_moved_and_withdrawn(
    custody: Custody, tender: int, tender_stage: TenderStage
) -> None:
    stage, client = tender_stage, custody.client()
    bidder = Bidder(stage, 1)
    first, custodied = bidder.bid(client, tender)
    assert custodied.relayed.state == "final"
    assert custodied.custodian == stage.address("custodian-1")
    second, again = bidder.bid(client, tender, version=2)
    assert again.relayed.state == "final"
    entry = stage.ledger.entry(tender, 1, first.bidder)
    assert (entry.version, entry.live) == (2, True)

    recovery, successor = stage.bidder_key(1, recovery=True), stage.bidder_key(50)
    move = Move(tender, 1, second.bidder, address_of(successor), 3, second.not_after, b"", b"")
    digest = stage.domain.digest(move.hash())
    move = replace(move, by_recovery=sign(digest, recovery), by_successor=sign(digest, successor))
    assert client.move(move, wait=SETTLED).state == "final"

    withdrawal = Withdrawal(tender, 1, address_of(successor), 4, second.not_after, b"")
    signature = sign(stage.domain.digest(withdrawal.hash()), recovery)
    assert client.withdraw(replace(withdrawal, signature=signature), wait=SETTLED).state == "final"
    assert not stage.ledger.entry(tender, 1, address_of(successor)).live


def test_what_was_done_is_not_done_again(custody: Custody, tender: int, tender_stage: TenderStage) -> None:
    client, bidder = custody.client(), Bidder(tender_stage, 2)
    path, file = bidder.sealed()
    client.upload(tender, path)
    commitment, signature = bidder.signed(tender, file)
    said = [client.commit(tender_stage.domain, commitment, signature, wait=SETTLED) for _ in range(3)]
    assert {one.relayed.transaction for one in said} == {said[0].relayed.transaction}
    assert client.relayed(commitment_hash(commitment)) == said[0].relayed
    events = [event for event in tender_stage.ledger.tender_events(tender) if event.name == "BidCommitted"]
    assert sum(event.values["bidder"] == commitment.bidder for event in events) == 1


def test_a_bidder_may_have_it_signed_and_send_it_by_another_way(
    custody: Custody, tender: int, tender_stage: TenderStage
) -> None:
    stage, client, bidder = tender_stage, custody.client(), Bidder(tender_stage, 3)
    path, file = bidder.sealed()
    client.upload(tender, path)
    commitment, signature = bidder.signed(tender, file)
    signed = client.commit(stage.domain, commitment, signature, relay=False)
    assert signed.relayed.state == "signed"
    assert stage.ledger.entry(tender, 1, commitment.bidder).place == 0
    stage.acts("supervisor").submit(commitment, signature, signed.custody)
    assert stage.ledger.entry(tender, 1, commitment.bidder).live


def test_a_relay_that_somebody_else_sent_first_is_final(
    custody: Custody, tender: int, tender_stage: TenderStage
) -> None:
    stage, client, bidder = tender_stage, custody.client(), Bidder(tender_stage, 4)
    path, file = bidder.sealed()
    client.upload(tender, path)
    commitment, signature = bidder.signed(tender, file)
    signed = client.commit(stage.domain, commitment, signature, relay=False)
    both = stage.together(
        [
            lambda: stage.acts("supervisor").submit(commitment, signature, signed.custody),
            lambda: client.commit(stage.domain, commitment, signature, wait=SETTLED),
        ]
    )
    assert both[1].relayed.state == "final"  # type: ignore[attr-defined]


def test_the_contract_s_checks_come_first_and_nothing_is_signed(
    custody: Custody, tender: int, tender_stage: TenderStage
) -> None:
    stage, client, bidder = tender_stage, custody.client(patience=3), Bidder(tender_stage, 5)
    path, file = bidder.sealed()
    client.upload(tender, path)
    now = stage.now()
    good, _ = bidder.signed(tender, file)
    lost = SealedFile(bytes([7]) * 32, file.size, file.form)
    cases: list[tuple[str, Commitment]] = [
        ("custody.tender", replace(good, tender=999)),
        ("custody.lot", replace(good, lot=3)),
        ("custody.version", replace(good, version=2)),
        ("custody.commitment", replace(good, recovery=good.bidder)),
        ("custody.commitment", replace(good, recovery=bytes(20))),
        ("custody.commitment", replace(good, kind_digest=bytes(32))),
        ("custody.commitment", replace(good, first=replace(file, form=bytes(32)))),
        ("custody.commitment", replace(good, second=file)),
        ("custody.expired", replace(good, not_after=now - 1)),
        ("custody.file", replace(good, first=lost)),
        ("custody.file_size", replace(good, first=replace(file, size=file.size + 1))),
    ]
    for code, wrong in cases:
        signature = sign(stage.domain.digest(commitment_hash(wrong)), stage.bidder_key(5))
        with pytest.raises(YinxinError) as refused:
            client.commit(stage.domain, wrong, signature)
        assert refused.value.code == code, wrong
        assert refused.value.fix
        with pytest.raises(YinxinError) as unknown:
            client.relayed(commitment_hash(wrong))
        assert unknown.value.code == "custody.relay"
    with pytest.raises(Refused) as foreign:
        client.commit(stage.domain, good, sign(stage.domain.digest(commitment_hash(good)), stage.bidder_key(6)))
    assert foreign.value.code == "custody.signature"
    assert good.second == NO_FILE


def test_a_failed_replacement_leaves_the_old_bid_standing(
    custody: Custody, tender: int, tender_stage: TenderStage
) -> None:
    client, bidder = custody.client(patience=3), Bidder(tender_stage, 6)
    first, _ = bidder.bid(client, tender)
    never = SealedFile(bytes([1]) * 32, 70_000, bytes([2]) * 32)
    commitment, signature = bidder.signed(tender, never, version=2)
    with pytest.raises(Refused):
        client.commit(tender_stage.domain, commitment, signature)
    entry = tender_stage.ledger.entry(tender, 1, first.bidder)
    assert (entry.version, entry.live) == (1, True)


def test_withdrawals_and_moves_of_others_are_refused(custody: Custody, tender: int, tender_stage: TenderStage) -> None:
    stage, client, bidder = tender_stage, custody.client(patience=3), Bidder(tender_stage, 7)
    made, _ = bidder.bid(client, tender)
    wrong = Withdrawal(tender, 1, made.bidder, 2, made.not_after, b"")
    for change, key, code in (
        ({}, stage.bidder_key(8), "custody.signature"),
        ({"version": 3}, stage.bidder_key(7), "custody.version"),
        ({"bidder": address_of(stage.bidder_key(9))}, stage.bidder_key(9), "custody.not_live"),
    ):
        one = replace(wrong, **change)  # type: ignore[arg-type]
        signed = replace(one, signature=sign(stage.domain.digest(one.hash()), key))
        with pytest.raises(Refused) as refused:
            client.withdraw(signed)
        assert refused.value.code == code
    taken = Move(tender, 1, made.bidder, made.recovery, 2, made.not_after, bytes(65), bytes(65))
    with pytest.raises(Refused) as refused:
        client.move(taken)
    assert refused.value.code == "custody.taken"
    assert stage.ledger.entry(tender, 1, made.bidder).live


def test_bodies_of_another_form_are_named(custody: Custody, tender: int) -> None:
    http = custody.client(patience=1)._http
    for path, body, code in (
        ("/custody/commitments", {"commitment": {}, "signature": "0x", "relay": True}, "custody.form"),
        ("/custody/commitments", {"commitment": {}, "signature": "0x"}, "request.members"),
        ("/custody/withdrawals", {"tender": tender}, "custody.form"),
        ("/custody/uploads", {"tender": "1", "digest": "", "size": 1}, "request.members"),
        ("/custody/uploads", [1], "request.members"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            http.json("POST", path, body)
        assert wrong.value.code == code
