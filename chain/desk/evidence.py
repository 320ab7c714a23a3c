"""Every decision a signer took up, kept for good: rows are only ever added, the file itself refuses anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from chain.desk.decisions import SignedDecision
from chain.kernel.sqlite import open_durable, writing
from chain.ledger.decision import Decision

_TABLES = ("decisions", "decided", "recalled_requests")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
  id INTEGER PRIMARY KEY, bureau TEXT NOT NULL, request BLOB NOT NULL, address BLOB NOT NULL, approve INTEGER NOT NULL,
  reason TEXT NOT NULL, at INTEGER NOT NULL, not_after INTEGER NOT NULL, signature BLOB NOT NULL,
  received_at INTEGER NOT NULL, kind TEXT NOT NULL, size INTEGER NOT NULL, subject BLOB NOT NULL,
  UNIQUE (request, address)) STRICT;
CREATE INDEX IF NOT EXISTS decisions_by_subject ON decisions (subject);
CREATE TABLE IF NOT EXISTS decided (
  request BLOB PRIMARY KEY, name TEXT NOT NULL, approve INTEGER NOT NULL, reason TEXT NOT NULL,
  at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS decided_by_name ON decided (name);
CREATE TABLE IF NOT EXISTS recalled_requests (
  rows_digest BLOB NOT NULL, batch INTEGER NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (rows_digest, batch, created_at)) STRICT;
""" + "".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'evidence is kept as it is'); END;\n"
    for table in _TABLES
    for verb in ("UPDATE", "DELETE")
)
_COLUMNS = "bureau, request, approve, reason, at, not_after, address, signature, received_at, kind, size"


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as it was kept.

    Attributes:
        signed: the decision itself.
        received_at: when the signer took it up, by its clock.
        kind: of the request.
        size: entries of the request.
    """

    signed: SignedDecision
    received_at: int
    kind: str
    size: int


class Evidence:
    """The signer's memory of decisions, in the same file as its other memory.

    Args:
        path: the file, made if missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = open_durable(path, _SCHEMA)
        path.chmod(0o600)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, and nobody else writes meanwhile."""
        return writing(self._db)

    def keep(self, signed: SignedDecision, *, at: int, kind: str, size: int, subject: bytes) -> bool:
        """Add a decision; False if that person decided otherwise on that request before."""
        said = signed.decision
        row = self._db.execute(
            "SELECT signature FROM decisions WHERE request=? AND address=?", (said.request, signed.address)
        ).fetchone()
        if row is not None:
            return bytes(row[0]) == signed.signature
        self._db.execute(
            "INSERT INTO decisions (bureau, request, address, approve, reason, at, not_after, signature, received_at, "
            "kind, size, subject) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (said.bureau, said.request, signed.address, int(said.approve), said.reason, said.at, said.not_after,
             signed.signature, at, kind, size, subject),
        )  # fmt: skip
        return True

    def of_request(self, request: bytes) -> list[Kept]:
        """Decisions on one request, in the order in which they came."""
        return list(self._many("request=?", request))

    def of_subject(self, subject: bytes) -> list[Kept]:
        """Decisions on every request about the same thing, in the order in which they came."""
        return list(self._many("subject=?", subject))

    def all(self) -> Iterator[Kept]:
        """Everything, in the order in which it came."""
        yield from self._many("1=?", 1)

    def decide(self, request: bytes, name: str, *, approve: bool, reason: str, at: int) -> None:
        """Note that a request is decided, once and for all."""
        self._db.execute("INSERT OR IGNORE INTO decided VALUES (?,?,?,?,?)", (request, name, int(approve), reason, at))

    def decided(self, request: bytes) -> tuple[bool, str] | None:
        """Yes or no, and the reason, for a request that is decided; None for one that is not."""
        row = self._db.execute("SELECT approve, reason FROM decided WHERE request=?", (request,)).fetchone()
        return None if row is None else (bool(row[0]), str(row[1]))

    def may_be_decided(self, name: str) -> bool:
        """True if a request of that name on the desk was decided; the name alone does not say which one."""
        return self._db.execute("SELECT 1 FROM decided WHERE name=?", (name,)).fetchone() is not None

    def recall(self, rows_digest: bytes, batch: int, created_at: int) -> None:
        """Note that this very request was taken back: no decision on it counts any more."""
        self._db.execute("INSERT OR IGNORE INTO recalled_requests VALUES (?,?,?)", (rows_digest, batch, created_at))

    def is_recalled(self, rows_digest: bytes, batch: int, created_at: int) -> bool:
        """True if this very request was taken back."""
        return (
            self._db.execute(
                "SELECT 1 FROM recalled_requests WHERE rows_digest=? AND batch=? AND created_at=?",
                (rows_digest, batch, created_at),
            ).fetchone()
            is not None
        )

    def _many(self, where: str, value: bytes | int) -> Iterator[Kept]:
        query = f"SELECT {_COLUMNS} FROM decisions WHERE {where} ORDER BY id"  # noqa: S608 - constants of this module
        for row in self._db.execute(query, (value,)).fetchall():
            decision = Decision(row[0], bytes(row[1]), bool(row[2]), row[3], row[4], row[5])
            yield Kept(SignedDecision(decision, bytes(row[6]), bytes(row[7])), row[8], row[9], row[10])
