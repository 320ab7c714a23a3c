"""An event is proved without a node, and no proof says what did not happen."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.errors import Damaged, InvalidInput, Unavailable
from chain.ledger.tenders.evidence import check_event_proof, is_same, prove_event, witnesses_of
from chain.ledger.trustroot import WitnessKey
from chain.ledger.witness.checkpoint import CheckpointBody, cosign, origin_of, verify_checkpoint
from chain.ledger.witness.client import WitnessedBlock
from chain.merkle import Tree, leaf_hash
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def proof(tender_stage: TenderStage) -> dict[str, Any]:
    ledger = tender_stage.ledger
    event = next(one for one in ledger.ceremony_events(1) if one.name == "Activated")
    return json.loads(json.dumps(prove_event(ledger.rpc, ledger.trust_root, event)))  # type: ignore[no-any-return]


def test_every_event_of_a_ceremony_is_proved(tender_stage: TenderStage) -> None:
    ledger = tender_stage.ledger
    for event in ledger.ceremony_events(1):
        made = prove_event(ledger.rpc, ledger.trust_root, event)
        shown = check_event_proof(made, ledger.trust_root)
        assert is_same(shown, event)
        assert shown.transaction == bytes(32)
        assert witnesses_of(made, ledger.trust_root) == ()


def test_an_event_that_did_not_happen_is_not_proved(tender_stage: TenderStage) -> None:
    ledger = tender_stage.ledger
    event = ledger.ceremony_events(1)[1]
    other = replace(event, values={**event.values, "digest": bytes(32)})
    with pytest.raises(Damaged):
        prove_event(ledger.rpc, ledger.trust_root, other)


def _change(path: str, value: Any) -> Any:
    def change(proof: dict[str, Any]) -> None:
        *way, last = path.split(".")
        inner = proof
        for step in way:
            inner = inner[step]
        inner[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "yinxin-event-proof-2"),
        ("more", 1),
        ("contract", "TenderBook"),
        ("contract", "AnchorLog"),
        ("log", 7),
        ("log", -1),
        ("log", "0"),
        ("chain.header", "0x00"),
        ("chain.receipt.index", 9),
        ("chain.receipt.index", -1),
        ("chain.receipt.proof", []),
        ("chain.receipt.proof", ["0x80"] * 17),
        ("chain.receipt.proof", 5),
        ("chain", {}),
    ],
)
def test_a_changed_proof_is_refused(tender_stage: TenderStage, proof: dict[str, Any], path: str, value: Any) -> None:
    changed = copy.deepcopy(proof)
    _change(path, value)(changed)
    with pytest.raises(InvalidInput):
        check_event_proof(changed, tender_stage.ledger.trust_root)


def test_a_changed_byte_anywhere_is_refused(tender_stage: TenderStage, proof: dict[str, Any]) -> None:
    root = tender_stage.ledger.trust_root
    event = check_event_proof(proof, root)
    header = proof["chain"]["header"]
    for at in range(2, len(header), 97):
        changed = copy.deepcopy(proof)
        changed["chain"]["header"] = header[:at] + ("0" if header[at] != "0" else "1") + header[at + 1 :]
        try:
            shown = check_event_proof(changed, root)
        except InvalidInput:
            continue
        assert shown.block.hash != event.block.hash  # another block, which nobody knows


def test_a_proof_counts_for_the_contracts_of_the_trust_root_only(
    tender_stage: TenderStage, proof: dict[str, Any]
) -> None:
    root = tender_stage.ledger.trust_root
    others = tuple(
        replace(one, address=bytes(20)) if one.name == "KeyHolderRegistry" else one for one in root.contracts
    )
    with pytest.raises(InvalidInput, match="no event of KeyHolderRegistry that counts"):
        check_event_proof(proof, replace(root, contracts=others))
    later = tuple(replace(one, from_block=10**6) if one.name == "KeyHolderRegistry" else one for one in root.contracts)
    with pytest.raises(InvalidInput, match="no event of KeyHolderRegistry that counts"):
        check_event_proof(proof, replace(root, contracts=later))


def test_witnesses_vouch_for_the_block_of_a_proof(tender_stage: TenderStage) -> None:
    ledger = tender_stage.ledger
    event = next(one for one in ledger.ceremony_events(1) if one.name == "Activated")
    blocks = [ledger.rpc.block_at(number) for number in range(ledger.block.number + 1)]
    tree = Tree([leaf_hash(block.hash) for block in blocks])
    body = CheckpointBody(
        origin_of(ledger.chain_id, ledger.genesis), tree.size, tree.root, blocks[-1], bytes(32)
    ).text()
    keys = {f"witness-{number}": Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)}
    named = [WitnessKey(name, key.public_key().public_bytes_raw()) for name, key in keys.items()]
    root = ledger.trust_root.with_witnesses(named, 2)
    lines = {name: cosign(body, name, key, blocks[-1].time) for name, key in keys.items()}

    def proved(note: str, number: int = event.block.number) -> dict[str, Any]:
        vouched = WitnessedBlock(
            note, number, tuple(tree.path(number)), verify_checkpoint(note, replace(root, threshold=1))
        )
        return prove_event(ledger.rpc, root, event, checkpoint=vouched)

    both = proved(body + "\n" + "".join(lines.values()))
    assert is_same(check_event_proof(both, root), event)
    assert witnesses_of(both, root) == ("witness-1", "witness-2")
    assert witnesses_of({**both, "checkpoint": None}, root) == ()
    with pytest.raises(Unavailable):  # one signature where two are asked for
        check_event_proof(proved(body + "\n" + lines["witness-1"]), root)
    with pytest.raises(InvalidInput):  # a path that leads to another block
        check_event_proof(proved(body + "\n" + "".join(lines.values()), event.block.number - 1), root)
    for checkpoint in ({}, {**both["checkpoint"], "index": "1"}, {**both["checkpoint"], "path": ["!"]}):
        with pytest.raises(InvalidInput):
            check_event_proof({**both, "checkpoint": checkpoint}, root)
