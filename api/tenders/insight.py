"""Facts of all tenders for statistics and signals: gathered at one final block, at most once a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from api.tenders.place import Tenders
from chain.contracting.insight import AsOf, Gatherer, Issued, TenderFact, issued, stories

KEPT_SECONDS = 60
"""For so long one answer of the ledger serves everybody; as long as other answers of the service may be old."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything at one block: where, tenders, certificates anchored."""

    as_of: AsOf
    tenders: tuple[TenderFact, ...]
    issued: tuple[Issued, ...]


@dataclass
class Insight:
    """Gathers for one process; whoever asks meanwhile waits for the one that reads.

    Attributes:
        place: ledger and boards.
        seconds: for how long what was gathered is told again.
        clock: monotonic seconds.
    """

    place: Tenders
    seconds: float = KEPT_SECONDS
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _gatherer: Gatherer | None = field(default=None, repr=False)
    _book: bytes = field(default=b"", repr=False)
    _kept: tuple[float, Gathered] | None = field(default=None, repr=False)

    def gathered(self) -> Gathered:
        """The facts, not older than :attr:`seconds`. Raises NotFound (no tenders here), Unavailable, Damaged."""
        with self._lock:
            now = self.clock()
            if self._kept is not None and now - self._kept[0] < self.seconds:
                return self._kept[1]
            with self.place.chain() as chain:
                ledger = chain.ledger
                as_of = AsOf(ledger.genesis, ledger.book, ledger.block)
                told = stories(ledger)
                batches = issued(chain.connection.refresh(), ledger.block.number)
            if self._gatherer is None or self._book != as_of.book:
                self._gatherer, self._book = Gatherer(self.place.board, as_of.genesis), as_of.book
            # A slow board holds up nobody who reads the ledger.
            found = Gathered(as_of, tuple(self._gatherer.facts(told)), tuple(batches))
            self._kept = (self.clock(), found)
            return found
