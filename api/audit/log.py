"""Entries of the audit log. An act is noted before it begins and again when it has ended, whatever came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.engine import Row

from api.audit.tables import audit_entries
from api.db import exclusive_transaction
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import Damaged

FORMAT = "yinxin-audit-entry-1"
_WRITERS = "audit"
START = bytes(32)
"""Digest before the first entry."""


def note_begun(
    engine: Engine, *, at: int, account: int | None, bureau: str, operation: str, request: str, subject: str = ""
) -> int:
    """Note that an act begins; durable on return. Returns the entry's number."""
    return _append(
        engine,
        at=at,
        kind="begun",
        begun=None,
        account=account,
        bureau=bureau,
        operation=operation,
        subject=subject,
        outcome=None,
        request=request,
    )


def note_ended(engine: Engine, begun: int, *, at: int, outcome: int, subject: str = "") -> int:
    """Note how the act that began with entry ``begun`` ended: an HTTP status. Returns the entry's number."""
    with engine.connect() as connection:
        row = connection.execute(select(audit_entries).where(audit_entries.c.id == begun)).one()
    return _append(
        engine,
        at=at,
        kind="ended",
        begun=begun,
        account=row.account,
        bureau=row.bureau,
        operation=row.operation,
        subject=subject,
        outcome=outcome,
        request=row.request,
    )


def _append(engine: Engine, **values: Any) -> int:
    with exclusive_transaction(engine, _WRITERS) as connection:
        last = _last(connection)
        number, before = (0, START) if last is None else (last.id, bytes(last.digest))
        entry = {"id": number + 1, **values}
        connection.execute(insert(audit_entries).values(**entry, digest=entry_digest(entry, before)))
    return number + 1


def _last(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(audit_entries).order_by(audit_entries.c.id.desc()).limit(1)).one_or_none()


_MEMBERS = ("id", "at", "kind", "begun", "account", "bureau", "operation", "subject", "outcome", "request")


def entry_digest(entry: Any, before: bytes) -> bytes:
    """SHA-256 over the canonical JSON of an entry (format ``yinxin-audit-entry-1``) with the digest before it.

    Args:
        entry: a mapping with the columns of ``audit_entries``.
        before: digest of the entry before, 32 bytes; :data:`START` for the first.
    """
    return sha256(canonical({"format": FORMAT, "before": b64url(before), **{name: entry[name] for name in _MEMBERS}}))


def entries(
    engine: Engine, *, bureau: str | None, after: int, limit: int, operation: str | None = None
) -> Sequence[Row[Any]]:
    """Entries by number, of one bureau or of all."""
    query = select(audit_entries).where(audit_entries.c.id > after).order_by(audit_entries.c.id).limit(limit)
    if bureau is not None:
        query = query.where(audit_entries.c.bureau == bureau)
    if operation is not None:
        query = query.where(audit_entries.c.operation == operation)
    with engine.connect() as connection:
        return connection.execute(query).all()


def digests(engine: Engine, first: int, last: int) -> Iterator[bytes]:
    """Digests of the entries ``first`` to ``last``, recomputed.

    Raises:
        Damaged: an entry is missing or was changed; names it.
    """
    before = START
    with engine.connect() as connection:
        if first > 1:
            found = connection.execute(
                select(audit_entries.c.digest).where(audit_entries.c.id == first - 1)
            ).scalar_one_or_none()
            if found is None:
                raise _gap(first - 1)
            before = bytes(found)
        query = select(audit_entries).where(audit_entries.c.id.between(first, last)).order_by(audit_entries.c.id)
        number = first
        for row in connection.execute(query):
            if row.id != number or entry_digest(row._mapping, before) != bytes(row.digest):
                raise _gap(number)
            before = bytes(row.digest)
            number += 1
            yield before
    if number != last + 1:
        raise _gap(number)


def check(engine: Engine) -> int:
    """Recompute the whole chain; the number of its entries. Raises Damaged."""
    with engine.connect() as connection:
        last = _last(connection)
    if last is None:
        return 0
    return sum(1 for _ in digests(engine, 1, last.id))


def _gap(number: int) -> Damaged:
    return Damaged(
        f"entry {number} of the audit log is missing or was changed",
        code="audit.chain",
        field="audit",
        fix="compare with the anchors of the lane $audit and with a backup",
    )
