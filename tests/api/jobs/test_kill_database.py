"""The worker with everything on PostgreSQL: register, service database and its own; and the server killed under it.

The server and all its children die by SIGKILL, are away for a second, and recover from what is on disk. The worker is
not started again: it waits for the database, and goes on.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from scripts.postgresql import NoServer, Server, running
from tests.api import fixtures
from tests.api.jobs.kit import eventually, make_service, working
from tests.api.jobs.walks import DATABASE, TABLE, check, settle, worker_until
from tests.api.test_kill import show
from tests.api.town import BUREAU, Town

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]

_AWAY = 1.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Server]:
    """A server whose commits outlive it."""
    try:
        with running(durable=True) as server:
            yield server
    except NoServer as error:
        pytest.skip(str(error))


@pytest.fixture
def town(
    town_template: Path,
    tmp_path: Path,
    cluster: Server,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Town]:
    """A town with a database of its own on that server."""
    name = request.node.name[-60:]
    url = make_url(cluster.url)
    with psycopg.connect(
        user=url.username,
        dbname=url.database,
        host=str(url.query["host"]),
        port=str(url.query["port"]),
        autocommit=True,
    ) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    for found in fixtures.running(town_template, tmp_path / "town"):
        monkeypatch.setenv("YINXIN_DATABASE__URL", url.set(database=name).render_as_string(hide_password=False))
        monkeypatch.setenv("YINXIN_SERVICE__EVERY", "1")
        yield found


def schemas() -> set[str]:
    """Schemas of the town's database."""
    url = make_url(os.environ["YINXIN_DATABASE__URL"])
    with psycopg.connect(
        user=url.username, dbname=url.database, host=str(url.query["host"]), port=str(url.query["port"])
    ) as connection:
        return {str(row[0]) for row in connection.execute("SELECT nspname FROM pg_namespace")}


def test_the_worker_runs_on_postgresql_alone(town: Town) -> None:
    home = make_service(town)
    TABLE["issue"].prepare(town)
    TABLE["audit"].prepare(town)
    with working(town) as worker, town.signing():
        eventually(lambda: TABLE["issue"].is_done(town), seconds=150, why=worker.log_file.read_text)
        eventually(lambda: TABLE["audit"].is_done(town), why=worker.log_file.read_text)
    assert not worker.events("job.fault"), worker.log_file.read_text()
    settle(town, TABLE["issue"])
    assert {f"bureau_{BUREAU.lower()}", "yinxin_service", "dbos"} <= schemas()
    for folder in (home, town.officer):
        assert list(folder.glob("register.sqlite*")) + list(folder.glob("*s.sqlite*")) == [], folder


@pytest.mark.parametrize("name", DATABASE)
def test_the_database_killed_at_every_step(town: Town, cluster: Server, name: str) -> None:
    walk = TABLE[name]
    make_service(town)
    walk.prepare(town)
    killed: list[str] = []
    starting: list[threading.Timer] = []

    def seen(step: str) -> None:
        if step in walk.steps and step not in killed:
            killed.append(step)
            for one in starting:
                one.join()
            cluster.kill()
            timer = threading.Timer(_AWAY, cluster.start)
            starting[:] = [timer]
            timer.start()

    with town.signing():
        run = worker_until(town, None, seen)
        assert run.code == 0, run
        settle(town, walk)
    show([(step, run) for step in killed])
    assert set(killed) == set(walk.steps)
    check(town, walk)
