"""What a signer remembers: releases, recalls, approvals, every root it signed, every slot it saw given out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from chain.desk._audit import SCHEMA as _AUDIT
from chain.desk._audit import AuditHeads
from chain.desk._claim_state import CLAIM_SCHEMA, ClaimState
from chain.desk._type_book import SCHEMA as _TYPES
from chain.desk._type_book import TypeBook
from chain.kernel.encoding import sha256
from chain.kernel.sqlite import open_durable, writing

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
CREATE TABLE IF NOT EXISTS followers (
  predecessor BLOB NOT NULL, digest BLOB NOT NULL, successor BLOB NOT NULL,
  PRIMARY KEY (predecessor, digest)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slots (
  list TEXT NOT NULL, slot INTEGER NOT NULL, digest BLOB NOT NULL, identifier BLOB NOT NULL,
  PRIMARY KEY (list, slot)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS approvals (
  act BLOB NOT NULL, token BLOB NOT NULL, PRIMARY KEY (act, token)) STRICT, WITHOUT ROWID;
"""


class SignerState:
    """SQLite file of one signer; one transaction a request.

    Args:
        path: the file, made if missing.

    Attributes:
        claims: codes and bindings.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = open_durable(path, _SCHEMA + _TYPES + _AUDIT + CLAIM_SCHEMA)
        self.audit = AuditHeads(self._db)
        self.types = TypeBook(self._db)
        self.claims = ClaimState(self._db)
        path.chmod(0o600)
        self._digest_successors()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, and nobody else writes meanwhile."""
        return writing(self._db)

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

    def drafts(self, digest: bytes, first: int, count: int) -> list[tuple[bytes, str | None]]:
        """Draft digest and predecessor by position, at most ``count`` from ``first`` on."""
        return self._db.execute(
            "SELECT draft, predecessor FROM released_drafts WHERE digest=? AND position BETWEEN ? AND ? "
            "ORDER BY position",
            (digest, first, first + count - 1),
        ).fetchall()

    def unsigned(self) -> list[tuple[bytes, str, int]]:
        """Digest, lane and size of every released list, not recalled, for which no root was signed yet."""
        rows = self._db.execute(
            "SELECT digest, lane, size FROM releases WHERE recalled_at IS NULL "
            "AND digest NOT IN (SELECT digest FROM roots WHERE digest IS NOT NULL)"
        ).fetchall()
        return [(bytes(row[0]), str(row[1]), int(row[2])) for row in rows]

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

    def follows(self, successor: str, predecessor: str) -> bool:
        """True if ``successor`` follows ``predecessor`` by a released list, not recalled, whose root is signed."""
        rows = self._db.execute(
            "SELECT s.successor FROM followers s JOIN releases r USING (digest) WHERE s.predecessor=? "
            "AND r.recalled_at IS NULL AND EXISTS (SELECT 1 FROM roots WHERE roots.digest = s.digest)",
            (_digest(predecessor),),
        ).fetchall()
        return _digest(successor) in {bytes(row[0]) for row in rows}

    def put_successors(self, digest: bytes, pairs: Iterable[tuple[str, str]]) -> None:
        """Note which certificate follows which by a released list; digests of their identifiers."""
        rows = [(_digest(predecessor), digest, _digest(successor)) for predecessor, successor in pairs]
        self._db.executemany("INSERT OR REPLACE INTO followers VALUES (?,?,?)", rows)

    def _digest_successors(self) -> None:
        """Files of earlier versions kept identifiers of successors in clear."""
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name='successors'").fetchone():
            return
        with self.transaction():
            rows = self._db.execute("SELECT predecessor, digest, successor FROM successors").fetchall()
            for predecessor, digest, successor in rows:
                self.put_successors(bytes(digest), [(predecessor, successor)])
            self._db.execute("DROP TABLE successors")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # ------------------------------------------------------------------ forgetting

    def unsettled(self) -> list[bytes]:
        """Digests of lists whose drafts are still remembered although a root was signed for them."""
        rows = self._db.execute(
            "SELECT DISTINCT digest FROM released_drafts WHERE EXISTS "
            "(SELECT 1 FROM roots WHERE roots.digest = released_drafts.digest)"
        ).fetchall()
        return [bytes(row[0]) for row in rows]

    def settle(self, digest: bytes) -> None:
        """Forget the drafts of a list that is anchored: nothing will be signed for it again."""
        self._db.execute("DELETE FROM released_drafts WHERE digest=?", (digest,))

    def forget(self, identifiers: Iterable[str]) -> None:
        """Forget which certificates these were. Their slots stay taken and answer to no name any more."""
        for identifier in identifiers:
            name = _digest(identifier)
            self._db.execute("DELETE FROM followers WHERE predecessor=? OR successor=?", (name, name))
            self._db.execute("UPDATE slots SET identifier=? WHERE identifier=?", (bytes(32), name))

    def flush(self) -> None:
        """Leave nothing of what was forgotten in the log beside the file."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def take_slots(self, digest: bytes, slots: Mapping[str, Mapping[int, bytes]]) -> tuple[str, int] | None:
        """Note slots as given to certificates of a released list.

        Args:
            digest: of the list.
            slots: by status list: entry, and SHA-256 of the certificate's identifier.

        Returns:
            A slot that another certificate has, or None.
        """
        for name, wanted in slots.items():
            rows = [(name, slot, digest, wanted[slot]) for slot in sorted(wanted)]
            self._db.executemany("INSERT OR IGNORE INTO slots VALUES (?,?,?,?)", rows)
            for slot, owner, identifier in self._db.execute(
                "SELECT slot, digest, identifier FROM slots WHERE list=? ORDER BY slot", (name,)
            ):
                if slot in wanted and (bytes(owner), bytes(identifier)) != (digest, wanted[slot]):
                    return name, int(slot)
        return None

    def slot_holder(self, name: str, slot: int) -> bytes | None:
        """SHA-256 of the identifier of the certificate that has this slot, or None where no root was signed for it."""
        row = self._db.execute("SELECT identifier FROM slots WHERE list=? AND slot=?", (name, slot)).fetchone()
        return None if row is None else bytes(row[0])

    # ------------------------------------------------------------------ approvals of status acts

    def approve(self, act: bytes, token: bytes) -> None:
        """Note that a person approved an act, and the SHA-256 of a new list signed for it (empty before one is)."""
        self._db.execute("INSERT OR IGNORE INTO approvals VALUES (?,?)", (act, token))

    def approvals(self, act: bytes) -> set[bytes] | None:
        """SHA-256 of every list signed for an act that a person approved, or None if nobody did."""
        rows = self._db.execute("SELECT token FROM approvals WHERE act=?", (act,)).fetchall()
        return {bytes(row[0]) for row in rows} if rows else None


def _digest(identifier: str) -> bytes:
    return sha256(identifier.encode())
