"""What decides over a relay: the ledger, and nothing that the custodian's own account or endpoints say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from api.custody.commitments import Commitments
from api.custody.place import Custodian
from api.custody.relays import Relays
from chain.kernel.errors import Conflict, Refused, YinxinError
from chain.tenders.typed import commitment_hash
from tests.api.custody.small import NOW, SmallLedger, signed_by, small_custodian, stored


class Acts:
    """Refuses everything with ``error``."""

    address = bytes([1]) * 20
    error: YinxinError = Refused("", code="")

    def submit(self, *_: object) -> bytes:
        raise self.error


class Scene:
    def __init__(self, custodian: Custodian, ledger: SmallLedger, acts: Acts) -> None:
        self.ledger, self.acts = ledger, acts
        self.relays = Relays(custodian)
        cast(Any, self.relays).kick = lambda: None  # each attempt is the test's
        self.commitment, signature = signed_by(custodian, b"bidder", stored(custodian, bytes(70_000)))
        Commitments(custodian, self.relays).take(self.commitment, signature, relay=True)

    def state(self, error: YinxinError) -> tuple[str, str | None]:
        """How the relay stands after an attempt that ends so."""
        self.acts.error = error
        self.relays._run(commitment_hash(self.commitment))
        found = self.relays.find(commitment_hash(self.commitment))
        return found.state, found.code


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    ledger, acts = SmallLedger(), Acts()
    custodian = small_custodian(tmp_path, ledger, acts=acts)
    made = Scene(custodian, ledger, acts)
    yield made
    made.relays.close()
    custodian.store.close()


OURS = [
    Refused("no funds", code="sender.funds"), Conflict("another took it", code="sender.nonce"),
    Refused("refused", code="rpc.transaction"), Conflict("other content", code="sender.label"),
    Refused("reverted", code="ledger.reverted"),
]  # fmt: skip


@pytest.mark.parametrize("error", OURS, ids=lambda error: error.code)
def test_what_is_not_the_contract_s_word_leaves_a_relay_pending_until_it_cannot_land(
    scene: Scene, error: YinxinError
) -> None:
    assert scene.state(error) == ("pending", None)
    scene.ledger.now = scene.commitment.not_after
    assert scene.state(error) == ("pending", None)
    scene.ledger.now += 1
    assert scene.state(error) == ("refused", "custody.expired")


def test_a_transaction_that_landed_after_all_is_final(scene: Scene) -> None:
    assert scene.state(OURS[1])[0] == "pending"
    scene.ledger.happened(scene.commitment)
    scene.ledger.now = scene.commitment.not_after + 1
    assert scene.state(OURS[1]) == ("final", None)


def test_the_contract_s_word_is_final(scene: Scene) -> None:
    assert scene.state(Refused("wrong", code="ledger.wrong_version")) == ("refused", "ledger.wrong_version")


def test_lateness_waits_for_the_ruling_but_not_beyond_what_was_signed(scene: Scene) -> None:
    late, ledger = Refused("late", code="ledger.deadline_over"), scene.ledger
    ledger.state.deadline = NOW + 10
    ledger.now = NOW + 11
    assert scene.state(late)[0] == "pending"
    ledger.now = scene.commitment.not_after + 1
    assert scene.state(late) == ("refused", "custody.expired")
