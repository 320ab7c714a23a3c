"""SIGKILL, step by victim: whatever dies when, each certificate is issued once, each act done once, nothing is stuck.

Each victim is killed at the steps of tests/api/jobs/walks.py, one after the other, and started again: the worker
itself, the chain underneath, and the approver's signer. The server, the database and Kubo have files of their own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from api.webhooks import create_webhook
from chain.kernel.clock import CHINA
from tests.api.jobs.kit import draft, eventually, jobs, make_service, rows
from tests.api.jobs.walks import (
    CHAIN,
    CHUNK,
    OTHERS,
    RELEASE,
    SIGNER,
    TABLE,
    check,
    check_type,
    killed_at,
    prepare_type,
    settle,
    worker_until,
)
from tests.api.people import Person, hand_in
from tests.api.test_kill import Books, kill_node, show
from tests.api.town import LICENCE, YINXIN, Town, licences
from tests.api.webhooks.receiver import receiver

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_SERVICE__EVERY", "1")


@pytest.mark.parametrize("name", TABLE)
def test_the_worker_killed_at_every_step(town: Town, name: str) -> None:
    walk = TABLE[name]
    make_service(town)
    walk.prepare(town)
    outcomes = []
    with town.signing():
        for step in walk.steps:
            outcomes.append((step, killed_at(town, step)))
        outcomes.append(("—", settle(town, walk)))
    show(outcomes)
    check(town, walk)


@pytest.mark.parametrize(("name", "step"), CHAIN)
def test_the_chain_killed_under_the_worker(town: Town, name: str, step: str) -> None:
    walk = TABLE[name]
    make_service(town)
    walk.prepare(town)
    killed: list[str] = []

    def seen(reached: str) -> None:
        if reached == step and not killed:
            kill_node(town)
            killed.append(step)

    with town.signing():
        run = worker_until(town, None, seen)
        while run.code == 0 and not killed:  # it found nothing to do before the signer answered
            run = worker_until(town, None, seen)
        assert (run.code, killed) == (0, [step]), run
        settle(town, walk)
    check(town, walk)


@contextlib.contextmanager
def signer_process(town: Town, kill_at: str | None) -> Iterator[None]:
    """``yinxin signer`` as a process, started again whenever it dies; it dies once, at that step."""
    stop = threading.Event()
    left = [kill_at]
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stop.is_set():
            names_out, names_in = os.pipe()
            go_out, go_in = os.pipe()
            process = subprocess.Popen(
                [YINXIN, "--home", str(town.approver), "--json", "signer"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(names_in, go_out),
                env={**os.environ, "YINXIN_STEP_PIPE": f"{names_in},{go_out}"},
            )  # fmt: skip
            os.close(names_in)
            os.close(go_out)
            running[:] = [process]
            with os.fdopen(names_out, encoding="ascii") as names, os.fdopen(go_in, "wb", buffering=0) as go:
                for line in names:
                    if line.strip() == left[0]:
                        left[0] = None
                        process.kill()
                        break
                    go.write(b".")
            process.wait()

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
        assert left == [None], "it died where it should"
    finally:
        stop.set()
        for process in running:
            process.terminate()
        thread.join()


@pytest.mark.parametrize(("name", "step"), SIGNER)
def test_the_signer_killed_before_it_answers(town: Town, name: str, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = TABLE[name]
    make_service(town)
    # As large as the worker's pieces, so that what is approved beforehand is the request that it lays, too.
    monkeypatch.setattr("api.certificates.laying.CHUNK", CHUNK)
    walk.prepare(town)
    if name == "issue":
        town.ok(town.approver, "approve", "--all")
    with signer_process(town, step):
        eventually(lambda: worker_until(town, None).code == 0 and walk.is_done(town))
        settle(town, walk)
    check(town, walk)


def test_the_signer_killed_while_it_carries_out_decisions(town: Town) -> None:
    """Two lists and a type wait, each with a signed decision on the desk; it dies over the first that it answers."""
    make_service(town)
    anna = Person(town, "anna").move_in().listed()
    draft(town, licences(CHUNK))  # lies on the desk in one piece, whoever lays it
    draft(town, licences(2, first=100), name="refused.csv")
    prepare_type(town)
    hand_in(town, "batch-1", anna, "--approve")
    hand_in(town, "batch-2", anna, "--refuse", "--reason", "row 1 has no approval on file")
    hand_in(town, "type-1", anna, "--approve")
    with signer_process(town, RELEASE):
        eventually(lambda: worker_until(town, None).code == 0 and TABLE["issue"].is_done(town))
        eventually(lambda: worker_until(town, None).code == 0 and TABLE["type"].is_done(town))
        eventually(lambda: worker_until(town, None).code == 0 and not jobs(town), why=lambda: jobs(town))
    books = Books(town)
    assert [facts.size for facts in books.anchors[LICENCE]] == [CHUNK]
    check_type(town, books)
    assert [row[0] for row in rows(town, "SELECT state FROM batches ORDER BY id")] == ["complete", "recalled"]
    told = [row[0] for row in rows(town, "SELECT kind FROM webhook_events WHERE kind LIKE 'batch.%ed' ORDER BY id")]
    assert sorted(told) == ["batch.completed", "batch.recalled"]
    kept = town.ok(town.approver, "approver", "decisions")["decisions"]
    assert sorted(one["approve"] for one in kept) == [False, True, True]
    assert list((town.desk / "requests").glob("*.age")) == []


def test_the_worker_killed_between_reminding_telling_and_noting_that_it_told(town: Town) -> None:
    make_service(town)
    end = (datetime.now(CHINA).date() + timedelta(days=20)).isoformat()
    town.issue([sample.with_value("certificateExpiringDate", end) for sample in licences(3)])
    with receiver() as hooks, pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_JOBS__PRIVATE_WEBHOOKS", "true")
        with town.office() as office:
            create_webhook(office, hooks.url, ["certificate.expiring"])
        for step in OTHERS["reminder"]:
            run = worker_until(town, step)
            assert (run.steps[-1], run.code) == (step, -signal.SIGKILL)
        assert worker_until(town, None).code == 0
        told = [(headers["webhook-id"], body) for headers, body in hooks.requests]
    assert len(told) == 2, "told again, because nobody knows whether it was"
    assert len(set(told)) == 1, "under the same id and in the same words"
    assert [row[0] for row in rows(town, "SELECT certificate_id FROM reminders ORDER BY 1")] == [1, 2, 3]
    assert [tuple(row) for row in rows(town, "SELECT state, attempts FROM webhook_deliveries")] == [("delivered", 1)]


def test_the_workers_own_database_may_be_deleted(town: Town) -> None:
    walk = TABLE["issue"]
    home = make_service(town)
    walk.prepare(town)
    with town.signing():
        for step in ("allocated", "signed"):
            assert worker_until(town, step).code == -signal.SIGKILL
            for file in home.glob("jobs.sqlite*"):
                file.unlink()
        settle(town, walk)
    check(town, walk)
