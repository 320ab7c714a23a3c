"""The ledger in memory refuses what the contracts refuse, and its heads are theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.credentials.verification.heads import keccak256, recomputes, status_head
from chain.kernel.errors import Conflict, Refused
from chain.ledger.events import StatusAnchored
from chain.ledger.events import word as event_word
from chain.ledger.evidence import LedgerProofs
from tests.support.memory_ledger import AUTHORITY
from tests.support.world import LICENCE, LIST, OTHER_USCC, USCC, World

ROOT = bytes(32)


@pytest.fixture
def world():
    return World.with_bureau()


def anchor(world, sequence=1, *, uscc=USCC, lane=LICENCE, key=None):
    return world.ledger.anchor(uscc, lane, sequence, ROOT, 1, ROOT, key or world.addresses[uscc])


def test_sequence_is_the_next_one(world):
    anchor(world)
    for wrong in (0, 1, 3):
        with pytest.raises(Conflict):
            anchor(world, wrong)
    anchor(world, 2)


def test_accreditation_suspension_and_key_are_checked(world):
    with pytest.raises(Refused):
        anchor(world, lane="11100000MB0143028R002")
    with pytest.raises(Refused):
        anchor(world, key=bytes(20))
    anchor(world, lane="$events")
    world.ledger.suspend(USCC)
    with pytest.raises(Refused):
        anchor(world)
    anchor(world, 2, lane="$events")
    world.ledger.mine()
    world.ledger.reinstate(USCC)
    anchor(world)


def test_status_is_compare_and_swap(world):
    with pytest.raises(Conflict):
        world.ledger.anchor_status(USCC, LIST, bytes(32), ROOT, world.addresses[USCC])
    head = world.source().status_head(USCC, LIST).head
    after = world.ledger.anchor_status(USCC, LIST, head, ROOT, world.addresses[USCC])
    assert after.previous_head == head


def test_status_while_suspended_by_successor_and_by_authority(world):
    world.ledger.suspend(USCC)
    world.anchor_status()
    world.add_bureau(OTHER_USCC, "示例市行政审批局", 2)
    with pytest.raises(Refused):
        world.anchor_status(actor=OTHER_USCC)
    world.ledger.succeed(USCC, OTHER_USCC)
    world.anchor_status(actor=OTHER_USCC)
    world.anchor_status(address=AUTHORITY)


def test_heads_are_those_of_the_ledgers_own_rule(world):
    for facts in world.source().status_history(USCC, LIST):
        event = StatusAnchored(facts.bureau, facts.list, facts.previous_head, facts.head, facts.digest, facts.key)
        assert event.head_after(facts.block.time) == facts.head
        assert status_head(facts.previous_head, USCC, LIST, facts.digest, facts.block.time) == facts.head
        assert recomputes(facts)
        later = replace(facts.block, time=facts.block.time + 1)
        for changed in ({"digest": bytes(32)}, {"list": "other"}, {"previous_head": b"\1" * 32}, {"block": later}):
            assert not recomputes(replace(facts, **changed))
    assert event_word(LIST) == LIST.encode().ljust(32, b"\0")


def test_keccak_is_not_sha3():
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_receipts_prove_what_was_anchored(world):
    one = world.issue()[0]
    chain = one.bundle.chain
    proofs = LedgerProofs(world.ledger.trust_root)
    facts, witnesses = proofs.prove_anchor(chain.header, chain.receipt_index, chain.receipt_proof, None, one.place)
    assert replace(facts, transaction=one.anchor.transaction) == one.anchor
    assert witnesses == ()


def test_a_source_does_not_change_with_the_ledger(world):
    source = world.source()
    before = (source.block, source.status_head(USCC, LIST), source.bureau(USCC))
    world.anchor_status()
    world.ledger.suspend(USCC)
    assert (source.block, source.status_head(USCC, LIST), source.bureau(USCC)) == before
