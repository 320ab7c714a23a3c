"""The end of a device's binding and the destruction of old records, by decisions signed elsewhere."""

from __future__ import annotations

import pytest

from api.claims.creating import end_binding
from api.claims.running import run_claim
from tests.api.holders import Holders, row_of
from tests.api.people import Person, hand_in
from tests.api.test_retention import keep, long_ago
from tests.api.town import Town, licences

pytestmark = pytest.mark.loopback


def test_a_lost_device_is_ended_by_who_may_decide_on_that(town: Town) -> None:
    town.issue(licences(1))
    (name,) = town.identifiers(1)
    holders = Holders(town)
    holders.bind(name)
    anna = Person(town, "anna").move_in().listed(kind="unbind")
    bela = Person(town, "bela").move_in().listed(kind="issue")
    with town.office() as office, office.writing():
        claim = end_binding(office, row_of(town, name), "phone lost")
        assert run_claim(office, claim).waiting_for == "approval"
    (item,) = town.ok(town.officer, "decisions", "waiting")["waiting"]
    assert (item["request"], item["kind"], item["size"]) == (f"claim-{claim}", "unbind", 1)
    with town.signer() as signer:
        hand_in(town, item["request"], bela, "--approve")
        assert signer.answer_waiting() == [], "bindings are not hers to decide"
        hand_in(town, item["request"], anna, "--approve")
        assert [answer.ok for answer in signer.answer_waiting()] == [True]
    with town.signing(approve=False), town.office() as office, office.writing():
        assert run_claim(office, claim, wait=30).state == "complete"
    assert [row.ended_by for row in holders.bindings(name)] == ["bureau"]
    assert town.ok(town.officer, "decisions", "waiting")["waiting"] == []


def test_records_are_destroyed_by_who_may_decide_on_that(town: Town) -> None:
    town.issue(long_ago(2))
    with town.signing():
        town.ok(town.officer, "lapse", "--expired", "--wait", "60")
    keep(town, "business-licence=5")
    anna = Person(town, "anna").move_in().listed(kind="retention")
    run = town.run(town.officer, "retention", "run", "--wait", "0").data
    (item,) = town.ok(town.officer, "decisions", "waiting")["waiting"]
    assert (item["request"], item["kind"], item["size"]) == (f"retention-{run['run']}", "retention", 2)
    decided = hand_in(town, item["request"], anna, "--approve")
    assert any("DESTROY" in line for line in decided["lines"])
    with town.signing(approve=False):
        assert town.ok(town.officer, "retention", "run", "--wait", "30")["state"] == "done"
    with town.office() as office, office.engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM certificates WHERE shredded_at IS NULL").scalar()
    assert left == 0
