"""The authority's commands for tenders, and what doctor says of them, on a real chain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chain.cli._tenders import tender_place
from chain.desk.proposals import Proposal, steps_of
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home
from chain.ledger import writes
from chain.ledger.node.contracts import read_contracts
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import BUREAU, TenderStage

__all__ = ["tender_stage", "tender_template"]

pytestmark = pytest.mark.loopback


def checks(stage: TenderStage, name: str) -> dict[str, dict[str, Any]]:
    """What doctor says in a home, by the name of the check."""
    return {check["name"]: check for check in stage.run(name, "doctor").data["checks"]}


def test_one_deployment_holds_all_five_contracts(tender_stage: TenderStage) -> None:
    stage = tender_stage
    record = json.loads((stage.home("authority") / "deployment.json").read_bytes())
    root = json.loads((stage.home("officer") / "trust-root.json").read_bytes())
    names = ["AnchorLog", "BureauRegistry", "KeyHolderRegistry", "TenderBook", "TenderProceedings"]
    assert sorted(contract["name"] for contract in record["contracts"]) == names
    assert [contract["name"] for contract in root["contracts"]] == names
    allowed = {hex0x(address) for address in read_contracts(stage.folder / "ledger" / "contracts.json")}
    assert allowed == {contract["address"] for contract in record["contracts"]}
    again = stage.run("authority", "authority", "deploy")
    assert again.code == 1
    assert again.data["error"]["code"] == "deploy.file"


def test_doctor_shows_tenders_and_who_may_procure(tender_stage: TenderStage) -> None:
    stage = tender_stage
    found = checks(stage, "officer")
    assert found["tenders"]["ok"]
    assert hex0x(stage.ledger.book) in found["tenders"]["detail"]
    assert found["accreditation"]["ok"]
    other = Home(stage.home("officer"))
    text = (other / "config.toml").read_text()
    (other / "config.toml").write_text(text.replace(BUREAU, "11440100000000001F"))
    try:
        found = checks(stage, "officer")
    finally:
        (other / "config.toml").write_text(text)
    assert found["accreditation"]["ok"] is False
    assert "authority accredit 11440100000000001F --type tenders" in found["accreditation"]["fix"]


def test_doctor_tells_a_bidder_that_the_ledger_has_no_tenders(tender_stage: TenderStage, tmp_path: Path) -> None:
    stage = tender_stage
    home = stage.add_home("bidder", "bidder")
    root = json.loads((stage.home("officer") / "trust-root.json").read_bytes())
    root["contracts"] = root["contracts"][:2]
    (home / "trust-root.json").write_bytes(json.dumps(root, sort_keys=True, separators=(",", ":")).encode())
    assert checks(stage, "bidder")["tenders"]["ok"] is False
    with tender_place(Home(home)) as place, pytest.raises(Exception, match="this ledger has no tenders"):
        _ = place.ledger


def test_a_command_stands_in_one_home_only(tender_stage: TenderStage) -> None:
    stage = tender_stage
    with tender_place(Home(stage.home("holder-2"))) as place:
        assert place.ledger.book == stage.ledger.book
        assert place.acts("account").address == stage.address("holder-2")
        assert place.keys.card("account").kind == "account"
        digest = place.board.put(b"a paper")
    assert stage.board.get(digest) == b"a paper"


def test_the_lane_of_tenders_is_proposed_by_its_name() -> None:
    arguments = {"bureau": BUREAU, "type": "tenders", "from": 0, "until": 0}
    assert steps_of("accredit", arguments) == [
        (f"accredit {BUREAU} tenders", writes.accredit(BUREAU, "tenders", 0, 0))
    ]  # fmt: skip
    proposal = Proposal("accredit", arguments, 1, bytes(20), "0x" + "11" * 20, 0)
    assert any("招标采购" in line for line in proposal.lines)
    with pytest.raises(InvalidInput):
        steps_of("accredit", {**arguments, "type": "tender"})
