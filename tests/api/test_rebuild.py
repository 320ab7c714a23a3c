"""``yinxin rebuild``: the register made anew from ledger, records and vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chain.credentials.bundle import read_bundle
from chain.credentials.credential import parse_credential
from chain.documents.cids import cid_of_sha256
from chain.kernel.encoding import hex0x
from tests.api.fixtures import prepare, running
from tests.api.town import Town, licences

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")

TABLES = {
    "batches": """bureau, certificate_type, template_version, size, state, sequence, root, manifest_digest,
        evidence""",
    "certificates": """position, uniqueness, identifier, number, holder_name, holder_code, fields, expires, status_list,
        status_index, jwt_digest, stamp_digest, record_digest, predecessor, successor, shredded_at IS NULL""",
    "acts": """operation, status_list, operator, reason, at, state, size, actor, sequence, root, manifest_digest""",
    "act_entries": """act_id, position, before, after, linked, key_id, record_digest, cid""",
    "status_lists": "name, bureau, used, free, token, head",
    "ledger_anchors": "*",
    "ledger_statuses": "bureau, list, previous_head, head, digest, key, block_number, block_hash, block_time",
}
"""What must come back. Names of lists, operators of batches, and their operation lie nowhere but in the register; the
digest of a list's rows comes back where none of them was shredded."""


def register(town: Town) -> dict[str, list[tuple[Any, ...]]]:
    with town.office() as office, office.engine.connect() as connection:
        return {
            table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT {columns} FROM {table}").all()), key=repr)
            for table, columns in TABLES.items()
        }


def lose(town: Town) -> None:
    town.lose_register()


def live(town: Town) -> None:
    """Six certificates: one renewed, one revoked, one suspended and reinstated, one shredded."""
    samples = licences(6)
    town.issue(samples)
    names = town.identifiers(1)
    town.issue([samples[0].with_value("certificateExpiringDate", "2061-12-31")], name="renew.csv", verb="renew")
    town.act("revoke", names[1], "--reason", "granted on a forged paper")
    town.act("suspend", names[2], names[3], "--reason", "an inspection")
    town.act("reinstate", names[2], "--reason", "nothing found")
    town.ok(town.officer, "shred", names[4], "--yes")


@pytest.fixture(scope="module")
def lived_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That town at rest."""
    return prepare(town_template, tmp_path_factory.mktemp("lived"), live)


@pytest.fixture
def lived(lived_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of it for one test."""
    yield from running(lived_template, tmp_path / "town")


def test_table_by_table_it_is_what_it_was(lived: Town) -> None:
    before = register(lived)
    lose(lived)
    done = lived.ok(lived.officer, "rebuild")
    assert (done["batches"], done["certificates"], done["shredded"], done["acts"]) == (2, 7, 1, 4)
    after = register(lived)
    for table in TABLES:
        assert after[table] == before[table], table


def test_search_revoke_and_renew_work_again(lived: Town) -> None:
    samples, names = licences(6), lived.identifiers(1)
    (renewed,) = lived.identifiers(2)
    bundle = lived.bundle(names[5])
    lose(lived)
    lived.ok(lived.officer, "rebuild")
    (found,) = lived.ok(lived.officer, "find", samples[5].values[1])["certificates"]
    assert (found["identifier"], found["status"]) == (names[5], "VALID")
    assert lived.bundle(names[5]) == bundle
    digest = parse_credential(read_bundle(bundle).credential).jwt_digest  # so papers on a ledger name a certificate
    (by_digest,) = lived.ok(lived.officer, "find", hex0x(digest))["certificates"]
    assert by_digest == found
    assert lived.run(lived.officer, "find", "0x" + "5f" * 32).code == 1
    shown = lived.ok(lived.officer, "show", names[1])
    assert (shown["status"], shown["history"][0]["reason"]) == ("REVOKED", "granted on a forged paper")
    assert lived.ok(lived.officer, "show", names[0])["successor"] == renewed
    assert lived.ok(lived.officer, "show", renewed)["predecessor"] == names[0]

    lived.act("revoke", names[5], "--reason", "x")
    assert lived.verdict(bundle) == "REVOKED"
    again = [samples[2].with_value("certificateExpiringDate", "2062-12-31")]
    done = lived.issue(again, name="renew-again.csv", verb="renew")
    assert lived.ok(lived.officer, "show", names[2])["successor"] == lived.identifiers(done["batch"])[0]
    assert lived.issue(licences(2, first=50), name="more.csv")["issued"] == 2


def test_the_same_lists_still_issue_nothing_and_what_was_shredded_stays_so(lived: Town) -> None:
    lose(lived)
    lived.ok(lived.officer, "rebuild")
    whole = lived.run(lived.officer, "issue", str(lived.folder / "list.csv"), *TYPE, "--wait", "0")
    assert (whole.code, whole.data["batch"], whole.data["known"]) == (0, 1, True), "known, though one row is shredded"
    assert whole.data["issued"] == 0
    renewal = lived.run(lived.officer, "renew", str(lived.folder / "renew.csv"), *TYPE, "--wait", "0")
    assert (renewal.code, renewal.data["issued"]) == (0, 0)
    shredded = lived.write_list("one.csv", licences(5)[4:])
    said = lived.run(lived.officer, "issue", str(shredded), *TYPE, "--wait", "0")
    assert (said.code, said.data["error"]["code"]) == (1, "batch.duplicate")
    assert lived.run(lived.officer, "find", licences(5)[4].values[0]).data["certificates"] == []


def test_a_record_nobody_can_read_is_told_and_no_slot_of_its_list_is_given_out_again(lived: Town) -> None:
    names = lived.identifiers(1)
    with lived.office() as office:
        with office.engine.connect() as connection:
            query = text("SELECT cid FROM certificates WHERE identifier = :identifier")
            (cid,) = connection.execute(query, {"identifier": names[5]}).first() or ()
        office.store.delete(cid)
    lose(lived)
    said = lived.run(lived.officer, "rebuild")
    assert (said.code, said.data["unreadable"]) == (2, 1)
    lived.issue(licences(1, first=60), name="more.csv")
    with lived.office() as office, office.engine.connect() as connection:
        lists = connection.exec_driver_sql(
            "SELECT DISTINCT status_list FROM certificates WHERE number = '4401002026000060'"
        )
        assert [row[0] for row in lists] == ["s0002"]


def test_the_old_register_stands_where_a_manifest_is_missing(lived: Town) -> None:
    before = register(lived)
    with lived.office() as office:
        with office.engine.connect() as connection:
            (digest,) = connection.exec_driver_sql("SELECT manifest_digest FROM batches").first() or ()
        office.store.delete(cid_of_sha256(bytes(digest)))
    said = lived.run(lived.officer, "rebuild")
    assert said.code != 0
    assert "error" in said.data
    assert register(lived) == before
