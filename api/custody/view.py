"""The ledger as the threads of a custodian share it: one reader, and those who wait for it share one refresh."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from chain.kernel.errors import NotFound
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import TenderState
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.story import Story, tell

_MOST_STORIES = 64


class View:
    """Args: ``ledger``: nobody else uses it."""

    def __init__(self, ledger: TenderLedger) -> None:
        self._ledger = ledger
        self._lock = threading.RLock()
        self._at = 0.0
        self._depth = 0
        self._stories: dict[int, tuple[int, Story]] = {}
        self.last: BlockRef | None = None

    @contextmanager
    def newest(self) -> Iterator[TenderLedger]:
        """The ledger at its newest final block, which does not change meanwhile. Raises Unavailable, Conflict."""
        asked = time.monotonic()
        with self._lock:
            if not self._depth and self._at <= asked:  # no refresh has begun since
                began = time.monotonic()
                self.last = self._ledger.refresh()
                self._at = began
            self._depth += 1
            try:
                yield self._ledger
            finally:
                self._depth -= 1

    def story(self, tender: int) -> Story:
        """The story of a tender up to the newest final block. Raises NotFound, Unavailable, Damaged."""
        with self.newest() as ledger:
            known(ledger, tender)
            number = ledger.block.number
            kept = self._stories.get(tender)
            if kept is not None and kept[0] == number:
                return kept[1]
            story = tell(ledger.tender_events(tender), ledger.book)
            if len(self._stories) >= _MOST_STORIES:
                self._stories.clear()
            self._stories[tender] = (number, story)
            return story


def known(ledger: TenderLedger, tender: int) -> TenderState:
    """Where that tender stands. Raises NotFound."""
    state = ledger.tender(tender)
    if state is None:
        raise NotFound(
            f"there is no tender {tender} at block {ledger.block.number}", code="custody.tender", field="tender",
            fix="take the number from the notice",
        )  # fmt: skip
    return state
