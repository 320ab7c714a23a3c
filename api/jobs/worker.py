"""The process that takes everything on: scans the registers, hands passes to DBOS, ends cleanly."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.db import open_service
from api.jobs.bureau import Bureau
from api.jobs.durable import Durable
from api.jobs.faults import fault_of, pause
from api.jobs.logs import log
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import Home
from chain.ledger.node.locks import FileLock

_SCAN = 0.2
_MEND, _PRUNE = 5.0, 600.0
_END = 6.0
"""Seconds that passes under way have to come to a good place after a request to stop."""

_OUTGOING = 2


class Worker:
    """Works for the bureaus of one service's home.

    Args:
        home: the service's home.
        stop: set from outside to end.

    Raises:
        InvalidInput: no bureau is named, or a named home is none of an officer.
    """

    def __init__(self, home: Home, stop: threading.Event) -> None:
        self._home = home
        self._stop = stop
        settings = home.settings.service
        if not settings.bureaus:
            raise InvalidInput(
                "this home names no bureaus to work for",
                code="jobs.bureaus",
                field="service.bureaus",
                fix="yinxin init service --bureau-home FOLDER, or set service.bureaus in config.toml",
            )
        self._engine = open_service(home)
        found = [
            Bureau(
                _officer(home, name),
                every=settings.every,
                stop=stop,
                service_engine=self._engine,
                audit_minutes=settings.audit_minutes,
                service=home,
                first=place == 0,
            )
            for place, name in enumerate(settings.bureaus)
        ]
        self._bureaus = {bureau.code: bureau for bureau in found}
        if len(self._bureaus) != len(found):
            raise InvalidInput(
                "one bureau is named twice",
                code="jobs.bureaus",
                field="service.bureaus",
                fix="name each officer's home once",
            )
        self._quiet: dict[str, tuple[float, int]] = {}

    def run(self, *, until_idle: bool = False) -> bool:
        """Work until told to stop.

        Args:
            until_idle: end when nothing but upkeep is open in any register.

        Returns:
            True if every pass ended; False if one had to be left where it was, to be gone on with at the next start.
        """
        queues = dict.fromkeys(self._bureaus, 1) | {"outgoing": _OUTGOING}
        durable = Durable(_database(self._home), queues, self._pass)
        log("worker.started", bureaus=len(self._bureaus))
        mended = pruned = time.monotonic()
        try:
            while not self._stop.is_set():
                now = time.monotonic()
                asked = [self._scan(bureau, durable, now) for bureau in self._bureaus.values()]
                if until_idle and not any(asked) and all(bureau.idle for bureau in self._bureaus.values()):
                    break
                if now - mended > _MEND:
                    mended = now
                    self._guarded("worker.mend", lambda: self._mend(durable))
                if now - pruned > _PRUNE:
                    pruned = now
                    self._guarded("worker.prune", durable.prune)
                self._stop.wait(_SCAN)
        finally:
            self._stop.set()
            ended = durable.close(_END)
            if ended:
                for bureau in self._bureaus.values():
                    bureau.close()
                self._engine.dispose()
            log("worker.stopped", ended=ended)
        return ended

    def _pass(self, bureau: str, kind: str, number: int) -> str:
        known = self._bureaus.get(bureau)
        return "unknown" if known is None else known.run(kind, number)

    def _scan(self, bureau: Bureau, durable: Durable, now: float) -> bool:
        """Ask for every pass that is due; True if any was. A fault makes this bureau be left alone for a while."""
        until, faults = self._quiet.get(bureau.code, (0.0, 0))
        if now < until:
            return True
        try:
            asked = False
            for kind, number, run in bureau.due(now):
                queue = "outgoing" if kind.outgoing else bureau.code
                bureau.take(kind.name, number)
                taken = None
                try:
                    taken = durable.enqueue(queue, bureau.code, kind.name, number, run)
                finally:
                    if not taken:
                        bureau.let_go(kind.name, number)
                if taken is False:
                    bureau.skip_pass(kind.name, number)
                asked = asked or not kind.every
            self._quiet.pop(bureau.code, None)
            return asked
        except Exception as error:  # noqa: BLE001 - one bureau's fault stops no other's work
            fault = fault_of(error)
            log("worker.scan", level=logging.WARNING, bureau=bureau.code, code=fault.code, field=fault.field)
            bureau.reopen()
            self._quiet[bureau.code] = (now + pause(faults + 1, stuck=False), faults + 1)
            return True

    def _mend(self, durable: Durable) -> None:
        for bureau, kind, number in durable.mend(time.monotonic()):
            log("worker.mended", level=logging.WARNING, bureau=bureau, kind=kind, number=number)
            if bureau in self._bureaus:
                self._bureaus[bureau].let_go(kind, number)

    def _guarded(self, event: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - housekeeping; it is tried again
            log(event, level=logging.WARNING, code=fault_of(error).code)


def _database(home: Home) -> Path | str:
    """Where DBOS keeps its tables: a file of this home, or the PostgreSQL server that ``database.url`` names."""
    url = str(getattr(getattr(home.settings, "database", None), "url", "") or "")
    return url if url.startswith("postgresql") else home / "jobs.sqlite"


def _officer(home: Home, name: str) -> Home:
    found = Home(home.resolve(name))
    if found.settings.role != "officer":
        raise InvalidInput(
            f"{found.path} is not an officer's home",
            code="jobs.bureau_home",
            field="service.bureaus",
            fix="name the home that yinxin init officer made; relative names start at the service's home",
        )
    return found


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """One worker a home. Raises Conflict."""
    lock = FileLock(home / "worker.lock")
    if not lock.attempt():
        raise Conflict(
            "another worker works in this home",
            code="jobs.running",
            field="home",
            fix="stop it first, or leave the work to it",
        )
    try:
        yield
    finally:
        lock.release()
