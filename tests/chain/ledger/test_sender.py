"""Transactions of one account: exactly once, whoever dies, however many send."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, Refused, Unavailable, YinxinError
from chain.keys.signatures import sign
from chain.ledger import writes
from chain.ledger.anchoring import SignedAnchor, anchor_batch, change_status
from chain.ledger.rpc import RpcClient
from chain.ledger.sender import Sender
from chain.ledger.trustroot import TrustRoot
from chain.ledger.typed import Anchor
from tests.chain.ledger.kit import BUREAU, LANE, LIST, World, account

pytestmark = pytest.mark.loopback
ROOT = Path(__file__).parents[3]
RELAY = account(7)

CHILD = """
import os, signal, sys
from pathlib import Path
from chain.ledger.rpc import RpcClient
from chain.ledger.sender import Sender
from tests.chain.ledger.kit import account

url, store, point, to, data, label, times = sys.argv[1:8]

def at(name):
    if name == point:
        os.kill(os.getpid(), signal.SIGKILL)

sender = Sender(RpcClient([url], finality="latest"), account(7), Path(store), chain_id=31415, at=at)
for number in range(int(times)):
    tx = sender.send(bytes.fromhex(to), bytes.fromhex(data), label=label.replace("N", str(number)))
    print(sender.wait_final(tx, 30).hash.hex(), flush=True)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World.build(tmp_path_factory.mktemp("chain"))
    yield built
    built.close()


@pytest.fixture
def sender(world: World, tmp_path: Path) -> Iterator[Sender]:
    made = Sender(world.rpc, RELAY, tmp_path / "relay.db", chain_id=31_415)
    yield made
    made.close()


def count(world: World) -> int:
    """How many transactions of the relay's account were mined."""
    return int(world.rpc.call("eth_getTransactionCount", [RELAY.address, "latest"]), 16)


def lane(number: int) -> str:
    """A service lane of its own for each test."""
    return f"$test-{number}"


def child(
    world: World, store: Path, *, point: str = "", to: bytes, data: bytes, label: str, times: int = 1
) -> subprocess.Popen[str]:
    arguments = [world.anvil.url, str(store), point, to.hex(), data.hex(), label, str(times)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )


def anchor_call(world: World, batch: SignedAnchor) -> tuple[bytes, bytes]:
    data = writes.anchor(
        batch.bureau, batch.lane, batch.sequence, batch.root, batch.size, batch.manifest_digest, batch.signature
    )
    return world.domain.contract, data


class TestExactlyOnce:
    """One label, one effect."""

    @pytest.mark.parametrize("point", ["stored", "sent"])
    def test_killed_and_run_again(self, world: World, tmp_path: Path, point: str) -> None:
        name = f"$killed-{point}"
        to, data = anchor_call(world, world.batch(1, sha256(b"root"), lane=name))
        before, store = count(world), tmp_path / "relay.db"
        first = child(world, store, point=point, to=to, data=data, label="one")
        first.communicate(timeout=60)
        assert first.returncode == -signal.SIGKILL
        assert count(world) == before + (point == "sent")
        second = child(world, store, to=to, data=data, label="one")
        out, _ = second.communicate(timeout=60)
        assert second.returncode == 0
        assert count(world) == before + 1
        third = child(world, store, to=to, data=data, label="one")
        assert third.communicate(timeout=60)[0] == out
        assert count(world) == before + 1

    def test_two_processes_at_once(self, world: World, tmp_path: Path) -> None:
        before, store = count(world), tmp_path / "relay.db"
        # An accepted call without effect that anybody may send: nothing is there, so nothing can revert.
        pair = [child(world, store, to=b"\x11" * 20, data=b"", label=f"{who} N", times=8) for who in ("a", "b")]
        outs = [process.communicate(timeout=120)[0].split() for process in pair]
        assert [process.returncode for process in pair] == [0, 0]
        assert len(set(outs[0]) | set(outs[1])) == 16
        assert count(world) == before + 16

    def test_two_processes_with_one_label_send_one(self, world: World, tmp_path: Path) -> None:
        before, store = count(world), tmp_path / "relay.db"
        pair = [child(world, store, to=b"\x11" * 20, data=b"", label="same") for _ in range(2)]
        outs = [process.communicate(timeout=120)[0] for process in pair]
        assert outs[0] == outs[1] != ""
        assert count(world) == before + 1

    def test_a_label_is_not_used_for_another_call(self, sender: Sender) -> None:
        sender.wait_final(sender.send(b"\x11" * 20, b"", label="x"))
        with pytest.raises(Conflict) as caught:
            sender.send(b"\x11" * 20, b"\1", label="x")
        assert caught.value.code == "sender.label"

    def test_the_same_bytes_are_sent_again(self, world: World, sender: Sender) -> None:
        sent: list[bytes] = []
        original = world.rpc.send_raw

        class Silent(RpcClient):
            """Loses the first transactions on the way."""

            def send_raw(self, transaction: bytes) -> bytes:
                sent.append(transaction)
                if len(sent) < 3:
                    raise Unavailable("lost")
                return original(transaction)

        before = count(world)
        with Silent(world.rpc.endpoints, finality="latest") as rpc:
            sender.rpc = rpc
            for _ in range(2):
                with pytest.raises(Unavailable):
                    sender.send(b"\x11" * 20, b"", label="lossy")
            sender.wait_final(sender.send(b"\x11" * 20, b"", label="lossy"))
        assert len(set(sent)) == 1
        assert count(world) == before + 1

    def test_a_nonce_taken_by_a_stranger_is_told_and_a_new_send_works(
        self, world: World, sender: Sender, tmp_path: Path
    ) -> None:
        other = Sender(world.rpc, RELAY, tmp_path / "other.db", chain_id=31_415)

        class Late(RpcClient):
            """Keeps the transaction back until another program used the account."""

            def send_raw(self, transaction: bytes) -> bytes:
                raise Unavailable("kept back")

        with Late(world.rpc.endpoints, finality="latest") as late:
            sender.rpc = late
            with pytest.raises(Unavailable):
                sender.send(b"\x11" * 20, b"", label="mine")
        other.wait_final(other.send(b"\x11" * 20, b"\7", label="theirs"))
        other.close()
        sender.rpc = world.rpc
        tx = sender.find("mine")
        assert tx is not None
        with pytest.raises(Conflict) as caught:
            sender.wait_final(tx)
        assert caught.value.code == "sender.nonce"
        again = sender.wait_final(sender.send(b"\x11" * 20, b"", label="mine"))
        assert again.nonce == tx.nonce + 1

    def test_a_count_that_comes_before_its_receipt_is_not_a_lost_transaction(
        self, world: World, sender: Sender
    ) -> None:
        tx = sender.send(b"\x11" * 20, b"", label="early count")
        answers = []

        class Early(RpcClient):
            """A node in the middle of making a block: the count is there, the receipt is not."""

            def batch(self, calls: Any) -> Any:
                found = super().batch(calls)
                if calls[0][0] == "eth_getTransactionReceipt" and len(answers) < 3:
                    answers.append(found)
                    return [None, hex(tx.nonce + 1)]
                return found

            def call(self, method: str, params: Any = ()) -> Any:
                return (
                    None if method == "eth_getTransactionReceipt" and len(answers) < 3 else super().call(method, params)
                )

        with Early(world.rpc.endpoints, finality="latest") as early:
            sender.rpc = early
            assert sender.wait_final(tx).hash == tx.hash
        assert len(answers) == 3

    def test_a_count_that_runs_ahead_of_the_receipts_is_no_loss(self, world: World, sender: Sender) -> None:
        class Ahead(RpcClient):
            """Counts what it has mined before it hands out the receipts; then it does that, too."""

            withheld = 4

            def batch(self, calls: Any, *, errors: bool = False) -> list[Any]:
                found = super().batch(calls, errors=errors)
                if calls[0][0] == "eth_getTransactionReceipt" and self.withheld:
                    self.withheld -= 1
                    found[0] = None
                return found

        before = count(world)
        with Ahead(world.rpc.endpoints, finality="latest") as ahead:
            sender.rpc = ahead
            tx = sender.wait_final(sender.send(b"\x11" * 20, b"", label="ahead"))
            assert ahead.withheld == 0
        assert sender.wait_final(sender.send(b"\x11" * 20, b"", label="ahead")).hash == tx.hash
        assert count(world) == before + 1

    def test_not_mined_in_time_says_so_and_is_not_lost(self, world: World, sender: Sender) -> None:
        world.rpc.call("evm_setAutomine", [False])
        tx = sender.send(b"\x11" * 20, b"", label="slow")
        with pytest.raises(Unavailable) as caught:
            sender.wait_final(tx, 0.3)
        assert caught.value.code == "sender.timeout"
        world.rpc.call("evm_mine", [])
        world.rpc.call("evm_setAutomine", [True])
        assert sender.wait_final(tx).block is not None
        assert sender.find("slow") == sender.wait_final(tx)

    def test_the_wrong_chain_is_refused(self, world: World, tmp_path: Path) -> None:
        with pytest.raises(Conflict):
            Sender(world.rpc, RELAY, tmp_path / "relay.db", chain_id=1)


class TestReverts:
    """The contract's own words come back, and nothing is sent."""

    def test_custom_errors_have_names_and_arguments(self, world: World, sender: Sender) -> None:
        before = count(world)
        registry = world.trust_root.ranges("BureauRegistry")[0].address
        with pytest.raises(Refused) as caught:
            sender.send(registry, writes.suspend_bureau(BUREAU, sha256(b"why")), label="not mine to do")
        assert caught.value.code == "ledger.not_authority"
        assert RELAY.address.lower() in caught.value.message
        assert count(world) == before

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (writes.register_bureau(BUREAU, "示例", sha256(b"m")), "ledger.bureau_exists"),
            (writes.update_bureau("11440100000000002E", "示例", sha256(b"m")), "ledger.unknown_bureau"),
            (writes.accredit(BUREAU, LANE), "ledger.period_overlaps"),
            (writes.end_accreditation(BUREAU, "never"), "ledger.never_accredited"),
            (writes.reinstate_bureau(BUREAU), "ledger.not_suspended"),
            (writes.retire_key(BUREAU, bytes(32)), "ledger.unknown_key"),
            (writes.mark_compromised(BUREAU, bytes(32), 1), "ledger.unknown_key"),
            (writes.add_key(BUREAU, sha256(b"t"), "seal", b"\2" * 33), "ledger.bad_thumbprint"),
            (writes.succeed(BUREAU, BUREAU), "ledger.self_succession"),
            (writes.propose_retirement(bytes(20)), "ledger.bad_successor_contract"),
            (writes.cancel_retirement(), "ledger.no_retirement_proposed"),
            (writes.retire(), "ledger.no_retirement_proposed"),
        ],
    )
    def test_each_write_reaches_its_function(self, world: World, data: bytes, code: str) -> None:
        with pytest.raises(YinxinError) as caught:
            world.registry(data)
        assert caught.value.code == code

    def test_every_write_of_the_contracts_has_a_helper(self) -> None:
        from chain.ledger.abi import contract_abi

        for name in ("BureauRegistry", "AnchorLog"):
            for entry in contract_abi(name):
                if entry["type"] != "function" or entry["stateMutability"] in ("view", "pure"):
                    continue
                snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in entry["name"])
                snake = {
                    "begin_default_admin_transfer": "begin_authority_transfer",
                    "accept_default_admin_transfer": "accept_authority_transfer",
                }.get(snake, snake)
                inherited = (
                    "grant_role",
                    "revoke_role",
                    "renounce_role",
                    *tuple(
                        f"{verb}_default_admin_{rest}"
                        for verb in ("cancel", "change", "rollback")
                        for rest in ("transfer", "delay")
                    ),
                )
                assert snake in inherited or hasattr(writes, snake), entry["name"]


class TestAnchoring:
    """One sequence, one root."""

    def test_again_gives_the_same_anchor(self, world: World, sender: Sender) -> None:
        batch = world.batch(1, sha256(b"root"), lane=lane(1))
        first = anchor_batch(sender, world.trust_root, batch)
        before = count(world)
        assert anchor_batch(sender, world.trust_root, batch) == first
        assert anchor_batch(world.sender, world.trust_root, batch) == first
        assert count(world) == before

    def test_a_sequence_held_by_another_root_names_it(self, world: World, sender: Sender) -> None:
        anchor_batch(sender, world.trust_root, world.batch(1, sha256(b"held"), lane=lane(2)))
        with pytest.raises(Conflict) as caught:
            anchor_batch(sender, world.trust_root, world.batch(1, sha256(b"mine"), lane=lane(2)))
        assert caught.value.code == "ledger.sequence_taken"
        assert hex0x(sha256(b"held")) in caught.value.message

    def test_a_missing_sequence_is_named(self, world: World, sender: Sender) -> None:
        with pytest.raises(Conflict) as caught:
            anchor_batch(sender, world.trust_root, world.batch(3, sha256(b"root"), lane=lane(3)))
        assert caught.value.code == "ledger.not_next"

    def test_somebody_faster_with_the_same_root_is_no_fault(self, world: World, sender: Sender) -> None:
        """The race is lost after the lane was looked at: the call reverts, and what stands there decides."""
        batch, root = world.batch(1, sha256(b"race"), lane=lane(4)), world.trust_root

        class Racing(RpcClient):
            done = False

            def batch(self, calls, *, errors=False):  # type: ignore[no-untyped-def]
                if not self.done and calls[0][0] == "eth_estimateGas":
                    self.done = True
                    anchor_batch(world.sender, root, batch)
                return super().batch(calls, errors=errors)

        with Racing(world.rpc.endpoints, finality="latest") as rpc:
            sender.rpc = rpc
            found = anchor_batch(sender, root, batch)
        assert batch.is_at(found)

    def test_a_strangers_signature_is_refused(self, world: World, sender: Sender) -> None:
        good = world.batch(1, sha256(b"root"), lane=lane(5))
        message = Anchor(BUREAU, lane(5), 1, good.root, good.size, good.manifest_digest)
        bad = SignedAnchor(
            BUREAU,
            lane(5),
            1,
            good.root,
            good.size,
            good.manifest_digest,
            sign(message.digest(world.domain), RELAY.key),
        )
        with pytest.raises(Refused) as caught:
            anchor_batch(sender, world.trust_root, bad)
        assert caught.value.code == "ledger.may_not_anchor"

    def test_status_changes_compare_and_swap(self, world: World, sender: Sender) -> None:
        first = change_status(sender, world.trust_root, world.status(bytes(32), sha256(b"a"), name="cas"))
        second = change_status(sender, world.trust_root, world.status(first.head, sha256(b"b"), name="cas"))
        before = count(world)
        again = world.status(first.head, sha256(b"b"), name="cas")
        assert change_status(sender, world.trust_root, again) == second
        with pytest.raises(Conflict) as caught:
            change_status(sender, world.trust_root, world.status(first.head, sha256(b"c"), name="cas"))
        assert caught.value.code == "ledger.stale_head"
        assert hex0x(second.head) in caught.value.message
        assert count(world) == before

    def test_a_trust_root_of_another_chain_is_refused(self, world: World, sender: Sender) -> None:
        other = TrustRoot(1, world.trust_root.genesis_hash, world.trust_root.contracts)
        with pytest.raises(Conflict):
            anchor_batch(sender, other, world.batch(1, sha256(b"root"), lane=lane(6)))
        with pytest.raises(Conflict):
            change_status(sender, other, world.status(bytes(32), sha256(b"a"), name=LIST))
