"""What anybody may do when its time has come by the chain's clock, done by this process: after any crash it goes on.

===========================================  ================================================================
bids are taken                               decoys
the deadline is over                         the headers that span it are shown; after too long, looking back
the deadline is final                        unfinished uploads are removed; decoys are revealed
the reveal window is over                    lots are closed, page by page; price envelopes once reviewed
an envelope is closed                        its files are hashed again, and the statement is put on record
the opening time has come                    the envelope is opened, once enough key holders' messages are there
===========================================  ================================================================

Whoever else does the same at the same time does no harm: the contract takes each step once, and what was refused is
looked at again in the next turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from api.custody.decoys.acting import Decoys
from api.custody.openings import Openings
from api.custody.place import Custodian
from api.custody.statements import Statements
from chain.kernel.errors import Refused, YinxinError
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Commitment, Phase
from chain.tenders.story import Story

if TYPE_CHECKING:
    from api.custody.endpoints import Counter

log = logging.getLogger("yinxin.custody")
EVERY = 0.4
"""Seconds between two looks."""
PAGE = 100
"""Places that one transaction closes."""
_THREADS = 12
_AGAIN = 1.0
_ENDED = (Phase.FAILED, Phase.CANCELLED)


class Keeper:
    """The loop, and the threads that wait for transactions."""

    def __init__(self, custodian: Custodian, counter: Counter) -> None:
        self._custodian = custodian
        self._counter = counter
        self._decoys = Decoys(custodian, counter.commitments, counter.relays)
        self._statements = Statements(custodian)
        self._openings = Openings(custodian)
        self._pool = ThreadPoolExecutor(_THREADS, "phases")
        self._lock = threading.Lock()
        self._running: set[object] = set()
        self._not_before: dict[object, float] = {}
        self._mine: dict[int, bool] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way is left to the next process."""
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def turn(self) -> None:
        """Look at every tender once, and begin what is due."""
        self._counter.relays.kick()
        with self._custodian.view.newest() as ledger:
            numbers = range(1, ledger.tenders() + 1)
            for number in numbers:
                if number not in self._mine:
                    self._mine[number] = ledger.is_custodian(number, self._custodian.account)
        for number in numbers:
            if self._mine[number]:
                try:
                    self._look_after(self._custodian.view.story(number))
                except YinxinError as error:
                    _say("tender", number, error)

    # ------------------------------------------------------------------ inside

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            try:
                self.turn()
            except YinxinError as error:
                _say("turn", 0, error)
                self._stop.wait(_AGAIN)
            except Exception:
                log.exception("turn")
                self._stop.wait(_AGAIN)

    def _look_after(self, story: Story) -> None:
        with self._custodian.view.newest() as ledger:
            now = ledger.block.time
        number = story.number
        if all(_is_done(story, lot) for lot in story.lots):
            self._counter.uploads.drop(number)
            self._mine[number] = False
        elif now <= story.deadline:
            self._decoys.go_on(story, now)
        elif not story.settled_at:
            self._begin(("settle", number), lambda: self._settle(story))
        else:
            self._after_deadline(story, now)

    def _settle(self, story: Story) -> None:
        with self._custodian.view.newest() as ledger:
            headers = ledger.spanning_headers(story.deadline)
        if headers is None:
            return
        reached("custody-tick")
        try:
            self._custodian.acts.tick(story.number, *headers)
        except Refused as error:
            if not error.code.endswith("bad_headers"):
                raise
            # Too old to be known to the chain: it is settled by looking back, called once now and once later.
            self._custodian.acts.settle(story.number)

    def _after_deadline(self, story: Story, now: int) -> None:
        number, until = story.number, story.settled_at + story.terms.reveal_window
        self._counter.uploads.drop(number)
        if now <= until:
            for commitment, salt in self._decoys.to_reveal(story):
                self._begin(("reveal", commitment), self._revealing(commitment, salt))
            return
        for lot in story.lots.values():
            if lot.phase is Phase.BIDDING:
                self._begin(("close", number, lot.number), self._closing(number, lot.number, 1))
            elif lot.phase is Phase.REVIEWED and story.terms.envelopes == 2:
                self._begin(("close", number, lot.number), self._closing(number, lot.number, 2))
            elif lot.phase in (Phase.CLOSED, Phase.PRICE_CLOSED):
                envelope = 1 if lot.phase is Phase.CLOSED else 2
                stated = {custodian for custodian, _ in lot.custody.get(envelope, ())}
                if self._custodian.account not in stated:
                    self._begin(("attest", number, lot.number), self._attesting(story, lot.number, envelope, now))
                if now >= story.open_at:
                    self._begin(("open", number, lot.number), self._opening(story, lot.number, envelope))

    def _revealing(self, commitment: Commitment, salt: bytes) -> Callable[[], None]:
        def act() -> None:
            reached("custody-reveal")
            self._custodian.acts.reveal_decoy(commitment, salt)

        return act

    def _closing(self, tender: int, lot: int, envelope: int) -> Callable[[], None]:
        def act() -> None:
            reached("custody-close")
            self._custodian.acts.close(tender, lot, envelope, PAGE)
            reached("custody-closed")

        return act

    def _attesting(self, story: Story, lot: int, envelope: int, now: int) -> Callable[[], None]:
        def act() -> None:
            with self._custodian.view.newest() as ledger:
                genesis = ledger.genesis
            statement = self._statements.statement(story, genesis, lot, envelope)
            if self._statements.is_due(story, lot, envelope, statement, now):
                self._statements.attest(statement)

        return act

    def _opening(self, story: Story, lot: int, envelope: int) -> Callable[[], None]:
        def act() -> None:
            self._openings.open(story, lot, envelope)

        return act

    def _begin(self, what: object, act: Callable[[], None]) -> None:
        """Let a thread do it, unless one does already or it was refused a moment ago."""
        with self._lock:
            if what in self._running or self._not_before.get(what, 0.0) > time.monotonic():
                return
            self._running.add(what)
        self._pool.submit(self._do, what, act)

    def _do(self, what: object, act: Callable[[], None]) -> None:
        pause = EVERY
        try:
            act()
        except YinxinError as error:
            pause = _AGAIN
            _say(str(what[0]) if isinstance(what, tuple) else "act", 0, error)
        except Exception:
            pause = _AGAIN
            log.exception("act")
        finally:
            with self._lock:
                self._running.discard(what)
                self._not_before[what] = time.monotonic() + pause


def _is_done(story: Story, lot: int) -> bool:
    """Nothing is left to do for a custodian: the last envelope is opened, or none will be."""
    phase = story.phase(lot)
    return phase in _ENDED or phase >= (Phase.OPENED if story.terms.envelopes == 1 else Phase.PRICE_OPENED)


def _say(what: str, tender: int, error: YinxinError) -> None:
    log.info("not now", extra={"data": {"what": what, "tender": tender, "code": error.code}})
