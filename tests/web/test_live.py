"""The verifier in TypeScript against a real chain and a real service, beside the one in Python."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from chain.credentials.bundle import read_bundle
from chain.credentials.stamp import digits
from chain.kernel.clock import system_clock
from chain.kernel.encoding import hex0x
from chain.ledger.events import STATUS_ANCHORED
from tests.api.service.hall import Hall
from tests.api.service.served import Served, serving
from tests.api.town import licences
from tests.web.node import run_program

STATES = hex0x(STATUS_ANCHORED)

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@dataclass
class Scene:
    """A chain on which one certificate is in force and one revoked, and a service that answers.

    Attributes:
        hall: the town and its people.
        served: the real server.
        names: identifiers, the revoked one last.
    """

    hall: Hall
    served: Served
    names: list[str]

    def bundle(self, name: str) -> str:
        """Evidence bundle as text."""
        return self.hall.town.bundle(name).decode()

    def check(self, *inputs: str, **other: Any) -> list[dict[str, Any]]:
        """What the verifier in TypeScript says."""
        ledger = self.hall.service.ledger
        given = {
            "endpoints": ledger.endpoints,
            "quorum": 1,
            "trustRoot": base64.b64encode(ledger.trust_root.to_bytes()).decode(),
            "service": self.served.url,
            "token": "",
            "snapshot": None,
            "at": system_clock(),
            "inputs": inputs,
        }
        found: list[dict[str, Any]] = run_program("live", given | other)
        return found


@pytest.fixture(scope="module")
def scene(hall: Hall) -> Iterator[Scene]:
    town = hall.town
    names = town.identifiers(town.issue(licences(2))["batch"])
    town.act("revoke", names[1], "--reason", "granted wrongly")
    with serving(hall, workers=1) as served:
        yield Scene(hall, served, names)


def told(report: dict[str, Any]) -> tuple[Any, ...]:
    """What both must agree on."""
    return report["verdict"], report["authentic"], report["inForce"], [step["result"] for step in report["steps"]]


def test_bundles_stamps_and_credentials_get_the_verdicts_that_python_gives(scene: Scene) -> None:
    bundles = [scene.bundle(name) for name in scene.names]
    read = [read_bundle(text.encode()) for text in bundles]
    inputs = [*bundles, *(digits(one.stamp) for one in read), *(one.credential for one in read)]
    found = scene.check(*inputs)
    wanted = [scene.hall.town.verify(text.encode()).as_dict() for text in inputs]
    assert [told(one) for one in found] == [told(one) for one in wanted]
    assert [one["verdict"] for one in found] == ["VALID", "REVOKED"] * 3
    for mine, theirs in zip(found, wanted, strict=True):
        for name in ("bureau", "type", "identifier", "holder", "fields", "hidden", "validity", "anchor"):
            assert mine["certificate"][name] == theirs["certificate"][name], name
        assert [step["detail"] for step in mine["steps"]][:4] == [step["detail"] for step in theirs["steps"]][:4]


def test_an_identifier_is_looked_up_with_a_clerks_token_and_then_verified(scene: Scene) -> None:
    clerk, nobody = scene.served.token("clerk"), ""
    assert [scene.check(scene.names[0], token=token)[0]["verdict"] for token in (clerk, nobody)] == ["VALID", "UNKNOWN"]


def test_a_changed_bundle_is_forged(scene: Scene) -> None:
    text = scene.bundle(scene.names[0])
    place = text.index('"record":"') + 10
    changed = text[:place] + ("B" if text[place] != "B" else "C") + text[place + 1 :]
    assert scene.check(changed)[0]["verdict"] == "FORGED"


def test_an_index_that_knows_nothing_leaves_a_stamp_open(scene: Scene) -> None:
    stamp = digits(read_bundle(scene.bundle(scene.names[0]).encode()).stamp)
    (found,) = scene.check(stamp, service=scene.hall.service.ledger.endpoints[0])  # a node is no index
    assert (found["verdict"], found["authentic"]) == ("CANNOT_CHECK", None)


def test_an_endpoint_that_hides_the_revocation_is_caught_by_the_head(scene: Scene) -> None:
    with lying(scene, hide_states=True) as liar:
        (found,) = scene.check(scene.bundle(scene.names[1]), endpoints=[liar])
    assert (found["verdict"], found["inForce"]) == ("CANNOT_CHECK", None)
    assert found["steps"][5]["result"] == "ERROR"


def test_an_endpoint_that_lies_about_contracts_is_outvoted_or_leaves_it_open(scene: Scene) -> None:
    honest = scene.hall.service.ledger.endpoints[0]
    with lying(scene) as same, lying(scene, change_calls=True) as liar:
        bundle = scene.bundle(scene.names[0])
        (outvoted,) = scene.check(bundle, endpoints=[liar, honest, same], quorum=2)
        (divided,) = scene.check(bundle, endpoints=[liar, honest], quorum=2)
    assert outvoted["verdict"] == "VALID"
    assert (divided["verdict"], divided["authentic"]) == ("CANNOT_CHECK", None)


@contextlib.contextmanager
def lying(scene: Scene, *, hide_states: bool = False, change_calls: bool = False) -> Iterator[str]:
    """Address of something that hands calls on to the node and, if told so, changes what comes back."""
    node = scene.hall.service.ledger.endpoints[0]

    class Door(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "content-type")
            self.end_headers()

        def do_POST(self) -> None:
            calls = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answers = httpx.post(node, json=calls, timeout=30).json()
            for call, answer in zip(calls, answers, strict=True):
                if hide_states and call["method"] == "eth_getLogs" and call["params"][0]["topics"][0] == STATES:
                    answer["result"] = answer["result"][:-1]
                if change_calls and call["method"] == "eth_call" and "result" in answer:
                    answer["result"] = answer["result"][:-2] + ("01" if answer["result"][-2:] != "01" else "02")
            data = json.dumps(answers).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
