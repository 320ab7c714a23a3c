"""A new certificate type, and a list of it, by decisions signed elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.samples.lists import csv_bytes
from tests.api.people import Person, content_of, hand_in
from tests.api.town import BUREAU, Town
from tests.support.guarantee import HEADING, SLUG, as_json, definition, row

pytestmark = pytest.mark.loopback


def test_a_type_of_the_bureaus_own_is_approved_and_issued(town: Town) -> None:
    anna = Person(town, "anna").move_in().listed(kind="type")
    bela = Person(town, "bela").move_in().listed(kind="issue")
    file = town.folder / "definition.json"
    file.write_bytes(as_json(definition()))
    words = ("type", "propose", str(file), "--reason", "tenders")
    town.run(town.officer, *words, "--wait", "0")
    (item,) = town.ok(town.officer, "decisions", "waiting")["waiting"]
    assert (item["kind"], item["operator"]) == ("type", "officer-001")
    with town.signer() as signer:
        hand_in(town, item["request"], bela, "--approve")
        assert signer.answer_waiting() == [], "types are not hers to decide"
    decided = hand_in(town, item["request"], anna, "--approve")
    assert any("投标保函" in line for line in decided["lines"])
    with town.signing(approve=False):
        assert town.run(town.officer, *words, "--wait", "30").data["state"] == "active"
    shown = town.folder / "shown.json"
    town.ok(town.officer, "type", "show", SLUG, "--out", str(shown))
    town.ok(town.authority, "authority", "accredit", BUREAU, "--type", str(shown))

    rows = town.folder / "rows.csv"
    rows.write_bytes(csv_bytes([HEADING, row(1), row(2)], "utf-8"))
    issue = ("issue", str(rows), "--type", SLUG)
    batch = town.run(town.officer, *issue, "--wait", "0").data["batch"]
    content = content_of(town, f"batch-{batch}")
    said = town.run(bela.home, "decide", "--request-file", str(content), "--approve", "--key", str(bela.wallet))
    assert said.data["error"]["field"] == "--type", "her device does not know what the rows mean"
    signed = Path(bela.decide(content, "--approve", "--type", str(shown))["decision"])
    town.ok(town.officer, "decisions", "submit", f"batch-{batch}", str(signed))
    with town.signing(approve=False):
        assert town.ok(town.officer, *issue, "--wait", "30")["issued"] == 2
