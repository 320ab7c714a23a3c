"""Two processes want the same thing at the same moment, without any lock but the database's own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from api.certificates import slots
from api.certificates.office import Office
from api.certificates.tables import act_entries, acts, batches, certificates, status_lists
from chain.credentials.status_list import StatusList, issue_status_token
from chain.kernel.home import Home
from tests.api.town import BUREAU, PASSPHRASE, ROOT, cheap_keys, run_here

ROUNDS = 8


class Racers:
    """Two processes with the same home."""

    def __init__(self, home: Path) -> None:
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.api.racer", str(home)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            )
            for _ in range(2)
        ]  # fmt: skip
        for process in self.processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def race(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        """Tell both at once; what came of it."""
        for process, order in zip(self.processes, orders, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        return [json.loads(process.stdout.readline()) for process in self.processes if process.stdout is not None]

    def close(self) -> None:
        """End both."""
        for process in self.processes:
            process.communicate(timeout=60)
            assert process.returncode == 0


@pytest.fixture
def home(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An officer's home; nobody needs a ledger for putting rows into a register."""
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    monkeypatch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
    with cheap_keys():
        said = run_here(tmp_path / "officer", "init", "officer", "--bureau", BUREAU, "--operator", "o")
    assert said.code == 0, said
    return tmp_path / "officer"


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    opened = Office(Home(home))
    yield opened
    opened.close()


@pytest.fixture
def racers(home: Path, office: Office) -> Iterator[Racers]:
    _ = office.engine
    both = Racers(home)
    yield both
    both.close()


def count(office: Office, table: Any) -> int:
    with office.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


class TestBatches:
    def test_the_same_list_twice_is_one_batch(self, office: Office, racers: Racers) -> None:
        for turn in range(ROUNDS):
            order = {"first": 1 + 50 * turn, "count": 40}
            one, two = racers.race(order, order)
            assert one["batch"] == two["batch"]
            assert sorted([one["fresh"], two["fresh"]]) == [False, True]
        assert (count(office, batches), count(office, certificates)) == (ROUNDS, 40 * ROUNDS)

    def test_of_two_lists_with_one_number_in_common_one_gets_it(self, office: Office, racers: Racers) -> None:
        for turn in range(ROUNDS):
            start = 1 + 100 * turn
            outcomes = racers.race({"first": start, "count": 40}, {"first": start + 39, "count": 40})
            assert sorted(outcome.get("error", "made") for outcome in outcomes) == ["batch.duplicate", "made"], outcomes
        assert (count(office, batches), count(office, certificates)) == (ROUNDS, 40 * ROUNDS)

    def test_lists_with_nothing_in_common_do_not_hinder_each_other(self, office: Office, racers: Racers) -> None:
        for turn in range(ROUNDS):
            start = 1 + 100 * turn
            one, two = racers.race({"first": start, "count": 40}, {"first": start + 40, "count": 40})
            assert one["fresh"]
            assert two["fresh"]
            assert one["batch"] != two["batch"]
        assert count(office, certificates) == 80 * ROUNDS


class TestActs:
    @pytest.fixture
    def issued(self, office: Office, racers: Racers) -> list[int]:
        """Certificates of which the register says that they are issued."""
        (made, _) = racers.race({"first": 1, "count": 2 * ROUNDS}, {"first": 1, "count": 2 * ROUNDS})
        token = issue_status_token(BUREAU, "s0001", StatusList(), bytes(32), office.clock(), office.signer)
        with office.engine.begin() as connection:
            connection.execute(
                insert(status_lists).values(
                    name="s0001", bureau=BUREAU, used=slots.empty(), free=0, token=token, head=bytes(32)
                )
            )
            connection.execute(update(certificates).values(status_list="s0001", status_index=certificates.c.position))
            connection.execute(update(batches).where(batches.c.id == made["batch"]).values(state="complete"))
            ids = connection.execute(select(certificates.c.id).order_by(certificates.c.id)).scalars()
            return list(ids)

    def test_a_certificate_has_one_open_act(self, office: Office, racers: Racers, issued: list[int]) -> None:
        for turn in range(ROUNDS):
            pair = issued[2 * turn : 2 * turn + 2]
            outcomes = racers.race({"certificates": pair, "reason": "one"}, {"certificates": pair[1:], "reason": "two"})
            assert sorted(outcome.get("error", "made") for outcome in outcomes) == ["made", "status.open_act"], outcomes
        with office.engine.connect() as connection:
            query = select(act_entries.c.certificate_id, func.count()).group_by(act_entries.c.certificate_id)
            assert {row[1] for row in connection.execute(query)} == {1}

    def test_the_same_act_twice_is_one(self, office: Office, racers: Racers, issued: list[int]) -> None:
        for turn in range(ROUNDS):
            order = {"certificates": issued[2 * turn : 2 * turn + 2], "reason": "both"}
            one, two = racers.race(order, order)
            assert one == two
        assert count(office, acts) == ROUNDS
