"""Whose bid is it: what a statement must hold, and every way in which somebody tries to bid in another's name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chain.claims import BindingParts
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification import Result
from chain.kernel.encoding import sha256
from chain.kernel.ports import BlockRef
from chain.tenders.bidding import (
    BidPlace,
    Mandate,
    Organisation,
    Statement,
    alone,
    check_statement,
    together,
)
from tests.support.companies import Companies, SampleCompany, device
from tests.support.world import OTHER_USCC, USCC

PLACE = BidPlace(sha256(b"genesis"), bytes([7]) * 20, 3, 1, bytes([1]) * 20, bytes([2]) * 20)
AGREEMENT = sha256("联合体协议".encode())


@pytest.fixture
def companies() -> Companies:
    return Companies()


def judge(
    companies: Companies,
    statement: Statement | dict[str, Any],
    *,
    place: BidPlace = PLACE,
    recovery: bytes = PLACE.recovery,
    deadline: BlockRef | None = None,
    documents: tuple[bytes, ...] | None = None,
    consortium: int | None = None,
) -> Organisation:
    ledger = companies.world.ledger
    value = statement.as_dict() if isinstance(statement, Statement) else statement
    return check_statement(
        json.loads(json.dumps(value)),
        place.identity(1, 5),
        recovery=recovery,
        evidence=companies.evidence(),
        deadline=deadline or ledger.block,
        now=ledger.block.time,
        documents=documents,
        consortium=consortium,
    )


def codes(found: Organisation) -> list[str]:
    return [finding.code for finding in found.findings]


def mine(company: SampleCompany, place: BidPlace = PLACE) -> Statement:
    return alone(place, company.party).signed(0, company.device)


def entrusted(company: SampleCompany, agent: SoftwareSigner, at: int, **changes: Any) -> Mandate:
    given = Mandate(
        PLACE.genesis, PLACE.book, PLACE.tender, company.code, company.binding.digest, "李示例", agent.public_key,
        ("bid", "clarify"), at - 100, at + 100,
    )  # fmt: skip
    return replace(given, **changes).signed(company.device)


def test_a_company_bids_from_its_fresh_address_in_every_version_and_envelope(companies: Companies) -> None:
    company = companies.company()
    found = judge(companies, mine(company))
    assert (found.result, found.name, found.code, found.agent) == (Result.VALID, company.name, company.code, "")
    assert found.findings == ()
    assert found.codes == {company.code}


@pytest.mark.parametrize("name", ["genesis", "book", "tender", "lot", "bidder"])
def test_a_statement_copied_out_of_an_opened_bid_is_worth_nothing_elsewhere(companies: Companies, name: str) -> None:
    company = companies.company()
    other = {"genesis": bytes(32), "book": bytes(20), "tender": 4, "lot": 2, "bidder": bytes([9]) * 20}[name]
    thief = replace(PLACE, **{name: other})
    assert codes(judge(companies, mine(company), place=thief)) == ["place.foreign"]
    edited = replace(mine(company), place=thief)
    found = judge(companies, edited, place=thief)
    assert (found.result, codes(found)) == (Result.INVALID, ["signature.wrong"])


def test_another_recovery_address_than_the_commitments_is_refused(companies: Companies) -> None:
    found = judge(companies, mine(companies.company()), recovery=bytes([8]) * 20)
    assert (found.result, codes(found)) == (Result.INVALID, ["place.recovery"])


def test_nobody_bids_with_a_licence_whose_device_he_has_not(companies: Companies) -> None:
    victim, thief = companies.company(), companies.company()
    signed_by_other = alone(PLACE, victim.party).signed(0, thief.device)
    assert codes(judge(companies, signed_by_other)) == ["signature.wrong"]
    own_binding = alone(PLACE, replace(victim.party, binding=thief.binding.to_bytes())).signed(0, thief.device)
    assert codes(judge(companies, own_binding)) == ["binding.refused"]
    own_code = alone(PLACE, replace(thief.party, code=victim.code)).signed(0, thief.device)
    assert codes(judge(companies, own_code)) == ["licence.other"]
    invented = replace(victim.binding, key=thief.device.public_key)
    forged = alone(PLACE, replace(victim.party, binding=invented.to_bytes())).signed(0, thief.device)
    found = judge(companies, forged)
    assert (found.result, codes(found)) == (Result.INVALID, ["binding.refused"])


@pytest.mark.parametrize("accredited", [False, True])
def test_another_bureau_binds_no_device_to_a_licence_that_it_did_not_issue(
    companies: Companies, accredited: bool
) -> None:
    victim, thief = companies.company(), device(99)
    companies.world.add_bureau(OTHER_USCC, "示例市另一机构", 2, **({} if accredited else {"lane": None}))
    forged = replace(victim.binding, bureau=OTHER_USCC, key=thief.public_key)
    companies.anchor(BindingParts(forged.tag, forged.digest, sha256(b"record")), bureau=OTHER_USCC)
    statement = alone(PLACE, replace(victim.party, binding=forged.to_bytes())).signed(0, thief)
    found = judge(companies, statement)
    assert (found.result, codes(found)) == (Result.INVALID, ["binding.refused"])
    agent = device(98)
    given = entrusted(replace(victim, device=thief, binding=forged), agent, companies.world.now)
    by_agent = alone(PLACE, replace(victim.party, binding=forged.to_bytes(), mandate=given)).signed(0, agent)
    assert codes(judge(companies, by_agent)) == ["binding.refused"]
    companies.kept.clear()
    assert judge(companies, statement).result is Result.INVALID, "whatever else cannot be read"


def test_a_bureau_that_was_succeeded_still_answers_for_its_bindings(companies: Companies) -> None:
    company = companies.company()
    companies.world.add_bureau(OTHER_USCC, "示例市另一机构", 2)
    companies.world.ledger.succeed(USCC, OTHER_USCC)
    companies.world.ledger.mine()
    assert judge(companies, mine(company)).result is Result.VALID
    taken_over = replace(company.binding, bureau=OTHER_USCC)
    companies.anchor(BindingParts(taken_over.tag, taken_over.digest, sha256(b"record")), bureau=OTHER_USCC)
    moved = alone(PLACE, replace(company.party, binding=taken_over.to_bytes())).signed(0, company.device)
    assert codes(judge(companies, moved)) == ["binding.refused"], "a successor binds for what it issues itself"


def test_a_licence_that_hides_whose_it_is_proves_nobody(companies: Companies) -> None:
    company = companies.company()
    hidden = parse_credential(company.licence).present(["certificateHolderCode"])
    found = judge(companies, alone(PLACE, replace(company.party, licence=hidden)).signed(0, company.device))
    assert (found.result, codes(found)) == (Result.INVALID, ["licence.hidden"])


def test_licence_and_binding_count_as_of_the_deadline_and_what_changed_since_is_told(companies: Companies) -> None:
    company = companies.company()
    before = companies.world.ledger.mine()
    companies.revoke(company)
    companies.unbind(company)
    after = companies.world.ledger.mine()
    found = judge(companies, mine(company), deadline=before)
    assert (found.result, codes(found)) == (Result.VALID, ["now.licence", "now.binding"])
    assert "REVOKED" in found.findings[0].detail()
    late = judge(companies, mine(company), deadline=after)
    assert (late.result, codes(late)) == (Result.INVALID, ["licence.refused", "binding.refused"])


def test_what_cannot_be_looked_up_leaves_the_answer_open(companies: Companies) -> None:
    company = companies.company()
    companies.kept.clear()
    found = judge(companies, mine(company))
    assert (found.result, codes(found)) == (Result.ERROR, ["binding.open"])
    companies.world.index.jwts.clear()
    assert "licence.open" in codes(judge(companies, mine(company)))


def test_an_agent_signs_under_the_companys_mandate_and_no_further(companies: Companies) -> None:
    company, other, agent = companies.company(), companies.company(), device(77)
    at = companies.world.now

    def by_agent(mandate: Mandate, signer: SoftwareSigner = agent) -> Organisation:
        statement = alone(PLACE, replace(company.party, mandate=mandate))
        return judge(companies, statement.signed(0, signer))

    given = entrusted(company, agent, at)
    found = by_agent(given)
    assert (found.result, found.name, found.agent) == (Result.VALID, company.name, "李示例")
    assert codes(by_agent(given, device(78))) == ["signature.wrong"]
    assert codes(by_agent(entrusted(company, agent, at, tender=4))) == ["mandate.place"]
    assert codes(by_agent(entrusted(company, agent, at, acts=("clarify",)))) == ["mandate.act"]
    assert codes(by_agent(entrusted(company, agent, at, until=at - 1))) == ["mandate.time"]
    assert codes(by_agent(entrusted(company, agent, at, since=at + 1))) == ["mandate.time"]
    assert codes(by_agent(replace(given, name="王示例"))) == ["mandate.signature"]
    assert codes(by_agent(entrusted(other, agent, at))) == ["mandate.company", "mandate.signature"]


def test_a_consortium_needs_every_members_signature_over_all_of_them(companies: Companies) -> None:
    leader, member, third = companies.company(), companies.company(), companies.company()
    statement = together(PLACE, AGREEMENT, [leader.party, member.party])
    half = statement.signed(0, leader.device)
    assert half.missing == (member.code,)
    whole = half.signed(1, member.device)
    found = judge(companies, whole, documents=(AGREEMENT,))
    assert (found.result, found.name, [one.role for one in found.members]) == (
        Result.VALID, leader.name, ["leader", "member"],
    )  # fmt: skip
    assert found.codes == {leader.code, member.code}
    assert codes(judge(companies, half.as_dict())) == ["form.broken"]
    assert codes(judge(companies, half.signed(1, third.device), documents=(AGREEMENT,))) == ["signature.wrong"]
    assert codes(judge(companies, whole, documents=())) == ["agreement.missing"]
    assert codes(judge(companies, whole, consortium=2)) == []
    assert codes(judge(companies, whole, consortium=0)) == ["consortium.refused"]
    exchanged = replace(whole, parties=(whole.parties[0], replace(third.party, role="member")))
    assert codes(judge(companies, exchanged.signed(1, third.device))) == ["signature.wrong"]
    others = replace(whole, agreement=sha256(b"another agreement"))
    assert codes(judge(companies, others)) == ["signature.wrong", "signature.wrong"]


def test_every_finding_is_told_in_both_languages(companies: Companies) -> None:
    company = companies.company()
    companies.revoke(company)
    companies.unbind(company)
    companies.world.ledger.mine()
    found = judge(companies, mine(company), recovery=bytes(20))
    for finding in found.findings:
        assert finding.detail("zh") != finding.detail("en")
    assert found.as_dict()["result"] == "INVALID"
