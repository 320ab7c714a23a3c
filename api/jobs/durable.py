"""DBOS underneath the worker: which passes are under way, so that a crash loses none and none runs twice at once.

What is open, and how far it is, stand in the bureaus' registers; DBOS knows passes by bureau, kind, number and count
and nothing else. Its database may be deleted while the worker stands still: the next scan makes the passes anew.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy.engine import make_url

from chain.kernel.errors import Unavailable

Run = Callable[[str, str, int], str]
"""One pass: bureau, kind, number; answers how it ended in one word, and raises nothing."""

_WORKFLOW = "advance"
_VERSION = "1"
"""The workflow's own version: raised only if its arguments change, so that passes outlive an upgrade of the rest."""

_POLL, _SLOW_POLL = 0.2, 1.0
_KEPT = timedelta(hours=1)
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_PRUNED_AT_ONCE = 500


class Durable:
    """Passes as DBOS workflows, one queue a bureau and one for what goes out.

    Args:
        database: SQLite file of the service's home, or a PostgreSQL address.
        queues: name and how many passes may run at once.
        run: does one pass.

    Raises:
        Unavailable: the database cannot be opened.
    """

    def __init__(self, database: Path | str, queues: dict[str, int], run: Run) -> None:
        self._run = run
        self._active: set[str] = set()
        self._stale: dict[str, float] = {}
        self._lock = threading.Lock()
        config: DBOSConfig = {
            "name": "yinxin-worker",
            "system_database_url": _prepare(database),
            "application_version": _VERSION,
            "executor_id": "worker",
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "enable_otlp": False,
            "max_executor_threads": sum(queues.values()) + 4,
        }
        DBOS(config=config)

        # A pass may die as often as it likes: recovery has no limit.
        @DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=None)
        def advance(bureau: str, kind: str, number: int) -> str:
            return self._advance(bureau, kind, number)

        DBOS.launch()
        for name, limit in queues.items():
            DBOS.register_queue(
                name,
                global_concurrency=limit,
                worker_concurrency=limit,
                polling_interval_sec=_POLL if limit == 1 else _SLOW_POLL,
                on_conflict="always_update",
            )

    def _advance(self, bureau: str, kind: str, number: int) -> str:
        # No steps of DBOS inside: the register's rows are the checkpoints, and two books could disagree.
        mine = DBOS.workflow_id or ""
        with self._lock:
            self._active.add(mine)
        try:
            return self._run(bureau, kind, number)
        finally:
            with self._lock:
                self._active.discard(mine)

    def enqueue(self, queue: str, bureau: str, kind: str, number: int, run: int) -> bool | None:
        """Ask for one pass.

        Returns:
            True if it is on its way (also where it was already), None if another pass over the same job is, and False
            if just this one has ended before.
        """
        job = f"{bureau}.{kind}.{number}"
        wanted = f"{job}.{run}"
        handle = DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": _WORKFLOW,
                "queue_name": queue,
                "workflow_id": wanted,
                "deduplication_id": job,
                "duplication_policy": "return-existing",
                "app_version": _VERSION,
            },
            bureau,
            kind,
            number,
        )
        if handle.workflow_id != wanted:
            return None
        return handle.get_status().status not in _ENDED

    def mend(self, now: float) -> list[tuple[str, str, int]]:
        """End passes that DBOS takes for running though none is: their end could not be written, the disk being full.

        Args:
            now: seconds of a clock that only goes forward.

        Returns:
            Bureau, kind and number of each.
        """
        ended = []
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        with self._lock:
            left = {item.workflow_id for item in pending} - self._active
        self._stale = {found: self._stale.get(found, now) for found in left}
        for found, since in list(self._stale.items()):
            if now - since > 3:
                DBOS.cancel_workflow(found)
                del self._stale[found]
                bureau, kind, number, _ = found.split(".")
                ended.append((bureau, kind, int(number)))
        return ended

    def prune(self) -> int:
        """Delete passes that ended long ago; answers how many."""
        before = (datetime.now(UTC) - _KEPT).isoformat()
        found = DBOS.list_workflows(
            status=_ENDED, end_time=before, limit=_PRUNED_AT_ONCE, load_input=False, load_output=False
        )
        if found:
            DBOS.delete_workflows([item.workflow_id for item in found])
        return len(found)

    def close(self, seconds: float) -> bool:
        """Stop taking passes and wait for those under way; False if some are after ``seconds``."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self._lock:
                if not self._active:
                    break
            time.sleep(0.05)
        with self._lock:
            ended = not self._active
        if ended:
            time.sleep(0.1)  # DBOS writes a pass's end just after it
        DBOS.destroy(workflow_completion_timeout_sec=0)
        return ended


def _prepare(database: Path | str) -> str:
    """The address for DBOS; a file is made for its owner's eyes only, with a write-ahead log."""
    if isinstance(database, str):
        return make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(database)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(
            f"the worker's own database {database} cannot be opened",
            code="jobs.database",
            field="service",
            fix="check the file's permissions and the disk; it may be deleted while the worker stands still",
        ) from error
    return f"sqlite:///{database}"
