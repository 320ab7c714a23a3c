"""What a signer remembers: releases, recalls, every root it signed, every slot it saw given out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS releases (
  digest BLOB PRIMARY KEY, bureau TEXT NOT NULL, lane TEXT NOT NULL, size INTEGER NOT NULL,
  released_at INTEGER NOT NULL, recalled_at INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS released_drafts (
  digest BLOB NOT NULL, position INTEGER NOT NULL, draft BLOB NOT NULL, predecessor TEXT,
  PRIMARY KEY (digest, position)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roots (
  bureau TEXT NOT NULL, lane TEXT NOT NULL, sequence INTEGER NOT NULL, root BLOB NOT NULL, digest BLOB,
  PRIMARY KEY (bureau, lane, sequence, root)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS successors (
  predecessor TEXT PRIMARY KEY, successor TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slots (
  list TEXT NOT NULL, slot INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (list, slot)) STRICT, WITHOUT ROWID;
"""


class SignerState:
    """SQLite file of one signer; one transaction a request.

    Args:
        path: the file, made if missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        path.chmod(0o600)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ------------------------------------------------------------------ releases

    def release(
        self, digest: bytes, bureau: str, lane: str, drafts: Iterable[tuple[bytes, str | None]], at: int
    ) -> None:
        """Note a released list: each draft's digest and predecessor. A recalled list may be released anew."""
        rows = [(digest, position, draft, predecessor) for position, (draft, predecessor) in enumerate(drafts)]
        self._db.execute(
            "INSERT OR REPLACE INTO releases VALUES (?,?,?,?,?,NULL)", (digest, bureau, lane, len(rows), at)
        )
        self._db.executemany("INSERT OR REPLACE INTO released_drafts VALUES (?,?,?,?)", rows)

    def released(self, digest: bytes) -> tuple[str, str, int, bool] | None:
        """Bureau, lane, size, and whether it was recalled; None if never released."""
        row = self._db.execute(
            "SELECT bureau, lane, size, recalled_at FROM releases WHERE digest=?", (digest,)
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2], row[3] is not None)

    def drafts(self, digest: bytes) -> list[tuple[bytes, str | None]]:
        """Draft digest and predecessor by position."""
        return self._db.execute(
            "SELECT draft, predecessor FROM released_drafts WHERE digest=? ORDER BY position", (digest,)
        ).fetchall()

    def recall(self, digest: bytes, at: int) -> bool:
        """Mark as recalled; False if a root for it was signed already."""
        if self._db.execute("SELECT 1 FROM roots WHERE digest=?", (digest,)).fetchone():
            return False
        self._db.execute("INSERT OR IGNORE INTO releases VALUES (?,'','',0,?,?)", (digest, at, at))
        self._db.execute("UPDATE releases SET recalled_at=? WHERE digest=?", (at, digest))
        return True

    # ------------------------------------------------------------------ roots

    def put_root(self, bureau: str, lane: str, sequence: int, root: bytes, digest: bytes | None) -> None:
        """Note a root about to be signed; ``digest`` names the released list, if it is one."""
        self._db.execute("INSERT OR IGNORE INTO roots VALUES (?,?,?,?,?)", (bureau, lane, sequence, root, digest))

    def roots_of(self, digest: bytes) -> list[tuple[int, bytes]]:
        """Every sequence and root ever signed for a released list."""
        rows = self._db.execute(
            "SELECT sequence, root FROM roots WHERE digest=? ORDER BY sequence", (digest,)
        ).fetchall()
        return [(row[0], bytes(row[1])) for row in rows]

    def successor(self, predecessor: str) -> str | None:
        """The identifier that a released draft named as following ``predecessor``, or None."""
        row = self._db.execute("SELECT successor FROM successors WHERE predecessor=?", (predecessor,)).fetchone()
        return None if row is None else str(row[0])

    def put_successors(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Note which certificate follows which."""
        self._db.executemany("INSERT OR REPLACE INTO successors VALUES (?,?)", pairs)

    def take_slots(self, digest: bytes, slots: Iterable[tuple[str, int]]) -> tuple[str, int] | None:
        """Note slots as given to a released list; answers the first that another list has, or None."""
        for name, slot in slots:
            row = self._db.execute("SELECT digest FROM slots WHERE list=? AND slot=?", (name, slot)).fetchone()
            if row is not None and bytes(row[0]) != digest:
                return name, slot
            if row is None:
                self._db.execute("INSERT INTO slots VALUES (?,?,?)", (name, slot, digest))
        return None
