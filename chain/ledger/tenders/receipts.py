"""That an event of tenders stands in a block, made from a node's answers and checked with nothing but a trust root.

Checking implements :class:`chain.tenders.bidding.receipt.EventProofs` and is pure; making asks the node, and what it
says is checked against the block's hash before it is handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chain.kernel.errors import Conflict, InvalidInput, Unavailable
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import TenderEvent
from chain.ledger import proofs
from chain.ledger.evidence import NO_TRANSACTION, block_in_checkpoint
from chain.ledger.tenders.history import BEGINNINGS
from chain.ledger.tenders.interface import BOOK, CONTRACTS, interface
from chain.ledger.trustroot import TrustRoot


class Evidence(Protocol):
    """A header, a receipt proof, and a witnessed checkpoint or None."""

    @property
    def header(self) -> bytes:
        """RLP of the block's header."""
        ...

    @property
    def index(self) -> int:
        """0-based place of the transaction in the block."""
        ...

    @property
    def nodes(self) -> Sequence[bytes]:
        """RLP nodes of the receipts trie, root first."""
        ...

    @property
    def checkpoint(self) -> tuple[str, int, Sequence[bytes]] | None:
        """Note, place of the block in its tree, inclusion path."""
        ...


@dataclass(frozen=True, slots=True)
class ReceiptProofs:
    """Judges evidence of events. Args: ``trust_root``, what is believed."""

    trust_root: TrustRoot

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self.trust_root.chain_id

    @property
    def genesis(self) -> bytes:
        """Hash of block 0, 32 bytes."""
        return self.trust_root.genesis_hash

    def book_at(self, block: int) -> frozenset[bytes]:
        """Addresses of the TenderBooks that had begun by that block; a retired one's tenders run to their end."""
        return frozenset(one.address for one in self.trust_root.ranges(BOOK) if one.from_block <= block)

    def events(self, evidence: Evidence) -> tuple[BlockRef, tuple[TenderEvent, ...]]:
        """The block, and every event of the trust root's contracts of tenders in that transaction.

        What begins a tender or a ceremony counts in blocks in which its contract counts, the rest also later.
        The transaction's hash is 32 zero bytes, and logs count within the transaction: a receipt names neither.

        Raises:
            InvalidInput: the evidence is malformed or does not hold together, or the transaction failed.
        """
        header = proofs.parse_header(evidence.header)
        receipt = proofs.verify_receipt(header.receipts_root, evidence.index, evidence.nodes)
        if not receipt.succeeded:
            raise InvalidInput("the transaction failed", code="proof.event", field="chain.receipt")
        if header.number == 0 and header.hash != self.genesis:
            raise InvalidInput("another genesis block", code="proof.event", field="chain.header")
        known = {
            contract.address: contract
            for name in CONTRACTS
            for contract in self.trust_root.ranges(name)
            if contract.from_block <= header.number
        }
        found = []
        for place, log in enumerate(receipt.logs):
            contract = known.get(log.address)
            read = None if contract is None else interface(contract.name).event(log)
            if contract is None or read is None or (read[0] in BEGINNINGS and not contract.holds(header.number)):
                continue
            found.append(TenderEvent(contract.name, *read, header.block, NO_TRANSACTION, place))
        return header.block, tuple(found)

    def witnesses(self, evidence: Evidence) -> tuple[str, ...]:
        """Names of the witnesses who vouch for the block.

        Raises:
            InvalidInput: the checkpoint is wrong, or of another block.
            Unavailable: there is none, or it bears fewer signatures of the trust root's witnesses than it asks for.
        """
        if evidence.checkpoint is None or self.trust_root.threshold < 1:
            raise Unavailable(
                "no witness vouches for the block", code="checkpoint.no_witnesses", field="checkpoint",
                fix="check against the ledger, or pin a trust root that names witnesses",
            )  # fmt: skip
        header = proofs.parse_header(evidence.header)
        signers = block_in_checkpoint(evidence.checkpoint, header, replace(self.trust_root, threshold=1)).signers
        if len(signers) < self.trust_root.threshold:
            raise Unavailable("fewer witnesses signed than the trust root asks for", code="checkpoint.few")
        return signers


def receipt_of(rpc: proofs.Rpc, event: TenderEvent) -> proofs.ReceiptProof:
    """Header and receipt proof of the transaction of an event.

    Raises:
        Conflict: the node has it in another block now.
        NotFound, Damaged, Unavailable: as :func:`chain.ledger.proofs.receipt_proof`.
    """
    found = proofs.receipt_proof(rpc, event.transaction)
    if proofs.parse_header(found.header).block != event.block:
        raise Conflict("the node has that transaction in another block", code="ledger.block", field="block")
    return found
