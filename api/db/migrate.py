"""Alembic, spoken to from here: one folder of migrations for the register, one for the service database.

Whether a database is at its newest revision is found without Alembic, which is slow to load and reads every migration:
each command asks, and hardly any has to migrate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, MetaData, text

from api.db.address import Address
from api.db.exclusive import exclusive
from chain.kernel.errors import Damaged, Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

_REVISION = re.compile(r'(?m)^revision = "(\w+)"$')
_FOLDERS = {"register": "migrations", "service": "service_migrations"}


def alembic_config(kind: str) -> Config:
    """Alembic's configuration for ``register`` or ``service``; a connection is given by :func:`migrating`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / _FOLDERS[kind]).replace("%", "%%"))
    return config


@cache
def head_of(kind: str) -> str:
    """The newest revision: that of the last migration by its file's name."""
    newest = max((Path(__file__).parent / _FOLDERS[kind] / "versions").glob("[0-9]*.py"))
    found = _REVISION.search(newest.read_text(encoding="utf-8"))
    assert found is not None, newest
    return found[1]


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def bring_up_to_date(engine: Engine, address: Address) -> None:
    """Migrate to the newest revision. Raises Unavailable where a newer program wrote."""
    with engine.connect() as connection:
        if revision_of(connection) == head_of(address.kind):
            return
    migrate(engine, address)


def migrate(engine: Engine, address: Address, revision: str = "head", *, down: bool = False) -> None:
    """Take a database to a revision, in one transaction; other processes wait.

    Raises:
        Unavailable: it stands at a revision that this program does not know; nothing was changed.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(address.kind)
    with migrating(engine) as connection:
        current = revision_of(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise Unavailable(
                f"the {address.kind} was written by a newer version ({current})",
                code=f"{address.kind}.newer",
                field=address.kind,
                fix="install that version or restore the backup made before it",
            )
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction for changes of the tables themselves.

    SQLite changes a table by making a second one and dropping the first, which foreign keys would forbid: they are
    looked at once more before the end instead.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            exclusive(connection, "migrations")
            yield connection
        return
    with engine.connect() as connection:
        connection.execution_options(yinxin_writes=True)
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise Damaged(f"a row of {broken[0]} points at nothing", code="register.keys", field="register")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def run(metadata: MetaData) -> None:
    """What an ``env.py`` does."""
    from alembic import context

    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()
