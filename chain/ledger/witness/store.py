"""What one witness has seen and signed, in one SQLite file. What is signed is never changed or removed."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from chain.kernel.errors import Damaged
from chain.kernel.sqlite import open_durable, writing
from chain.ledger.witness import tree
from chain.ledger.witness.heads import Head, HeadKey

_SCHEMA = """
CREATE TABLE IF NOT EXISTS block (number INTEGER PRIMARY KEY, hash BLOB NOT NULL, time INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS node (
  level INTEGER NOT NULL, place INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS head (
  contract BLOB NOT NULL, kind INTEGER NOT NULL, bureau TEXT NOT NULL, name TEXT NOT NULL,
  sequence INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (contract, kind, bureau, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (
  size INTEGER PRIMARY KEY, body TEXT NOT NULL, note TEXT NOT NULL, time INTEGER NOT NULL, kept INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS signed (
  one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS snapshot (version INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS signed_stays BEFORE UPDATE ON signed WHEN new.size < old.size OR new.time < old.time
BEGIN SELECT raise(ABORT, 'signed history only grows'); END;
CREATE TRIGGER IF NOT EXISTS block_stays BEFORE DELETE ON block
WHEN old.number < coalesce((SELECT size FROM signed), 0)
BEGIN SELECT raise(ABORT, 'a signed block stays'); END;
CREATE TRIGGER IF NOT EXISTS block_same BEFORE UPDATE ON block BEGIN SELECT raise(ABORT, 'a block stays'); END;
"""


class WitnessStore:
    """The state of one witness.

    Args:
        path: the file; made if missing.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = open_durable(path, _SCHEMA)
        except sqlite3.DatabaseError as error:
            raise Damaged(
                f"{path}: {error}", code="witness.store", field="home",
                fix="restore it from the newest backup, or retire this key: a witness without memory must not sign",
            ) from error  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def writing(self) -> AbstractContextManager[None]:
        """All or nothing; durable on leaving."""
        return writing(self._db)

    # ------------------------------------------------------------------ blocks

    @property
    def size(self) -> int:
        """Blocks seen, from block 0 on."""
        return int(self._db.execute("SELECT coalesce(max(number) + 1, 0) FROM block").fetchone()[0])

    def hash_of(self, number: int) -> bytes | None:
        """Hash of a block, or None if it was not seen."""
        row = self._db.execute("SELECT hash FROM block WHERE number = ?", (number,)).fetchone()
        return None if row is None else bytes(row[0])

    def append(self, number: int, hash_: bytes, time: int, leaf: bytes) -> None:
        """Add the next block and the subtrees it completes."""
        self._db.execute("INSERT INTO block VALUES (?, ?, ?)", (number, hash_, time))
        self._db.executemany("INSERT INTO node VALUES (?, ?, ?)", tree.new_nodes(self.node, number, leaf))

    def node(self, level: int, place: int) -> bytes:
        """Hash of a perfect subtree. Raises Damaged if it is missing."""
        row = self._db.execute("SELECT hash FROM node WHERE level = ? AND place = ?", (level, place)).fetchone()
        if row is None:
            raise Damaged(f"node {level}/{place} of the tree is missing", code="witness.store", field="home")
        return bytes(row[0])

    def level(self, level: int, start: int) -> list[bytes]:
        """Hashes of one level from place ``start`` on."""
        rows = self._db.execute("SELECT hash FROM node WHERE level = ? AND place >= ? ORDER BY place", (level, start))
        return [bytes(row[0]) for row in rows]

    def truncate(self, size: int) -> None:
        """Forget the blocks from ``size`` on, none of which is signed (a trigger holds that)."""
        self._db.execute("DELETE FROM block WHERE number >= ?", (size,))
        for level in range(64):
            gone = self._db.execute("DELETE FROM node WHERE level = ? AND place >= ?", (level, size >> level)).rowcount
            if not gone and size >> level == 0:
                break

    # ------------------------------------------------------------------ heads

    def heads(self) -> dict[HeadKey, Head]:
        """All heads at :attr:`size`."""
        rows = self._db.execute("SELECT contract, kind, bureau, name, sequence, value FROM head")
        return {HeadKey(bytes(row[0]), row[1], row[2], row[3]): Head(row[4], bytes(row[5])) for row in rows}

    def put_head(self, key: HeadKey, head: Head) -> None:
        """Store one head."""
        self._db.execute(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?, ?)",
            (key.contract, key.kind, key.bureau, key.name, head.sequence, head.value),
        )

    # ------------------------------------------------------------------ what was signed

    @property
    def signed(self) -> tuple[int, int]:
        """Largest size ever signed, and when; (0, 0) if nothing was."""
        row = self._db.execute("SELECT size, time FROM signed").fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def put_checkpoint(self, size: int, body: str, note: str, time: int, *, kept: bool) -> None:
        """Store a signed checkpoint; one that is not ``kept`` goes when the next is stored."""
        self._db.execute("DELETE FROM checkpoint WHERE kept = 0 AND size < ?", (size,))
        self._db.execute(
            "INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (size) DO UPDATE "
            "SET note = ?3, time = ?4, kept = max(kept, ?5)",
            (size, body, note, time, int(kept)),
        )
        self._db.execute(
            "INSERT INTO signed VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET size = max(size, ?1), time = ?2",
            (size, time),
        )

    def checkpoint(self, size: int) -> tuple[str, str] | None:
        """Body and note of the checkpoint of that size, or None."""
        row = self._db.execute("SELECT body, note FROM checkpoint WHERE size = ?", (size,)).fetchone()
        return None if row is None else (row[0], row[1])

    def newest_checkpoint(self) -> tuple[int, str] | None:
        """(size, note) of the largest checkpoint, or None."""
        row = self._db.execute("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
        return None if row is None else (int(row[0]), row[1])

    def checkpoints(self, after: int = 0) -> list[tuple[int, str]]:
        """(size, note) of every stored checkpoint larger than ``after``, by size."""
        return list(self._db.execute("SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size", (after,)))

    # ------------------------------------------------------------------ trust snapshots

    def claim_snapshot(self, version: int, digest: bytes, size: int) -> bool:
        """Remember that this snapshot of ``size`` blocks is about to be signed; its blocks stay from now on.

        False if a newer snapshot, or another one of that version, has that place.
        """
        with self.writing():
            row = self._db.execute("SELECT version, digest FROM snapshot ORDER BY version DESC LIMIT 1").fetchone()
            if row is not None and (row[0] > version or (row[0] == version and bytes(row[1]) != digest)):
                return False
            self._db.execute("INSERT OR IGNORE INTO snapshot VALUES (?, ?)", (version, digest))
            self._db.execute(
                "INSERT INTO signed VALUES (1, ?1, 0) ON CONFLICT (one) DO UPDATE SET size = max(size, ?1)", (size,)
            )
            return True
