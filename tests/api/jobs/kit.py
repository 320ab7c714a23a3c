"""A service's home beside the town's others, and its worker as a real process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from api.jobs import Job, jobs_of
from tests.api.town import ROOT, YINXIN, Town

TIMEOUTS = "from chain.ledger import connection; connection._TIMEOUT = {}; from chain.cli.main import main; main()"
"""A worker that waits so many seconds for the ledger."""


def make_service(town: Town) -> Path:
    """The home of a service that works for the town's bureau."""
    home = town.folder / "service"
    town.ok(home, "init", "service", "--bureau-home", "../officer")
    return home


@dataclass
class Working:
    """A worker under way.

    Attributes:
        process: it.
        log_file: its standard error.
    """

    process: subprocess.Popen[str]
    log_file: Path

    @property
    def log(self) -> list[dict[str, Any]]:
        """Its log; every line is JSON."""
        return [json.loads(line) for line in self.log_file.read_text("utf-8").splitlines()]

    def events(self, name: str) -> list[dict[str, Any]]:
        """Lines of one event."""
        return [line for line in self.log if line["event"] == name]


@contextlib.contextmanager
def working(town: Town, *, ledger_timeout: float | None = None, **settings: str) -> Iterator[Working]:
    """While this lasts the worker runs; afterwards it is told to end and must do so cleanly."""
    log_file = town.folder / f"worker-{time.monotonic_ns()}.log"
    program = [YINXIN] if ledger_timeout is None else [sys.executable, "-c", TIMEOUTS.format(ledger_timeout)]
    environment = {**os.environ, "YINXIN_SERVICE__EVERY": "1"} | {f"YINXIN_{k.upper()}": v for k, v in settings.items()}
    with log_file.open("w") as out:
        process = subprocess.Popen(
            [*program, "--home", str(town.folder / "service"), "worker"],
            stdout=out, stderr=out, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip
    found = Working(process, log_file)
    try:
        yield found
        eventually(lambda: found.events("worker.started"), why=found.log_file.read_text)
        assert process.poll() is None, found.log_file.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0, found.log_file.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def eventually(found: Callable[[], Any], *, seconds: float = 120.0, why: Callable[[], object] = lambda: "") -> Any:
    """What ``found`` answers as soon as it is true."""
    end = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        assert time.monotonic() < end, why()
        time.sleep(0.03)


def batch_state(town: Town, number: int) -> str:
    """State of a batch, by its row."""
    with town.office() as office, office.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"SELECT state FROM batches WHERE id = {number:d}").scalar())


def jobs(town: Town) -> list[Job]:
    """What is open."""
    with town.office() as office:
        return jobs_of(office)


def rows(town: Town, query: str) -> list[Any]:
    """Rows of the register."""
    with town.office() as office, office.engine.connect() as connection:
        return list(connection.execute(text(query)).all())  # a percent sign means nothing here


def draft(town: Town, samples: Any, name: str = "list.csv") -> None:
    """Put a list into the register and on the desk, and leave it there."""
    said = town.run(
        town.officer, "issue", str(town.write_list(name, samples)), "--type", "business-licence", "--wait", "0"
    )
    assert said.code == 2, said
