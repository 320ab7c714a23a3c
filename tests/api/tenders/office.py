"""A bureau's service beside the stage of tenders: its home, people with every part, and clients for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from api.accounts import access, people
from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.service.app import create_app
from api.service.context import Service
from api.tenders.jobs import Desk, bring_up_to_date
from chain.kernel.home import Home
from chain.tenders.notice import Notice, Place, make_notice
from scripts.samples.tenders import STATUTORY, People, desks, write
from tests.api.town import cheap_keys
from tests.chain.sealing.samples import public
from tests.support.tender_stage import BUREAU, NAME, TenderStage

WORD = "correct-horse-battery"
PEOPLE: dict[str, Role] = {
    "lead": Role.PROCUREMENT, "deputy": Role.PROCUREMENT, "agency": Role.AGENT, "watch": Role.SUPERVISOR,
    "keeper": Role.KEYHOLDER, "bidder": Role.BIDDER, "rival": Role.BIDDER, "expert": Role.EXPERT,
    "authority": Role.AUTHORITY,
}  # fmt: skip
"""Account name to role; ``watch`` and ``keeper`` have the ledger addresses of the stage's supervisor and holder 1."""


@dataclass
class TenderOffice:
    """A service and its people.

    Attributes:
        stage: the chain, the board, and everybody else's homes.
        service: the service's home, opened.
        client: calls without a token.
    """

    stage: TenderStage
    service: Service
    client: TestClient
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The service database."""
        return self.service.engine

    def follow(self) -> None:
        """Bring the index to the newest final block."""
        bring_up_to_date(Desk(self.service.home, self.engine, self.service.tenders, first=True))

    def call(self, name: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """A call as that account, or as nobody."""
        headers = {}
        if name is not None:
            if name not in self._tokens:
                answer = self.client.post("/v1/sessions", json={"name": name, "password": WORD})
                assert answer.status_code == 201, answer.text
                self._tokens[name] = answer.json()["token"]
            headers["Authorization"] = f"Bearer {self._tokens[name]}"
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, name: str | None = None) -> Any:
        """JSON of a GET that must succeed."""
        answer = self.call(name, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def account(self, name: str) -> int:
        """Number of an account."""
        return people.account_named(self.engine, name).number

    def publish(self, folder: Path, **terms: Any) -> tuple[int, Notice]:
        """Publish a tender with a real notice on the board; its number and notice."""
        notice = a_notice(self.stage, folder)
        self.stage.board.put(notice.data)
        return self.stage.publish(digest=notice.digest, **terms), notice

    def publish_number(self, folder: Path, **terms: Any) -> int:
        """As :meth:`publish`; only the number."""
        return self.publish(folder, **terms)[0]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the service database."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


def a_notice(stage: TenderStage, folder: Path) -> Notice:
    """A sound notice of school desks."""
    custodians = [(stage.address(name), name, f"http://{name}.example") for name in ("custodian-1", "custodian-2")]
    nobody = People(
        public("officer"),
        public("supervisor"),
        stage.address("supervisor"),
        custodians,
        bureau=BUREAU,
        bureau_name=NAME,
    )
    draft = desks(nobody, STATUTORY)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, draft)
    ledger = stage.ledger
    key = stage.key.opening_key.key
    place = Place(
        ledger.genesis, ledger.chain_id, ledger.book, ledger.tenders() + 1, stage.now(), lambda _number: key,
        lambda _number: None,
    )  # fmt: skip
    done = make_notice(draft, folder, place, None)
    assert done.notice is not None, json.dumps([one.as_dict() for one in done.findings.errors], ensure_ascii=False)
    return done.notice


def make_homes(stage: TenderStage, *, account: bool, **settings: Any) -> Path:
    """The service's home, and the officer's home of the bureau it works for."""
    with cheap_keys():
        made = (
            "init",
            "officer",
            "--bureau",
            BUREAU,
            "--node",
            "../ledger",
            "--desk",
            "../desk",
            "--blobs",
            "../blobs",
        )
        stage.ok("desk-officer", *made)
        stage.pin("desk-officer")
        home = Home(stage.folder / "service")
        home.write_config(
            {
                "role": "service",
                "ledger": {"node": "../ledger"},
                "service": {
                    "bureaus": ["../desk-officer"], "public_url": "https://yx.example", "rate_per_minute": 0,
                    "every": 1, "questions_per_hour": 0,
                },
                "tenders": {"boards": ["../board"], **settings},
            }
        )  # fmt: skip
        stage.pin("service")
        if account:
            stage.ok("service", "keys", "new", "account", "--kind", "account")
    return home.path


def open_office(stage: TenderStage, home: Path) -> Iterator[TenderOffice]:
    """The service over a stage whose chain runs."""
    service = Service(Home(home))
    addresses = {"watch": stage.account("supervisor").address, "keeper": stage.account("holder-1").address}
    cheap = type(access._hasher)(time_cost=1, memory_cost=8, parallelism=1)
    with mock.patch.object(access, "_hasher", cheap):
        for name, role in PEOPLE.items():
            held = Membership(role, BUREAU if role is Role.PROCUREMENT else None)
            people.create_account(service.engine, name, name, [held], now=1, password=WORD, address=addresses.get(name))
        with TestClient(create_app(service), raise_server_exceptions=False) as client:
            yield TenderOffice(stage, service, client)
