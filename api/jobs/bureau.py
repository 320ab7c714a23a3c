"""One bureau as the worker sees it: what is due, and one pass over one job."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from api.certificates.office import Office
from api.jobs import states
from api.jobs.faults import Fault, fault_of, pause, wants_reopening
from api.jobs.kinds import BY_NAME, KINDS, Kind
from api.jobs.logs import log
from api.tenders.jobs import Desk
from api.tenders.place import Tenders
from chain.desk.messages import Answer, Request
from chain.kernel.errors import Conflict
from chain.kernel.home import Home

_LOOK = 0.5
"""Seconds between looks for new rows; the desk's answers are looked for at every scan."""

_WAITS_AT_MOST = 600.0
"""Seconds after which a job that waits is run all the same, whatever was missed."""

_BUSY = 0.5

Key = tuple[str, int]


class Stopping(Exception):
    """The worker ends; what was under way is gone on with at the next start."""


@dataclass
class WorkingOffice(Office):
    """An office that remembers what it asked at the desk without being answered.

    Attributes:
        unanswered: names of requests without an answer, since it was last emptied.
        service_engine: the service's own database, with the audit log.
        audit_minutes: minutes between anchors of that log.
        service: the service's home, database and way to tenders.
    """

    unanswered: list[str] = field(default_factory=list)
    service_engine: Engine | None = None
    audit_minutes: int = 60
    service: Desk | None = None
    _inode: int = 0

    def close(self) -> None:
        """As :meth:`Office.close`; the way to tenders is opened anew, too."""
        super().close()
        if self.service is not None:
            self.service.tenders.close()

    def ask(
        self, request: Request, wait: float, before: Callable[[bytes], object] = lambda _recipient: None
    ) -> Answer | None:
        """As :meth:`Office.ask`."""
        answer = super().ask(request, wait, before)
        if answer is None:
            self.unanswered.append(request.id)
        return answer

    def same_register(self) -> None:
        """Open the register anew if its file was replaced: a rebuild puts another one in its place."""
        file = self.home / "register.sqlite"
        inode = file.stat().st_ino if file.exists() else 0
        if inode != self._inode:
            self.close()
            self._inode = inode


@dataclass(frozen=True, slots=True)
class _Sleep:
    """Until when a job is left alone, and the requests whose answer wakes it earlier."""

    until: float
    requests: tuple[str, ...] = ()


class Bureau:
    """One bureau's register, desk and jobs.

    Args:
        home: the officer's home.
        every: seconds between rounds of upkeep.
        stop: set when the worker ends.
        service_engine: the service's own database.
        audit_minutes: minutes between anchors of the audit log.
        service: the service's home; None works without tenders.
        first: does what is the service's rather than a bureau's, too.

    Raises:
        InvalidInput: it is not an officer's home.
    """

    def __init__(
        self,
        home: Home,
        *,
        every: float,
        stop: threading.Event,
        service_engine: Engine | None = None,
        audit_minutes: int = 60,
        service: Home | None = None,
        first: bool = True,
    ) -> None:
        self._looking, self._writing, self._sending = (
            WorkingOffice(
                home,
                service_engine=service_engine,
                audit_minutes=audit_minutes,
                service=None
                if service is None or service_engine is None
                else Desk(service, service_engine, Tenders(service), first),
            )
            for _ in range(3)
        )
        self.code = self._looking.bureau
        self._every = every
        self._stop = stop
        self._lock = threading.Lock()
        self._running: set[Key] = set()
        self._asleep: dict[Key, _Sleep] = {}
        self._open: list[tuple[Kind, int]] = []
        self._remembered: dict[Key, states.Job] = {}
        self._skipped: dict[Key, int] = {}
        self._looked = -math.inf

    # ------------------------------------------------------------------ what is due

    def due(self, now: float) -> list[tuple[Kind, int, int]]:
        """Jobs to run now: kind, number, and which pass it is.

        Args:
            now: seconds of a clock that only goes forward.
        """
        self._wake()
        if now - self._looked >= _LOOK:
            self._looked = now
            self._looking.same_register()
            self._open = [(kind, number) for kind in KINDS for number in self._look(kind, now)]
        found = []
        for kind, number in self._open:
            key = (kind.name, number)
            with self._lock:
                sleeping = self._asleep.get(key)
                free = key not in self._running and (sleeping is None or sleeping.until <= now)
            if free:
                runs = states.state(self._looking.engine, *key).runs + self._skipped.get(key, 0)
                found.append((kind, number, runs))
        return found

    @property
    def idle(self) -> bool:
        """True if nothing but upkeep is open, and none runs."""
        with self._lock:
            return not self._running and all(kind.every for kind, _ in self._open)

    def _look(self, kind: Kind, now: float) -> Iterator[int]:
        with self._lock:
            sleeping = self._asleep.get((kind.name, 0)) if kind.every else None
        if sleeping is None or sleeping.until <= now:
            yield from kind.open(self._looking)

    def _wake(self) -> None:
        """Wake the jobs whose request was answered, or is not on the desk any more."""
        desk = self._looking.desk
        with self._lock:
            waiting = [(key, sleep.requests) for key, sleep in self._asleep.items() if sleep.requests]
        for key, requests in waiting:
            if not all(desk.is_open(name) for name in requests):
                with self._lock:
                    self._asleep.pop(key, None)

    # ------------------------------------------------------------------ one pass

    def take(self, kind: str, number: int) -> None:
        """Note that a pass is under way, so that it is not asked for again."""
        with self._lock:
            self._running.add((kind, number))

    def let_go(self, kind: str, number: int) -> None:
        """Note that it is not."""
        with self._lock:
            self._running.discard((kind, number))

    def run(self, name: str, number: int) -> str:
        """One pass over one job; answers how it ended: over, waiting, queued, retrying, stuck, stopping.

        Nothing is raised: what is raised inside becomes a code in ``job_states`` and in the log.
        """
        kind = BY_NAME[name]
        started = time.monotonic()
        self.take(name, number)
        office = self._sending if kind.outgoing else self._writing
        try:
            with self._door(office, kind):
                office.unanswered.clear()
                waiting_for = kind.run(office, number, self._progress)
            return self._ended(kind, number, office, waiting_for, started)
        except Stopping:
            return "stopping"
        except Exception as error:  # noqa: BLE001 - one job's fault stops no other, and its words are kept out of DBOS
            return self._failed(kind, number, office, error, started)
        finally:
            self.let_go(name, number)

    @contextmanager
    def _door(self, office: WorkingOffice, kind: Kind) -> Iterator[None]:
        if self._stop.is_set():
            raise Stopping
        if kind.outgoing:
            office.same_register()
            yield
        else:
            with office.writing():
                office.same_register()
                yield

    def _progress(self, _step: str, _done: int, _total: int) -> None:
        if self._stop.is_set():
            raise Stopping

    def _ended(self, kind: Kind, number: int, office: WorkingOffice, waiting_for: str, started: float) -> str:
        requests = tuple(office.unanswered) if waiting_for else ()
        self._remembered.pop((kind.name, number), None)
        over = not waiting_for and not kind.every and number not in kind.open(office)
        now = time.monotonic()
        if over:
            states.drop(office.engine, kind.name, number)
            step = "over"
        else:
            before = states.state(office.engine, kind.name, number)
            after = states.after_pass(before, waiting_for=waiting_for)
            states.put(office.engine, before, after, office.clock())
            step = f"waiting:{waiting_for}" if waiting_for else "queued"
        with self._lock:
            if over:
                self._asleep.pop((kind.name, number), None)
            elif waiting_for:
                self._asleep[kind.name, number] = _Sleep(now + _WAITS_AT_MOST, requests)
            else:
                self._asleep[kind.name, number] = _Sleep(now + (kind.every * self._every if kind.every else 1.0))
            if not kind.every:  # something happened that others may want to hear of
                self._asleep.pop(("event", 0), None)
        if not kind.every:
            self._log("job.pass", kind.name, number, started, step=step)
        return step.split(":", 1)[0]

    def _failed(self, kind: Kind, number: int, office: WorkingOffice, error: Exception, started: float) -> str:
        fault = fault_of(error)
        if wants_reopening(error):
            _quietly(office.close)
        if isinstance(error, Conflict) and fault.code == "office.busy":
            self._sleep(kind.name, number, _BUSY)
            return "queued"
        job = self._note(kind, number, office, fault)
        seconds = pause(job.attempts, stuck=job.state == states.STUCK)
        self._sleep(kind.name, number, max(seconds, kind.every * self._every if job.state == states.STUCK else 0))
        with self._lock:
            self._asleep.pop(("event", 0), None)
        self._log(
            "job.fault", kind.name, number, started, step=job.state, code=fault.code, field=fault.field,
            level=logging.WARNING,
        )  # fmt: skip
        return job.state

    def _note(self, kind: Kind, number: int, office: WorkingOffice, fault: Fault) -> states.Job:
        """Write the fault into the register, or, where that is what is broken, only remember it."""
        before = self._remembered.get((kind.name, number), states.Job(kind.name, number))
        after = before
        try:
            if not kind.every and number not in kind.open(office):  # refused: its row says so, and it is over
                states.drop(office.engine, kind.name, number)
                self._remembered.pop((kind.name, number), None)
                return states.after_fault(before, fault, 0)
            stored = states.state(office.engine, kind.name, number)
            before = stored if stored.attempts >= before.attempts else before
            seconds = pause(before.attempts + 1, stuck=False)
            after = states.after_fault(before, fault, office.clock() + math.ceil(seconds))
            after = states.put(office.engine, stored, after, office.clock())
        except Exception as error:  # noqa: BLE001 - as in run
            after = states.after_fault(before, fault, 0)
            _quietly(office.close)
            log("job.unnoted", level=logging.WARNING, bureau=self.code, code=fault_of(error).code)
        self._remembered[kind.name, number] = after
        return after

    def _sleep(self, kind: str, number: int, seconds: float) -> None:
        with self._lock:
            self._asleep[kind, number] = _Sleep(time.monotonic() + seconds)

    def skip_pass(self, kind: str, number: int) -> None:
        """Count a pass that DBOS says has ended though its end could not be written into the register."""
        self._skipped[kind, number] = self._skipped.get((kind, number), 0) + 1

    def reopen(self) -> None:
        """Let go of what looks for work, after a fault in it; the next look opens it anew."""
        _quietly(self._looking.close)

    def close(self) -> None:
        """Let go of everything."""
        for office in (self._looking, self._writing, self._sending):
            _quietly(office.close)

    def _log(
        self, event: str, kind: str, number: int, started: float, *, level: int = logging.INFO, **facts: str
    ) -> None:
        milliseconds = round((time.monotonic() - started) * 1000)
        log(event, level=level, bureau=self.code, kind=kind, number=number, ms=milliseconds, **facts)


def _quietly(close: Callable[[], None]) -> None:
    """Close what may be broken already."""
    try:
        close()
    except Exception as error:  # noqa: BLE001 - it is being given up
        log("job.close", level=logging.WARNING, code=fault_of(error).code)
