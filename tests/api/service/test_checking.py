"""Checks over HTTP: what they cost at the node, how soon they know, what a silent node does to them, many at once."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from api.certificates.evidence import bundles_of_batch
from api.service.app import create_app
from api.service.context import Service
from api.verifications.checker import Checker, _all_types
from api.verifications.schemas import VerificationView, view_of
from api.verifications.standing import EVERY
from chain.catalogue import SHIPPED, Catalogue
from chain.credentials.bundle import read_bundle
from chain.credentials.stamp import digits
from chain.kernel.home import Home
from scripts.bench._counting import CountingDoor
from tests.api.fixtures import prepare, running
from tests.api.town import Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

SIZE, ROOTS = 12, 2
AT_ONCE = 5.0
"""Seconds within which an answer that waits for nobody is there, on however busy a machine."""


@dataclass
class Window:
    """A service whose only way to the ledger can be counted and barred.

    Attributes:
        town: the homes and the chain.
        service: its service.
        door: what stands before the node.
        client: calls as nobody.
        bundles: identifier and bundle of every certificate.
    """

    town: Town
    service: Service
    door: CountingDoor
    client: TestClient
    bundles: list[tuple[str, bytes]]

    def check(self, text: str, **headers: str) -> httpx.Response:
        """One check."""
        return self.client.post("/v1/verifications", json={"input": text}, headers=headers)  # type: ignore[return-value]

    def verdict(self, text: str) -> str:
        """Its verdict."""
        answer = self.check(text)
        assert answer.status_code == 200, answer.text
        found: str = answer.json()["verdict"]
        return found


@contextmanager
def window(town: Town, name: str) -> Iterator[Window]:
    """A service of its own over a town that runs."""
    assert town._node is not None
    with CountingDoor(town._node.url) as door:
        home = Home(town.folder / name)
        home.write_config(
            {
                "role": "service",
                "ledger": {"endpoints": [door.url]},
                "documents": {"blobs": "../blobs"},
                "service": {"bureaus": ["../officer"], "rate_per_minute": 0},
            }
        )
        town.ok(home.path, "trust", "pin", str(town.authority / "trust-root.json"))
        with town.office() as office:
            bundles = [
                (row.identifier, bundle)
                for number in range(1, ROOTS + 1)
                for row, _, bundle in bundles_of_batch(office, number)
            ]
        service = Service(home)
        with TestClient(create_app(service), raise_server_exceptions=False) as client:
            yield Window(town, service, door, client, bundles)


def _two_batches(town: Town) -> None:
    for number in range(ROOTS):
        town.issue(licences(SIZE, first=1 + number * SIZE), name=f"list-{number}.csv")
    town.act("revoke", town.identifiers(1)[0], "--reason", "test")


@pytest.fixture(scope="module")
def issued(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two batches and one act, at rest."""
    return prepare(town_template, tmp_path_factory.mktemp("issued"), _two_batches)


@pytest.fixture(scope="module")
def lively(issued: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The same, running."""
    yield from running(issued, tmp_path_factory.mktemp("lively"))


@pytest.fixture
def here(lively: Town) -> Iterator[Window]:
    """A fresh service."""
    with window(lively, f"service-{uuid.uuid4().hex[:8]}") as found:
        yield found


def shapes(bundle: bytes) -> tuple[str, str, str]:
    """The same certificate as bundle, digits and SD-JWT."""
    read = read_bundle(bundle)
    return bundle.decode(), digits(read.stamp), read.credential


def _says(here: Window, text: str, verdict: str) -> bool:
    return here.verdict(text) == verdict


def soon(done: Callable[[], bool], seconds: float) -> float:
    """Ask until it is so; how long it took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, "it took too long"
    return time.monotonic() - began


# --------------------------------------------------------------------------- what it costs


def test_a_thousand_checks_ask_the_node_once_for_each_root_and_each_status_head(here: Window) -> None:
    texts = [text for _, bundle in here.bundles for text in shapes(bundle)]
    verdicts = [here.verdict(texts[number % len(texts)]) for number in range(1000)]
    assert set(verdicts) == {"VALID", "REVOKED"}
    calls = here.door.calls
    assert calls["eth_getLogs"] <= ROOTS + 1
    assert calls["eth_getBlockByHash"] <= 2, "times of status changes; those of roots stand in the batches' evidence"
    assert calls["eth_call"] <= 10, "registry and status head"
    assert calls["eth_chainId"] == 1


def test_a_quiet_chain_costs_a_call_a_second(here: Window) -> None:
    texts = [shapes(bundle)[1] for _, bundle in here.bundles]
    for text in texts:
        here.verdict(text)
    here.door.reset()
    began, blocks = time.monotonic(), set()
    while time.monotonic() - began < 3:
        blocks.add(here.check(texts[0]).json()["statusAsOf"])
    looks = (time.monotonic() - began) / EVERY + 1
    calls = here.door.calls
    assert set(calls) <= {"eth_getBlockByNumber", "eth_getProof"}, "nothing is read again where nothing has changed"
    assert calls["eth_getBlockByNumber"] <= looks
    assert calls["eth_getProof"] <= 2 * (len(blocks) + 1), "whether anything changed: once a new block and contract"


# --------------------------------------------------------------------------- how soon it knows


def test_a_status_act_is_known_within_seconds_while_checks_go_on(issued: Path, tmp_path: Path) -> None:
    for town in running(issued, tmp_path / "town"):
        with window(town, "service-1") as here:
            identifier, bundle = here.bundles[5]
            text = bundle.decode()
            before = here.check(text).json()
            assert before["verdict"] == "VALID"
            town.act("revoke", identifier, "--reason", "test")
            assert soon(partial(_says, here, text, "REVOKED"), 10) < AT_ONCE
            assert here.verdict(shapes(bundle)[1]) == "REVOKED"
            assert here.verdict(here.bundles[6][1].decode()) == "VALID"
            after = here.check(text).json()
            assert after["statusAsOf"] > before["statusAsOf"]


def test_a_batch_issued_later_is_known(issued: Path, tmp_path: Path) -> None:
    for town in running(issued, tmp_path / "town"):
        with window(town, "service-1") as here:
            assert here.verdict(here.bundles[1][1].decode()) == "VALID"
            town.issue(licences(3, first=500), name="later.csv")
            bundle = town.bundle(town.identifiers(ROOTS + 1)[0])
            for text in shapes(bundle):
                soon(partial(_says, here, text, "VALID"), 10)


# --------------------------------------------------------------------------- a silent node


def test_a_silent_node_holds_up_neither_health_nor_what_is_known(here: Window) -> None:
    known, other = here.bundles[1][1].decode(), here.bundles[SIZE][1].decode()
    before = here.check(known).json()
    assert before["verdict"] == "VALID"
    here.door.answers.clear()
    with ThreadPoolExecutor(12) as threads:
        began = time.monotonic()
        waiting = [threads.submit(here.check, other) for _ in range(10)]
        for _ in range(5):
            since = time.monotonic()
            assert here.client.get("/healthz").status_code == 200
            assert time.monotonic() - since < AT_ONCE
        answers = [one.result(timeout=60) for one in waiting]
        assert time.monotonic() - began < 30
    for answer in answers:
        # Its root had not been read yet: nothing is said about it. Or the service says that it cannot tell.
        assert answer.status_code == 503 or answer.json()["verdict"] == "CANNOT_CHECK", answer.text
    again = here.check(known)
    if again.status_code == 200:
        assert again.json()["statusAsOf"] == before["statusAsOf"], "the block at which it was read, not the present"
    here.door.answers.set()
    soon(lambda: here.check(other).json().get("verdict") == "VALID", 30)


def test_a_node_that_never_answered_gives_a_problem_in_bounded_time(here: Window) -> None:
    here.door.answers.clear()
    began = time.monotonic()
    answer = here.check(here.bundles[0][1].decode())
    assert time.monotonic() - began < 20
    assert (answer.status_code, answer.json()["code"]) == (503, "ledger.silent"), answer.text
    assert answer.headers["Retry-After"] == "1"


# --------------------------------------------------------------------------- many at once


def test_threads_and_event_loop_get_the_right_answers_together(here: Window) -> None:
    revoked = here.bundles[0][0]
    wanted = []
    for identifier, bundle in here.bundles:
        verdict = "REVOKED" if identifier == revoked else "VALID"
        wanted += [(text, verdict) for text in shapes(bundle)]
        wanted.append((bundle.decode().replace('"sequence":', '"sequence":1'), "FORGED"))
    checker: Checker = here.client.app.state.checker  # type: ignore[attr-defined]

    def over_http(one: tuple[str, str]) -> bool:
        return here.verdict(one[0]) == one[1]

    def in_a_thread(one: tuple[str, str]) -> bool:
        return str(checker.check(one[0].encode(), at=None, pulling=False).verdict) == one[1]

    with ThreadPoolExecutor(8) as threads:
        first, second = threads.map(over_http, wanted), threads.map(in_a_thread, reversed(wanted))
        assert all(first)
        assert all(second)


# --------------------------------------------------------------------------- the short way says the same


def test_the_short_way_and_the_endpoint_answer_alike(here: Window) -> None:
    for text in (*shapes(here.bundles[0][1]), *shapes(here.bundles[1][1]), "1" * 300, "{}", "not a certificate"):
        here.check(text)
        for _ in range(5):
            short, long = here.check(text), here.check(text, **{"Idempotency-Key": str(uuid.uuid4())})
            assert (short.status_code, long.status_code) == (200, 200)
            if short.json().get("statusAsOf") == long.json().get("statusAsOf"):
                break  # of one block
        short_told, long_told = short.json(), long.json()
        for told in (short_told, long_told):
            told["steps"][4].pop("detail", None), told["steps"][4].pop("detailZh", None)  # they name the second
        assert short_told == long_told
        assert list(short_told) == list(long_told)
        common = {"content-type", "x-content-type-options", "x-request-id", "content-security-policy"}
        assert common <= set(short.headers) & set(long.headers)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b'{"input": ""}', 422), (b'{"input": 5}', 422), (b'{"input": "x", "more": 1}', 422), (b"", 422)],
)
def test_what_is_not_usual_is_refused_by_the_endpoint(here: Window, body: bytes, status: int) -> None:
    answer = here.client.post("/v1/verifications", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_json_written_at_once_is_that_of_its_schema(here: Window) -> None:
    checker: Checker = here.client.app.state.checker  # type: ignore[attr-defined]
    for data in (here.bundles[0][1], shapes(here.bundles[1][1])[1].encode(), b"not a certificate"):
        written = view_of(checker.check(data, at=None, pulling=False))
        assert VerificationView.model_validate_json(written).model_dump_json().encode() == written


def test_a_type_that_two_bureaus_made_differently_has_no_one_reading() -> None:
    shipped = SHIPPED.all()[0]
    mine = replace(shipped, code=shipped.code[:-4] + "9991", slug="mine")
    theirs, another = replace(mine, zh="甲"), replace(mine, code=mine.code[:-1] + "2", slug="another")
    known = _all_types([Catalogue([mine, another]), Catalogue([theirs]), Catalogue([another])])
    assert known.known(mine.code) is None
    assert known.known(another.code) == another
    assert known.known(shipped.code) == shipped
