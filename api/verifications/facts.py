"""Facts of the ledger at one block, as far as they are known here; two ways to look at them.

:class:`Facts` never waits: what is not known raises :class:`NotAtHand`. :class:`Asking` asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, StatusFacts

Question = tuple[Any, ...]
"""Name of a method of :class:`chain.kernel.ports.TrustSource`, and its arguments."""

MOST = 50_000
"""Answers kept; more only come of made-up names."""


class NotAtHand(Exception):
    """The answer is not in memory. No YinxinError: no check may take it for an answer."""


class Facts:
    """A :class:`chain.kernel.ports.TrustSource` of what is known at one block. Raises NotAtHand for all else.

    Args:
        block: the final block.
        describes: which chain.
        answers: what is known already, and still so at that block.
    """

    expires: int | None = None

    def __init__(self, block: BlockRef, describes: str, answers: dict[Question, Any]) -> None:
        self.block = block
        self.describes = describes
        self.answers = answers

    def known(self, question: Question) -> Any:
        """The answer. Raises NotAtHand."""
        try:
            return self.answers[question]
        except KeyError:
            raise NotAtHand from None

    def bureau(self, uscc: str) -> BureauFacts | None:
        """Facts of a bureau."""
        found: BureauFacts | None = self.known(("bureau", uscc))
        return found

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """Facts of a key."""
        found: KeyFacts | None = self.known(("key", uscc, thumbprint))
        return found

    def anchor(self, uscc: str, lane: str, sequence: int) -> AnchorFacts | None:
        """An anchor."""
        found: AnchorFacts | None = self.known(("anchor", uscc, lane, sequence))
        return found

    def status_head(self, uscc: str, list_name: str) -> StatusFacts | None:
        """The newest state of a list."""
        found: StatusFacts | None = self.known(("status_head", uscc, list_name))
        return found

    def status_history(self, uscc: str, list_name: str) -> Sequence[StatusFacts]:
        """Every state of a list."""
        found: Sequence[StatusFacts] = self.known(("status_history", uscc, list_name))
        return found

    def stamp_anchor(self, stamp_digest: bytes) -> AnchorFacts | None:
        """None: a chain holds no stamps."""
        return None


class Asking(Facts):
    """The same facts; what is not known is asked for.

    Args:
        facts: what is known.
        ask: gives the answer, or raises Unavailable.
    """

    def __init__(self, facts: Facts, ask: Callable[[Question], Any]) -> None:
        super().__init__(facts.block, facts.describes, facts.answers)
        self._ask = ask

    def known(self, question: Question) -> Any:
        """The answer. Raises Unavailable."""
        try:
            return self.answers[question]
        except KeyError:
            return self._ask(question)
