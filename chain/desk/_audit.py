"""The signer's side of the audit log: it signs how far the log has come, and never that it was another one before.

Only the head of the log is anchored: number and digest of its newest entry, which stands for all before it. The
signer sees no entry; it remembers the highest number it signed, so that a server which rewrites its log can have
the new one anchored only beside the contradiction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from chain.credentials.leaf import audit_leaf
from chain.desk.lanes import AUDIT_LANE
from chain.documents.manifest import build_manifest
from chain.kernel.encoding import sha256, unb64url
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.ports import TrustSource

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit_heads (number INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT;
"""


class AuditHeads:
    """What a signer remembers of audit logs: every head it signed.

    Args:
        database: the signer's file.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def newest(self) -> tuple[int, bytes]:
        """Highest number signed, and its digest; (0, zeros) before the first."""
        row = self._db.execute("SELECT number, digest FROM audit_heads ORDER BY number DESC LIMIT 1").fetchone()
        return (0, bytes(32)) if row is None else (row[0], bytes(row[1]))

    def put(self, number: int, digest: bytes) -> None:
        """Note a head about to be signed."""
        self._db.execute("INSERT OR IGNORE INTO audit_heads VALUES (?,?)", (number, digest))


def audit_anchor(
    body: Mapping[str, Any],
    *,
    bureau: str,
    heads: AuditHeads,
    ledger: TrustSource,
    check_sequence: Callable[[TrustSource, str, int, bytes], None],
) -> tuple[bytes, tuple[str, int, bytes, int, bytes]]:
    """What to sign for a head of the log: its digest, then lane, sequence, root, size and manifest digest.

    Args:
        body: ``sequence``, ``number`` and ``digest`` of the newest entry.
        bureau: USCC.
        heads: what was signed before.
        ledger: a fresh view.
        check_sequence: the signer's rule for places in a lane.

    Raises:
        Conflict: an earlier or another head was signed already, or the place is not the next.
        InvalidInput: not of that form.
    """
    sequence, number, digest = int(body["sequence"]), int(body["number"]), unb64url(body["digest"])
    if len(digest) != 32 or not 0 < number < 2**63:
        raise InvalidInput("the head of the log has another form", code="desk.audit", field="digest")
    last, before = heads.newest()
    if number < last or (number == last and digest != before):
        raise Conflict(
            f"the audit log was signed up to entry {last} already, with another history",
            code="desk.audit",
            field="number",
            fix="compare the log with a backup: somebody has rewritten it",
        )
    leaf = audit_leaf(number, digest)
    check_sequence(ledger, AUDIT_LANE, sequence, sha256(leaf))
    manifest = build_manifest(bureau=bureau, lane=AUDIT_LANE, root=leaf, leaves=[digest])
    return sha256(leaf), (AUDIT_LANE, sequence, leaf, 1, manifest.digest)
