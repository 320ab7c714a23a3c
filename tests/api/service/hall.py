"""A service for tests: a town with two bureaus, its service home, people with every role, and clients for them.

Calls go through the whole application in this process; tests/api/service/test_server.py runs the real server.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import httpx
from eth_account import Account
from starlette.testclient import TestClient

from api.accounts import access, people
from api.accounts.appointments import appoint, take_part
from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.certificates.issuing import run_batch
from api.certificates.office import Office
from api.certificates.query import act_page, batch_page
from api.certificates.statuses import run_act
from api.service.app import create_app
from api.service.context import Service
from chain.kernel.errors import Conflict, Refused, Unavailable
from chain.kernel.home import Home
from tests.api.town import BUREAU, OTHER, OTHER_NAME, Town

WORD = "correct-horse-battery"
EVERYWHERE = ""


@dataclass
class Hall:
    """A service and its people.

    Attributes:
        town: the homes and the chain below.
        service: the service's home, opened.
        client: calls without a token.
        keys: ledger keys of accounts, by name.
    """

    town: Town
    service: Service
    client: TestClient
    keys: dict[str, Any] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def token(self, name: str) -> str:
        """A session's token of an account, signed in by password once."""
        if name not in self._tokens:
            answer = self.client.post("/v1/sessions", json={"name": name, "password": WORD})
            assert answer.status_code == 201, answer.text
            self._tokens[name] = answer.json()["token"]
        return self._tokens[name]

    def call(self, name: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """A call as that account, or as nobody."""
        headers = dict(more.pop("headers", {}))
        if name is not None:
            headers["Authorization"] = f"Bearer {self.token(name)}"
        return self.client.request(method, path, headers=headers, **more)

    def get(self, name: str | None, path: str, **more: Any) -> httpx.Response:
        """GET."""
        return self.call(name, "GET", path, **more)

    def post(self, name: str | None, path: str, **more: Any) -> httpx.Response:
        """POST."""
        return self.call(name, "POST", path, **more)

    @contextlib.contextmanager
    def working(self, *, approve: bool = True) -> Iterator[None]:
        """While this lasts the signer answers, a person approves, and a worker carries out what the API accepts."""
        with self.town.signing(approve=approve), self.carrying_out():
            yield

    @contextlib.contextmanager
    def carrying_out(self) -> Iterator[None]:
        """While this lasts a worker carries out what the API accepts; who signs is another matter."""
        stop = threading.Event()
        failed: list[BaseException] = []

        def work() -> None:
            try:
                with self.town.office() as office:
                    while not stop.is_set():
                        advance(office)
                        stop.wait(0.15)
            except BaseException as error:  # noqa: BLE001 - shown to the test below
                failed.append(error)

        thread = threading.Thread(target=work, name="worker")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        assert not failed, failed

    def settle(self, path: str, states: tuple[str, ...] = ("complete", "recalled", "refused")) -> dict[str, Any]:
        """Ask again until a batch or act is in one of the states."""
        for _ in range(600):
            found: dict[str, Any] = self.get("officer", path).json()
            if found["state"] in states:
                return found
            threading.Event().wait(0.1)
        raise AssertionError(f"{path} stays {found['state']}")


def advance(office: Office) -> None:
    """Take every open batch and act of a bureau one step further."""
    with contextlib.suppress(Unavailable, Refused, Conflict), office.writing():
        for row in batch_page(office, state=None, after=0, limit=100):
            if row.state not in ("complete", "recalled"):
                with contextlib.suppress(Refused):
                    run_batch(office, row.id, wait=0)
        for row in act_page(office, state=None, after=0, limit=100):
            if row.state not in ("complete", "refused"):
                with contextlib.suppress(Refused):
                    run_act(office, row.id, wait=0)


PEOPLE: dict[str, tuple[Role, str]] = {
    "authority": (Role.AUTHORITY, EVERYWHERE),
    "auditor-general": (Role.AUDITOR, EVERYWHERE),
    "holder": (Role.HOLDER, EVERYWHERE),
    **{
        f"{role}{suffix}": (role, bureau)
        for suffix, bureau in (("", BUREAU), ("-elsewhere", OTHER))
        for role in (Role.OFFICER, Role.APPROVER, Role.CLERK, Role.AUDITOR, Role.MACHINE, Role.PROCUREMENT)
    },
    **{
        str(role): (role, EVERYWHERE)
        for role in (Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER, Role.BIDDER, Role.EXPERT)
    },
}
"""Account name to role and bureau."""

TENDER = 12
"""The number that every path names as its example; nobody has published so many."""

APPOINTED = (Role.PROCUREMENT, Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER, Role.EXPERT)
"""Who has a part in :data:`TENDER`, by account name."""


def open_second_bureau(town: Town) -> None:
    """The other bureau's homes, on the same chain."""
    town.add_home("officer-2", "officer", OTHER, "../desk-2")
    town.add_home("approver-2", "approver", OTHER, "../desk-2")
    town.admit(OTHER, OTHER_NAME, "officer-2", "approver-2")
    with town.signer(town.folder / "approver-2"):
        pass


def open_hall(town: Town) -> Iterator[Hall]:
    """The service over a town whose chain runs and which has two bureaus."""
    home = Home(town.folder / "service")
    home.write_config(
        {
            "role": "service",
            "ledger": {"node": "../ledger"},
            "documents": {"blobs": "../blobs"},
            "service": {
                "bureaus": ["../officer", "../officer-2"],
                "public_url": "https://yx.example",
                "rate_per_minute": 0,
            },
        }
    )
    town.ok(home.path, "trust", "pin", str(town.authority / "trust-root.json"))
    service = Service(home)
    hall_keys = {}
    cheap = type(access._hasher)(time_cost=1, memory_cost=8, parallelism=1)
    with mock.patch.object(access, "_hasher", cheap):
        for name, (role, bureau) in PEOPLE.items():
            key = Account.create()
            hall_keys[name] = key
            people.create_account(
                service.engine,
                name,
                name,
                [Membership(role, bureau or None)],
                now=service.clock(),
                password=WORD,
                address=key.address,
            )
        for role in APPOINTED:
            number = people.account_named(service.engine, role).number
            now = service.clock()
            if role is Role.EXPERT:  # comes for oneself
                take_part(service.engine, TENDER, number, role, bureau=BUREAU, now=now, known=frozenset())
            else:
                appoint(service.engine, TENDER, number, role, bureau=BUREAU, by=number, now=now, known=frozenset())
        with TestClient(create_app(service), raise_server_exceptions=False) as client:
            yield Hall(town, service, client, hall_keys)


__all__ = ["APPOINTED", "PEOPLE", "TENDER", "WORD", "Hall", "advance", "open_hall", "open_second_bureau"]
