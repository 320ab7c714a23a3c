"""Open a database of a home, at the newest migration.

``engine.begin()`` writes: on SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what it reads cannot
change before it writes. ``engine.connect()`` reads one state of the database and waits for nobody (WAL, MVCC).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DisconnectionError

from api.db.address import Address, file_address, register_address, service_address
from api.db.faults import fault, normalise
from api.db.migrate import bring_up_to_date
from chain.kernel.home import Home

BUSY_MILLISECONDS = 30_000
_SETTINGS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "cache_size=-65536",  # KiB: the indexes of 100,000 certificates stay in memory while they are made
    f"busy_timeout={BUSY_MILLISECONDS}",
)


class _WritingFirst(Engine):
    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes, committed on leaving."""
        with self.connect() as connection:
            connection.execution_options(yinxin_writes=True)
            with connection.begin():
                yield connection


def open_register(home: Home) -> Engine:
    """The register of the home's bureau, created or migrated to the newest version.

    Raises:
        Unavailable: it cannot be opened, or was written by a newer version of this program.
        Damaged: it is no database.
        InvalidInput: ``database.url`` is no address of PostgreSQL.
    """
    return open_address(register_address(home))


def open_service(home: Home) -> Engine:
    """The service database (accounts, tokens, sessions) of a home; as :func:`open_register`."""
    return open_address(service_address(home))


def open_database(path: Path) -> Engine:
    """The register in the SQLite file ``path``; as :func:`open_register`."""
    return open_address(file_address(path))


def open_address(address: Address) -> Engine:
    """The database at ``address``; as :func:`open_register`."""
    path = address.path
    make_place(address)
    engine = connect(address)
    try:
        bring_up_to_date(engine, address)
    except DatabaseError as error:
        engine.dispose()
        told = fault(address, error.orig or error)
        if told is None:
            raise
        raise told from error
    except BaseException:
        engine.dispose()
        raise
    if path is not None:
        path.chmod(0o600)
    return engine


def exists(address: Address) -> bool:
    """True if there is such a database. Raises Unavailable if its server does not answer."""
    if address.path is not None:
        return address.path.is_file()
    engine = connect(address)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("SELECT current_schema()")).scalar())
    finally:
        engine.dispose()


def connect(address: Address) -> Engine:
    """An engine for a database as it is: nothing is created, nothing migrated. Errors show no parameters."""
    if address.schema:
        url = address.url.update_query_dict({"options": f"-csearch_path={address.schema}"}, append=True)
        plain = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    else:
        plain = create_engine(address.url, hide_parameters=True)
        event.listen(plain.pool, "connect", _prepare)
        event.listen(plain.pool, "checkout", _same_file)
    engine = _WritingFirst(plain.pool, plain.dialect, plain.url, hide_parameters=True)
    if not address.schema:
        event.listen(engine, "begin", _begin)
    normalise(engine, address)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, not before the first INSERT
    cursor = connection.cursor()
    file = cursor.execute("PRAGMA database_list").fetchone()[2]
    record.info["file"] = file, _inode(file)
    for setting in _SETTINGS:
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _same_file(_connection: Any, record: Any, _proxy: Any) -> None:
    """A rebuilt register lies in another file of the same name: whoever had the old one open must open anew."""
    file, inode = record.info["file"]
    if _inode(file) not in (inode, 0):
        raise DisconnectionError("the file was replaced")


def _inode(file: str) -> int:
    try:
        return os.stat(file).st_ino
    except OSError:
        return 0


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("yinxin_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_place(address: Address) -> None:
    """Make the folder or the schema that a database is to lie in. Raises Unavailable."""
    if address.path is not None:
        address.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return
    engine = create_engine(address.url, hide_parameters=True)
    normalise(engine, address)
    try:
        with engine.begin() as connection:
            query = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
            if connection.execute(query, {"name": address.schema}).scalar() is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(7308324466020248)"))  # b"yinxin" and one more
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{address.schema}"'))
    finally:
        engine.dispose()
