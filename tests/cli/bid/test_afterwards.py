"""After the opening each bidder checks his own bid, and shows that he sealed rightly: an agent, and a consortium."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.bid.after_opening import to_the_contract
from tests.cli.bid.drafts import fill
from tests.cli.evaluation_steps import ANSWER, killed
from tests.support.market import Market

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]


def state_together(market: Market, tender: int, folder: Path) -> None:
    """company-2 leads, company-3 is a member."""
    number = str(tender)
    agreement = market.stage.home("company-2") / "bids" / f"{tender}-1" / "technical.pdf"
    party, signed = folder / "party.json", folder / "signed.json"
    market.ok("company-3", "bid", "party", str(party), *market.company("company-3").papers)
    words = (
        "bid", "state", number, *market.company("company-2").papers, "--member", str(party),
        "--agreement", str(agreement),
    )  # fmt: skip
    half = market.ok("company-2", *words, code=1)
    assert len(half["missing"]) == 1
    assert market.run("company-2", "bid", "seal", number).data["error"]["code"] == "bidding.unsigned"
    market.ok("company-3", "bid", "countersign", half["file"], str(signed))
    assert market.run("company-1", "bid", "countersign", half["file"], str(folder / "no.json")).code == 1
    whole = market.ok("company-2", *words, "--countersigned", str(signed))
    assert [one["role"] for one in whole["parties"]] == ["leader", "member"]


def state_by_agent(market: Market, tender: int, folder: Path) -> None:
    """An agent's home signs for company-1 under a mandate."""
    number, papers = str(tender), market.company("company-1").papers
    card = market.ok("agent", "keys", "new", "agent", "--kind", "device")
    mandate = folder / "mandate.json"
    market.ok(
        "company-1", "bid", "entrust", str(mandate), "--tender", number, "--name", "李示例", "--agent-key",
        card["public"], "--until", "2099-01-01", *papers,
    )  # fmt: skip
    foreign = market.run("agent", "bid", "state", number, *papers, "--key", "agent")
    assert foreign.data["error"]["code"] == "bidding.key"
    market.ok("agent", "bid", "state", number, *papers, "--mandate", str(mandate), "--key", "agent")


def asks_and_answers(market: Market, number: str) -> None:
    """The officer asks the agent's bid, which answers with its own key."""
    place = market.ok("agent", "bid", "clarify", number)["place"]
    market.ok("officer", "tender", "clarify", number, str(place), "--matter", "formal", "--text", "请说明交货期。")
    killed(market.stage, "agent", ANSWER, "bid", "clarify", number, "--text", "自合同签订之日起算。")
    answered = market.ok("agent", "bid", "clarify", number, "--text", "自合同签订之日起算。")
    assert answered["place"] == place
    (listed,) = market.ok("agent", "bid", "clarify", number)["questions"]
    assert (listed["text"], listed["answer"]) == ("请说明交货期。", "自合同签订之日起算。")
    stranger = market.run("company-2", "bid", "clarify", number, "--text", "与我无关。")
    assert stranger.code == 1, "company-2 was not asked"


def test_each_bidder_checks_his_own_bid_and_the_winner_signs_a_contract(market: Market, tmp_path: Path) -> None:
    for name in ("officer", "supervisor"):
        market.looks_up_licences(name)
    market.add_home("agent")
    licence = market.company("company-1").licence.read_bytes()
    market.company("agent").licence.write_bytes(licence)
    tender = market.publish(
        deadline_in=90, edit=lambda draft: draft.update(consortium=2, standstill=25, complaintPeriod=3)
    )
    number = str(tender)
    market.ok("agent", "bid", "start", number)
    fill(market, "agent", tender)
    state_by_agent(market, tender, tmp_path)
    market.ok("agent", "bid", "seal", number)
    market.ok("company-2", "bid", "start", number)
    licences = [str(market.company(name).licence) for name in ("company-2", "company-3")]
    shown = [{"path": path, "rule": "licence", "fields": []} for path in licences]  # every member shows its own
    fill(market, "company-2", tender, figures={"price": "2880000.00"}, certificates=shown)
    state_together(market, tender, tmp_path)
    market.ok("company-2", "bid", "seal", number)
    for name in ("agent", "company-2"):
        rehearsed = market.ok(name, "bid", "rehearse", number)
        assert rehearsed["ready"], rehearsed
        market.ok(name, "bid", "submit", number)
    early = market.run("agent", "bid", "prove", str(tmp_path / "early.json"), number)
    assert early.data["error"]["code"] == "bidding.sealed"
    assert market.ok("agent", "bid", "check", number, code=2)["envelopes"] == []

    market.close_and_release(tender)
    opened = market.ok("officer", "tender", "open", number, "--wait", "60")
    assert [bid["outcome"] for bid in opened["bids"]] == ["opened", "opened"]
    market.ok("supervisor", "tender", "witness-opening", number)
    finished = market.ok("officer", "tender", "finish-opening", number)
    record = json.loads(market.stage.board.get(bytes.fromhex(finished["record"][2:])))
    said = [one["organisation"] for one in record["content"]["bids"]]
    assert [(one["result"], len(one["members"])) for one in said] == [("valid", 1), ("valid", 2)]

    early = market.run("supervisor", "tender", "qualify", number)
    assert (early.code, early.data["recorded"]) == (2, None)
    qualified = market.ok("officer", "tender", "qualify", number)
    assert [bid["result"] for bid in qualified["bids"]] == ["pass", "pass"]
    assert market.ok("officer", "tender", "qualify", number)["recorded"] == qualified["recorded"]
    assert market.ok("supervisor", "tender", "qualify", number)["same"] == [1, 2]
    assert market.ok("company-3", "tender", "guarantees", number)["guarantees"] == []

    for name in ("agent", "company-2"):
        assert market.ok(name, "bid", "check", number)["envelopes"] == [{"envelope": 1, "right": True, "faults": []}]
    asks_and_answers(market, number)
    proof = tmp_path / "proof.json"
    assert market.ok("agent", "bid", "prove", str(proof), number)["opens"]
    assert json.loads(proof.read_bytes())["format"] == "yinxin-bid-proof-1"
    assert market.run("company-3", "bid", "check", number).code == 1
    to_the_contract(market, tender, said, tmp_path)
