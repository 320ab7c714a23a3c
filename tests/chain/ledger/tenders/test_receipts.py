"""An event proved by header and receipt proof alone: every byte counts, and only the trust root's contracts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from chain.kernel.errors import InvalidInput, Unavailable
from chain.kernel.tender_facts import TenderEvent
from chain.ledger.proofs import parse_header
from chain.ledger.tenders import ReceiptProofs, receipt_of
from chain.ledger.trustroot import ContractRange
from chain.tenders.typed import commitment_hash
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback


@dataclass(frozen=True)
class Shown:
    header: bytes
    index: int
    nodes: tuple[bytes, ...]
    checkpoint: tuple[str, int, tuple[bytes, ...]] | None = None


def test_an_event_is_proved_by_its_blocks_receipt_and_nothing_else(tender_stage: TenderStage) -> None:
    stage = tender_stage
    tender = stage.publish(deadline_in=60)
    commitment = stage.submit(tender)
    ledger = stage.ledger
    event: TenderEvent = ledger.tender_events(tender)[-1]
    found = receipt_of(ledger.rpc, event)
    shown = Shown(found.header, found.index, found.nodes)
    proofs = ReceiptProofs(ledger.trust_root)
    block, events = proofs.events(shown)
    assert block == event.block == parse_header(found.header).block
    (proved,) = events
    assert (proved.contract, proved.name, proved.values) == (event.contract, event.name, event.values)
    assert proved.values["commitmentHash"] == commitment_hash(commitment)
    assert ledger.book in proofs.book_at(block.number)
    assert (proofs.chain_id, proofs.genesis) == (ledger.chain_id, ledger.genesis)
    with pytest.raises(Unavailable):
        proofs.witnesses(shown)
    changes = [
        replace(shown, index=shown.index + 1),
        replace(shown, nodes=(*shown.nodes, shown.nodes[-1])),
        replace(shown, nodes=shown.nodes[:-1]),
        *(
            replace(shown, nodes=(*shown.nodes[:-1], _flipped(shown.nodes[-1], place)))
            for place in range(0, len(shown.nodes[-1]), 41)
        ),
    ]
    for changed in changes:
        with pytest.raises(InvalidInput):
            proofs.events(changed)
    for place in range(0, len(shown.header), 41):
        changed = replace(shown, header=_flipped(shown.header, place))
        try:
            other, _ = proofs.events(changed)
        except InvalidInput:
            continue
        assert other.hash != block.hash  # another block, which no witness and no ledger knows


def test_contracts_that_the_trust_root_does_not_name_prove_nothing(tender_stage: TenderStage) -> None:
    stage = tender_stage
    tender = stage.publish(deadline_in=60)
    ledger = stage.ledger
    found = receipt_of(ledger.rpc, ledger.tender_events(tender)[0])
    root = ledger.trust_root
    others = tuple(
        ContractRange(one.name, bytes(20), one.from_block) if one.name == "TenderBook" else one
        for one in root.contracts
    )
    proofs = ReceiptProofs(replace(root, contracts=others))
    assert proofs.events(Shown(found.header, found.index, found.nodes))[1] == ()


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
