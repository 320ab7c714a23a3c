"""One writer at a time, for the length of a transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

_PATIENCE = "30s"


def exclusive(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds ``name``, and hold it until this one ends.

    Args:
        connection: from ``engine.begin()``. On SQLite that alone has taken the file's one write lock; on PostgreSQL
            an advisory lock of the schema and the name is taken, so that two bureaus do not wait for each other.
        name: what is guarded, such as ``batches``. Whoever takes two takes them in alphabetical order.

    Raises:
        Unavailable: somebody held it for 30 seconds.
    """
    if connection.dialect.name != "postgresql":
        if not connection.get_execution_options().get("yinxin_writes"):
            raise ValueError("exclusive() needs a connection from engine.begin()")
        return
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    digest = hashlib.sha256(f"yinxin:{schema}:{name}".encode()).digest()
    connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(digest[:8], "big", signed=True)}
    )
    connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))


@contextmanager
def exclusive_transaction(engine: Engine, name: str) -> Iterator[Connection]:
    """A transaction that nobody else's with the same name overlaps; what it reads is what stands when it commits."""
    with engine.begin() as connection:
        exclusive(connection, name)
        yield connection
