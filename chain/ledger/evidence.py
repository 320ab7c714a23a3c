"""Judges the chain evidence of a bundle against a pinned trust root. Pure: no node is asked.

All certificates of a batch share their evidence, so what follows from its bytes is worked out once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import msgspec

from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.kernel.ports import AnchorFacts, LeafPlace
from chain.kernel.remembered import Remembered
from chain.ledger import proofs
from chain.ledger.events import Anchored
from chain.ledger.trustroot import ANCHOR_LOG, TrustRoot
from chain.ledger.witness.checkpoint import Checkpoint, verify_checkpoint
from chain.merkle import leaf_hash, verify_inclusion

_SIGNED_BY = re.compile(r"^\u2014 ([^ \n]*)", re.MULTILINE)

_BATCHES = 1024
_USUAL = 32 * 1024
"""Bytes of evidence beyond which it is judged anew each time, so that nobody fills the memory with oddities."""

NO_TRANSACTION = bytes(32)
"""Stands for the transaction hash, which a receipt does not name."""


class LedgerProofs:
    """Checks anchors by header, receipt proof and witnessed checkpoint.

    Args:
        trust_root: chain, contracts and witnesses that are believed.
    """

    def __init__(self, trust_root: TrustRoot) -> None:
        self._root = trust_root
        self._shown: Remembered[bytes, tuple[proofs.Header, tuple[Anchored, ...]]] = Remembered(_BATCHES)
        self._signers: Remembered[bytes, tuple[str, ...]] = Remembered(_BATCHES)

    def prove_anchor(
        self,
        header: bytes,
        receipt_index: int,
        receipt_proof: Sequence[bytes],
        checkpoint: tuple[str, int, Sequence[bytes]] | None,
        place: LeafPlace,
    ) -> tuple[AnchorFacts, tuple[str, ...]]:
        """The anchor for ``place`` that the evidence proves, and the witnesses who vouch for its block.

        Args:
            header: RLP of the block's header.
            receipt_index: place of the transaction in the block.
            receipt_proof: RLP nodes of the receipts trie, root first.
            checkpoint: note, index of the block hash in its tree, inclusion path; or None.
            place: where the anchor is said to be.

        Returns:
            The anchor, its transaction 32 zero bytes, and the witnesses' names; none without a checkpoint, and
            none if those who signed are fewer than the threshold (their signatures are checked all the same).

        Raises:
            InvalidInput: the evidence is malformed or does not hold together.
            Unavailable: the checkpoint bears the signature of a witness whom the trust root does not name, as an
                older or newer one may: not all of the evidence can be judged here.
        """
        receipt = tuple(receipt_proof)
        block, shown = (
            self._shown.get(
                _key(header, receipt_index, receipt), lambda: self._anchored(header, receipt_index, receipt)
            )
            if len(header) + sum(map(len, receipt)) <= _USUAL
            else self._anchored(header, receipt_index, receipt)
        )
        wanted = (place.bureau, place.lane, place.sequence)
        events = [event for event in shown if (event.bureau, event.lane, event.sequence) == wanted]
        if len(events) != 1:
            raise _wrong(
                f"the receipt shows no anchor {place.sequence} of {place.bureau} in that lane", "chain.receipt"
            )
        facts = events[0].facts(block.block, NO_TRANSACTION)
        if checkpoint is None:
            return facts, ()
        note, index, path = checkpoint[0], checkpoint[1], tuple(checkpoint[2])
        return facts, self._signers.get(
            _key(block.hash, note, index, path), lambda: self._vouching((note, index, path), block)
        )

    def _anchored(
        self, header: bytes, receipt_index: int, receipt_proof: tuple[bytes, ...]
    ) -> tuple[proofs.Header, tuple[Anchored, ...]]:
        """The block, and what was anchored in that transaction of it."""
        block = proofs.parse_header(header)
        receipt = proofs.verify_receipt(block.receipts_root, receipt_index, receipt_proof)
        contract = self._root.contract_at(ANCHOR_LOG, block.number)
        if contract is None:
            raise _wrong(f"no AnchorLog counts in block {block.number}", "chain.header")
        if block.number == 0 and block.hash != self._root.genesis_hash:
            raise _wrong("another genesis block", "chain.header")
        return block, proofs.anchored_in(receipt, contract.address)

    def _vouching(self, checkpoint: tuple[str, int, tuple[bytes, ...]], block: proofs.Header) -> tuple[str, ...]:
        """The witnesses who vouch for the block; none if they are fewer than the threshold."""
        known = {witness.name for witness in self._root.witnesses}
        foreign = [name for name in _SIGNED_BY.findall(checkpoint[0]) if name not in known]
        if foreign or not known:
            raise Unavailable(
                f"the trust root does not name witness {foreign[0][:64] if foreign else ''!r}",
                code="checkpoint.unknown_witness", field="checkpoint",
                fix="pin the trust root that the authority publishes",
            )  # fmt: skip
        signers = block_in_checkpoint(checkpoint, block, replace(self._root, threshold=1)).signers
        return signers if len(signers) >= self._root.threshold else ()


def _key(*parts: object) -> bytes:
    """SHA-256 of the parts in a form that tells them apart."""
    return sha256(msgspec.msgpack.encode(parts)).digest()


def block_in_checkpoint(
    evidence: tuple[str, int, Sequence[bytes]], block: proofs.Header, trust_root: TrustRoot
) -> Checkpoint:
    """The checkpoint, if enough witnesses signed it and ``block`` is in its tree.

    Args:
        evidence: note, index of the block hash in its tree, inclusion path.
        block: the header, already parsed.
        trust_root: names the witnesses.

    Raises:
        InvalidInput: a bad note, too few signatures, or another block.
        Unavailable: the trust root names no witnesses.
    """
    note, index, path = evidence
    if trust_root.threshold < 1:
        raise Unavailable(
            "the trust root names no witnesses, so the checkpoint says nothing", code="checkpoint.no_witnesses",
            fix="pin a trust root that names witnesses, or check against the chain",
        )  # fmt: skip
    try:
        checkpoint = verify_checkpoint(note, trust_root)
    except Refused as error:
        raise InvalidInput(error.message, code=error.code, field=error.field, fix=error.fix) from error
    if index != block.number or not verify_inclusion(
        leaf_hash(block.hash), index, checkpoint.size, tuple(path), checkpoint.root
    ):
        raise _wrong(f"block {block.number} is not in the checkpoint's tree at {index}", "checkpoint.path")
    return checkpoint


def _wrong(why: str, field: str) -> InvalidInput:
    return InvalidInput(why, code="proof.anchor", field=field)
