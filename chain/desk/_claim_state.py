"""What a signer remembers of activation codes and device bindings, in the same file as the rest of its memory."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

CLAIM_SCHEMA = """
CREATE TABLE IF NOT EXISTS activations (
  subject BLOB PRIMARY KEY, request TEXT NOT NULL, jwt BLOB NOT NULL, sealed BLOB NOT NULL,
  expires INTEGER NOT NULL, tries INTEGER NOT NULL, used_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failed_claims (claim BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subjects (
  subject BLOB PRIMARY KEY, secret BLOB NOT NULL, jwt BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lane_entries (
  act BLOB PRIMARY KEY, subject BLOB NOT NULL, n INTEGER NOT NULL, ends INTEGER NOT NULL,
  document BLOB NOT NULL, leaves BLOB NOT NULL, record BLOB NOT NULL,
  UNIQUE (subject, n, ends)) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Activation:
    """A code that was given out.

    Attributes:
        request: name of the desk request it was made for.
        jwt: SHA-256 of the certificate's issuer-signed JWT.
        sealed: the key the code gives, encrypted.
        expires: seconds.
        tries: wrong claims it still bears.
        used_at: seconds, or None.
    """

    request: str
    jwt: bytes
    sealed: bytes
    expires: int
    tries: int
    used_at: int | None


@dataclass(frozen=True, slots=True)
class LaneEntry:
    """A binding or an end that was made.

    Attributes:
        act: SHA-256 of the claim or of the act that ended it.
        subject: SHA-256 of the certificate's identifier.
        n: ordinal of the binding that begins or ends.
        ends: True for an end.
        document: the binding's document; of an end nothing is kept.
        leaves: tag, document and record of each leaf in a row, 96 bytes a leaf; its own first, then one for each end.
        record: ciphertext.
    """

    act: bytes
    subject: bytes
    n: int
    ends: bool
    document: bytes
    leaves: bytes
    record: bytes


class ClaimState:
    """Tables of the signer's file; the caller holds the transaction.

    Args:
        database: the open file.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    # ------------------------------------------------------------------ codes

    def activation(self, subject: bytes) -> Activation | None:
        """The newest code of a certificate, or None."""
        row = self._db.execute(
            "SELECT request, jwt, sealed, expires, tries, used_at FROM activations WHERE subject=?", (subject,)
        ).fetchone()
        return None if row is None else Activation(row[0], bytes(row[1]), bytes(row[2]), row[3], row[4], row[5])

    def put_activation(self, subject: bytes, code: Activation) -> None:
        """Note a fresh code; the one before is void."""
        self._db.execute(
            "INSERT OR REPLACE INTO activations VALUES (?,?,?,?,?,?,?)",
            (subject, code.request, code.jwt, code.sealed, code.expires, code.tries, code.used_at),
        )

    def use(self, subject: bytes, at: int) -> None:
        """Note that a code was used."""
        self._db.execute("UPDATE activations SET used_at=? WHERE subject=?", (at, subject))

    def fail(self, subject: bytes, claim: bytes) -> None:
        """Take one try away, once a claim."""
        done = self._db.execute("INSERT OR IGNORE INTO failed_claims VALUES (?)", (claim,))
        if done.rowcount:
            self._db.execute("UPDATE activations SET tries = max(tries - 1, 0) WHERE subject=?", (subject,))

    # ------------------------------------------------------------------ bindings

    def secret(self, subject: bytes, jwt: bytes, fresh: bytes) -> bytes:
        """The secret of a certificate's tags; ``fresh`` from now on if it has none."""
        self._db.execute("INSERT OR IGNORE INTO subjects VALUES (?,?,?)", (subject, fresh, jwt))
        return bytes(self._db.execute("SELECT secret FROM subjects WHERE subject=?", (subject,)).fetchone()[0])

    def entry(self, act: bytes) -> LaneEntry | None:
        """What was made of a claim or of an act, or None."""
        return self._one("WHERE act=?", (act,))

    def bound(self, subject: bytes, n: int) -> LaneEntry | None:
        """A certificate's binding number ``n``, or None."""
        return self._one("WHERE subject=? AND n=? AND ends=0", (subject, n))

    def newest(self, subject: bytes) -> LaneEntry | None:
        """The newest binding of a certificate, or None."""
        return self._one("WHERE subject=? AND ends=0 ORDER BY n DESC LIMIT 1", (subject,))

    def end_of(self, subject: bytes, n: int) -> LaneEntry | None:
        """The end of a binding, or None."""
        return self._one("WHERE subject=? AND n=? AND ends=1", (subject, n))

    def put_entry(self, entry: LaneEntry) -> None:
        """Note what was made."""
        values = (entry.act, entry.subject, entry.n, int(entry.ends), entry.document, entry.leaves, entry.record)
        self._db.execute("INSERT INTO lane_entries VALUES (?,?,?,?,?,?,?)", values)

    def _one(self, where: str, values: tuple[object, ...]) -> LaneEntry | None:
        query = f"SELECT act, subject, n, ends, document, leaves, record FROM lane_entries {where}"  # noqa: S608 - ours
        row = self._db.execute(query, values).fetchone()
        if row is None:
            return None
        return LaneEntry(
            bytes(row[0]), bytes(row[1]), row[2], bool(row[3]), bytes(row[4]), bytes(row[5]), bytes(row[6])
        )
