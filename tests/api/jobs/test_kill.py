"""SIGKILL, step by victim: whatever dies when, each certificate is issued once, each act done once, nothing is stuck.

``TABLE`` names what is walked through; a room that adds a kind of work adds a row. Each victim is killed at every step,
one after the other, and started again: the worker itself, the chain underneath, and the approver's signer.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from api.webhooks import create_webhook
from chain.credentials.status_list import Status
from chain.kernel.clock import CHINA
from tests.api.jobs.kit import draft, eventually, jobs, make_service, rows
from tests.api.test_kill import Books, kill_node, show
from tests.api.town import EVENTS, LICENCE, YINXIN, Town, licences
from tests.api.walk import Run, run_until
from tests.api.webhooks.receiver import receiver

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]

SIZE, CHUNK = 40, 20


def prepare_issue(town: Town) -> None:
    """A list in the register."""
    draft(town, licences(SIZE))


def prepare_act(town: Town) -> None:
    """Two certificates, and an act on one of them in the register."""
    town.issue(licences(2))
    first, _ = town.identifiers(1)
    town.run(town.officer, "revoke", first, "--reason", "granted on a forged paper", "--wait", "0")


def prepare_expiry(town: Town) -> None:
    """Three certificates, one of them past its date."""
    samples = licences(3)
    samples[1] = samples[1].with_value("certificateExpiringDate", "2026-01-31")
    town.issue(samples)


def check_issue(town: Town, books: Books) -> None:
    """All issued, by one anchor, and valid."""
    assert len(books.rows) == SIZE
    assert [facts.size for facts in books.anchors[LICENCE]] == [SIZE]
    assert set(books.anchors) == {LICENCE}
    assert [len(heads) for heads in books.heads.values()] == [1]
    out = town.folder / "out"
    town.ok(town.officer, "batch", "out", "1", str(out))
    bundles = [file.read_bytes() for file in sorted((out / "bundles").glob("*.json"))]
    assert [str(item.verdict) for item in town.verify_all(bundles)] == ["VALID"] * SIZE


def check_act(_town: Town, books: Books) -> None:
    """One change of the list, one event record."""
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    assert [len(heads) for heads in books.heads.values()] == [2]
    assert [books.status(place) for place in (0, 1)] == [Status.REVOKED, Status.VALID]


def check_expiry(_town: Town, books: Books) -> None:
    """One lapse, and the others in force."""
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    assert [books.status(place) for place in range(3)] == [Status.VALID, Status.LAPSED, Status.VALID]


@dataclass(frozen=True)
class Walk:
    """One thing the worker does.

    Attributes:
        prepare: puts it into the register.
        steps: named steps of it, in the order in which they come (tests/api/test_kill.py holds that none is missing).
        check: what must be so afterwards.
        events: kinds of completions noted, each once.
        done: query that finds a row once there is nothing left to do.
    """

    prepare: Callable[[Town], None]
    steps: tuple[str, ...]
    check: Callable[[Town, Books], None]
    events: tuple[str, ...]
    done: str


TABLE = {
    "issue": Walk(
        prepare_issue,
        ("requested", "released", "list", "allocated", "stored", "chunk", "sealed", "manifest", "root-requested",
         "signed", "sent", "confirmed", "complete", "events"),
        check_issue,
        ("batch.completed",),
        "SELECT 1 FROM batches WHERE state = 'complete'",
    ),
    "act": Walk(
        prepare_act,
        ("act-requested", "act-signed", "act-noted", "act-complete", "events"),
        check_act,
        ("batch.completed", "act.completed"),
        "SELECT 1 FROM acts WHERE state = 'complete'",
    ),
    "expiry": Walk(
        prepare_expiry,
        ("expiry", "act-sealed", "act-requested", "act-signed", "act-noted", "act-complete", "events"),
        check_expiry,
        ("batch.completed", "act.completed"),
        "SELECT 1 FROM acts WHERE state = 'complete'",
    ),
}  # fmt: skip
"""What is walked, and where each victim dies."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_SERVICE__EVERY", "1")


def worker_until(town: Town, step: str | None, seen: Callable[[str], None] = lambda _step: None) -> Run:
    """Run the worker and kill it at that step; without one it ends when nothing is open."""
    home = town.folder / "service"
    return run_until(["--home", str(home), "--json", "worker", "--until-idle"], step, chunk=CHUNK, seen=seen)


def settle(town: Town, walk: Walk) -> Run:
    """Let the worker run to the end, as often as it takes until all is done and told of."""
    while True:
        run = worker_until(town, None)
        assert run.code == 0, run
        told = {row[0] for row in rows(town, "SELECT kind FROM webhook_events")}
        if rows(town, walk.done) and set(walk.events) <= told:
            return run


def check(town: Town, walk: Walk) -> None:
    """Nothing lost, doubled or stuck."""
    books = Books(town)
    books.check()
    walk.check(town, books)
    assert jobs(town) == []
    told = [row[0] for row in rows(town, "SELECT kind FROM webhook_events WHERE kind LIKE '%.completed' ORDER BY id")]
    assert sorted(told) == sorted(walk.events)
    assert rows(town, "SELECT 1 FROM webhook_events WHERE kind = 'job.stuck'") == []


@pytest.mark.parametrize("name", TABLE)
def test_the_worker_killed_at_every_step(town: Town, name: str) -> None:
    walk = TABLE[name]
    make_service(town)
    walk.prepare(town)
    outcomes = []
    with town.signing():
        for step in walk.steps:
            run = worker_until(town, step)
            outcomes.append((step, run))
            assert run.steps[-1:] == (step,), (step, run)
            assert run.code == -signal.SIGKILL
        outcomes.append(("—", settle(town, walk)))
    show(outcomes)
    check(town, walk)


@pytest.mark.parametrize(
    ("name", "step"),
    [("issue", "list"), ("issue", "signed"), ("issue", "sent"), ("act", "act-noted")],
)
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


@pytest.mark.parametrize("step", ["answer-list", "answer-root", "answer-status"])
def test_the_signer_killed_before_it_answers(town: Town, step: str) -> None:
    name = "expiry" if step == "answer-status" else "issue"
    walk = TABLE[name]
    make_service(town)
    walk.prepare(town)
    if name == "issue":
        town.ok(town.approver, "approve", "--all")
    with signer_process(town, step):
        eventually(lambda: worker_until(town, None).code == 0 and rows(town, walk.done))
        settle(town, walk)
    check(town, walk)


def test_the_worker_killed_between_reminding_telling_and_noting_that_it_told(town: Town) -> None:
    make_service(town)
    end = (datetime.now(CHINA).date() + timedelta(days=20)).isoformat()
    town.issue([sample.with_value("certificateExpiringDate", end) for sample in licences(3)])
    with receiver() as hooks, pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_JOBS__PRIVATE_WEBHOOKS", "true")
        with town.office() as office:
            create_webhook(office, hooks.url, ["certificate.expiring"])
        for step in ("reminded", "webhook-sent"):
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
