"""Witnesses: separately keyed watchers whose signatures make a rewritten chain visible.

* :mod:`~chain.ledger.witness.checkpoint`: the signed note, and :func:`verify_checkpoint`. Pure.
* :mod:`~chain.ledger.witness.heads`: lane and list heads derived from events. Pure.
* :mod:`~chain.ledger.witness.walker`: follows the chain, signs, refuses what contradicts it.
* :mod:`~chain.ledger.witness.service`: one witness in its home; :mod:`~chain.ledger.witness.server` publishes it.
* :mod:`~chain.ledger.witness.client`: asks witnesses, by address or folder, and checks what they say.

The reasons are in docs/adr/0006-witness-checkpoints.md.
"""

from chain.ledger.witness.checkpoint import Checkpoint, cosign, merge, parse_body, verify_checkpoint

__all__ = ["Checkpoint", "cosign", "merge", "parse_body", "verify_checkpoint"]
