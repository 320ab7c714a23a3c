"""What a check needs from the outside besides :mod:`chain.kernel.ports`, and how it asks.

Asking never fails: an outside part that does not answer, or answers nonsense, gives a fault, which a step
reports as ERROR. It says nothing about the certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, ParamSpec, Protocol, TypeVar

from chain.kernel.errors import Unavailable, YinxinError
from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, LeafPlace, StatusFacts


class ChainProofs(Protocol):
    """Checks a bundle's chain evidence against a pinned trust root (chain id, genesis, contracts, witnesses)."""

    def prove_anchor(
        self,
        header: bytes,
        receipt_index: int,
        receipt_proof: Sequence[bytes],
        checkpoint: tuple[str, int, Sequence[bytes]] | None,
        place: LeafPlace,
    ) -> tuple[AnchorFacts, tuple[str, ...]]:
        """The ``Anchored`` event for the bureau, lane and sequence of ``place`` that the evidence proves.

        Strict: every byte is used. Left-over proof nodes, a contract that the trust root does not name for
        that block, and a note with a signature that is doubled or wrong are all refused.

        Args:
            header: RLP of the block's header.
            receipt_index: place of the transaction in the block.
            receipt_proof: RLP nodes of the receipts trie, root first.
            checkpoint: note text, index of the block hash in its tree, inclusion path; or None.
            place: where the bundle says the anchor is.

        Returns:
            The event with its block, and the names of the witnesses who vouch for that block, at least the
            trust root's threshold; none where there is no checkpoint, and then the block is only what the
            bundle claims. ``transaction`` is 32 zero bytes: a receipt does not name its transaction.

        Raises:
            InvalidInput: the evidence is malformed or does not hold together.
            Unavailable: part of it cannot be judged here, such as the signature of a witness that the trust root
                does not name.
        """
        ...


@dataclass(frozen=True, slots=True)
class Links:
    """Identifiers of neighbours in a certificate's life, None where unknown."""

    predecessor: str | None = None
    successor: str | None = None


class LinkIndex(Protocol):
    """Knows which certificate followed which. Advice for the clerk; no verdict rests on it."""

    def links(self, identifier: str) -> Links | None:
        """Neighbours of that certificate, or None if nothing is known."""
        ...


class NoLedger:
    """Stands in where no ledger could be opened: every question goes unanswered, so only form and dates are judged.

    Args:
        fault: why there is none; told in each step that needed it.
        at: the present time, seconds since 1970 UTC; taken for the time of the block that was not read.
    """

    def __init__(self, fault: str, at: int) -> None:
        self._fault = fault
        self.block = BlockRef(0, bytes(32), at)
        self.expires: int | None = None
        self.describes = "no ledger"

    def _silent(self) -> Unavailable:
        return Unavailable(self._fault, code="verify.no_ledger")

    def bureau(self, uscc: str) -> BureauFacts | None:
        """Raises Unavailable."""
        raise self._silent()

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """Raises Unavailable."""
        raise self._silent()

    def anchor(self, uscc: str, lane: str, sequence: int) -> AnchorFacts | None:
        """Raises Unavailable."""
        raise self._silent()

    def status_head(self, uscc: str, list_name: str) -> StatusFacts | None:
        """Raises Unavailable."""
        raise self._silent()

    def status_history(self, uscc: str, list_name: str) -> Sequence[StatusFacts]:
        """Raises Unavailable."""
        raise self._silent()

    def stamp_anchor(self, stamp_digest: bytes) -> AnchorFacts | None:
        """Raises Unavailable."""
        raise self._silent()


T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What an outside part answered.

    Attributes:
        value: its answer (None may be one), or None if there was a fault.
        fault: what went wrong, for people; None if it answered.
    """

    value: T | None
    fault: str | None = None


def ask(question: Callable[P, T | None], *args: P.args, **kwargs: P.kwargs) -> Answer[T]:
    """Ask; an error becomes a fault."""
    try:
        return Answer(question(*args, **kwargs))
    except YinxinError as error:
        return Answer(None, error.message[:200])


def is_complete(expires: int | None, block_time: int, event_time: int | None) -> bool:
    """May "the source does not know it" be read as "it is not so"?

    A live chain (``expires`` None) knows everything up to its final block. A snapshot knows what had happened
    when it was made, so its silence about something of unknown or later time means nothing.
    """
    return expires is None or (event_time is not None and event_time <= block_time)
