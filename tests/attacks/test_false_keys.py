"""Somebody who saw the releases opens first and names keys that nobody has: the commands go on all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.kernel.encoding import sha256
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage

pytestmark = pytest.mark.loopback


def test_the_officer_goes_on_and_the_audit_tells_of_it(tender_stage: TenderStage, tmp_path: Path) -> None:
    case = OpeningCase.publish(tender_stage, tmp_path / "tender", minimumBids=1, deadline=6)
    stage, tender = case.stage, str(case.tender)
    case.bid(1)
    stage.ok("officer", "tender", "close", tender, "--wait", "60")
    case.release(1, 2, 3)
    state = stage.ledger.tender(case.tender)
    assert state is not None
    stage.wait_until(state.open_at)
    signature = stage.live_set_signature(case.tender)
    stage.acts("holder-4").open(case.tender, 1, 1, signature, sha256(b"nothing that anybody has"))

    lot = ["--custody", str(case.custody)]
    supervisor = stage.run("supervisor", "tender", "open", tender)
    assert supervisor.code != 0, "there is nothing to check yet"
    opened = stage.run("officer", "tender", "open", tender)
    assert [bid["outcome"] for bid in opened.data["bids"]] == ["opened"]
    again = stage.run("supervisor", "tender", "open", tender)
    assert again.data["keys"] == opened.data["keys"]
    audit = stage.run("holder-5", "audit", "--tender", tender, *lot)
    told = [(one["rule"], one["result"]) for one in audit.data["findings"] if one["rule"] in ("A703", "A704")]
    assert told == [("A703", "note")]
