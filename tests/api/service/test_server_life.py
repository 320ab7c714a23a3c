"""The real server under SIGTERM and SIGKILL, many at once, and streams."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, select

from api.audit import log as audit_log
from api.certificates.tables import batches, certificates
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.service.hall import Hall
from tests.api.service.served import Served, alive, serving
from tests.api.town import BUREAU, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/v1/bureaus/{BUREAU}"
WHERE = {"type": "business-licence"}


def rows(count: int, first: int) -> bytes:
    return csv_bytes([CHINESE, *(sample.values for sample in licences(count, first=first))], "utf-8")


def wait_for_end(pids: list[int]) -> list[int]:
    """Those still alive after at most a minute."""
    for _ in range(1200):
        left = [pid for pid in pids if alive(pid)]
        if not left:
            return []
        threading.Event().wait(0.05)
    return left


def half_sent(served: Served, token: str, data: bytes) -> socket.socket:
    """An upload of which half is sent."""
    host, port = served.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=60)
    head = (
        f"POST {HERE}/lists?type=business-licence HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(head.encode() + data[: len(data) // 2])
    return connection


def answer_of(connection: socket.socket) -> tuple[int, dict[str, object]]:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def count(hall: Hall) -> tuple[int, int]:
    """Batches and certificates of the register."""
    with hall.service.office(BUREAU).engine.connect() as connection:
        found = [
            connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (batches, certificates)
        ]
    return found[0], found[1]


def begun(hall: Hall, entries: int) -> None:
    """Wait until the audit log has more entries: the upload is being taken in."""
    for _ in range(400):
        if audit_log.check(hall.service.engine) > entries:
            return
        threading.Event().wait(0.05)
    raise AssertionError("nothing has begun")


@pytest.fixture(scope="module")
def served(hall: Hall) -> Iterator[Served]:
    with serving(hall) as server:
        yield server


def test_two_who_send_the_same_list_at_once_make_one_batch(hall: Hall, served: Served) -> None:
    before, data, together = count(hall), rows(20, 100), threading.Barrier(6)
    answers: list[httpx.Response] = []
    token = served.token("officer")

    def send(number: int) -> None:
        with httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
            together.wait()
            answers.append(client.post(f"{HERE}/lists", params={**WHERE, "name": f"n{number}"}, content=data))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201], [one.text for one in answers]
    assert len({one.json()["batch"]["number"] for one in answers}) == 1
    assert [one.json()["known"] for one in answers].count(False) == 1
    assert count(hall) == (before[0] + 1, before[1] + 20)


def test_lists_that_share_a_number_do_not_both_pass(hall: Hall, served: Served) -> None:
    token, together = served.token("officer"), threading.Barrier(2)
    answers: list[httpx.Response] = []

    def send(first: int) -> None:
        with httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
            together.wait()
            answers.append(client.post(f"{HERE}/lists", params=WHERE, content=rows(3, first)))

    threads = [threading.Thread(target=send, args=(first,)) for first in (200, 202)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((one.status_code, one.json()["accepted"]) for one in answers) == [(200, False), (201, True)]
    refused = next(one.json() for one in answers if not one.json()["accepted"])
    assert len(refused["taken"]) == 1


def test_progress_comes_as_events_until_the_end(hall: Hall, served: Served) -> None:
    token = served.token("officer")
    with httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        number = client.post(f"{HERE}/lists", params=WHERE, content=rows(40, 300)).json()["batch"]["number"]
        states = []
        with client.stream("GET", f"{HERE}/batches/{number}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["cache-control"] == "no-cache"
            lines = stream.iter_lines()
            states.append(_next_state(lines))
            assert states == ["waiting"]
            with hall.working():
                while (state := _next_state(lines)) is not None:
                    states.append(state)
    assert states[-1] == "complete"
    order = ["waiting", "released", "sealed", "signed", "confirmed", "complete"]
    assert [order.index(state) for state in states] == sorted(order.index(state) for state in states)


def test_streams_stay_open_while_nothing_happens_and_end_when_nobody_listens(hall: Hall, served: Served) -> None:
    token, many = served.token("officer"), 20
    answered = served.log.read_text().count("/events")
    with httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        number = client.post(f"{HERE}/lists", params=WHERE, content=rows(2, 360)).json()["batch"]["number"]
        for _ in range(many):
            with client.stream("GET", f"{HERE}/batches/{number}/events") as stream:
                lines = stream.iter_lines()
                assert _next_state(lines) == "waiting"
                assert _stays_silent(stream, lines), "the server said more, or ended the stream"
    ends = time.monotonic() + 30
    while served.log.read_text().count("/events") < answered + many and time.monotonic() < ends:
        threading.Event().wait(0.1)
    assert served.log.read_text().count("/events") == answered + many


def _stays_silent(stream: httpx.Response, lines: Iterator[str]) -> bool:
    """True if nothing more comes for a moment, the end of the stream included; afterwards nobody listens any more."""
    heard: list[str | None] = []

    def listen() -> None:
        with contextlib.suppress(httpx.TransportError):
            heard.append(_next_state(lines))

    listening = threading.Thread(target=listen)
    listening.start()
    listening.join(0.4)
    silent = listening.is_alive()
    stream.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    listening.join()
    return silent


def _next_state(lines: Iterator[str]) -> str | None:
    for line in lines:
        if line.startswith("data: "):
            return str(json.loads(line[6:])["state"])
    return None


def test_sigterm_lets_an_open_request_end(hall: Hall) -> None:
    data = rows(30, 400)
    with serving(hall) as served:
        token, workers, entries = served.token("officer"), served.workers(), audit_log.check(hall.service.engine)
        assert len(workers) >= 2
        connection = half_sent(served, token, data)
        begun(hall, entries)
        served.process.send_signal(signal.SIGTERM)
        for _ in range(20):
            threading.Event().wait(0.05)
        with connection:
            connection.sendall(data[len(data) // 2 :])
            status, body = answer_of(connection)
        assert (status, body["accepted"]) == (201, True)
        assert served.process.wait(60) == 0
        assert wait_for_end(workers) == []
        assert "Traceback" not in served.log.read_text()


def test_when_the_main_process_is_killed_no_orphan_serves_on(hall: Hall) -> None:
    before, data = count(hall), rows(30, 500)
    with serving(hall) as served:
        token, workers, entries = served.token("officer"), served.workers(), audit_log.check(hall.service.engine)
        connection = half_sent(served, token, data)
        begun(hall, entries)
        served.process.kill()
        served.process.wait()
        assert wait_for_end(workers) == []
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{served.url}/healthz", timeout=5)
        connection.close()
    assert count(hall) == before, "of an upload that was cut off nothing stays"
    audit_log.check(hall.service.engine)
    with serving(hall) as again, again.client("officer") as client:
        made = client.post(f"{HERE}/lists", params=WHERE, content=data)
        assert (made.status_code, made.json()["known"]) == (201, False)
    assert count(hall) == (before[0] + 1, before[1] + 30)


def test_a_worker_that_is_killed_is_replaced(hall: Hall) -> None:
    with serving(hall) as served:
        workers = served.workers()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        assert wait_for_end(workers) == []
        until = time.monotonic() + 60
        while True:  # a connection that waited at the dead one's socket is reset
            try:
                assert httpx.get(f"{served.url}/healthz", timeout=60).status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                threading.Event().wait(0.1)
        assert set(served.workers()).isdisjoint(workers)


def test_metrics_are_those_of_all_processes_together(hall: Hall, served: Served) -> None:
    with served.client("machine") as client:
        client.headers["Connection"] = "close"
        for _ in range(30):
            client.get("/v1/me")
        lines = client.get("/metrics").text.splitlines()
    told = 'yinxin_requests_total{method="GET",route="/v1/me",status="200"}'
    assert [float(line.split()[-1]) for line in lines if line.startswith(told)] == [30.0]
