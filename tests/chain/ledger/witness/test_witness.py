"""A witness on a real chain: what it signs, what it refuses, what it publishes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, Damaged, Refused, YinxinError
from chain.kernel.ports import LeafPlace
from chain.ledger.anchoring import anchor_batch, change_status
from chain.ledger.evidence import LedgerProofs
from chain.ledger.reader import LedgerReader
from chain.ledger.rpc import RpcClient
from chain.ledger.trustroot import TrustRoot, WitnessKey
from chain.ledger.witness.checkpoint import verify_checkpoint
from chain.ledger.witness.client import FolderSource, HttpSource, Pins, newest, open_source, witnessed
from chain.ledger.witness.heads import LANE, LIST, Head, HeadKey, digest
from chain.ledger.witness.service import Witness, WitnessConfig
from chain.ledger.witness.walker import Contradiction
from chain.merkle import Tree, leaf_hash, verify_consistency
from tests.chain.ledger.kit import BUREAU, Anvil, World
from tests.chain.ledger.kit import LANE as TYPE
from tests.chain.ledger.kit import LIST as LIST_NAME

pytestmark = pytest.mark.loopback
KEYS = [Ed25519PrivateKey.from_private_bytes(sha256(b"witness %d" % number)) for number in range(2)]


class Clock:
    """A device clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World.build(tmp_path)
    yield built
    built.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def trusting(world: World, count: int = 1, threshold: int = 1) -> TrustRoot:
    keys = [WitnessKey(f"witness-{number}", key.public_key().public_bytes_raw()) for number, key in enumerate(KEYS)]
    return world.trust_root.with_witnesses(keys[:count], threshold)


def start(
    world: World, home: Path, clock: Clock, number: int = 0, *, rpc: RpcClient | None = None, every: int = 4
) -> Witness:
    config = WitnessConfig(f"witness-{number}", every=every, interval=10)
    return Witness(home, KEYS[number], trusting(world), rpc or world.rpc, config, clock=clock)


def test_signs_the_tree_of_all_block_hashes_and_all_heads(world: World, tmp_path: Path, clock: Clock) -> None:
    anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
    status = change_status(world.sender, world.trust_root, world.status(bytes(32), sha256(b"list")))
    with start(world, tmp_path / "w", clock) as witness:
        assert witness.once().new == status.block.number + 1
    root = trusting(world)
    found = verify_checkpoint(FolderSource(tmp_path / "w" / "published").checkpoint(), root)
    hashes = [world.rpc.block_at(number).hash for number in range(found.size)]
    assert found.block == status.block
    assert found.root == Tree([leaf_hash(value) for value in hashes]).root
    log = root.ranges("AnchorLog")[-1].address
    heads = {
        HeadKey(log, LANE, BUREAU, TYPE): Head(1, anchor.head),
        HeadKey(log, LIST, BUREAU, LIST_NAME): Head(1, status.head),
    }
    assert found.heads == digest(heads)


def test_every_block_with_an_event_has_its_own_checkpoint_and_proof(world: World, tmp_path: Path, clock: Clock) -> None:
    anchors = [anchor_batch(world.sender, world.trust_root, world.batch(n, sha256(b"root %d" % n))) for n in (1, 2, 3)]
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
    source, root = open_source(str(tmp_path / "w")), trusting(world)
    for anchor in anchors:
        found = witnessed([source], root, anchor.block)
        assert found is not None
        assert found.checkpoint.size == anchor.block.number + 1


def test_a_checkpoint_proves_an_anchor_without_any_node(world: World, tmp_path: Path, clock: Clock) -> None:
    anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
    proof = LedgerReader(world.rpc, world.trust_root).receipt_proof(anchor)
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
    found = witnessed([open_source(str(tmp_path / "w"))], trusting(world), anchor.block)
    assert found is not None
    world.anvil.stop()
    place = LeafPlace(BUREAU, TYPE, 1, None, 0, 3, ())  # type: ignore[arg-type]
    checkpoint = (found.note, found.index, found.path)
    facts, signers = LedgerProofs(trusting(world)).prove_anchor(
        proof.header, proof.index, proof.nodes, checkpoint, place
    )
    assert signers == ("witness-0",)
    assert replace(facts, transaction=anchor.transaction) == anchor


def test_two_witnesses_sign_the_same_body_where_events_are(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "a", clock, 0) as first:
        first.once()
        anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
        first.once()
    clock.now += 100
    with start(world, tmp_path / "b", clock, 1) as second:
        second.once()
    sources = [open_source(str(tmp_path / "a")), open_source(str(tmp_path / "b"))]
    found = witnessed(sources, trusting(world, 2, 2), anchor.block)
    assert found is not None
    assert found.checkpoint.signers == ("witness-0", "witness-1")
    assert witnessed(sources[:1], trusting(world, 2, 2), anchor.block) is None


def test_a_rewritten_chain_is_refused_with_evidence_also_after_a_restart(
    world: World, tmp_path: Path, clock: Clock
) -> None:
    anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
    with start(world, tmp_path / "w", clock) as witness:
        signed = witness.once().signed
        before = FolderSource(tmp_path / "w" / "published").checkpoint()
        world.rpc.call("anvil_reorg", [3, []])
        with pytest.raises(Contradiction):
            witness.once()
    clock.now += 100
    with start(world, tmp_path / "w", clock) as witness:
        with pytest.raises(Contradiction) as caught:
            witness.once()
    assert FolderSource(tmp_path / "w" / "published").checkpoint() == before
    assert caught.value.number == signed - 3
    folders = sorted((tmp_path / "w" / "evidence").iterdir())
    assert len(folders) == 2
    evidence = json.loads((folders[0] / "contradiction.json").read_bytes())
    assert evidence["block"] == caught.value.number
    assert evidence["servedHeader"] != "0x"
    assert verify_checkpoint((folders[0] / "checkpoint").read_text(), trusting(world)).size == signed


def test_a_rewritten_chain_that_has_grown_longer_is_refused(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
        world.rpc.call("anvil_reorg", [2, []])
        world.rpc.call("anvil_mine", ["0x20", "0x1"])
        with pytest.raises(Contradiction):
            witness.once()


def test_another_chain_with_the_same_id_is_refused(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
    (tmp_path / "other").mkdir()
    other = Anvil.start(tmp_path / "other")
    try:
        with RpcClient([other.url], finality="latest") as rpc:
            rpc.call("anvil_mine", ["0x40", "0x1"])
            with start(world, tmp_path / "w", clock, rpc=rpc) as witness, pytest.raises(Contradiction):
                witness.once()
            with start(world, tmp_path / "fresh", clock, rpc=rpc) as witness:
                witness.once()  # with another memory it sees an honest chain: only memory, or another witness, tells
    finally:
        other.stop()


def test_an_endpoint_that_lags_is_waited_for(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock) as witness:
        signed = witness.once().signed
    lagging = RpcClient(world.rpc.endpoints, finality=2)
    with start(world, tmp_path / "w", clock, rpc=lagging) as witness:
        found = witness.once()
    assert (found.behind, found.signed, found.new) == (True, signed, 0)
    lagging.close()


def test_unsigned_blocks_may_go_signed_ones_not(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock, every=1024) as witness:
        signed = witness.once().signed
        world.rpc.call("anvil_mine", ["0x3", "0x1"])
        assert witness.once().signed == signed  # no event, and the interval has not passed
        world.rpc.call("anvil_reorg", [2, []])
        found = witness.once()
        assert found.size == signed + 3
        clock.now += 10
        assert witness.once().signed == signed + 3


def test_a_clock_set_back_stops_the_signing(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
        clock.now -= 1
        anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
        with pytest.raises(Refused) as caught:
            witness.once()
    assert caught.value.code == "witness.clock"


def test_an_endpoint_that_hides_an_event_is_caught(world: World, tmp_path: Path, clock: Clock) -> None:
    anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))

    class Hiding(RpcClient):
        """Leaves the logs of one block out of its receipts."""

        def batch(self, calls, *, errors=False):  # type: ignore[no-untyped-def]
            answers = super().batch(calls, errors=errors)
            for (method, params), answer in zip(calls, answers, strict=True):
                if method == "eth_getBlockReceipts" and params[0] == hex0x(anchor.block.hash):
                    answer[0]["logs"] = []
            return answers

    with Hiding(world.rpc.endpoints, finality="latest") as rpc, start(world, tmp_path / "w", clock, rpc=rpc) as witness:
        with pytest.raises(Damaged) as caught:
            witness.once()
    assert caught.value.code == "ledger.receipts"


def test_one_home_is_worked_in_once(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock), pytest.raises(Conflict):
        start(world, tmp_path / "w", clock)


def test_a_crash_between_signing_and_publishing_is_made_good(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
    published = tmp_path / "w" / "published"
    before = published.joinpath("checkpoint").read_text()
    (published / "checkpoint").unlink()
    with open(published / "tree" / "0", "r+b") as file:
        file.truncate(70)
    with open(published / "tree" / "1", "ab") as file:
        file.write(b"half a hash")
    with start(world, tmp_path / "w", clock):
        pass
    assert published.joinpath("checkpoint").read_text() == before
    size = verify_checkpoint(before, trusting(world)).size
    assert len(FolderSource(published).inclusion(0, size)) > 0


def test_pins_hold_a_verifier_to_one_history(world: World, tmp_path: Path, clock: Clock) -> None:
    with start(world, tmp_path / "w", clock) as witness:
        witness.once()
        source, root = open_source(str(tmp_path / "w")), trusting(world)
        pins = Pins(tmp_path / "pin", root)
        first = pins.accept(source.checkpoint(), source)
        anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
        witness.once()
        second = pins.accept(source.checkpoint(), source)
    assert second.size > first.size
    assert verify_consistency(
        first.size, second.size, first.root, second.root, source.consistency(first.size, second.size)
    )
    # The same key, made to sign another history from a fresh memory, is caught by the pin.
    world.rpc.call("anvil_reorg", [3, []])
    world.rpc.call("anvil_mine", ["0x8", "0x1"])
    with start(world, tmp_path / "forgetful", clock) as witness:
        witness.once()
    other = open_source(str(tmp_path / "forgetful"))
    with pytest.raises(Conflict) as caught:
        pins.accept(other.checkpoint(), other)
    assert caught.value.code == "witness.two_histories"
    assert pins.last() == second


def test_runs_and_serves_over_http(world: World, tmp_path: Path, clock: Clock) -> None:
    anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
    root = trusting(world)

    def look(url: str) -> None:
        source = HttpSource(url)
        found = witnessed([source], root, anchor.block, wait=60)
        assert found is not None
        latest = newest([source], root)
        assert latest is not None
        assert latest[1].size >= found.checkpoint.size
        for target in ("/proof/block/x", "/proof/block/999999", "/checkpoint/77777", "/consistency?from=5&to=2"):
            with pytest.raises(YinxinError):
                source._get(target)

    async def go() -> None:
        with start(world, tmp_path / "w", clock) as witness:
            url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            running = asyncio.create_task(witness.run(ready=url.set_result))
            try:
                await asyncio.to_thread(look, await url)
                assert json.loads((tmp_path / "w" / "endpoint.json").read_bytes())["url"] == url.result()
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    asyncio.run(go())
    assert not (tmp_path / "w" / "endpoint.json").exists()
