"""``yinxin retention``: what is due is destroyed after two people said so, and then nothing names the holder."""

from __future__ import annotations

import hashlib
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import text

from api.certificates import retention
from api.certificates.retention import due
from chain.desk.state import SignerState
from chain.kernel.home import Home
from scripts.samples.lists import Sample
from tests.api.fixtures import prepare, running
from tests.api.leftovers import found_in, register_says
from tests.api.town import Town, licences
from tests.api.walk import run_until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]

TYPE = ("--type", "business-licence")
YEAR = 366 * 86_400
STEPS = ("retention-begun", "retention-requested", "retention-released", "shredded", "retention-done")
PLACES = ("officer", "approver", "desk", "ledger", "blobs")


def keep(town: Town, *policies: str) -> None:
    """Give the officer's home these policies."""
    values = Home(town.officer).settings.model_dump(exclude_none=True)
    Home(town.officer).write_config(values | {"retention": {"policies": list(policies)}})


def values_of(place: int) -> list[str]:
    number, name, code, *_ = licences(4)[place].values
    return [number, name, code]


def long_ago(count: int) -> list[Sample]:
    """Licences of 2001 that ran until 2010."""
    return [
        sample.with_value("certificateEffectiveDate", "2001-01-05")
        .with_value("certificateIssuedDate", "2001-01-05")
        .with_value("KZ_establishmentDate", "2001-01-05")
        .with_value("certificateExpiringDate", "2010-01-31")
        for sample in licences(count)
    ]


def live(town: Town) -> None:
    """Four certificates that lapsed long ago, two of which were renewed before; one more is in force."""
    past = long_ago(4)
    town.issue(past, name=f"{values_of(0)[1]}.csv")
    renewed = [sample.with_value("certificateExpiringDate", "2011-01-31") for sample in past[:2]]
    file = town.write_list("renew.csv", renewed)
    reason = f"renewed for {values_of(0)[1]} and others"
    with town.signing():
        town.ok(town.officer, "renew", str(file), *TYPE, "--reason", reason, "--wait", "60")
        town.ok(town.officer, "lapse", "--expired", "--wait", "60")
    town.issue(licences(1, first=7), name="in-force.csv")
    for path in town.folder.glob("*.csv"):
        path.unlink()


@pytest.fixture(scope="module")
def lapsed_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That town at rest."""
    return prepare(town_template, tmp_path_factory.mktemp("lapsed"), live)


@pytest.fixture
def lapsed(lapsed_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of it for one test."""
    yield from running(lapsed_template, tmp_path / "town")


def secrets(town: Town) -> list[str]:
    """Every value that must be gone."""
    identifiers = [name for batch in (1, 2) for name in town.identifiers(batch)]
    return [value for place in range(4) for value in values_of(place)] + identifiers


def test_without_a_policy_nothing_is_ever_due(lapsed: Town) -> None:
    assert lapsed.ok(lapsed.officer, "retention", "due") == {"due": []}
    assert lapsed.ok(lapsed.officer, "retention", "run")["run"] is None


def test_a_policy_that_is_none_is_refused_by_name(lapsed: Town) -> None:
    for policy, code in (("business-licence", "retention.policy"), ("no-such-type=3", "catalogue.type")):
        keep(lapsed, policy)
        said = lapsed.run(lapsed.officer, "retention", "due")
        assert (said.code, said.data["error"]["field"]) == (1, "retention.policies"), code


def test_the_time_runs_from_the_end_of_validity_or_from_the_final_act(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    with lapsed.office() as office:
        now = office.clock()
        with office.engine.connect() as connection:
            expires = {
                row.identifier: row.expires
                for row in connection.exec_driver_sql("SELECT identifier, expires FROM certificates").all()
            }
        found = due(office, now)
        assert {item.status.name for item in found} == {"LAPSED"}, "what was superseded today is kept from today on"
        assert len(found) == 4
        assert all(item.since == expires[item.row.identifier] for item in found)
        later = due(office, now + 11 * YEAR)
        assert {item.status.name for item in later} == {"LAPSED", "SUPERSEDED"}
        assert len(later) == 6, "and what is in force never"


def test_listed_by_number_and_never_by_name(lapsed: Town) -> None:
    keep(lapsed, "business-licence=5")
    for as_json in (True, False):
        said = lapsed.run(lapsed.officer, "retention", "due", as_json=as_json)
        assert values_of(3)[0] in said.out
        for place in range(4):
            assert values_of(place)[1] not in said.out + said.err
            assert values_of(place)[2] not in said.out + said.err


def test_nothing_is_destroyed_before_a_second_person_said_yes_or_after_a_no(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    first = lapsed.run(lapsed.officer, "retention", "run", "--wait", "0")
    again = lapsed.run(lapsed.officer, "retention", "run", "--wait", "0")
    assert (first.code, again.code, first.data["state"]) == (2, 2, "waiting")
    assert first.data["run"] == again.data["run"]
    lapsed.ok(lapsed.approver, "signer", "--once")
    (waiting,) = lapsed.ok(lapsed.approver, "approvals")["waiting"]
    assert (waiting["kind"], waiting["size"]) == ("retention", 4)
    text = lapsed.run(lapsed.approver, "approvals", as_json=False).out
    assert "DESTROY" in text
    assert values_of(3)[0] in text
    lapsed.ok(lapsed.approver, "refuse", waiting["request"], "--reason", "a case is pending")
    said = lapsed.run(lapsed.officer, "retention", "run", "--wait", "0")
    assert said.code == 1
    assert "a case is pending" in said.out
    assert lapsed.ok(lapsed.officer, "find", values_of(3)[0])["certificates"] != []


def test_afterwards_no_file_of_anybody_holds_the_holders(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    told = secrets(lapsed)
    assert register_says(lapsed, told) != [], "the search finds"
    # All of it, also the two predecessors, as if ten more years had gone by for them.
    with mock.patch.object(retention, "_after", lambda since, years: since), lapsed.signing():
        done = lapsed.ok(lapsed.officer, "retention", "run", "--wait", "60")
    assert (done["state"], done["size"]) == ("done", 6)
    assert register_says(lapsed, told) == []
    for place in PLACES:
        assert found_in(lapsed.folder / place, told) == [], place
    assert list((lapsed.desk / "requests").iterdir()) == list((lapsed.desk / "answers").iterdir()) == []
    signer = (lapsed.approver / "signer.sqlite").read_bytes()
    for value in told:
        assert hashlib.sha256(value.encode()).digest() not in signer, "nor a digest that trying numbers would find"
    assert lapsed.ok(lapsed.officer, "find", licences(1, first=7)[0].values[0])["certificates"] != []
    assert lapsed.ok(lapsed.officer, "retention", "run", "--wait", "0")["run"] is None
    assert lapsed.ok(lapsed.officer, "lapse", "--expired", "--wait", "0")["acts"] == []


def test_the_same_list_again_has_nothing_to_do(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    with lapsed.signing():
        lapsed.ok(lapsed.officer, "retention", "run", "--wait", "60")
    past = long_ago(4)
    said = lapsed.run(lapsed.officer, "issue", str(lapsed.write_list("again.csv", past)), *TYPE, "--wait", "0")
    assert (said.code, said.data["batch"], said.data["issued"]) == (0, 1, 0)
    part = lapsed.run(lapsed.officer, "issue", str(lapsed.write_list("part.csv", past[:3])), *TYPE, "--wait", "0")
    assert (part.code, part.data["error"]["code"]) == (1, "batch.duplicate"), "a part of it is another list"


def test_killed_at_every_step_it_goes_on(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    told = secrets(lapsed)
    arguments = ["--home", str(lapsed.officer), "--json", "retention", "run", "--wait", "60"]
    with lapsed.signing():
        for step in STEPS:
            run = run_until(arguments, step)
            assert (run.steps[-1:], run.code) == ((step,), -signal.SIGKILL), run
        last = run_until(arguments)
    assert last.code == 0, last
    gone = [value for value in told if value not in {*values_of(0), *values_of(1)}]
    with lapsed.office() as office, office.engine.connect() as connection:
        runs = connection.exec_driver_sql("SELECT state, size FROM retention_runs").all()
        kept = {row[0] for row in connection.exec_driver_sql("SELECT identifier FROM certificates").all()}
    assert [tuple(row) for row in runs] == [("done", 4)]
    gone = [value for value in gone if value not in kept]
    for place in PLACES:
        assert found_in(lapsed.folder / place, gone) == [], place


def test_the_approvers_side_killed_before_its_answer_gives_it_afterwards(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    assert lapsed.run(lapsed.officer, "retention", "run", "--wait", "0").code == 2
    run = run_until(["--home", str(lapsed.approver), "--json", "approve", "--all"], "answer-retention")
    assert run.code == -signal.SIGKILL, run
    lapsed.ok(lapsed.approver, "approve", "--all")
    assert lapsed.ok(lapsed.officer, "retention", "run", "--wait", "0")["size"] == 4


def test_the_signer_lets_nothing_in_force_be_forgotten(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    with lapsed.office() as office:
        now = office.clock()
        with office.engine.begin() as connection:
            row = connection.exec_driver_sql("SELECT id FROM certificates WHERE batch_id = 3").one()
        run = retention._begin(office, due(office, now))
        with office.engine.begin() as connection:
            connection.execute(
                text("UPDATE retention_entries SET certificate_id = :number WHERE position = 0"), {"number": row.id}
            )
        assert retention.run_retention(office).state == "waiting"
        assert run.size == 4
    said = lapsed.run(lapsed.approver, "approve", "--all")
    assert said.code == 1
    assert "is in force" in said.out
    assert lapsed.run(lapsed.officer, "retention", "run", "--wait", "0").code == 1


def test_a_list_that_changes_while_it_waits_asks_once(lapsed: Town) -> None:
    keep(lapsed, "business-licence=10")
    assert lapsed.run(lapsed.officer, "retention", "run", "--wait", "0").code == 2
    (only,) = lapsed.identifiers(3)
    lapsed.act("suspend", only, "--reason", "x")  # approves what waits, too
    assert lapsed.run(lapsed.officer, "retention", "run", "--wait", "0").data["state"] == "done"


def test_an_old_signers_file_gives_up_its_identifiers(lapsed: Town, tmp_path: Path) -> None:
    file = tmp_path / "signer.sqlite"
    shutil.copy(lapsed.approver / "signer.sqlite", file)
    with sqlite3.connect(file) as old:
        old.execute(
            "CREATE TABLE successors (predecessor TEXT NOT NULL, digest BLOB NOT NULL, successor TEXT NOT NULL, "
            "PRIMARY KEY (predecessor, digest)) STRICT, WITHOUT ROWID"
        )
        digest = old.execute("SELECT digest FROM roots WHERE digest IS NOT NULL").fetchone()[0]
        old.execute("INSERT INTO successors VALUES ('the-old-one', ?, 'the-new-one')", (digest,))
    old.close()
    state = SignerState(file)
    assert state.follows("the-new-one", "the-old-one")
    assert not state.follows("the-old-one", "the-new-one")
    state.close()
    assert found_in(tmp_path, ["the-old-one", "the-new-one"]) == []
