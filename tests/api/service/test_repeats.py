"""The same POST with the same Idempotency-Key is done once."""

from __future__ import annotations

import base64
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from sqlalchemy import select
from starlette.responses import Response

from api.accounts import people
from api.audit import log as audit_log
from api.service import idempotency
from api.service.alive import Alive
from chain.kernel.errors import Conflict, InvalidInput, Unavailable
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.service.hall import WORD, Hall
from tests.api.town import BUREAU, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/v1/bureaus/{BUREAU}"
SECRET = "correct-horse-battery-of-one-account"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def account(name: str) -> dict[str, Any]:
    return {"name": name, "display": name, "roles": [], "password": SECRET}


def test_the_second_answer_is_the_first_and_says_so(hall: Hall) -> None:
    again = key()
    first = hall.post("authority", "/v1/accounts", json=account("twice"), headers=again)
    second = hall.post("authority", "/v1/accounts", json=account("twice"), headers=again)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


def test_without_a_key_the_second_is_a_conflict(hall: Hall) -> None:
    assert hall.post("authority", "/v1/accounts", json=account("no-key")).status_code == 201
    assert hall.post("authority", "/v1/accounts", json=account("no-key")).status_code == 409


def test_a_replay_is_no_second_entry_of_the_audit_log(hall: Hall) -> None:
    again = key()
    hall.post("authority", "/v1/accounts", json=account("noted"), headers=again)
    before = audit_log.check(hall.service.engine)
    assert hall.post("authority", "/v1/accounts", json=account("noted"), headers=again).status_code == 201
    assert audit_log.check(hall.service.engine) == before


def test_a_refusal_is_answered_alike(hall: Hall) -> None:
    hall.post("authority", "/v1/accounts", json=account("refused"))
    again = key()
    first = hall.post("authority", "/v1/accounts", json=account("refused"), headers=again)
    second = hall.post("authority", "/v1/accounts", json=account("refused"), headers=again)
    assert (first.status_code, second.status_code) == (409, 409)
    assert (first.content, second.headers["Idempotent-Replayed"]) == (second.content, "true")
    assert second.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("what", ["body", "query", "path"])
def test_the_key_is_held_to_its_request(hall: Hall, what: str) -> None:
    again = key()
    path, body = f"{HERE}/acts", {"operation": "suspend", "certificates": ["nothing"], "reason": "x"}
    hall.post("officer", path, json=body, headers=again)
    if what == "body":
        body = {**body, "reason": "y"}
    elif what == "query":
        path += "?more=1"
    else:
        path = f"{HERE}/batches"
    other = hall.post("officer", path, json=body, headers=again)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.reused")
    assert other.json()["field"] == "Idempotency-Key"


def test_a_large_upload_is_held_to_the_very_file(hall: Hall) -> None:
    again, where = key(), {"type": "business-licence", "dry_run": "true"}
    one, other = (
        csv_bytes([CHINESE, *(sample.values for sample in licences(2, first=first))], "utf-8") for first in (1, 50)
    )
    first = hall.post("officer", f"{HERE}/lists", params=where, content=one, headers=again)
    assert (first.status_code, first.json()["rows"]) == (200, 2), first.text
    second = hall.post("officer", f"{HERE}/lists", params=where, content=one, headers=again)
    assert second.headers["Idempotent-Replayed"] == "true"
    third = hall.post("officer", f"{HERE}/lists", params=where, content=other, headers=again)
    assert (third.status_code, third.json()["code"]) == (422, "idempotency.reused")


def test_a_file_larger_than_memory_passes_whole_and_in_pieces(hall: Hall) -> None:
    rows = csv_bytes([CHINESE, *(sample.values for sample in licences(9000))], "utf-8")
    assert len(rows) > 2**20

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(rows), 10_001):
            yield rows[start : start + 10_001]

    where = {"type": "business-licence", "dry_run": "true"}
    answer = hall.post("officer", f"{HERE}/lists", params=where, content=pieces(), headers=key())
    assert (answer.status_code, answer.json()["rowsOk"]) == (200, 9000)


def test_a_key_is_its_owners_alone(hall: Hall) -> None:
    again, body = key(), {"label": "mine", "scopes": ["audit"], "expiresIn": 600}
    one = hall.post("officer", "/v1/tokens", json=body, headers=again).json()
    other = hall.post("approver", "/v1/tokens", json=body, headers=again)
    assert other.status_code == 201
    assert "Idempotent-Replayed" not in other.headers
    assert other.json()["token"] != one["token"]


@pytest.mark.parametrize("bad", ["short", "x" * 129, "with blank inside", "中文中文中文中文"])
def test_a_key_of_another_form_is_refused(hall: Hall, bad: str) -> None:
    answer = hall.post("authority", "/v1/accounts", json=account("form"), headers={"Idempotency-Key": bad.encode()})  # type: ignore[dict-item]
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


def test_while_the_first_is_being_done_the_second_is_told_to_wait(hall: Hall) -> None:
    again, inside, go = key(), threading.Event(), threading.Event()
    make = people.create_account
    answers: list[httpx.Response] = []

    def slow(*given: Any, **more: Any) -> people.Account:
        inside.set()
        assert go.wait(30)
        return make(*given, **more)

    with mock.patch.object(people, "create_account", slow):
        first = threading.Thread(
            target=lambda: answers.append(hall.post("authority", "/v1/accounts", json=account("slow"), headers=again))
        )
        hall.token("authority")
        first.start()
        assert inside.wait(30)
        second = hall.post("authority", "/v1/accounts", json=account("slow"), headers=again)
        go.set()
        first.join()
    assert (second.status_code, second.json()["code"]) == (409, "idempotency.busy")
    assert answers[0].status_code == 201
    third = hall.post("authority", "/v1/accounts", json=account("slow"), headers=again)
    assert (third.status_code, third.content) == (201, answers[0].content)


@pytest.mark.parametrize(
    ("fault", "status"), [(Unavailable("the disk is full"), 503), (RuntimeError("a fault of ours"), 500)]
)
def test_a_fault_of_ours_is_not_kept(hall: Hall, fault: Exception, status: int) -> None:
    again, name = key(), f"after-{status}"
    with mock.patch.object(people, "create_account", mock.Mock(side_effect=fault)):
        first = hall.post("authority", "/v1/accounts", json=account(name), headers=again)
    assert (first.status_code, first.headers["content-type"]) == (status, "application/problem+json")
    assert "a fault of ours" not in first.text
    second = hall.post("authority", "/v1/accounts", json=account(name), headers=again)
    assert second.status_code == 201
    assert "Idempotent-Replayed" not in second.headers


def test_an_execution_that_died_elsewhere_is_done_again_later(hall: Hall, tmp_path: Path) -> None:
    again = key()["Idempotency-Key"]
    engine, now, here = hall.service.engine, hall.service.clock(), hall.service.alive
    elsewhere = Alive(tmp_path / "processes")
    begin = partial(idempotency.begin, engine, "1", again, bytes(32))
    assert isinstance(begin(owner="dead", now=now - 119, alive=elsewhere), idempotency.Once)
    elsewhere.close()
    with pytest.raises(Conflict, match="still being executed"):
        begin(owner="next", now=now, alive=here)
    assert isinstance(begin(owner="next", now=now + 2, alive=here), idempotency.Once)


def test_an_execution_that_died_here_is_done_again_at_once_and_only_then(hall: Hall) -> None:
    again = key()["Idempotency-Key"]
    engine, now, here = hall.service.engine, hall.service.clock(), hall.service.alive
    dying = Alive(hall.service.home / "processes")
    begin = partial(idempotency.begin, engine, "1", again, bytes(32), now=now, alive=here)
    assert isinstance(begin(owner="first", alive=dying), idempotency.Once)
    with pytest.raises(Conflict, match="still being executed"):
        begin(owner="second")
    dying.close()
    with pytest.raises(InvalidInput, match="another request"):
        idempotency.begin(engine, "1", again, bytes(31) + b"x", owner="other", now=now, alive=here)
    taken = begin(owner="third")
    assert isinstance(taken, idempotency.Once)
    with pytest.raises(Conflict, match="still being executed"):
        begin(owner="fourth")
    taken.keep(Response("done"), now)
    kept = begin(owner="fifth")
    assert isinstance(kept, idempotency.Kept)
    assert kept.body == b"done"


def test_a_process_that_starts_forgets_what_dead_ones_were_executing(hall: Hall) -> None:
    engine, now, here = hall.service.engine, hall.service.clock(), hall.service.alive
    folder = hall.service.home / "processes"
    dead, living = Alive(folder), Alive(folder)
    names = {dying: str(uuid.uuid4()) for dying in (dead, living)}
    for process, name in names.items():
        idempotency.begin(engine, "1", name, bytes(32), owner="x", now=now, alive=process)
    dead.close()
    idempotency.forget_dead(engine, here)
    assert list(here.dead()) == []
    with engine.connect() as connection:
        owners = set(connection.execute(select(idempotency.keys.c.owner)).scalars())
    assert living.owner("x") in owners
    assert dead.owner("x") not in owners
    living.close()


def test_nothing_of_requests_and_answers_can_be_read_from_the_database(hall: Hall) -> None:
    again = key()
    made = hall.post("officer", "/v1/sessions", json={"name": "officer", "password": WORD}, headers=again)
    token = made.json()["token"]
    hall.post("authority", "/v1/accounts", json=account("unreadable"), headers=again)
    file = Path(str(hall.service.engine.url.database))
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT digest, fingerprint, answer, owner FROM idempotency_keys").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert len(rows) > 2
    everything = b"".join(one for row in rows for one in map(_bytes, row)) + file.read_bytes()
    for secret in (token, SECRET, again["Idempotency-Key"]):
        for form in (secret.encode(), secret.encode().hex().encode(), base64.b64encode(secret.encode()).rstrip(b"=")):
            assert form not in everything, secret


def test_the_digest_of_a_request_cannot_be_searched_for_without_the_key(hall: Hall) -> None:
    engine, now = hall.service.engine, hall.service.clock()
    fingerprints = set()
    for _ in range(2):
        once = idempotency.begin(
            engine, "1", str(uuid.uuid4()), bytes(32), owner="x", now=now, alive=hall.service.alive
        )
        assert isinstance(once, idempotency.Once)
        with engine.connect() as connection:
            query = idempotency.keys.select().where(idempotency.keys.c.digest == once.digest)
            fingerprints.add(bytes(connection.execute(query).one().fingerprint))
        once.forget()
    assert len(fingerprints) == 2
    assert bytes(32) not in fingerprints


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
