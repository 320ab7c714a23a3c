"""A PostgreSQL server of the run's own, and which database the tests of the service work on.

``YINXIN_TEST_DATABASE=postgresql`` gives every town (tests/api/town.py) a PostgreSQL database; otherwise its homes keep
SQLite files. Tests of both kinds ask for the fixture ``fresh_database``. The server starts when it is first asked for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from scripts.postgresql import NoServer, Server, running

CHOICE = "YINXIN_TEST_DATABASE"


class Databases:
    """The databases of one run; each is made for one town or one test."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: Server | None = None

    @property
    def chosen(self) -> bool:
        """True if the towns of this run work on PostgreSQL."""
        return os.environ.get(CHOICE, "sqlite") == "postgresql"

    @property
    def server(self) -> Server:
        """The server, started when first asked for. Skips the test where there is none."""
        if self._server is None:
            try:
                self._server = self._stack.enter_context(running())
            except NoServer as error:
                pytest.skip(str(error))
        return self._server

    def make(self, folder: Path, *, like: Path | None = None) -> str:
        """The address of a new database for what lies in ``folder``: empty, or a copy of another folder's."""
        name, template = _name(folder), "template0" if like is None else _name(like)
        with self._administrator() as connection:
            if like is not None:  # whoever still holds a pooled connection is at rest, but in the way of a copy
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template]
                )
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return make_url(self.server.url).set(database=name).render_as_string(hide_password=False)

    def files(self, folder: Path) -> Path:
        """Where the server keeps that database, with everything of it on disk."""
        with self._administrator() as connection:
            connection.execute("CHECKPOINT")
            row = connection.execute("SELECT oid FROM pg_database WHERE datname = %s", [_name(folder)]).fetchone()
        assert row is not None
        return self.server.data / "base" / str(row[0])

    def drop(self, folder: Path) -> None:
        """Remove it, whoever is connected."""
        with self._administrator() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name(folder))))

    def close(self) -> None:
        """Stop the server."""
        self._stack.close()

    def _administrator(self) -> psycopg.Connection[tuple[object, ...]]:
        url = make_url(self.server.url)
        return psycopg.connect(
            user=url.username, dbname=url.database, host=str(url.query["host"]), port=str(url.query["port"]),
            autocommit=True,
        )  # fmt: skip


def _name(folder: Path) -> str:
    return "t" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]


DATABASES = Databases()


@pytest.fixture(scope="session", autouse=True)
def _databases_end() -> Iterator[None]:
    """At the end of the run the server ends, too."""
    yield
    DATABASES.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Value of ``database.url`` for an empty database, once of each kind."""
    if request.param == "sqlite":
        yield ""
        return
    yield DATABASES.make(tmp_path)
    DATABASES.drop(tmp_path)
