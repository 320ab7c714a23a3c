"""Alembic, spoken to from here: one folder of migrations for the register, one for the service database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

from api.db.address import Address
from api.db.exclusive import exclusive
from chain.kernel.errors import Damaged, Unavailable

_FOLDERS = {"register": "migrations", "service": "service_migrations"}


def alembic_config(kind: str) -> Config:
    """Alembic's configuration for ``register`` or ``service``; a connection is given by :func:`migrating`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / _FOLDERS[kind]).replace("%", "%%"))
    return config


def head_of(kind: str) -> str:
    """The newest revision."""
    head = ScriptDirectory.from_config(alembic_config(kind)).get_current_head()
    assert head is not None
    return head


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


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
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()
