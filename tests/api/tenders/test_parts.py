"""Parts in a tender and questions about it, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from api.accounts import people
from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.audit.log import entries
from api.holding.calling import awaited_keys
from api.service.rates import Rates
from api.tenders.news import run_news
from chain.evaluation.pool import Expert, PoolLine, PoolPaper
from chain.kernel.encoding import hex0x
from chain.kernel.home import TenderSettings
from chain.ledger.tenders import receipt_of
from chain.sealing import BidIdentity, make_release
from chain.tenders.bidding.acts import SignedAct, Submission
from chain.tenders.bidding.receipt import BidReceipt, evidence_of
from chain.tenders.holding import read_ceremony
from chain.tenders.holding.roll_call import Presence, complete_roll, roll_message
from tests.api.tenders.office import WORD, TenderOffice
from tests.support.tender_stage import BUREAU

QUIET = ("ask_question", "follow_tender", "unfollow_tender", "join_evaluation", "leave_evaluation")
pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def tender(office: TenderOffice, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A tender that takes bids for an hour."""
    number, _ = office.publish(tmp_path_factory.mktemp("notice"), deadline_in=3600)
    office.follow()
    return number


def appoint(office: TenderOffice, tender: int, account: str, role: str, by: str = "lead") -> int:
    path = f"/v1/bureaus/{BUREAU}/tenders/{tender}/appointments"
    return office.call(by, "POST", path, json={"account": account, "role": role}).status_code


def test_the_bureau_appoints_and_what_was_appointed_can_be_used(office: TenderOffice, tender: int) -> None:
    questions = f"/v1/tenders/{tender}/questions"
    assert office.call("agency", "GET", questions).status_code == 403
    assert appoint(office, tender, "agency", "agent") == 201
    assert office.call("agency", "GET", questions).status_code == 200
    assert office.call("agency", "GET", f"/v1/tenders/{tender + 1}/questions").status_code == 403
    assert {"tender": tender, "role": "agent"} in office.get("/v1/me", "agency")["tenders"]
    path = f"/v1/bureaus/{BUREAU}/tenders/{tender}/appointments"
    (row,) = [one for one in office.get(path, "deputy")["items"] if one["display"] == "agency"]
    assert (row["by"], row["ended"]) == (office.account("lead"), None)
    assert office.call("deputy", "DELETE", f"{path}/{row['number']}").status_code == 204
    assert office.call("agency", "GET", questions).status_code == 403
    (row,) = [one for one in office.get(path, "lead")["items"] if one["display"] == "agency"]
    assert row["endedBy"] == office.account("deputy")


def test_a_tender_that_is_not_the_bureaus_has_no_appointments(office: TenderOffice, tender: int) -> None:
    assert appoint(office, tender + 9, "agency", "agent") == 404
    assert appoint(office, tender, "nobody-here", "agent") == 404
    assert appoint(office, tender, "agency", "agent", by="agency") == 403


def test_nobody_bids_in_a_tender_one_works_on(office: TenderOffice, tender: int) -> None:
    following = f"/v1/tenders/{tender}/following"
    assert office.call("rival", "PUT", following).status_code == 204
    assert {"tender": tender, "role": "bidder"} in office.get("/v1/me", "rival")["tenders"]
    path = f"/v1/bureaus/{BUREAU}/tenders/{tender}/appointments"
    assert "rival" not in str(office.get(path, "lead")), "who may bid is told to nobody"
    assert office.call("rival", "DELETE", following).status_code == 204
    assert office.call("rival", "DELETE", following).status_code == 404


def test_an_expert_comes_for_oneself_is_told_and_stands_in_no_list(office: TenderOffice, tender: int) -> None:
    evaluating = f"/v1/tenders/{tender}/evaluating"
    assert office.call("rival", "PUT", evaluating).status_code == 403
    for _ in range(2):
        assert office.call("expert", "PUT", evaluating).status_code == 204
    assert {"tender": tender, "role": "expert"} in office.get("/v1/me", "expert")["tenders"]
    path = f"/v1/bureaus/{BUREAU}/tenders/{tender}/appointments"
    assert '"expert"' not in json.dumps(office.get(path, "lead")), "who evaluates is secret until the award"
    office.stage.acts("officer").record(tender, 1, "committee", office.stage.board.put(b"no committee"))
    office.stage.acts("officer").record(tender, 1, "sheets-committed", office.stage.board.put(b"no commitments"))
    office.follow()
    run_news(office.engine, BUREAU, TenderSettings(), now=office.service.clock())
    told = [one for one in office.get("/v1/notifications?limit=500", "expert")["items"] if one["tender"] == tender]
    assert {one["kind"] for one in told} >= {"tender.committee", "tender.committed"}
    assert all(one["lot"] == 1 for one in told if one["kind"] in ("tender.committee", "tender.committed"))
    assert office.call("expert", "DELETE", evaluating).status_code == 204
    assert office.call("expert", "DELETE", evaluating).status_code == 404


def test_nobody_evaluates_and_does_anything_else_in_a_tender(office: TenderOffice, tender: int) -> None:
    held = [Membership(role, None) for role in (Role.EXPERT, Role.BIDDER, Role.AGENT, Role.SUPERVISOR)]
    people.create_account(office.engine, "manifold", "manifold", held, now=1, password=WORD)
    evaluating, following = (f"/v1/tenders/{tender}/{word}" for word in ("evaluating", "following"))
    assert office.call("manifold", "PUT", evaluating).status_code == 204
    refused = office.call("manifold", "PUT", following)
    assert (refused.status_code, refused.json()["code"]) == (409, "appointment.conflict")
    assert (refused.json()["field"], bool(refused.json()["fix"])) == ("account", True)
    assert [appoint(office, tender, "manifold", role) for role in ("agent", "supervisor")] == [409, 409]
    assert office.call("manifold", "DELETE", evaluating).status_code == 204
    assert office.call("manifold", "PUT", following).status_code == 204
    assert office.call("manifold", "PUT", evaluating).status_code == 409
    assert office.call("manifold", "DELETE", following).status_code == 204
    assert appoint(office, tender, "manifold", "agent") == 201
    assert office.call("manifold", "PUT", evaluating).status_code == 409


def test_the_address_of_the_officer_or_of_an_expert_in_the_pool_has_no_part_that_does_not_go_with_it(
    office: TenderOffice, tmp_path: Path
) -> None:
    stage = office.stage
    tender, _ = office.publish(tmp_path, deadline_in=3600)
    key = b"\x5a" * 20
    line = PoolLine.of(Expert.new("ZJ-0001", "示例专家", "", "A08", key, bytes(32)))
    stage.acts("officer").record(tender, 0, "expert-pool", stage.board.put(PoolPaper((line,)).to_bytes()))
    office.follow()
    addresses = {"pooled": hex0x(key), "anchoring": hex0x(stage.address("officer"))}
    for name, address in addresses.items():
        held = [Membership(role, None) for role in (Role.EXPERT, Role.AGENT, Role.SUPERVISOR)]
        people.create_account(office.engine, name, name, held, now=1, password=WORD, address=address)
    evaluating = f"/v1/tenders/{tender}/evaluating"
    assert [appoint(office, tender, "pooled", role) for role in ("agent", "supervisor")] == [409, 409]
    assert office.call("pooled", "PUT", evaluating).status_code == 204
    assert office.call("anchoring", "PUT", evaluating).status_code == 409
    assert [appoint(office, tender, "anchoring", role) for role in ("supervisor", "agent")] == [409, 201]


def test_a_question_reaches_who_leads_the_tender_and_names_nobody(office: TenderOffice, tender: int) -> None:
    path = f"/v1/tenders/{tender}/questions"
    asked = office.call(None, "POST", path, json={"text": "桌面的厚度含封边吗？"})
    assert asked.status_code == 201, asked.text
    again = office.call("bidder", "POST", path, json={"text": "桌面的厚度含封边吗？ "})
    assert again.json() == asked.json()
    assert appoint(office, tender, "lead", "procurement") == 201
    assert office.get(path, "lead")["items"] == [asked.json()]
    kinds = [one["kind"] for one in office.get("/v1/notifications", "lead")["items"]]
    assert kinds.count("tender.question") == 1
    assert not office.get("/v1/notifications", "bidder")["items"]
    (note,) = [data for _, data in office.stage.board.notes(f"questions/{tender}")]
    assert b"bidder" not in note
    for entry in entries(office.engine, bureau=None, after=0, limit=500):
        if entry.operation in QUIET:
            assert entry.subject == "", "the log does not say who is likely to bid or evaluates in which tender"


def test_after_the_deadline_no_question_is_taken_and_no_expert_leaves(office: TenderOffice) -> None:
    tender = office.stage.publish(deadline_in=3)
    office.follow()
    office.stage.wait_until(office.stage.ledger.tender(tender).deadline + 1)  # type: ignore[union-attr]
    evaluating = f"/v1/tenders/{tender}/evaluating"
    assert office.call("expert", "PUT", evaluating).status_code == 204
    leaving = office.call("expert", "DELETE", evaluating)
    assert (leaving.status_code, leaving.json()["code"]) == (409, "appointment.late"), "somebody may be drawn by now"
    late = office.call(None, "POST", f"/v1/tenders/{tender}/questions", json={"text": "May I still ask?"})
    assert (late.status_code, late.json()["code"]) == (409, "question.late")
    assert office.call(None, "POST", "/v1/tenders/4711/questions", json={"text": "What?"}).status_code == 404


def test_questions_of_one_address_are_few(office: TenderOffice, tender: int) -> None:
    app = office.client.app
    before = app.state.question_rates  # type: ignore[attr-defined]
    app.state.question_rates = Rates(0.01, 2)  # type: ignore[attr-defined]
    try:
        path = f"/v1/tenders/{tender}/questions"
        found = [office.call(None, "POST", path, json={"text": f"number {n}?"}).status_code for n in range(4)]
        assert found == [201, 201, 429, 429]
        assert office.call(None, "GET", f"/v1/tenders/{tender}").status_code == 200
    finally:
        app.state.question_rates = before  # type: ignore[attr-defined]


def test_a_release_is_passed_on_once_it_is_due_and_never_before(office: TenderOffice) -> None:
    stage = office.stage
    tender = stage.publish(deadline_in=8, open_in=30)
    made = stage.submit(tender, bidder=1)
    stage.close(tender)
    office.follow()
    assert appoint(office, tender, "keeper", "keyholder") == 201
    state, live = stage.ledger.tender(tender), stage.live_set(tender)
    assert state is not None
    identity = BidIdentity(live.genesis, live.book, tender, 1, 1, made.bidder, made.version)
    release = make_release(stage.key.shares[1], live, [identity])
    path = f"/v1/tenders/{tender}/lots/1/envelopes/1/releases"
    body = json.loads(release.to_bytes())
    early = office.call("keeper", "POST", path, json=body)
    assert (early.status_code, early.json()["code"]) == (409, "release.not_due")
    assert list(stage.board.notes(f"releases/{tender}/1/1")) == []
    stage.wait_until(state.open_at)
    other = {**body, "message": "0x" + "5f" * 32}
    assert office.call("keeper", "POST", path, json=other).json()["code"] == "release.live_set"
    assert office.call("lead", "POST", path, json=body).status_code == 403
    strange = json.loads(make_release(stage.key.shares[2], live, [identity]).to_bytes())
    for field in ("liveSet", "bids"):
        refused = office.call("keeper", "POST", path, json={**body, field: strange[field]})
        assert (refused.status_code, refused.json()["code"]) == (409, "release.share")
        assert (refused.json()["field"], bool(refused.json()["fix"])) == (field, True)
    assert list(stage.board.notes(f"releases/{tender}/1/1")) == [], "nothing wrong comes onto the board"
    for _ in range(2):
        assert office.call("keeper", "POST", path, json=body).status_code == 204
    assert list(stage.board.notes(f"releases/{tender}/1/1")) == [("holder-1", release.to_bytes())]


def test_a_receipt_is_checked_step_by_step(office: TenderOffice, tender: int) -> None:
    stage = office.stage
    made, signature = stage.commitment(tender)
    custody = stage.custody(made)
    stage.acts("custodian-1").submit(made, signature, custody)
    ledger = stage.ledger
    event = next(event for event in ledger.tender_events(tender) if event.name == "BidCommitted")
    proof = receipt_of(ledger.rpc, event)
    receipt = BidReceipt(
        SignedAct(stage.domain, Submission(made, signature, custody)), ledger.genesis, ledger.trust_root.digest,
        evidence_of(proof.header, proof.index, proof.nodes, None),
    ).to_bytes().decode()  # fmt: skip
    given = office.call(None, "POST", "/v1/ledger-evidence", json={"transaction": hex0x(event.transaction)}).json()
    in_block = {"index": proof.index, "proof": [hex0x(node) for node in proof.nodes]}
    assert given == {"chain": {"header": hex0x(proof.header), "receipt": in_block}, "checkpoint": None}
    assert office.call(None, "POST", "/v1/ledger-evidence", json={"transaction": "0x" + "5f" * 32}).status_code == 404
    path = f"/v1/tenders/{tender}/receipt-check"
    found = office.call(None, "POST", path, json={"receipt": receipt}).json()
    assert found["result"] == "VALID", found
    assert (found["kind"], found["block"]) == ("submit", event.block.number)
    assert [step["name"] for step in found["steps"]] == ["form", "place", "signature", "custody", "event", "witness"]
    assert "place" not in found, "how many places were taken is told to nobody"
    forged = receipt.replace(hex0x(made.first.digest)[2:], "5f" * 32)
    assert forged != receipt
    assert office.call(None, "POST", path, json={"receipt": forged}).json()["result"] == "INVALID"
    assert office.call(None, "POST", path, json={"receipt": "{}"}).json()["steps"][0]["result"] == "INVALID"
    other = stage.publish(deadline_in=60)
    office.follow()
    answer = office.call(None, "POST", f"/v1/tenders/{other}/receipt-check", json={"receipt": receipt})
    assert answer.json()["code"] == "receipt.other_tender"


def test_key_holders_answer_the_roll_call_and_the_worker_puts_it_on_the_ledger(office: TenderOffice) -> None:
    stage = office.stage
    tender = stage.publish(deadline_in=600)
    office.follow()
    assert appoint(office, tender, "keeper", "keyholder") == 201
    path = f"/v1/tenders/{tender}/roll-call"
    roll = office.get(path, "keeper")
    assert (roll["ceremony"], roll["counter"], roll["present"], roll["complete"]) == (1, 1, [], False)

    def answer(holder: int, counter: int = 1, share: int = 0) -> httpx.Response:
        message = roll_message(stage.ledger, read_ceremony(stage.ledger, stage.board, 1), counter)
        note = Presence(1, counter, holder, stage.key.shares[share or holder].sign(message))
        return office.call("keeper", "POST", path, json=json.loads(note.to_bytes()))

    assert (answer(1, share=2).status_code, answer(1, share=2).json()["code"]) == (409, "holding.other_ceremony")
    assert (answer(1, counter=2).status_code, answer(1, counter=2).json()["code"]) == (409, "holding.roll_call")
    assert list(stage.board.notes("roll-call/1/1")) == [], "nothing wrong comes onto the board"
    assert office.call("lead", "POST", path, json={}).status_code == 403
    assert [answer(holder).json()["present"] for holder in (1, 3, 3)] == [[1], [1, 3], [1, 3]]
    acts = stage.acts("officer")
    assert awaited_keys(office.engine, BUREAU, stage.now()) == [1]
    assert not complete_roll(stage.ledger, stage.board, acts, 1)
    assert answer(4).json()["present"] == [1, 3, 4]
    assert complete_roll(stage.ledger, stage.board, acts, 1), "anybody puts it on the ledger"
    assert not complete_roll(stage.ledger, stage.board, acts, 1), "once"
    assert office.get(path, "keeper")["complete"]
    assert (answer(5).json()["present"], answer(5).json()["absent"]) == ([1, 3, 4, 5], [2])
