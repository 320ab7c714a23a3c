"""What a signer remembers of certificate types: documents a person approved, and under which one a list was released.

That a document was approved stands in the table of releases, under its digest; the roots signed for it stand with all
other roots. A definition counts once one of these roots is on the ledger.
"""

from __future__ import annotations

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS type_documents (digest BLOB PRIMARY KEY, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS release_types (
  digest BLOB PRIMARY KEY, version INTEGER NOT NULL, document BLOB) STRICT, WITHOUT ROWID;
"""


class TypeBook:
    """Tables in the signer's file.

    Args:
        database: the file, as :class:`chain.desk.state.SignerState` opened it.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def put(self, digest: bytes, document: bytes) -> None:
        """Keep a definition or retirement that a person approved."""
        self._db.execute("INSERT OR IGNORE INTO type_documents VALUES (?,?)", (digest, document))

    def documents(self) -> list[tuple[bytes, bytes]]:
        """Digest and bytes of all that is kept."""
        rows = self._db.execute("SELECT digest, document FROM type_documents").fetchall()
        return [(bytes(row[0]), bytes(row[1])) for row in rows]

    def document(self, digest: bytes) -> bytes:
        """Bytes of one document. Raises LookupError if it is not kept."""
        row = self._db.execute("SELECT document FROM type_documents WHERE digest=?", (digest,)).fetchone()
        if row is None:
            raise LookupError(digest.hex())
        return bytes(row[0])

    def put_release(self, digest: bytes, version: int, document: bytes | None) -> None:
        """Note under which definition a list was released; None for one that ships with the toolkit."""
        self._db.execute("INSERT OR REPLACE INTO release_types VALUES (?,?,?)", (digest, version, document))

    def of_release(self, digest: bytes) -> tuple[int, bytes | None] | None:
        """Version and digest of the definition a list was released under; None for lists older than this table."""
        row = self._db.execute("SELECT version, document FROM release_types WHERE digest=?", (digest,)).fetchone()
        return None if row is None else (int(row[0]), None if row[1] is None else bytes(row[1]))
