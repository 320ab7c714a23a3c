"""What a custodian knows, on disk: sealed files, parts of those to come, and what it has promised to send.

::

    <folder>/custody.sqlite
    <folder>/uploads/<number>          parts, each in its place, of a file that is not whole
    <folder>/files/<two digits>/<SHA-256 of the file>

A row is written after the bytes it speaks of are on disk. Who sent what is not written down: a network address beside a
file would tie a bidder to a bid.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chain.kernel.errors import Unavailable
from chain.kernel.sqlite import open_durable, writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS uploads (
  number TEXT PRIMARY KEY, tender INTEGER NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL,
  whole INTEGER NOT NULL, restoring INTEGER NOT NULL, UNIQUE (tender, digest, size)
) STRICT;
CREATE TABLE IF NOT EXISTS parts (
  number TEXT NOT NULL, part INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (number, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_digest ON uploads (digest) WHERE whole = 1;
CREATE TABLE IF NOT EXISTS named (
  tender INTEGER NOT NULL, digest BLOB NOT NULL, bidder BLOB NOT NULL, PRIMARY KEY (tender, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
  tender INTEGER NOT NULL, day INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (tender, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS relays (
  hash BLOB PRIMARY KEY, kind TEXT NOT NULL, tender INTEGER NOT NULL, lot INTEGER NOT NULL, body TEXT NOT NULL,
  state TEXT NOT NULL, sent BLOB, code TEXT, detail TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting ON relays (state) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS planned (tender INTEGER NOT NULL, lot INTEGER NOT NULL, PRIMARY KEY (tender, lot))
STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decoys (
  id INTEGER PRIMARY KEY, tender INTEGER NOT NULL, lot INTEGER NOT NULL, plan BLOB NOT NULL
) STRICT;
"""


class Store:
    """One custodian's folder; one process uses it.

    Args:
        folder: made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("uploads", "files"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.RLock()
        self._database = open_durable(folder / "custody.sqlite", _SCHEMA)

    def rows(self, query: str, *values: object) -> list[Any]:
        """All rows of a query."""
        with self._lock:
            return self._database.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> Any:
        """The first row of a query, or None."""
        with self._lock:
            return self._database.execute(query, values).fetchone()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; on disk on leaving. Raises Unavailable (disk full, damaged file)."""
        try:
            with self._lock, writing(self._database):
                yield self._database
        except sqlite3.Error as error:
            raise Unavailable(
                f"the custodian's journal: {error}", code="custody.journal", field="home", fix="look at the disk"
            ) from error

    def upload_path(self, number: str) -> Path:
        """Where the parts of an upload lie."""
        return self.folder / "uploads" / number

    def file_path(self, digest: bytes) -> Path:
        """Where a whole file lies."""
        return self.folder / "files" / digest.hex()[:2] / digest.hex()

    def close(self) -> None:
        """Close the journal."""
        with self._lock:
            self._database.close()


def sync_folder(folder: Path) -> None:
    """What was renamed or removed in that folder is so after a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
