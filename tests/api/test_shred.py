"""``yinxin shred``: then nothing in the officer's home says who the holder was, and the certificate still verifies."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from chain.documents.records import open_record, record_key_id
from chain.documents.vault import KeyVault
from chain.kernel.errors import Refused
from chain.ledger.reader import LedgerReader
from tests.api.fixtures import prepare, running
from tests.api.leftovers import forms, found_in, register_says
from tests.api.town import BUREAU, Town, licences

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")


class Person:
    """What may be known of one holder."""

    def __init__(self, town: Town, place: int) -> None:
        sample = licences(3)[place]
        self.identifier = town.identifiers(1)[place]
        self.name, self.code, self.number = sample.values[1], sample.values[2], sample.values[0]
        self.values = [self.name, self.code, self.number, self.identifier]


def live(town: Town) -> None:
    """Three certificates; the first was suspended and reinstated, with the holder's name in the reason."""
    town.issue(licences(3))
    one = Person(town, 0)
    town.act("suspend", one.identifier, "--reason", f"an inspection at {one.name}")
    town.act("reinstate", one.identifier, "--reason", f"nothing found at {one.name}")


@pytest.fixture(scope="module")
def issued_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That town at rest."""
    return prepare(town_template, tmp_path_factory.mktemp("issued"), live)


@pytest.fixture
def issued(issued_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of it for one test."""
    yield from running(issued_template, tmp_path / "town")


def shred(town: Town, person: Person) -> None:
    (town.folder / "list.csv").unlink()
    town.ok(town.officer, "shred", person.identifier, "--yes")
    town.run(town.officer, "batch", "list")


def test_nothing_in_home_desk_or_store_names_the_holder_any_more(issued: Town) -> None:
    one, other = Person(issued, 0), Person(issued, 1)
    assert register_says(issued, one.values), "the search finds what is there"
    shred(issued, one)
    for place in ("officer", "desk", "blobs"):
        assert found_in(issued.folder / place, one.values) == [], place
    assert register_says(issued, one.values) == []
    assert register_says(issued, [other.number]) != [], "and only of that one"


def test_its_record_opens_with_nothing_the_home_has_and_the_others_still_do(issued: Town) -> None:
    one = Person(issued, 0)
    with issued.office() as office, office.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT cid, key_id FROM certificates ORDER BY position").all()
        events = connection.exec_driver_sql("SELECT cid, key_id FROM act_entries").all()
        sealed = {row.cid: office.store.get(row.cid) for row in (*rows, *events)}
    shred(issued, one)
    with issued.office() as office:
        for row in (rows[0], *events):
            assert record_key_id(sealed[row.cid]) == bytes(row.key_id)
            with pytest.raises(Refused) as caught:
                open_record(sealed[row.cid], office.vault)
            assert caught.value.code == "vault.destroyed"
        for row in rows[1:]:
            assert open_record(sealed[row.cid], office.vault)


def test_the_holders_own_bundle_still_verifies(issued: Town) -> None:
    one = Person(issued, 0)
    bundle = issued.bundle(one.identifier)
    shred(issued, one)
    assert issued.verdict(bundle) == "VALID"
    for verb in ("show", "bundle"):
        said = issued.run(issued.officer, verb, one.identifier)
        assert (said.code, said.data["error"]["code"]) == (1, "certificate.unknown")
    for words in (one.number, one.name, one.code):
        assert issued.run(issued.officer, "find", words).data["certificates"] == []


def test_an_old_copy_of_the_vault_brings_nothing_back(issued: Town, tmp_path: Path) -> None:
    one = Person(issued, 0)
    with issued.office() as office:
        master, tombstones = office.master, issued.officer / "tombstones"
        with office.engine.connect() as connection:
            cid, key_id = (
                connection.exec_driver_sql("SELECT cid, key_id FROM certificates ORDER BY position").first() or ()
            )
        sealed = office.store.get(cid)
        office.vault.backup(tmp_path / "backup")
    shred(issued, one)
    shutil.rmtree(issued.officer / "vault")
    shutil.copytree(tmp_path / "backup", issued.officer / "vault")
    with contextlib.closing(KeyVault(issued.officer / "vault", master, tombstones=tombstones)) as restored:
        with pytest.raises(Refused):
            open_record(sealed, restored)
        with pytest.raises(Refused):
            restored.get(bytes(key_id))
        assert bytes(key_id) not in restored


def test_number_and_slot_are_never_used_again(issued: Town) -> None:
    one = Person(issued, 0)
    with issued.office() as office, office.engine.connect() as connection:
        query = "SELECT status_list, status_index FROM certificates ORDER BY position"
        name, index = connection.exec_driver_sql(query).first() or ()
    shred(issued, one)
    file = issued.write_list("again.csv", licences(1))
    said = issued.run(issued.officer, "issue", str(file), *TYPE, "--wait", "0")
    assert (said.code, said.data["error"]["code"]) == (1, "batch.duplicate")
    assert said.data["taken"][0]["identifier"] is None
    with issued.office() as office, office.engine.connect() as connection:
        query = text("SELECT used FROM status_lists WHERE name = :name")
        (used,) = connection.execute(query, {"name": name}).first() or ()
        assert used[index >> 3] >> (index & 7) & 1


def test_twice_does_nothing_and_unasked_it_asks(issued: Town) -> None:
    one = Person(issued, 0)
    shred(issued, one)
    said = issued.run(issued.officer, "shred", one.identifier, "--yes")
    assert (said.code, said.data["error"]["code"]) == (1, "certificate.unknown")


def test_not_while_an_act_on_it_is_open(issued: Town) -> None:
    one = Person(issued, 0)
    issued.run(issued.officer, "revoke", one.identifier, "--reason", "x", "--wait", "0")
    said = issued.run(issued.officer, "shred", one.identifier, "--yes")
    assert (said.code, said.data["error"]["code"]) == (1, "shred.act")


def test_of_a_refused_act_nothing_stays_either(issued: Town) -> None:
    one = Person(issued, 0)
    issued.run(issued.officer, "revoke", one.identifier, "--reason", one.name, "--wait", "0")
    (waiting,) = issued.ok(issued.approver, "approvals")["waiting"]
    issued.ok(issued.approver, "refuse", waiting["request"], "--reason", "no")
    assert issued.run(issued.officer, "acts").code == 1
    shred(issued, one)
    assert found_in(issued.officer, one.values) == []
    with issued.office() as office:
        assert len(office.vault) == 2, "the secrets of the two other certificates"


def test_a_successor_keeps_no_name_of_a_shredded_predecessor(town: Town) -> None:
    samples = licences(3)
    town.issue(samples)
    one = Person(town, 0)
    renewed = samples[0].with_value("certificateExpiringDate", "2061-12-31")
    done = town.issue([renewed], name="renew.csv", verb="renew")
    (new,) = town.identifiers(done["batch"])
    town.ok(town.officer, "shred", one.identifier, "--yes")
    for home in (town.officer, town.approver, town.desk):
        assert found_in(home, [one.identifier]) == []
    assert town.ok(town.officer, "show", new)["predecessor"] is None
    assert town.verdict(town.bundle(new)) == "VALID"


def test_no_personal_data_on_the_ledger_in_manifests_logs_or_on_the_desk(issued: Town) -> None:
    values = [value for place in range(3) for value in Person(issued, place).values]
    for place in ("desk", "blobs", "ledger"):
        assert found_in(issued.folder / place, values) == [], place
    with issued.reader() as reader:
        data = "".join(str(value) for value in _input_of(reader))
    assert data
    for value in values:
        assert value.encode().hex() not in data
    outbox = [path for path in issued.officer.iterdir() if path.name.startswith("outbox")]
    assert outbox
    for path in outbox:
        assert not any(form in path.read_bytes() for value in values for form in forms(value))


def _input_of(reader: LedgerReader) -> Iterator[str]:
    for _, lane in reader.lanes():
        for facts in reader.anchors(BUREAU, lane):
            yield reader.rpc.call("eth_getTransactionByHash", ["0x" + facts.transaction.hex()])["input"]
