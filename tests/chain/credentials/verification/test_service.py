"""The door to the network: only configured addresses, bounded, no redirects; every fault is Unavailable."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chain.credentials.bundle import MAX_BUNDLE
from chain.credentials.verification.service import HttpBundleService
from chain.kernel.errors import InvalidInput, Unavailable
from tests.chain.ledger.kit import nobody_at

IDENTIFIER = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"


class Handler(BaseHTTPRequestHandler):
    """Answers by the first part of the path."""

    def do_POST(self):
        self.server.paths.append(self.path)
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.append(dict(self.headers))
        mode = self.path.split("/")[1]
        if mode == "slow":
            self.server.stop.wait(3)
            return
        codes = {"none": 404, "broken": 500, "moved": 302, "secret": 401}
        self.send_response(codes.get(mode, 200))
        if mode == "moved":
            self.send_header("Location", "/good/elsewhere")
        self.end_headers()
        if mode == "good":
            self.wfile.write(b"the bundle")
        elif mode == "huge":
            self.wfile.write(b"x" * (MAX_BUNDLE + 1))
        elif mode == "drip":
            while not self.server.stop.wait(0.1):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return

    def log_message(self, *_):
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.paths, httpd.bodies, httpd.headers, httpd.stop = [], [], [], threading.Event()
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield httpd
    httpd.stop.set()
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def service(server, mode, timeout=5.0):
    return HttpBundleService(f"http://127.0.0.1:{server.server_port}/{mode}/", timeout=timeout)


@pytest.mark.loopback
class TestLookUp:
    def test_bundle(self, server):
        assert service(server, "good").bundle(IDENTIFIER) == b"the bundle"
        assert server.paths == ["/good/v1/bundles"], "no address names the certificate"
        assert json.loads(server.bodies[0]) == {"identifier": IDENTIFIER}
        assert "Authorization" not in server.headers[0]

    def test_identifier_cannot_leave_its_place(self, server):
        service(server, "good").bundle("../../admin?x=1#y")
        assert server.paths == ["/good/v1/bundles"]
        assert json.loads(server.bodies[0]) == {"identifier": "../../admin?x=1#y"}

    def test_a_token_is_shown_where_there_is_one(self, server):
        address = f"http://127.0.0.1:{server.server_port}/good/"
        assert HttpBundleService(address, token="yx_word").bundle(IDENTIFIER) == b"the bundle"
        assert server.headers[0]["Authorization"] == "Bearer yx_word"

    def test_none(self, server):
        assert service(server, "none").bundle(IDENTIFIER) is None

    @pytest.mark.parametrize(("mode", "reason"), [("broken", "500"), ("secret", "401"), ("huge", "too large")])
    def test_faults(self, server, mode, reason):
        with pytest.raises(Unavailable, match=reason):
            service(server, mode).bundle(IDENTIFIER)

    def test_redirects_are_not_followed(self, server):
        with pytest.raises(Unavailable, match="302"):
            service(server, "moved").bundle(IDENTIFIER)
        assert len(server.paths) == 1

    @pytest.mark.parametrize("mode", ["slow", "drip"])
    def test_time_is_bounded(self, server, mode):
        with pytest.raises(Unavailable):
            service(server, mode, timeout=0.3).bundle(IDENTIFIER)

    def test_proxies_of_the_environment_are_not_used(self, server, monkeypatch):
        monkeypatch.setenv("http_proxy", "http://192.0.2.1:9")
        monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:9")
        assert service(server, "good").bundle(IDENTIFIER) == b"the bundle"

    def test_nobody_there(self):
        with nobody_at() as port, pytest.raises(Unavailable):
            HttpBundleService(f"http://127.0.0.1:{port}", timeout=5).bundle(IDENTIFIER)


@pytest.mark.parametrize(
    "address",
    [
        "http://service.example", "ftp://service.example", "file:///etc/passwd", "service.example", "https://",
        "https://name:word@service.example", "https://service.example?x=1", "https://service.example/#y", "",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(address):
    with pytest.raises(InvalidInput) as caught:
        HttpBundleService(address)
    assert caught.value.field == "verify.services"


def test_https_and_this_machine_are_accepted():
    assert HttpBundleService("https://service.example/base/").base == "https://service.example/base"
    assert HttpBundleService("http://localhost:8080").base == "http://localhost:8080"
