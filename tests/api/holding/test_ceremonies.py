"""A member takes part in a ceremony through the service: papers, deals and acts, of members and nobody else."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_account import Account
from eth_utils import to_checksum_address

from api.accounts import people
from api.accounts.principals import Membership
from api.accounts.roles import Role
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.ledger.tenders import calls
from chain.sealing.ceremony import Confirmation, Roster, make_deal
from chain.tenders.holding import MemberCard
from chain.tenders.holding.convening import Invitation, convene
from tests.api.tenders.office import WORD, TenderOffice
from tests.chain.ledger.node.kit import eventually
from tests.support.tender_stage import HOLDERS, card_of

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

TITLE = "示例任期"
ROUND = 3_600
GAS = 500_000


@dataclass(frozen=True)
class Ceremony:
    """A ceremony whose deals are made for an hour; ``keeper`` is member 1 of it, by the address of its account."""

    office: TenderOffice
    number: int
    roster: Roster

    def call(self, method: str, path: str, name: str | None = "keeper", **more: Any) -> httpx.Response:
        return self.office.call(name, method, f"/v1/ceremonies/{self.number}/{path}", **more)

    def deal(self, dealer: int, seed: str = "seed") -> bytes:
        return make_deal(self.roster, dealer, sha256(seed.encode())).to_bytes()

    def signed(self, data: bytes, *, by: str = "holder-1", **changes: Any) -> str:
        """A transaction to the registry, as a page signs it."""
        ledger = self.office.stage.ledger
        fields = {
            "type": 2, "chainId": ledger.chain_id, "nonce": self.count(), "gas": GAS, "maxFeePerGas": 0,
            "maxPriorityFeePerGas": 0, "value": 0, "to": to_checksum_address(ledger.key_registry), "data": data,
        }  # fmt: skip
        fields = {name: value for name, value in (fields | changes).items() if value is not None}
        return hex0x(bytes(self.office.stage.account(by).sign_transaction(fields).raw_transaction))

    def act(self, transaction: str, name: str | None = "keeper") -> httpx.Response:
        return self.call("POST", "acts", name, json={"transaction": transaction})

    def count(self) -> int:
        answer = self.call("GET", "account")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["address"] == hex0x(self.office.stage.address("holder-1"))
        assert (told["member"], told["fee"], told["tip"]) == (1, "0", "0")
        found: int = told["count"]
        return found

    def papers(self) -> dict[str, Any]:
        answer = self.call("GET", "papers")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def ceremony(office: TenderOffice, tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    stage = office.stage
    cards = tuple(
        MemberCard.sign(bytes(stage.account(name).key), card_of(stage, name), f"示例保管人{name[-1]}")
        for name in HOLDERS
    )
    now = int(time.time())
    invitation = Invitation(cards, 3, TITLE, 0, now + 30 * ROUND, ROUND)
    folder: Path = tmp_path_factory.mktemp("convening")
    made = convene(stage.ledger, stage.board, stage.acts("authority"), folder, invitation, bureau="", now=now)
    office.follow()
    held = Membership(Role.KEYHOLDER, None)
    address = stage.account("supervisor").address  # of nobody's seat
    people.change_account(office.engine, office.account("watch"), now=2, address=Account.create().address)
    people.create_account(office.engine, "stranger", "stranger", [held], now=1, password=WORD, address=address)
    return Ceremony(office, made.number, made.roster)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which names a field and what to do."""
    told = answer.json()
    assert told["field"], told
    return answer.status_code, told["code"]


def test_an_account_sees_the_ceremonies_in_which_it_sits(ceremony: Ceremony) -> None:
    office = ceremony.office
    (newest, first) = office.get("/v1/me/ceremonies", "keeper")["items"]
    assert (newest["member"], newest["title"], newest["ceremony"]["key"]) == (1, TITLE, None)
    assert newest["ceremony"] == office.get(f"/v1/ceremonies/{ceremony.number}")
    assert (first["ceremony"]["number"], first["title"]) == (1, None), "nobody announced ceremony 1"
    for name in ("stranger", "lead"):
        assert office.get("/v1/me/ceremonies", name)["items"] == []


def test_only_members_are_served(ceremony: Ceremony) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "papers", {}), ("GET", "account", {}),
        ("POST", "deals", {"json": {"deal": b64url(ceremony.deal(1))}}),
        ("POST", "confirmations", {"json": {"member": 1, "confirmation": b64url(b"{}")}}),
        ("POST", "acts", {"json": {"transaction": ceremony.signed(b"")}}),
    ]  # fmt: skip
    for method, path, more in asked:
        for name in ("stranger", "lead"):
            assert code_of(ceremony.call(method, path, name, **more)) == (403, "holding.stranger"), (path, name)
        assert ceremony.call(method, path, None, **more).status_code == 401
        unknown = ceremony.office.call("keeper", method, f"/v1/ceremonies/4711/{path}", **more)
        if path != "acts":  # what is no transaction is refused before
            assert code_of(unknown) == (404, "holding.unknown"), path


def test_a_deal_comes_onto_the_board_and_a_foreign_one_does_not(ceremony: Ceremony) -> None:
    board = ceremony.office.stage.board

    def put(data: bytes) -> httpx.Response:
        return ceremony.call("POST", "deals", json={"deal": b64url(data)})

    own = ceremony.deal(1)
    assert [put(own).status_code for _ in range(2)] == [204, 204]
    assert board.get(sha256(own)) == own
    assert code_of(put(ceremony.deal(2))) == (422, "ceremony.dealer")
    assert code_of(put(own.replace(hex0x(ceremony.roster.digest()).encode(), b"0x" + b"5f" * 32)))[0] == 422
    assert code_of(put(b"{}"))[0] == 422
    assert code_of(ceremony.call("POST", "deals", json={"deal": "no base64url!"})) == (422, "encoding.base64url")
    too_long = ceremony.call("POST", "deals", json={"deal": "A" * (2**20 + 1)})
    assert too_long.status_code in (413, 422)
    papers = ceremony.papers()
    assert papers["roster"] == b64url(ceremony.roster.to_bytes())
    assert papers["announcement"] is not None
    assert papers["deals"] == papers["confirmations"] == {}, "what the ledger does not know yet is nobody's deal"


def test_a_confirmation_out_of_its_round_or_for_another_is_refused(ceremony: Ceremony) -> None:
    def leave(member: int, data: bytes) -> httpx.Response:
        return ceremony.call("POST", "confirmations", json={"member": member, "confirmation": b64url(data)})

    assert code_of(leave(2, b"{}")) == (403, "holding.stranger")
    assert code_of(leave(1, b"{}")) == (422, "ceremony.format")
    well_formed = {
        member: Confirmation(ceremony.roster.digest(), member, sha256(b"transcript"), bytes(48)).to_bytes()
        for member in (1, 2)
    }
    assert code_of(leave(1, well_formed[1])) == (409, "holding.confirmation"), "deals are made still"
    assert code_of(leave(1, well_formed[2])) == (422, "ceremony.member")
    assert code_of(leave(2, well_formed[2])) == (403, "holding.stranger")
    assert ceremony.papers()["confirmations"] == {}


def test_nothing_but_a_members_own_act_is_handed_on(ceremony: Ceremony, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage, number = ceremony.office.stage, ceremony.number
    deal = calls.deal(number, sha256(b"never dealt"))
    before = ceremony.count()
    legacy = {"type": None, "maxFeePerGas": None, "maxPriorityFeePerGas": None, "gasPrice": 0}
    cases = [
        (ceremony.signed(deal, chainId=1), 409, "transaction.chain"),
        (ceremony.signed(deal, to=to_checksum_address(stage.ledger.book)), 409, "transaction.to"),
        (ceremony.signed(deal, to=stage.account("holder-2").address), 409, "transaction.to"),
        (ceremony.signed(deal, value=1), 422, "transaction.value"),
        (ceremony.signed(calls.report_destruction(number, bytes(32))), 409, "transaction.function"),
        (ceremony.signed(b""), 409, "transaction.function"),
        (ceremony.signed(deal + b"\0"), 409, "transaction.function"),
        (ceremony.signed(deal[:4]), 409, "transaction.function"),
        (ceremony.signed(calls.deal(1, bytes(32))), 409, "transaction.ceremony"),
        (ceremony.signed(deal, by="holder-2"), 409, "transaction.sender"),
        (ceremony.signed(deal, by="officer"), 409, "transaction.sender"),
        (ceremony.signed(deal, **legacy), 422, "transaction.form"),
        (ceremony.signed(deal)[:-2], 422, "transaction.form"),
        ("0x02", 422, "transaction.form"),
        (ceremony.signed(deal, gas=2**40), 409, "transaction.refused"),
        ("no hexadecimal", 422, "request.invalid"),
    ]  # fmt: skip
    for transaction, status, code in cases:
        answer = ceremony.act(transaction)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (status, code), told
        assert told["code"].startswith("request") or (told["field"] and told["fix"]), told
        assert transaction not in answer.text
        assert len(transaction) < 40 or transaction not in caplog.text
    assert ceremony.count() == before
    assert not [one for one in stage.ledger.ceremony_events(number) if one.name == "Dealt"]


def test_an_act_lands_on_the_ledger_once_however_often_it_is_handed_on(
    ceremony: Ceremony, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage, number, own = ceremony.office.stage, ceremony.number, ceremony.deal(1)
    assert ceremony.call("POST", "deals", json={"deal": b64url(own)}).status_code == 204
    before = ceremony.count()
    transaction = ceremony.signed(calls.deal(number, sha256(own)))
    assert [ceremony.act(transaction).status_code for _ in range(2)] == [204, 204]
    eventually(lambda: ceremony.count() == before + 1, limit=120.0)
    assert ceremony.act(transaction).status_code == 204, "nothing is wrong with what has been mined"
    (dealt,) = [one for one in stage.ledger.ceremony_events(number) if one.name == "Dealt"]
    assert (dealt.values["member"], dealt.values["digest"]) == (1, sha256(own))
    assert ceremony.papers()["deals"] == {hex0x(sha256(own)): b64url(own)}
    stale = ceremony.signed(calls.deal(number, bytes(32)), nonce=before)
    assert code_of(ceremony.act(stale)) == (409, "transaction.refused")
    other = ceremony.call("POST", "deals", json={"deal": b64url(ceremony.deal(1, "another seed"))})
    assert code_of(other) == (409, "holding.deal")
    assert ceremony.call("POST", "deals", json={"deal": b64url(own)}).status_code == 204
    assert transaction not in caplog.text
