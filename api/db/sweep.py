"""After a deletion: no old version of a row stays in the database's own files."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Engine, Table, text

from api.db.address import Address
from api.db.faults import fault
from chain.kernel.errors import Unavailable


def forget_deleted(engine: Engine, address: Address, tables: tuple[Table, ...]) -> None:
    """Empty SQLite's log (deleted content in the file itself is overwritten already), or rewrite PostgreSQL's tables.

    On PostgreSQL the server's own log (WAL), its archives and replicas are out of reach: docs/database.md.

    Raises:
        Unavailable: a reader or writer was in the way for half a minute; what was deleted is deleted, but its old
            version is still in the log. Calling this again is enough.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.execute(text(f'VACUUM (FULL, ANALYZE) "{table.name}"'))
        return
    raw = engine.raw_connection()
    try:
        busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise fault(address, error) or error from error
    finally:
        raw.close()
    if busy:
        raise Unavailable(
            "the register is being read: its log still holds old versions of rows",
            code="register.log",
            field="register",
            fix="end what reads for long, then shred anything again or restart the service",
        )
