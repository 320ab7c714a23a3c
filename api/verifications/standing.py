"""Where the ledger stands: facts at its newest final block, renewed in the background, so that checks need not wait.

1. While checks come in, the newest final block is asked for about every second; what did not change stays known.
2. All facts of one check are of one block. A newer block is taken over whole, with all that was known answered anew.
3. An endpoint that does not answer holds up nobody for long: a check waits a few seconds, and once a look has failed
   no check asks until one succeeds. What is known stays good for a minute; after that checks are refused (Unavailable).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from api.verifications.facts import MOST, Asking, Facts, Question
from chain.kernel.errors import Damaged, InvalidInput, Unavailable, YinxinError
from chain.ledger.reader import LedgerReader

log = logging.getLogger("yinxin.verifications")

EVERY = 0.8
"""Seconds between two looks at the ledger."""
FRESH = 1.6
"""Seconds for which facts count as the present ones without asking."""
GOOD = 60.0
"""Seconds after which facts that could not be renewed are no longer used."""
PATIENCE = 3.0
"""Seconds that one check waits for the ledger, all its questions together."""
IDLE = 10.0
"""Seconds without a check after which nobody asks the ledger any more."""

_AHEAD = 2000

T = TypeVar("T")


class Moved(Exception):
    """The facts asked about are no longer the present ones."""


class Standing:
    """The ledger as checks see it. Safe to share between threads.

    Args:
        open_reader: opens a reader that nobody else uses; asked again until it succeeds.
        header: the header (RLP) of the block in which the anchor at bureau, lane and sequence is said to be, or None.
        renewed: called, in the background, after each look at the ledger, with whether anything changed.
    """

    def __init__(
        self,
        open_reader: Callable[[], LedgerReader],
        header: Callable[[str, str, int], bytes | None],
        renewed: Callable[[bool], None],
    ) -> None:
        self._open = open_reader
        self._header = header
        self._renewed = renewed
        self._reading = threading.Lock()
        self._reader: LedgerReader | None = None
        self._facts: Facts | None = None
        self._forgotten = 0
        self._looked = -GOOD
        self._trouble = False
        self._wanted = 0.0
        self._kicked = threading.Event()
        self._end = threading.Event()
        self._looks = threading.Condition()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------ for checks

    def at_hand(self) -> Facts | None:
        """The present facts, or None if it takes a look at the ledger to have them. Never waits."""
        self._wanted = now = time.monotonic()
        if now - self._looked <= (GOOD if self._trouble else FRESH):
            return self._facts
        self._wake()
        return None

    def asking(self) -> Asking:
        """The present facts, and what is not known asked for. Waits a little for them to be fresh.

        Raises:
            Unavailable: the ledger has not been heard of for too long.
        """
        deadline = time.monotonic() + PATIENCE
        if self.at_hand() is None:
            with self._looks:
                self._looks.wait_for(self._settled, PATIENCE)
        facts = self._facts
        if facts is None or time.monotonic() - self._looked > GOOD:
            raise _silent()
        return Asking(facts, lambda question: self._ask(facts, question, deadline))

    def with_reader(self, use: Callable[[LedgerReader], T]) -> T:
        """Use the reader, alone. Raises Unavailable if the ledger is busy or silent for too long."""
        with self._alone(time.monotonic() + PATIENCE) as reader:
            return use(reader)

    def close(self) -> None:
        """Stop looking."""
        self._end.set()
        self._kicked.set()
        with self._looks:
            self._looks.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)
        if self._reader is not None:
            self._reader.rpc.close()

    # ------------------------------------------------------------------ asking

    def _settled(self) -> bool:
        return self._trouble or self._end.is_set() or time.monotonic() - self._looked <= FRESH

    @contextmanager
    def _alone(self, deadline: float) -> Iterator[LedgerReader]:
        reader = self._reader
        if self._trouble or reader is None:
            raise _silent()
        if not self._reading.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise _silent()
        try:
            yield reader
        finally:
            self._reading.release()

    def _ask(self, facts: Facts, question: Question, deadline: float) -> Any:
        header = self._header(*question[1:]) if question[0] == "anchor" else None
        with self._alone(deadline) as reader:
            if self._facts is not facts or reader.block != facts.block:
                raise Moved
            if header is not None:
                reader.learn(header)
            return _answer(reader, facts.answers, question)

    # ------------------------------------------------------------------ looking, in the background

    def _wake(self) -> None:
        if self._thread is None:
            with self._looks:
                if self._thread is None and not self._end.is_set():
                    self._thread = threading.Thread(target=self._work, name="ledger-facts", daemon=True)
                    self._thread.start()
        self._kicked.set()

    def _work(self) -> None:
        while not self._end.is_set():
            self._kicked.clear()
            self._look()
            with self._looks:
                self._looks.notify_all()
            if time.monotonic() - self._wanted > IDLE:
                self._kicked.wait()
            else:
                self._end.wait(EVERY)

    def _look(self) -> None:
        changed = False
        try:
            with self._reading:
                changed = self._move()
            self._looked, self._trouble = time.monotonic(), False
        except YinxinError as error:
            self._trouble = True
            log.warning("ledger", extra={"data": {"code": error.code}})
        except Exception:
            self._trouble = True
            log.exception("ledger")
        try:
            self._renewed(changed)
        except YinxinError as error:
            log.warning("register", extra={"data": {"code": error.code}})

    def _move(self) -> bool:
        """Take over the newest final block; True if what was known may have changed."""
        if self._reader is None:
            self._reader = self._open()
        reader, before = self._reader, self._facts
        block = reader.refresh()
        if before is not None and before.block == block:
            return False
        kept = before is not None and self._forgotten == reader.forgotten
        answers = before.answers if before is not None and kept else _anew(reader, before)
        self._facts, self._forgotten = Facts(block, reader.describes, answers), reader.forgotten
        return not kept


def _anew(reader: LedgerReader, before: Facts | None) -> dict[Question, Any]:
    """Answers at the new block to what was asked at the one before, so that no check has to wait for them."""
    answers: dict[Question, Any] = {}
    for question, value in list(before.answers.items())[:_AHEAD] if before is not None else ():
        if value is not None and question[0] != "status_history":
            try:
                _answer(reader, answers, question)
            except (Damaged, InvalidInput):
                continue  # whoever asks next is told
    return answers


def _answer(reader: LedgerReader, answers: dict[Question, Any], question: Question) -> Any:
    value = getattr(reader, question[0])(*question[1:])
    if len(answers) >= MOST:
        answers.clear()
        reader.forget()
    answers[question] = value
    return value


def _silent() -> Unavailable:
    return Unavailable(
        "the ledger does not answer now", code="ledger.silent", fix="try again; yinxin doctor says what is wrong"
    )
