"""Status lists fill up: a batch then lies in several, and so does an act on its certificates."""

from __future__ import annotations

import pytest

from api.certificates import slots
from tests.api.town import BUREAU, Town, licences

pytestmark = pytest.mark.loopback


def lists_of(town: Town) -> list[tuple[str, int]]:
    with town.office() as office, office.engine.connect() as connection:
        query = "SELECT status_list, count(*) FROM certificates GROUP BY status_list ORDER BY status_list"
        return [(row[0], row[1]) for row in connection.exec_driver_sql(query)]


def test_a_batch_larger_than_a_list_lies_in_several_and_acts_reach_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "_RESERVE", slots.SIZE - 2)
    assert town.issue(licences(5))["issued"] == 5
    assert lists_of(town) == [("s0001", 2), ("s0002", 2), ("s0003", 1)]
    names = town.identifiers(1)
    said = town.act("revoke", *names, "--reason", "x")
    assert [item["size"] for item in said["acts"]] == [2, 2, 1]
    assert [town.verdict(town.bundle(name)) for name in names] == ["REVOKED"] * 5
    with town.reader() as reader:
        assert [name for owner, name in reader.status_lists() if owner == BUREAU] == ["s0001", "s0002", "s0003"]


def test_two_lists_that_wait_at_once_are_anchored_once_each_whoever_goes_first(town: Town) -> None:
    """The second is run while the first is sealed and its root waits for the signer."""
    options = ("--type", "business-licence", "--wait", "0")
    for number, name in ((1, "one.csv"), (20, "two.csv")):
        town.run(town.officer, "issue", str(town.write_list(name, licences(2, first=number))), *options)
    for _ in range(2):  # the release, then the first list's empty state
        town.ok(town.approver, "approve", "--all")
        town.run(town.officer, "batch", "run", "1", "--wait", "0")
    assert town.ok(town.officer, "batch", "show", "1")["state"] == "sealed"
    with town.signing(approve=False):
        town.ok(town.officer, "batch", "run", "2", "--wait", "30")
        town.ok(town.officer, "batch", "run", "1", "--wait", "30")
    with town.reader() as reader:
        lane = [facts.sequence for facts in reader.anchors(BUREAU, "11100000MB0143028R001")]
    assert lane == [1, 2]
    names = [*town.identifiers(1), *town.identifiers(2)]
    assert [town.verdict(town.bundle(name)) for name in names] == ["VALID"] * 4
    assert not list((town.desk / "requests").iterdir())


def test_a_reason_that_nobody_could_read_is_refused_before_anything_is_written(town: Town) -> None:
    town.issue(licences(1))
    (name,) = town.identifiers(1)
    said = town.run(town.officer, "revoke", name, "--reason", "x" * 100_000, "--wait", "0")
    assert (said.code, said.data["error"]["code"]) == (1, "status.reason")
    assert town.ok(town.officer, "acts")["acts"] == []
