"""Signed transactions of one account on disk, and the lock that makes it one writer."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chain.kernel.errors import Unavailable
from chain.kernel.ports import BlockRef

SIGNED, SENT, FINAL, FAILED, LOST = "signed", "sent", "final", "failed", "lost"
"""States: stored but perhaps not sent; handed to a node; final; final but reverted; another took its nonce."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
  id INTEGER PRIMARY KEY,
  chain INTEGER NOT NULL,
  account BLOB NOT NULL,
  nonce INTEGER NOT NULL,
  label TEXT NOT NULL,
  target BLOB NOT NULL,
  data BLOB NOT NULL,
  raw BLOB NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL,
  number INTEGER, block BLOB, time INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_nonce ON sent (chain, account, nonce) WHERE state != 'lost';
CREATE UNIQUE INDEX IF NOT EXISTS one_label ON sent (chain, account, label) WHERE state NOT IN ('lost', 'failed');
"""
_COLUMNS = "label, nonce, target, data, raw, hash, state, number, block, time"


@dataclass(frozen=True, slots=True)
class SentTx:
    """One transaction of ours.

    Attributes:
        label: what it is for; at most one transaction with a label can take effect.
        nonce: the account's transaction number.
        to: contract, 20 bytes.
        data: call data.
        raw: signed bytes, the only ones ever sent for it.
        hash: transaction hash, 32 bytes.
        state: ``signed``, ``sent``, ``final``, ``failed`` or ``lost``.
        block: where it became final, or None.
    """

    label: str
    nonce: int
    to: bytes
    data: bytes
    raw: bytes
    hash: bytes
    state: str
    block: BlockRef | None = None


class Outbox:
    """The table of one account on one chain. Use only inside :meth:`hold`."""

    def __init__(self, path: Path, chain_id: int, account: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock_path = path.with_name(f"{path.name}.{chain_id}-{account.hex()}.lock")
        self._chain, self._account, self._path = chain_id, account, path
        self._database: sqlite3.Connection | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        if self._database is None:
            database = sqlite3.connect(self._path, isolation_level=None, timeout=30, check_same_thread=False)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.executescript(_SCHEMA)
            self._database = database
        return self._database

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the only one, over all processes and threads, who uses the account."""
        handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def by_label(self, label: str) -> SentTx | None:
        """The transaction with that label that took effect or still may, or None."""
        return self._one("label = ? AND state NOT IN ('lost', 'failed')", label)

    def latest(self, beginning: str) -> SentTx | None:
        """The newest transaction whose label begins so and that took effect or still may, or None."""
        found = self._many("substr(label, 1, length(?)) = ? AND state NOT IN ('lost', 'failed')", beginning, beginning)
        return found[-1] if found else None

    def by_hash(self, hash_: bytes) -> SentTx | None:
        """The transaction with that hash, or None."""
        return self._one("hash = ?", hash_)

    def open(self) -> list[SentTx]:
        """Those not yet settled, by nonce."""
        return self._many("state IN ('signed', 'sent')")

    def highest(self) -> int:
        """Highest nonce ever given away and not lost, or -1."""
        row = self._db.execute(
            "SELECT max(nonce) FROM sent WHERE chain = ? AND account = ? AND state != 'lost'",
            (self._chain, self._account),
        ).fetchone()
        return -1 if row[0] is None else int(row[0])

    def add(self, tx: SentTx) -> None:
        """Store; on return it is on disk. The same bytes again, after they were given up as lost, are open again."""
        self._db.execute(
            # The only text put into the statement is a constant of this module.
            f"INSERT INTO sent (chain, account, {_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,NULL,NULL,NULL) "  # noqa: S608
            "ON CONFLICT (hash) DO UPDATE SET label=excluded.label, state=excluded.state, "
            "number=NULL, block=NULL, time=NULL",
            (self._chain, self._account, tx.label, tx.nonce, tx.to, tx.data, tx.raw, tx.hash, tx.state),
        )

    def settle(self, tx: SentTx, state: str, block: BlockRef | None = None) -> SentTx:
        """Store another state, and where it became final."""
        place = (None, None, None) if block is None else (block.number, block.hash, block.time)
        self._db.execute("UPDATE sent SET state=?, number=?, block=?, time=? WHERE hash=?", (state, *place, tx.hash))
        return replace(tx, state=state, block=block)

    def _one(self, where: str, value: object) -> SentTx | None:
        found = self._many(where, value)
        return found[0] if found else None

    def _many(self, where: str, *values: object) -> list[SentTx]:
        query = f"SELECT {_COLUMNS} FROM sent WHERE chain = ? AND account = ? AND {where} ORDER BY nonce"  # noqa: S608
        try:
            rows = self._db.execute(query, (self._chain, self._account, *values)).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"{self._path}: {error}", code="sender.store", field="store") from error
        return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> SentTx:
    label, nonce, to, data, raw, hash_, state, number, block, time = row
    return SentTx(label, nonce, to, data, raw, hash_, state, None if number is None else BlockRef(number, block, time))
