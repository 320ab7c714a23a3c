"""Witnesses of a :class:`MemoryLedger`: sample Ed25519 keys, real checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.credentials.bundle import CheckpointEvidence
from chain.ledger.trustroot import WitnessKey
from chain.ledger.witness.checkpoint import CheckpointBody, cosign, origin_of
from chain.merkle import Tree, leaf_hash
from tests.support.memory_ledger import CHAIN_ID, MemoryLedger


class Witnesses:
    """Some witnesses, all of whom the ledger's trust root names.

    Args:
        ledger: what they watch; its trust root gets their keys.
        count: how many.
        threshold: how many must sign; all, unless told otherwise.
    """

    def __init__(self, ledger: MemoryLedger, count: int = 2, threshold: int | None = None) -> None:
        self.ledger = ledger
        self.keys = {f"witness-{number}": Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
                     for number in range(1, count + 1)}  # fmt: skip
        ledger.witnesses = tuple(
            WitnessKey(name, key.public_key().public_bytes_raw()) for name, key in self.keys.items()
        )
        ledger.threshold = count if threshold is None else threshold

    def checkpoint(self, number: int, *, signers: Sequence[str] | None = None) -> CheckpointEvidence:
        """A checkpoint over all blocks up to the newest, with the path of block ``number``."""
        blocks = [block.ref for block in self.ledger.blocks]
        tree = Tree([leaf_hash(block.hash) for block in blocks])
        origin = origin_of(CHAIN_ID, blocks[0].hash)
        body = CheckpointBody(origin, tree.size, tree.root, blocks[-1], bytes(32)).text()
        names = sorted(self.keys if signers is None else signers)
        note = body + "\n" + "".join(cosign(body, name, self.keys[name], blocks[-1].time + 1) for name in names)
        return CheckpointEvidence(note, number, tuple(tree.path(number)))
