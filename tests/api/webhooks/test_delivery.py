"""Deliveries: signed, repeated under one id until they are taken, given up after a day."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from api.certificates.office import Office
from api.webhooks import (
    create_webhook,
    delete_webhook,
    deliveries_of,
    list_webhooks,
    ping,
    redeliver,
    rotate_secret,
)
from api.webhooks.addresses import Target
from api.webhooks.events import DAY, note
from api.webhooks.sending import open_deliveries, post, run_delivery
from chain.kernel.errors import InvalidInput, NotFound, Refused
from tests.api.jobs.kit import draft, eventually, make_service, rows, working
from tests.api.town import BUREAU, Town, licences
from tests.api.webhooks.receiver import Receiver, receiver

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


class Now:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1_800_000_000

    def __call__(self) -> int:
        """Seconds."""
        return self.at


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def office(shared_town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Office]:
    """An office with a clock of ours and no webhooks."""
    monkeypatch.setenv("YINXIN_JOBS__PRIVATE_WEBHOOKS", "true")
    with shared_town.office() as found:
        found.clock = Now()
        yield found
        for hook in list_webhooks(found):
            delete_webhook(found, hook.id)


def checks(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver's library does."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    made = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return made in headers["webhook-signature"].split(" ")


def due(office: Office) -> None:
    """Try what is due."""
    for number in open_deliveries(office):
        assert run_delivery(office, number, lambda *_: None) == ""


def test_a_ping_arrives_signed_and_carries_numbers_only(office: Office, hooks: Receiver) -> None:
    hook = create_webhook(office, hooks.url)
    ping(office, hook.id)
    due(office)
    ((headers, body),) = hooks.requests
    assert checks(hook.secret or "", headers, body)
    said = json.loads(body)
    assert said == {
        "type": "webhook.ping",
        "timestamp": "2027-01-15T08:00:00Z",
        "data": {"event": headers["webhook-id"], "bureau": BUREAU, "number": hook.id, "count": 0},
    }
    assert headers["content-type"] == "application/json"
    assert [(item.state, item.answer, item.attempts) for item in deliveries_of(office, hook.id)] == [
        ("delivered", "204", 1)
    ]


def test_it_is_tried_again_under_the_same_id_until_taken(office: Office, hooks: Receiver) -> None:
    hooks.answers += [500, 503]
    hook = create_webhook(office, hooks.url)
    ping(office, hook.id)
    for _ in range(3):
        due(office)
        office.clock.at += 200  # type: ignore[attr-defined]
    due(office)
    assert len(hooks.requests) == 3
    assert len({headers["webhook-id"] for headers, _ in hooks.requests}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in hooks.requests}) == 3
    assert len({body for _, body in hooks.requests}) == 1
    assert all(checks(hook.secret or "", *request) for request in hooks.requests)
    assert [item.state for item in deliveries_of(office, hook.id)] == ["delivered"]


def test_after_a_day_it_is_given_up_and_can_be_asked_for_again(office: Office, hooks: Receiver) -> None:
    hooks.answers += [500] * 100
    hook = create_webhook(office, hooks.url)
    ping(office, hook.id)
    begun = office.clock()
    while deliveries_of(office, hook.id)[0].state == "pending":
        due(office)
        office.clock.at += 60  # type: ignore[attr-defined]
    assert 0.8 * DAY < office.clock() - begun <= DAY
    assert 12 < len(hooks.requests) < 40
    (failed,) = deliveries_of(office, hook.id)
    assert (failed.state, failed.answer) == ("failed", "500")
    hooks.answers.clear()
    redeliver(office, failed.id)
    due(office)
    assert [item.state for item in deliveries_of(office, hook.id)] == ["delivered"]
    assert hooks.requests[-1][0]["webhook-id"] == hooks.requests[0][0]["webhook-id"]


def test_a_redirect_is_not_followed(office: Office, hooks: Receiver) -> None:
    hooks.answers.append(307)
    hook = create_webhook(office, hooks.url)
    ping(office, hook.id)
    due(office)
    assert len(hooks.requests) == 1
    assert [(item.state, item.answer) for item in deliveries_of(office, hook.id)] == [("pending", "307")]


def test_a_receiver_that_is_gone_is_told_no_more(office: Office, hooks: Receiver) -> None:
    hooks.answers.append(410)
    hook = create_webhook(office, hooks.url)
    ping(office, hook.id)
    due(office)
    assert [item.active for item in list_webhooks(office)] == [False]
    assert [(item.state, item.answer) for item in deliveries_of(office, hook.id)] == [("failed", "410")]
    rotate_secret(office, hook.id)
    assert [item.active for item in list_webhooks(office)] == [True]


def test_after_a_rotation_both_secrets_sign_for_a_day(office: Office, hooks: Receiver) -> None:
    old = create_webhook(office, hooks.url)
    new = rotate_secret(office, old.id)
    assert new.secret != old.secret
    for later in (0, DAY + 1):
        office.clock.at += later  # type: ignore[attr-defined]
        ping(office, old.id)
        due(office)
    (first, second) = hooks.requests
    assert checks(old.secret or "", *first)
    assert checks(new.secret or "", *first)
    assert not checks(old.secret or "", *second)
    assert checks(new.secret or "", *second)


def test_only_the_kinds_asked_for(office: Office, hooks: Receiver) -> None:
    create_webhook(office, hooks.url, ["batch.completed"])
    with office.engine.begin() as connection:
        note(connection, "batch.completed", 901, count=40, now=office.clock())
        note(connection, "act.completed", 902, count=1, now=office.clock())
    due(office)
    assert [json.loads(body)["data"]["number"] for _, body in hooks.requests] == [901]


def test_nobody_listening_and_a_receiver_that_never_answers_are_written_down(
    office: Office, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setattr("api.webhooks.sending.TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hook = create_webhook(office, f"http://127.0.0.1:{port}/hook")
        ping(office, hook.id)
        due(office)
        assert [item.answer for item in deliveries_of(office, hook.id)] == ["http.readtimeout"]
    office.clock.at += 60  # type: ignore[attr-defined]
    due(office)
    assert [(item.state, item.answer) for item in deliveries_of(office, hook.id)] == [("pending", "http.connecterror")]


def test_private_addresses_are_refused_unless_allowed(office: Office, shared_town: Town) -> None:
    hook = create_webhook(office, "https://10.0.0.1/hook")
    ping(office, hook.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_JOBS__PRIVATE_WEBHOOKS", "false")
        with shared_town.office() as strict:
            strict.clock = office.clock
            with pytest.raises(Refused):
                create_webhook(strict, "https://192.168.0.1/hook")
            due(strict)
    assert [item.answer for item in deliveries_of(office, hook.id)] == ["webhook.address"]


def test_what_is_not_there_is_said(office: Office, hooks: Receiver) -> None:
    for work in (rotate_secret, delete_webhook, ping, redeliver):
        with pytest.raises(NotFound):
            work(office, 9_999)
    with pytest.raises(InvalidInput) as caught:
        create_webhook(office, hooks.url, ["batch.exploded"])
    assert (caught.value.code, caught.value.field) == ("webhook.kind", "kinds")


def test_no_secret_lies_in_the_register(office: Office, hooks: Receiver) -> None:
    hook = create_webhook(office, hooks.url)
    assert (hook.secret or "").startswith("whsec_")
    assert [item.secret for item in list_webhooks(office)] == [None]
    raw = base64.b64decode((hook.secret or "").removeprefix("whsec_"))
    for file in office.home.path.glob("register.sqlite*"):
        held = file.read_bytes()
        assert raw not in held
        assert raw.hex().encode() not in held
        assert (hook.secret or "").encode() not in held


def test_over_tls_the_certificate_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204 if self.headers["host"].startswith("hooks.example") else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        port = server.server_address[1]
        with pytest.MonkeyPatch.context() as patch:
            with pytest.raises(httpx.ConnectError):
                post(Target("127.0.0.1", port, "hooks.example", True, "/"), b"{}", {})
            trusting = ssl.create_default_context(cafile=str(certificate))
            patch.setattr("httpx._config.create_ssl_context", lambda *_, **__: trusting)
            patch.setattr("httpx._transports.default.create_ssl_context", lambda *_, **__: trusting)
            assert post(Target("127.0.0.1", port, "hooks.example", True, "/"), b"{}", {}) == 204
            with pytest.raises(httpx.ConnectError):
                post(Target("127.0.0.1", port, "other.example", True, "/"), b"{}", {})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_worker_tells_of_a_batch_once_and_without_a_name(town: Town, hooks: Receiver) -> None:
    make_service(town)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_JOBS__PRIVATE_WEBHOOKS", "true")
        with town.office() as office:
            hook = create_webhook(office, hooks.url)
        draft(town, licences(3))
        with working(town):
            eventually(lambda: hooks.requests)
            with town.signing():
                eventually(lambda: len(hooks.requests) >= 2)
        with working(town):
            eventually(lambda: not rows(town, "SELECT 1 FROM webhook_deliveries WHERE state = 'pending'"))
    told = [json.loads(body) for _, body in hooks.requests]
    assert [(item["type"], item["data"]["number"], item["data"]["count"]) for item in told] == [
        ("batch.waiting", 1, 3),
        ("batch.completed", 1, 3),
    ]
    assert told[0]["data"]["code"] == "release"
    assert all(checks(hook.secret or "", *request) for request in hooks.requests)
    held = b"".join(body for _, body in hooks.requests) + repr([headers for headers, _ in hooks.requests]).encode()
    for row in rows(town, "SELECT identifier, number, holder_name, holder_code FROM certificates"):
        for value in row:
            assert value.encode() not in held
