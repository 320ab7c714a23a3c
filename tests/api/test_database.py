"""The register's schema: migrations up and down, and equal to the tables in the code."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from api.db import metadata, open_database
from api.db.address import file_address
from api.db.engine import connect
from api.db.migrate import migrate
from chain.kernel.errors import Damaged, Unavailable


def test_the_migrations_make_just_the_tables_of_the_code(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "register.sqlite")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_down_to_nothing_and_up_again(tmp_path: Path) -> None:
    file = tmp_path / "register.sqlite"
    open_database(file).dispose()
    address = file_address(file)
    engine = connect(address)
    migrate(engine, address, "base", down=True)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
    engine = open_database(file)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_it_is_durable_private_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "home" / "register.sqlite")
    with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()
    assert (tmp_path / "home" / "register.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_newer_register_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "register.sqlite"
    open_database(file).dispose()
    with sqlite3.connect(file) as register:
        register.execute("UPDATE alembic_version SET version_num = '9999'")
    register.close()
    before = file.read_bytes()
    with pytest.raises(Unavailable) as caught:
        open_database(file)
    assert caught.value.code == "register.newer"
    assert file.read_bytes() == before


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "register.sqlite"
    file.write_bytes(b"this is no database at all, but long enough to look like one" * 20)
    with pytest.raises(Damaged) as caught:
        open_database(file)
    assert (caught.value.code, caught.value.fix) == ("register.damaged", "make it anew: yinxin rebuild")
