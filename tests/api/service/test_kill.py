"""SIGKILL of the whole server at each point of a request: the client sends it again, and it was done once.

Every request carries an Idempotency-Key, as clients should send it. The restarted server takes up at once what the
dead one had begun; nobody waits for a time limit.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from api.service.tables import idempotency_keys
from chain.credentials.es256 import SoftwareSigner
from chain.kernel.encoding import hex0x
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.holders import Holders
from tests.api.jobs.kit import eventually, jobs, rows, working
from tests.api.jobs.walks import SERVER
from tests.api.people import Person, content_of, hand_in
from tests.api.service.hall import Hall
from tests.api.service.served import Served, serving
from tests.api.test_kill import SERVER as STEPS
from tests.api.test_kill import Books
from tests.api.town import BUREAU, EVENTS, LICENCE, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]

HERE = f"/v1/bureaus/{BUREAU}"
SIZE = 20


@dataclass
class Stepping:
    """A running server that dies at a step.

    Attributes:
        served: it.
        kill_at: the step; None lets it run.
        steps: those reached.
    """

    served: Served
    kill_at: str | None = None
    steps: list[str] = field(default_factory=list)

    def follow(self, names: int, go: int) -> None:
        """Let it go on from step to step, until it ends."""
        with os.fdopen(names, encoding="ascii") as reading, os.fdopen(go, "wb", buffering=0) as writing:
            for line in reading:
                self.steps.append(line.strip())
                if self.steps[-1] == self.kill_at:
                    self.served.kill()
                    return
                writing.write(b".")


@contextlib.contextmanager
def stepping(hall: Hall) -> Iterator[Stepping]:
    """The real server, with one process that answers."""
    names_out, names_in = os.pipe()
    go_out, go_in = os.pipe()
    with serving(hall, workers=1, pass_fds=(names_in, go_out), YINXIN_STEP_PIPE=f"{names_in},{go_out}") as served:
        os.close(names_in)
        os.close(go_out)
        found = Stepping(served)
        thread = threading.Thread(target=found.follow, args=(names_out, go_in))
        thread.start()
        yield found
    thread.join()


@dataclass(frozen=True)
class Ask:
    """One request, and where the server dies over it.

    Attributes:
        what: for the table.
        steps: where it dies, one after the other; ``body`` stands for the middle of the request's body.
        who: account, or None.
        path: of the POST.
        body: makes the arguments of the call; asked once, just before.
        count: query that counts what it makes.
        made: how many there must be.
    """

    what: str
    steps: tuple[str, ...]
    who: str | None
    path: str
    body: Callable[[], dict[str, Any]]
    count: str
    made: int


def asks(hall: Hall, anna: Person, claim: bytes, names: list[str]) -> list[Ask]:
    """Everything that a bureau lets others ask for, in an order in which it can be."""
    listed = csv_bytes([CHINESE, *(sample.values for sample in licences(SIZE, first=100))], "utf-8")

    def decision() -> dict[str, Any]:
        said = anna.decision(content_of(hall.town, "batch-2"), "--approve")
        return {
            "json": {
                "request": hex0x(said.decision.request), "approve": True, "at": said.decision.at,
                "notAfter": said.decision.not_after, "address": hex0x(said.address), "signature": hex0x(said.signature),
            }
        }  # fmt: skip

    act = {"operation": "suspend", "certificates": [names[0]], "reason": "an inspection"}
    return [
        Ask(
            "list", SERVER["issue"], "officer", f"{HERE}/lists?type=business-licence",
            lambda: {"content": listed}, "SELECT count(*) FROM batches", 2,
        ),
        Ask("act", SERVER["act"], "officer", f"{HERE}/acts", lambda: {"json": act}, "SELECT count(*) FROM acts", 1),
        Ask(
            "activation", SERVER["activation"], "officer", f"{HERE}/activations",
            lambda: {"json": {"certificates": [names[1]]}}, "SELECT count(*) FROM activations", 2,
        ),
        Ask(
            "claim", SERVER["claim"], None, f"{HERE}/claims",
            lambda: {"content": claim}, "SELECT count(*) FROM claims", 1,
        ),
        Ask(
            "decision", SERVER["release"], "approver", f"{HERE}/approvals/batch-2/decisions", decision,
            "SELECT count(*) FROM batches", 2,
        ),
    ]  # fmt: skip


class Client:
    """A program that sends the same request until it is answered."""

    def __init__(self, hall: Hall, ask: Ask) -> None:
        self._ask = ask
        self._arguments = ask.body()
        self._headers = {"Idempotency-Key": str(uuid.uuid4())}
        if ask.who is not None:
            self._headers["Authorization"] = f"Bearer {hall.token(ask.who)}"

    def send(self, served: Served) -> httpx.Response:
        """The whole request."""
        return httpx.post(f"{served.url}{self._ask.path}", headers=self._headers, timeout=60, **self._arguments)

    def send_half(self, served: Served) -> None:
        """Half of its body, while the server dies."""
        data = self._arguments["content"]

        def pieces() -> Iterator[bytes]:
            yield data[: len(data) // 2]
            served.kill()
            yield data[len(data) // 2 :]

        with pytest.raises(httpx.TransportError):
            httpx.post(f"{served.url}{self._ask.path}", headers=self._headers, timeout=60, content=pieces())

    def die(self, server: Stepping, step: str) -> None:
        """Send it to a server that dies over it."""
        if step == "body":
            self.send_half(server.served)
            assert server.steps == []
            return
        server.kill_at = step
        with pytest.raises(httpx.TransportError):
            self.send(server.served)
        assert server.steps[-1] == step


def test_the_server_killed_at_every_point_of_a_request_does_it_once(own_hall: Hall) -> None:
    hall, town = own_hall, own_hall.town
    town.issue(licences(2))
    names = town.identifiers(1)
    holders, device = Holders(town), SoftwareSigner.generate()
    claim = holders.claim(names[1], holders.code(names[1]), device)
    anna = Person(town, "anna").move_in().listed()
    table = []
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(stepping(hall))
        for ask in asks(hall, anna, claim, names):
            client = Client(hall, ask)
            for step in ask.steps:
                before = len(server.steps)
                client.die(server, step)
                table.append((ask.what, step, " ".join(server.steps[before:])))
                stack.close()
                server = stack.enter_context(stepping(hall))
            first, second = client.send(server.served), client.send(server.served)
            assert first.is_success, (ask.what, first.text)
            assert first.headers.get("Idempotent-Replayed") == ("true" if ask.steps[-1] == "kept" else None), ask.what
            assert (second.headers["Idempotent-Replayed"], second.content) == ("true", first.content)
            assert rows(town, ask.count)[0][0] == ask.made, ask.what
    print("\nasked for    killed at    steps of that run")
    for what, step, steps in table:
        print(f"{what:<12} {step:<12} {steps}")
    assert set(STEPS) <= {step for _, step, _ in table}

    finish(hall, anna)
    books = Books(town)
    books.check(more=1)
    assert [facts.size for facts in books.anchors[LICENCE]] == [2, SIZE]
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    assert [facts.size for facts in books.anchors["$claims"]] == [1]
    kept = town.ok(town.approver, "approver", "decisions")["decisions"]
    assert [one["approve"] for one in kept] == [True, True]
    assert "damaged" not in str(town.ok(hall.service.home.path, "audit-log", "check"))
    with hall.service.engine.connect() as connection:
        busy = connection.execute(idempotency_keys.select().where(idempotency_keys.c.status.is_(None))).all()
    assert busy == []


def finish(hall: Hall, anna: Person) -> None:
    """The worker, the signer and the second person carry out what was accepted; nothing is left."""
    town = hall.town
    with town.signing(approve=False), working(town) as worker:
        eventually(
            lambda: rows(town, "SELECT 1 FROM acts WHERE state IN ('sealed', 'complete')"),
            seconds=240,
            why=worker.log_file.read_text,
        )
        hand_in(town, "act-1", anna, "--approve")
        eventually(lambda: not jobs(town), seconds=240, why=lambda: jobs(town))
    for table, state in (("batches", "complete"), ("acts", "complete"), ("claims", "complete")):
        assert rows(town, f"SELECT 1 FROM {table} WHERE state <> '{state}'") == [], table
