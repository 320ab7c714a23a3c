"""A company bids, with a real licence, a real custodian and a real chain: from start to a receipt that stands alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chain.kernel.tender_facts import TenderEvent
from chain.sealing.manifest import TAG
from tests.cli.bid.drafts import SECRETS, again, fill, ready
from tests.support.market import Market
from tests.support.pace import roomy

pytestmark = pytest.mark.loopback


def acts_of(market: Market, tender: int) -> list[TenderEvent]:
    names = ("BidCommitted", "BidWithdrawn", "BidMoved")
    return [event for event in market.stage.ledger.tender_events(tender) if event.name in names]


def test_from_start_to_a_receipt_that_stands_alone(market: Market, tmp_path: Path) -> None:
    tender = market.publish(deadline_in=600)
    number = str(tender)
    begun = market.ok("company-1", "bid", "start", number)
    assert (begun["live"], begun["unsigned"]) == (False, ["?"])
    assert {lack["field"] for lack in begun["missing"]} >= {"envelopes[0].form.price", "certificates"}
    assert market.ok("company-1", "bid", "start", number)["bidder"] == begun["bidder"]
    failing = market.ok("company-1", "bid", "rehearse", number, code=1)
    assert {one["name"] for one in failing["trials"] if one["result"] == "INVALID"} == {"organisation", "draft"}
    assert market.run("company-1", "bid", "seal", number).data["error"]["code"] == "bidding.statement"

    fill(market, "company-1", tender)
    stated = market.ok("company-1", "bid", "state", number, *market.company("company-1").papers)
    assert (stated["missing"], [one["role"] for one in stated["parties"]]) == ([], ["bidder"])
    assert market.run("company-1", "bid", "submit", number).data["error"]["code"] == "bidding.unsealed"
    sealed = market.ok("company-1", "bid", "seal", number)
    rehearsed = market.ok("company-1", "bid", "rehearse", number)
    assert rehearsed["ready"]
    tried = {one["name"] for one in rehearsed["trials"] if one["result"] == "VALID"}
    assert tried == {
        "notice", "key", "deadline", "clock", "version", "organisation", "draft", "certificates", "opening", "sealed",
        "custodian",
    }  # fmt: skip
    assert acts_of(market, tender) == []

    done = market.ok("company-1", "bid", "submit", number)
    assert (done["final"], done["version"], done["place"]) == (True, 1, 1)
    assert done["files"] == [one["digest"] for one in sealed["files"]]
    assert market.ok("company-1", "bid", "submit", number)["act"] == done["act"]
    assert len(acts_of(market, tender)) == 1
    assert market.ok("company-1", "bid", "show", number)["live"]

    out, pdf = tmp_path / "receipt.json", tmp_path / "receipt.pdf"
    found = market.ok("company-1", "bid", "receipt", number, "--out", str(out), "--pdf", str(pdf))
    assert found["result"] == "VALID"
    assert pdf.read_bytes().startswith(b"%PDF")
    anybody = market.stage.home("supervisor")
    verify = ("bid", "verify-receipt", str(out))
    told = market.ok("supervisor", *verify, "--ledger")
    assert (told["result"], told["act"], told["block"]) == ("VALID", done["act"], done["block"])
    offline = market.ok("supervisor", *verify, code=2)
    assert [one["result"] for one in offline["steps"]] == ["VALID"] * 5 + ["ERROR"]
    value = json.loads(out.read_bytes())
    value["act"] = value["act"].replace('"tender":', '"tender":9')
    out.write_text(json.dumps(value))
    assert market.run("supervisor", *verify, "--ledger").code == 1
    assert anybody.is_dir()


def test_nothing_public_says_who_bids_or_what(market: Market) -> None:
    tender = market.publish(deadline_in=600)
    ready(market, "company-2", tender)
    market.ok("company-2", "bid", "submit", str(tender))
    company = market.company("company-2")
    licence = json.loads(company.licence.read_bytes())["credential"]
    who = [one["code"] for one in market.ok("company-2", "bid", "state", str(tender), *company.papers)["parties"]]
    names = [one["name"].encode() for one in json.loads(_statement_names(market, company.home, tender))]
    wanted = [*SECRETS, licence.partition("~")[0].encode(), *(code.encode() for code in who), *names, TAG]
    folder = company.home / "bids" / f"{tender}-1"
    version = folder / "versions" / "1"
    public = [version / "receipt.json", version / "act.json", version / "envelope-1.age", version / "kept.age"]
    public += [one for one in market.stage.home("custodian-1").rglob("*") if one.is_file()]
    public += [one for one in (market.stage.folder / "board").rglob("*") if one.is_file()]
    for file in public:
        data = file.read_bytes()
        assert not [one for one in wanted if one in data], file


def _statement_names(market: Market, home: Path, tender: int) -> str:
    value = json.loads((home / "bids" / f"{tender}-1" / "statement.json").read_bytes())
    from chain.credentials.credential import parse_credential

    return json.dumps(
        [{"name": parse_credential(one["licence"]).fields["certificateHolderName"]} for one in value["parties"]]
    )


def test_a_replacement_that_fails_leaves_the_old_bid_standing(market: Market, tmp_path: Path) -> None:
    tender = market.publish(deadline_in=600)
    number = str(tender)
    ready(market, "company-1", tender)
    assert market.run("company-1", "bid", "replace", number).data["error"]["code"] == "bidding.nothing"
    first = market.ok("company-1", "bid", "submit", number)
    again(market, "company-1", tender, "2970000.00")
    assert market.run("company-1", "bid", "submit", number).data["error"]["code"] == "bidding.stands"
    signed = tmp_path / "signed.json"
    short = ("--relay", "none", "--out", str(signed), "--good-for", str(roomy(3)))
    kept = market.ok("company-1", "bid", "replace", number, *short)
    assert (kept["final"], kept["version"]) == (False, 2)
    market.stage.wait_until(kept["notAfter"])
    market.stage.keys("supervisor")
    said = market.run("supervisor", "bid", "relay", str(signed))
    assert (said.code, market.ok("company-1", "bid", "show", number)["version"]) == (1, 1)
    assert market.ok("company-1", "bid", "receipt", number)["act"] == first["act"]
    second = market.ok("company-1", "bid", "replace", number)
    assert (second["version"], second["place"]) == (2, 1)
    assert market.ok("company-1", "bid", "replace", number)["act"] == second["act"]
    assert [event.values["commitment"].version for event in acts_of(market, tender)] == [1, 2]


def test_anybody_brings_a_signed_act_and_nobody_alters_it(market: Market, tmp_path: Path) -> None:
    tender = market.publish(deadline_in=600)
    number = str(tender)
    ready(market, "company-1", tender)
    file = tmp_path / "signed.json"
    market.ok("company-1", "bid", "submit", number, "--relay", "none", "--out", str(file))
    assert acts_of(market, tender) == []
    value = json.loads(file.read_bytes())
    value["content"]["commitment"]["size1"] += 1
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(value, separators=(",", ":"), sort_keys=True))
    assert market.run("supervisor", "bid", "relay", str(altered)).data["error"]["code"] == "bidding.signature"
    relayed = market.ok("supervisor", "bid", "relay", str(file))
    assert market.ok("supervisor", "bid", "relay", str(file)) == relayed
    done = market.ok("company-1", "bid", "submit", number)
    assert (done["act"], done["final"]) == (relayed["act"], True)
    assert len(acts_of(market, tender)) == 1


def test_withdrawn_and_submitted_again(market: Market) -> None:
    tender = market.publish(deadline_in=600)
    number = str(tender)
    ready(market, "company-1", tender)
    assert market.run("company-1", "bid", "withdraw", number).data["error"]["code"] == "bidding.nothing"
    market.ok("company-1", "bid", "submit", number)
    gone = market.ok("company-1", "bid", "withdraw", number)
    assert (gone["kind"], gone["version"]) == ("withdraw", 2)
    assert market.ok("company-1", "bid", "withdraw", number)["act"] == gone["act"]
    assert not market.ok("company-1", "bid", "show", number)["live"]
    assert market.ok("company-1", "bid", "receipt", number)["kind"] == "withdraw"
    again(market, "company-1", tender, "2960000.00")
    back = market.ok("company-1", "bid", "submit", number)
    assert (back["version"], back["place"]) == (3, 1)
    assert market.ok("company-1", "bid", "withdraw", number, "--recovery")["version"] == 4


def test_the_recovery_kit_saves_a_bid_whose_home_is_lost(market: Market, tmp_path: Path) -> None:
    tender = market.publish(deadline_in=600)
    number = str(tender)
    ready(market, "company-2", tender)
    market.ok("company-2", "bid", "submit", number)
    account = market.add_home("company-2-account")
    papers = next(one for one in market.ok("company-2-account", "keys", "list")["keys"] if one["name"] == "papers")
    kit = tmp_path / "kit.age"
    market.ok("company-2", "bid", "recovery-kit", str(kit), number, "--to", papers["public"])
    assert market.run("company-1", "bid", "move", number, "--kit", str(kit)).code == 1
    moved = market.ok("company-2-account", "bid", "move", number, "--kit", str(kit))
    assert (moved["kind"], moved["version"], moved["place"]) == ("move", 2, 1)
    assert market.ok("company-2-account", "bid", "move", number, "--kit", str(kit))["act"] == moved["act"]
    fill(market, "company-2", tender, figures={"price": "2950000.00"})
    stolen = market.run("company-2", "bid", "seal", number)
    refused = market.run("company-2", "bid", "replace", number)
    assert (stolen.code, refused.code) == (0, 1), "the lost key commits to nothing any more"
    # The device that is bound to the licence lies with the company, not with the lost home.
    home = market.stage.home("company-2")
    for name in ("device.json", "device.public.json"):
        (account / "keys" / name).write_bytes((home / "keys" / name).read_bytes())
    for name in ("licence.json", "binding.json"):
        (account / name).write_bytes((home / name).read_bytes())
    market.ok("company-2-account", "bid", "start", number)
    fill(market, "company-2-account", tender, figures={"price": "2940000.00"})
    market.ok("company-2-account", "bid", "state", number, *market.company("company-2-account").papers)
    market.ok("company-2-account", "bid", "seal", number)
    done = market.ok("company-2-account", "bid", "replace", number)
    assert (done["version"], done["place"]) == (3, 1)
    assert {event.values["place"] for event in acts_of(market, tender)} == {1}


def test_after_the_deadline_nobody_changes_a_bid(market: Market) -> None:
    tender = market.publish(deadline_in=25)
    number = str(tender)
    ready(market, "company-1", tender)
    market.ok("company-1", "bid", "submit", number)
    again(market, "company-1", tender, "2930000.00")
    ready(market, "company-3", tender)
    state = market.stage.ledger.tender(tender)
    assert state is not None
    market.stage.wait_until(state.deadline)
    for words in (("company-1", "replace"), ("company-1", "withdraw"), ("company-3", "submit")):
        said = market.run(words[0], "bid", words[1], number)
        assert (said.code, said.data["error"]["code"]) == (1, "bidding.deadline"), words
    late = market.ok("company-3", "bid", "rehearse", number, code=1)
    assert [one["name"] for one in late["trials"] if one["result"] == "INVALID"] == ["deadline"]
    assert len(acts_of(market, tender)) == 1
