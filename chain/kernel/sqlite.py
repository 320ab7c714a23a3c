"""What every SQLite file of ours has in common: durable once committed, and written by one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_durable(path: Path, schema: str, *, timeout: float = 30.0) -> sqlite3.Connection:
    """Open or create a file of ours, without implicit transactions.

    A committed change survives a power cut (WAL, ``synchronous=FULL``); what is deleted is overwritten.

    Args:
        path: the file.
        schema: statements that make what is missing.
        timeout: seconds to wait for another writer.
    """
    database = sqlite3.connect(path, isolation_level=None, timeout=timeout, check_same_thread=False)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-16384"):
        database.execute(f"PRAGMA {setting}")
    database.executescript(schema)
    return database


@contextmanager
def writing(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, and nobody else writes meanwhile; durable on leaving."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
