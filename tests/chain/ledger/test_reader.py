"""The chain as a trust source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput
from chain.kernel.ports import BlockRef
from chain.ledger import writes
from chain.ledger.anchoring import anchor_batch, change_status
from chain.ledger.reader import LedgerReader
from chain.ledger.rpc import RpcClient
from chain.ledger.trustroot import ContractRange, TrustRoot
from tests.chain.ledger.kit import BUREAU, LANE, LIST, NAME, World

pytestmark = pytest.mark.loopback
OTHER = "11440100000000002E"


class CountingRpc(RpcClient):
    """Counts what leaves for the endpoint, exchange by exchange."""

    exchanges = 0

    def _all(self, calls: Any, only: Any = None) -> Any:
        self.exchanges += 1
        return super()._all(calls, only)

    def batch(self, calls: Any, *, errors: bool = False) -> Any:
        self.exchanges += 1
        return super().batch(calls, errors=errors)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World.build(tmp_path_factory.mktemp("chain"))
    for sequence in (1, 2, 3):
        anchor_batch(built.sender, built.trust_root, built.batch(sequence, sha256(b"root %d" % sequence)))
    head = bytes(32)
    for number in range(3):
        head = change_status(built.sender, built.trust_root, built.status(head, sha256(b"list %d" % number))).head
    yield built
    built.close()


@pytest.fixture
def reader(world: World) -> LedgerReader:
    return LedgerReader(world.rpc, world.trust_root)


def test_facts_of_a_bureau(reader: LedgerReader) -> None:
    facts = reader.bureau(BUREAU)
    assert facts is not None
    assert (facts.name, facts.metadata_digest, facts.successor) == (NAME, sha256(b"metadata"), None)
    assert facts.was_accredited(LANE, reader.block.time)
    assert not facts.was_accredited("another lane", reader.block.time)
    assert reader.bureaus() == (BUREAU,)


@pytest.mark.parametrize("uscc", [OTHER, "", "short", "１１44010000000001F", "x" * 18])
def test_unknown_bureaus_are_none(reader: LedgerReader, uscc: str) -> None:
    assert reader.bureau(uscc) is None
    assert reader.key(uscc, bytes(32)) is None
    assert reader.keys(uscc) == ()


def test_keys_by_thumbprint_and_by_prefix(world: World, reader: LedgerReader) -> None:
    thumbprint = world.signer.thumbprint
    key = reader.key(BUREAU, thumbprint)
    assert key is not None
    assert (key.purpose, key.public_key, key.compromised_since) == ("credential", world.signer.public_key, None)
    assert reader.key(BUREAU, thumbprint[:8]) == key
    assert reader.key(BUREAU, bytes(32)) is None
    assert reader.key(BUREAU, bytes(8)) is None
    assert {one.purpose for one in reader.keys(BUREAU)} == {"credential", "anchor"}
    with pytest.raises(InvalidInput):
        reader.key(BUREAU, thumbprint[:9])


def test_anchors_one_by_one_and_in_order(reader: LedgerReader) -> None:
    found = list(reader.anchors(BUREAU, LANE))
    assert [facts.sequence for facts in found] == [1, 2, 3]
    assert [reader.anchor(BUREAU, LANE, number) for number in (1, 2, 3)] == found
    assert reader.lane_head(BUREAU, LANE) == (3, found[-1].head)
    assert reader.lanes() == ((BUREAU, LANE),)
    for place in ((BUREAU, LANE, 4), (BUREAU, LANE, 0), (BUREAU, "$events", 1), (OTHER, LANE, 1), (BUREAU, "長", 1)):
        assert reader.anchor(*place) is None


def test_status_heads_and_history(reader: LedgerReader) -> None:
    history = reader.status_history(BUREAU, LIST)
    assert [facts.digest for facts in history] == [sha256(b"list %d" % number) for number in range(3)]
    assert reader.status_head(BUREAU, LIST) == history[-1]
    assert reader.status_head(BUREAU, "none") is None
    assert list(reader.status_history(BUREAU, "none")) == []
    assert reader.status_lists() == ((BUREAU, LIST),)


def test_round_trips(world: World) -> None:
    """After the first look nothing is asked twice; a root costs two exchanges, a status head three."""
    rpc = CountingRpc(world.rpc.endpoints, finality="latest")
    with rpc:
        reader = LedgerReader(rpc, world.trust_root)
        spent: Counter[str] = Counter()

        def cost(name: str, question: Any) -> None:
            before = rpc.exchanges
            question()
            spent[name] += rpc.exchanges - before

        cost("bureau", lambda: reader.bureau(BUREAU))
        cost("key", lambda: reader.key(BUREAU, world.signer.thumbprint[:8]))
        cost("anchor", lambda: reader.anchor(BUREAU, LANE, 1))
        cost("status", lambda: reader.status_head(BUREAU, LIST))
        for _ in range(3):
            cost("again", lambda: reader.bureau(BUREAU))
            cost("again", lambda: reader.key(BUREAU, world.signer.thumbprint[:8]))
            cost("again", lambda: reader.anchor(BUREAU, LANE, 1))
            cost("again", lambda: reader.status_head(BUREAU, LIST))
        cost("two roots at once", lambda: reader.fetch_anchors([(BUREAU, LANE, 2), (BUREAU, LANE, 3)]))
    assert spent == {"bureau": 2, "key": 2, "anchor": 2, "status": 3, "again": 0, "two roots at once": 2}


def test_another_chain_is_refused(world: World) -> None:
    root = world.trust_root
    with pytest.raises(Conflict) as caught:
        LedgerReader(world.rpc, TrustRoot(1, root.genesis_hash, root.contracts))
    assert caught.value.code == "ledger.chain_id"
    with pytest.raises(Conflict) as caught:
        LedgerReader(world.rpc, TrustRoot(root.chain_id, sha256(b"other"), root.contracts))
    assert caught.value.code == "ledger.genesis"


def test_addresses_without_our_contracts_are_named(world: World) -> None:
    root = world.trust_root
    contracts = (replace(root.contracts[0], address=b"\1" * 20), replace(root.contracts[1], address=b"\2" * 20))
    reader = LedgerReader(world.rpc, TrustRoot(root.chain_id, root.genesis_hash, contracts))
    with pytest.raises(Damaged) as caught:
        reader.bureau(BUREAU)
    assert caught.value.code == "ledger.answer"


def test_a_contract_counts_only_in_its_blocks(world: World) -> None:
    root, last = world.trust_root, list(LedgerReader(world.rpc, world.trust_root).anchors(BUREAU, LANE))[-1]
    log, registry = root.contracts
    early = replace(log, until_block=last.block.number)
    late = ContractRange("AnchorLog", b"\7" * 20, last.block.number)
    reader = LedgerReader(world.rpc, TrustRoot(root.chain_id, root.genesis_hash, (early, late, registry)))
    assert reader.anchor(BUREAU, LANE, 2) is not None
    assert reader.anchor(BUREAU, LANE, 3) is None


def test_before_the_contracts_it_says_so(world: World) -> None:
    root = world.trust_root
    contracts = tuple(replace(contract, from_block=10**9) for contract in root.contracts)
    with pytest.raises(Conflict) as caught:
        LedgerReader(world.rpc, TrustRoot(root.chain_id, root.genesis_hash, contracts))
    assert caught.value.code == "ledger.contract"


def test_hidden_events_leave_a_gap_that_is_seen(world: World) -> None:
    class Hiding(RpcClient):
        """Leaves out the first or the last log."""

        drop = 0

        def logs(self, *args: Any, **kwargs: Any) -> Any:
            found = super().logs(*args, **kwargs)
            del found[self.drop]
            return found

    rpc = Hiding(world.rpc.endpoints, finality="latest")
    with rpc:
        for drop in (0, 1, -1):
            rpc.drop = drop
            reader = LedgerReader(rpc, world.trust_root)
            with pytest.raises(Damaged):
                reader.status_head(BUREAU, LIST)
            with pytest.raises(Damaged):
                reader.status_history(BUREAU, LIST)
            with pytest.raises(Damaged):
                reader.anchors(BUREAU, LANE)


def test_reads_at_one_block_until_told_to_move_on(world: World) -> None:
    reader = LedgerReader(world.rpc, world.trust_root)
    before = reader.block
    assert reader.anchor(BUREAU, "$uses", 1) is None
    facts = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"use"), lane="$uses"))
    world.registry(writes.suspend_bureau(BUREAU, sha256(b"why")))
    assert reader.block == before
    assert reader.anchor(BUREAU, "$uses", 1) is None
    bureau = reader.bureau(BUREAU)
    assert bureau is not None
    assert bureau.suspensions == ()
    reader.refresh()
    assert reader.anchor(BUREAU, "$uses", 1) == facts
    bureau = reader.bureau(BUREAU)
    assert bureau is not None
    assert bureau.suspensions[-1].until is None
    world.registry(writes.reinstate_bureau(BUREAU))


def test_reads_at_a_block_of_the_past_if_asked(world: World, reader: LedgerReader) -> None:
    anchor = reader.anchor(BUREAU, LANE, 2)
    assert anchor is not None
    past = LedgerReader(world.rpc, world.trust_root, block=anchor.block)
    assert past.lane_head(BUREAU, LANE)[0] == 2
    assert past.anchor(BUREAU, LANE, 3) is None
    with pytest.raises(Conflict):
        LedgerReader(world.rpc, world.trust_root, block=BlockRef(2, sha256(b"no"), 0))


def test_receipt_proofs_fit_their_anchor(reader: LedgerReader) -> None:
    anchor = reader.anchor(BUREAU, LANE, 1)
    assert anchor is not None
    assert reader.receipt_proof(anchor).nodes
    with pytest.raises(Damaged):
        reader.receipt_proof(replace(anchor, root=sha256(b"another")))


def test_says_which_chain(reader: LedgerReader) -> None:
    assert reader.describes.startswith("chain 31415 at block ")
    assert reader.expires is None
    assert reader.stamp_anchor(bytes(32)) is None
