"""Put a database that was made anew in another's place, in one step."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import create_engine, text

from api.db.address import Address
from api.db.faults import normalise

_LOGS = ("-wal", "-shm")


def take_place(old: Address, fresh: Address) -> None:
    """``fresh`` becomes ``old``; whoever looks sees the one or the other, whole. No engine of ours may hold either.

    Other processes meet the new one at their next transaction.
    """
    if old.path is not None and fresh.path is not None:
        # The old log first, which must not be read into the new file; then in one step.
        _remove(old.path, *_LOGS)
        os.replace(fresh.path, old.path)
        return
    _run(
        old,
        f'CREATE SCHEMA IF NOT EXISTS "{old.schema}"',
        f'ALTER SCHEMA "{old.schema}" RENAME TO "{old.schema}_old"',
        f'ALTER SCHEMA "{fresh.schema}" RENAME TO "{old.schema}"',
        f'DROP SCHEMA "{old.schema}_old" CASCADE',
    )


def remove(address: Address) -> None:
    """Remove a database and all that is in it; nothing happens where there is none."""
    if address.path is not None:
        _remove(address.path, "", *_LOGS)
    else:
        _run(address, f'DROP SCHEMA IF EXISTS "{address.schema}" CASCADE')


def _remove(path: Path, *suffixes: str) -> None:
    for suffix in suffixes:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _run(address: Address, *statements: str) -> None:
    engine = create_engine(address.url, hide_parameters=True)
    normalise(engine, address)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()
