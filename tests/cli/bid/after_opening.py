"""From the opening record to an amended contract, by the commands of officer, supervisor and bidders."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from chain.contracting.award import day_of
from chain.evaluation.report import Candidate, Candidates
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Phase
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace
from tests.cli.evaluation_steps import killed
from tests.support.market import Market
from tests.support.tender_stage import BUREAU

AWARD, CONTRACT = ("award-put", "award-sent"), ("contract-put", "contract-sent")
AMENDMENT, LETTER = ("amendment-put",), ("certificate-put",)
AFTER = (*AWARD, *CONTRACT, *AMENDMENT, *LETTER)
"""Where officers die between an award and the papers that follow it."""


def to_the_contract(market: Market, tender: int, said: list[dict[str, Any]], folder: Path) -> None:
    """company-2, whose bid has place 2, wins; the agent's company objects and complains.

    Args:
        market: with an opening record on the ledger.
        tender: its number.
        said: organisations of the record, in the order of places.
        folder: for files.
    """
    _name_candidates(market, tender, said)
    _cases(market, tender, [one["name"] for one in said])
    _award(market, tender)
    _contract(market, tender, folder)
    _amendment(market, tender, folder)
    _letter_issued(market, tender, folder)
    _performance_issued(market, tender, folder)
    findings = market.run("officer", "audit", "--tender", str(tender)).data["findings"]
    noted = [(one["rule"], one["result"]) for one in findings if one["rule"].startswith("A13")]
    assert noted == []


def _name_candidates(market: Market, tender: int, said: list[dict[str, Any]]) -> None:
    stage = market.stage
    ledger, found = stage.ledger, []
    for rank, place in enumerate((2, 1), 1):
        one = said[place - 1]
        members = tuple((company["code"], company["name"]) for company in one["members"])
        price = Money(Decimal("2880000.00" if place == 2 else "3000000.00"), "CNY")
        found.append(Candidate(rank, place, one["code"], one["name"], members, price, None))
    paper = Candidates(LotPlace(ledger.genesis, ledger.book, tender, 1), 1, sha256(b"report"), tuple(found))
    stage.acts("officer").name_candidates(tender, 1, 1, stage.board.put(paper.to_bytes()))


def _cases(market: Market, tender: int, names: list[str]) -> None:
    number = str(tender)
    stranger = market.run("custodian-1", "tender", "object", number, "--text", "与我无关")
    assert stranger.data["error"]["code"] == "case.party"
    without = market.run("agent", "tender", "complain", number, "--text", "评标有误")
    assert without.data["error"]["code"] == "case.objection"
    filed = market.ok("agent", "tender", "object", number, "--text", "第一名报价有误")
    assert (filed["number"], filed["window"]["phase"]) == (1, "candidates")
    assert market.ok("agent", "tender", "object", number, "--text", "第一名报价有误")["number"] == 1
    complained = market.ok("agent", "tender", "complain", number, "--text", "不服", "--objection", "1")
    assert complained["number"] == 2
    waiting = market.run("officer", "tender", "award", number).data["error"]
    assert (waiting["code"], "objection 1, complaint 2" in waiting["message"]) == ("award.cases", True)
    answer = ("tender", "answer-objection", number, "1", "--text", "已核对")
    assert market.run("officer", *answer).data["error"]["field"] == "--upheld"
    market.ok("officer", *answer, "--rejected")
    decided = ("tender", "decide-complaint", number, "2", "--text", "程序有瑕疵，结果不变", "--upheld", "--stands")
    assert market.run("officer", *decided).data["error"]["code"] == "complaint.supervisor"
    market.ok("supervisor", *decided)
    shown = market.ok("company-3", "tender", "cases", number)
    told = [(one["kind"], one["organisation"], one["decision"], one["stands"], one["open"]) for one in shown["cases"]]
    assert told == [
        ("objection", names[0], "rejected", True, False), ("complaint", names[0], "upheld", True, False),
    ]  # fmt: skip
    words = market.stage.run("company-3", "tender", "cases", number, as_json=False).out
    assert "结果不变" in words
    assert "after objection 1" in words


def _award(market: Market, tender: int) -> None:
    stage, number = market.stage, str(tender)
    line = stage.ledger.lot(tender, 1)
    assert line.phase is Phase.CANDIDATES
    standstill = stage.ledger.tender_events(tender)[0].values["notice"].standstill
    stage.wait_until(line.since + standstill)
    late = market.run("agent", "tender", "object", number, "--text", "又有误")
    assert late.data["error"]["code"] == "case.late"
    odd = market.run("officer", "tender", "award", number, "--rank", "2")
    assert odd.data["error"]["code"] == "award.reason"
    killed(market.stage, "officer", AWARD, "tender", "award", number)
    given = market.ok("officer", "tender", "award", number)
    assert (given["rank"], given["place"], given["price"]["amount"]) == (1, 2, "2880000.00")
    assert market.ok("officer", "tender", "award", number) == given
    assert stage.ledger.progress(tender, 1).awards == 1


def _contract(market: Market, tender: int, folder: Path) -> None:
    stage, number = market.stage, str(tender)
    draft, paper = folder / "contract.toml", folder / "contract.pdf"
    paper.write_bytes(b"%PDF-1.7 contract")
    market.ok("officer", "tender", "contract", number, "--draft", str(draft))
    text = draft.read_text(encoding="utf-8")
    for name, value in (("number", "HT-2026-001"), ("title", "课桌椅采购合同"), ("until", "2099-12-31")):
        text = re.sub(rf'^{name} = ""', f'{name} = "{value}"', text, flags=re.MULTILINE)
    draft.write_text(text, encoding="utf-8")
    offered = market.ok("officer", "tender", "contract", number, str(draft), code=2)
    assert offered["waitingFor"] == "winner"
    assert market.run("agent", "bid", "sign-contract", number).data["error"]["code"] == "contract.winner"
    unseen = market.run("company-2", "bid", "sign-contract", number)
    assert unseen.data["error"]["code"] == "contract.document"
    signed = market.ok("company-2", "bid", "sign-contract", number, "--document", str(paper))
    assert signed["content"] == offered["content"]
    since = stage.ledger.lot(tender, 1).since
    stage.wait_until(since + stage.ledger.tender_events(tender)[0].values["notice"].complaint_period)
    killed(market.stage, "officer", CONTRACT, "tender", "contract", number, str(draft))
    recorded = market.ok("officer", "tender", "contract", number, str(draft))
    assert recorded["recorded"]
    assert market.ok("officer", "tender", "contract", number) == recorded
    assert stage.ledger.lot(tender, 1).phase is Phase.CONTRACTED
    letter = folder / "letter.csv"
    row = market.ok("officer", "tender", "letter", number, "--out", str(letter))["row"]
    assert row["KZ_awardDigest"] in letter.read_text(encoding="utf-8-sig")
    foreign = market.run("officer", "tender", "letter", number, "--issued", str(market.company("company-2").licence))
    assert foreign.code == 1


def _amendment(market: Market, tender: int, folder: Path) -> None:
    number, draft = str(tender), folder / "amendment.toml"
    market.ok("officer", "tender", "contract", number, "--amend", "--draft", str(draft))
    text = draft.read_text(encoding="utf-8").replace('changes = ""', 'changes = "延期"')
    draft.write_text(text.replace('rationale = ""', 'rationale = "施工延期"'), encoding="utf-8")
    words = ("tender", "contract", number, str(draft), "--amend")
    assert market.ok("officer", *words, code=2)["amendment"] == 1
    market.ok("company-2", "bid", "sign-contract", number)
    killed(market.stage, "officer", AMENDMENT, *words)
    recorded = market.ok("officer", *words)
    assert recorded["recorded"]
    assert market.ok("officer", *words) == recorded
    assert (
        sum(event.values.get("kind") == "contract-amendment" for event in market.stage.ledger.tender_events(tender))
        == 1
    )


def _letter_issued(market: Market, tender: int, folder: Path) -> None:
    """The procuring entity's bureau issues the letter with two people of its own; it is VALID and goes on record."""
    town, number = market.licensing, str(tender)
    entity, approver = market.stage.home("entity"), market.stage.home("entity-approver")
    for home, role in ((entity, "officer"), (approver, "approver")):
        town.add_home(home.name, role, BUREAU, "../entity-desk")
        town.ok(home, "trust", "pin", str(town.authority / "trust-root.json"))
    for kind in ("award-letter", "performance-record"):
        town.ok(town.authority, "authority", "accredit", BUREAU, "--type", kind)
    town.ok(town.authority, "authority", "enter", *(str(home / "card.json") for home in (entity, approver)))
    bundle = _issued(market, folder / "letter.csv", "award-letter")
    words = ("tender", "letter", number, "--issued", str(bundle))
    killed(market.stage, "officer", LETTER, *words)
    recorded = market.ok("officer", *words)
    assert (recorded["verdict"], recorded["recorded"]) == ("VALID", True)
    assert market.ok("officer", *words) == recorded
    assert market.ok("company-3", "verify", str(bundle))["verdict"] == "VALID"


def _performance_issued(market: Market, tender: int, folder: Path) -> None:
    """The performance record goes the same way; it cites contract and award, and no other certificate fits."""
    number, listed = str(tender), folder / "performance.csv"
    today = day_of(market.stage.ledger.block.time)
    done = ("--grade", "优秀", "--completed", today.isoformat())
    vague = market.run("officer", "tender", "performance", number, "--out", str(listed))
    assert vague.data["error"]["code"] == "performance.grade"
    row = market.ok("officer", "tender", "performance", number, *done, "--out", str(listed))["row"]
    assert "HT-2026-001" in row.values()
    (letter,) = (folder / "letter" / "bundles").glob("*.json")
    other = market.run("officer", "tender", "performance", number, "--issued", str(letter))
    assert (other.code, other.data["error"]["code"]) == (1, "letter.fits")
    bundle = _issued(market, listed, "performance-record")
    words = ("tender", "performance", number, "--issued", str(bundle))
    killed(market.stage, "officer", LETTER, *words)
    recorded = market.ok("officer", *words)
    assert (recorded["verdict"], recorded["recorded"]) == ("VALID", True)
    assert market.ok("officer", *words) == recorded
    kinds = [event.values.get("kind") for event in market.stage.ledger.tender_events(tender)]
    assert (kinds.count("award-letter"), kinds.count("performance")) == (1, 1)


def _issued(market: Market, listed: Path, kind: str) -> Path:
    """The procuring entity's bureau issues a list of one row, with two people; its evidence bundle."""
    town, out = market.licensing, listed.with_suffix("")
    with town.signing(home=market.stage.home("entity-approver")):
        town.ok(
            market.stage.home("entity"), "issue", str(listed), "--type", kind, "--wait", "60", "--out", str(out)
        )  # fmt: skip
    (bundle,) = (out / "bundles").glob("*.json")
    return bundle
