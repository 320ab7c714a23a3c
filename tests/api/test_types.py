"""A fifth type, defined by nothing but a proposal: approved, issued, verified, renewed under version 2, rebuilt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.types.service import open_types, propose_type, retire_type, run_type
from chain.catalogue import read_definition
from chain.credentials.leaf import type_leaf
from chain.documents.cids import cid_of_sha256
from chain.kernel.errors import Conflict, InvalidInput, Refused
from scripts.samples.lists import csv_bytes
from tests.api.fixtures import prepare, running
from tests.api.town import BUREAU, OTHER, Said, Town
from tests.support.guarantee import CODE, HEADING, SLUG, as_json, definition, row, second

pytestmark = pytest.mark.loopback

ROWS = """SELECT action, code, version, document, digest, state, sequence, root, manifest_digest FROM type_acts
    WHERE state = 'active' ORDER BY sequence"""


def write(town: Town, name: str, raw: dict[str, Any]) -> Path:
    file = town.folder / name
    file.write_bytes(as_json(raw))
    return file


def propose(town: Town, raw: dict[str, Any], *, approve: bool = True) -> Said:
    file = write(town, f"definition-{raw['version']}.json", raw)
    with town.signing(approve=approve):
        return town.run(town.officer, "type", "propose", str(file), "--reason", "tenders", "--wait", "60")


def accredit(town: Town) -> None:
    file = town.folder / "shown.json"
    town.ok(town.officer, "type", "show", SLUG, "--out", str(file))
    town.ok(town.authority, "authority", "accredit", BUREAU, "--type", str(file))


def issue(town: Town, rows: list[tuple[str, ...]], *, verb: str = "issue", heading: tuple[str, ...] = HEADING) -> Said:
    file = town.folder / f"{verb}.csv"
    file.write_bytes(csv_bytes([heading, *rows], "utf-8"))
    with town.signing():
        return town.run(town.officer, verb, str(file), "--type", SLUG, "--wait", "60")


def registered(town: Town, query: str = ROWS) -> list[tuple[Any, ...]]:
    with town.office() as office, office.engine.connect() as connection:
        return [tuple(found) for found in connection.exec_driver_sql(query)]


def live(town: Town) -> None:
    """Version 1 approved, three issued, version 2 approved, one renewed under it, version 1 retired."""
    assert propose(town, definition()).data["state"] == "active"
    accredit(town)
    assert issue(town, [row(number) for number in (1, 2, 3)]).data["issued"] == 3
    assert propose(town, second()).data["state"] == "active"
    renewal = (*row(1, until="2062-03-31", kind="独立"), "ZB-2024-001")
    assert issue(town, [renewal], verb="renew", heading=(*HEADING, "招标编号")).data["issued"] == 1
    with town.signing():
        words = ("--version", "1", "--reason", "超出使用期", "--wait", "60")
        assert town.ok(town.officer, "type", "retire", SLUG, *words)["state"] == "active"


@pytest.fixture(scope="module")
def lived_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That town at rest."""
    return prepare(town_template, tmp_path_factory.mktemp("types"), live)


@pytest.fixture
def lived(lived_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of it for one test."""
    yield from running(lived_template, tmp_path / "town")


class TestLife:
    def test_it_is_issued_verified_and_renewed_under_version_2(self, lived: Town) -> None:
        (old, *others), (new,) = lived.identifiers(1), lived.identifiers(2)
        assert lived.verdict(lived.bundle(old)) == "SUPERSEDED"
        assert [lived.verdict(lived.bundle(other)) for other in others] == ["VALID", "VALID"]
        at_home = lived.verify(lived.bundle(new))
        assert str(at_home.verdict) == "VALID"
        assert at_home.certificate is not None
        assert at_home.certificate["type"]["zh"] == "投标保函"
        assert "招标编号" in [one["zh"] for one in at_home.certificate["fields"]]
        assert registered(lived, "SELECT template_version FROM batches ORDER BY id") == [(1,), (2,)]
        assert lived.ok(lived.officer, "show", new)["predecessor"] == old
        ((fields,),) = registered(lived, "SELECT fields FROM certificates WHERE batch_id = 2")
        assert json.loads(fields)["KZ_tenderNumber"] == "ZB-2024-001"
        assert lived.ok(lived.officer, "batch", "list")["batches"][0]["version"] == 2

    def test_a_verifier_who_never_heard_of_the_type_answers_the_same(self, lived: Town) -> None:
        """Another home, without a register: labels are the names of the fields, the limit of age is the general one."""
        (new,) = lived.identifiers(2)
        clerk = lived.folder / "clerk"
        lived.ok(clerk, "init", "clerk", "--node", "../ledger", "--blobs", "../blobs")
        lived.ok(clerk, "trust", "pin", str(lived.authority / "trust-root.json"))
        found = lived.verify(lived.bundle(new), home=clerk)
        assert str(found.verdict) == "VALID"
        assert found.certificate is not None
        assert found.certificate["type"] == {"code": CODE, "zh": None, "en": None}
        labels = {one["name"]: one["zh"] for one in found.certificate["fields"]}
        assert labels["KZ_beneficiary"] == "KZ_beneficiary"
        lived.ok(lived.officer, "batch", "out", "2", str(lived.folder / "out"))
        stamp = (lived.folder / "out" / "qr" / f"{new}.png").read_bytes()
        by_stamp = lived.verify(stamp, home=clerk)
        assert str(by_stamp.verdict) == "VALID"
        assert by_stamp.certificate is not None
        assert {one["value"] for one in by_stamp.certificate["fields"]} >= {"CNY 500000.00", "独立"}

    def test_which_definition_was_in_force_when_is_public_and_provable(self, lived: Town) -> None:
        with lived.reader() as reader, lived.office() as office:
            anchors = list(reader.anchors(BUREAU, "$types"))
            first = read_definition(as_json(definition()))
            assert [facts.size for facts in anchors] == [1, 1, 1]
            assert anchors[0].root == type_leaf(first.digest)
            assert office.store.get(cid_of_sha256(first.digest)) == first.document
            assert anchors[1].root == type_leaf(read_definition(as_json(second())).digest)

    def test_the_register_is_made_anew_with_its_types(self, lived: Town) -> None:
        queries = (
            ROWS,
            "SELECT template_version, rows_digest, root FROM batches ORDER BY id",
            "SELECT identifier, fields, uniqueness, predecessor FROM certificates ORDER BY id",
        )
        before = [registered(lived, query) for query in queries]
        lived.lose_register()
        done = lived.ok(lived.officer, "rebuild")
        assert (done["types"], done["batches"], done["certificates"]) == (3, 2, 4)
        assert [registered(lived, query) for query in queries] == before
        again = issue(lived, [row(2, until="2063-03-31")], verb="renew")
        assert again.data["issued"] == 1
        assert registered(lived, "SELECT template_version FROM batches ORDER BY id") == [(1,), (2,), (2,)]

    def test_nothing_is_issued_under_a_retired_version(self, lived: Town) -> None:
        with lived.office() as office:
            catalogue = office.catalogue
            assert [kind.version for kind in catalogue.versions(SLUG)] == [1, 2]
            assert catalogue.find("投标保函").version == 2
            assert not catalogue.is_active(catalogue.find(SLUG, 1))
            with pytest.raises(Refused) as caught:
                catalogue.check_issuable(catalogue.find(SLUG, 1))
            assert caught.value.code == "catalogue.version"
        with lived.signing():
            words = ("--version", "2", "--reason", "停办", "--wait", "60")
            lived.ok(lived.officer, "type", "retire", SLUG, *words)
        for verb in ("issue", "renew"):
            said = issue(lived, [row(2, until="2064-03-31")], verb=verb)
            assert (said.code, said.data["error"]["code"]) == (1, "catalogue.retired")
        known = lived.run(lived.officer, "type", "list").data["types"]
        assert [item["active"] for item in known if item["code"] == CODE] == [False, False]

    def test_a_new_approver_learns_the_types_from_the_ledger(self, lived: Town) -> None:
        """Its memory is lost; without the introduction it refuses, and no person is asked for what is anchored."""
        for path in lived.approver.glob("signer.sqlite*"):
            path.unlink()
        refused = issue(lived, [row(9)])
        assert (refused.code, refused.data["error"]["code"]) == (1, "batch.refused")
        assert "was approved here" in refused.data["error"]["message"]
        with lived.signing(approve=False):
            assert lived.ok(lived.officer, "type", "run", "--wait", "60")["introduced"] == 3
        assert issue(lived, [row(9)]).data["issued"] == 1


class TestProposal:
    def test_a_person_reads_what_changes_and_may_refuse(self, town: Town) -> None:
        file = write(town, "definition.json", definition())
        said = town.run(town.officer, "type", "propose", str(file), "--reason", "tenders", "--wait", "0")
        assert (said.code, said.data["state"], said.data["waitingFor"]) == (2, "waiting", "approval")
        (waiting,) = town.ok(town.approver, "approvals")["waiting"]
        assert (waiting["kind"], waiting["action"], waiting["slug"], waiting["version"]) == ("type", "approve", SLUG, 1)
        assert any("受益人" in one["zh"] and "beneficiary" in one["en"] for one in waiting["changes"])
        town.ok(town.approver, "refuse", waiting["request"], "--reason", "no such product")
        said = town.run(town.officer, "type", "run", "1", "--wait", "60")
        assert (said.code, said.data["error"]["code"]) == (1, "type.refused")
        assert "no such product" in said.data["error"]["message"]
        assert town.run(town.officer, "type", "show", SLUG).data["error"]["code"] == "catalogue.type"
        assert propose(town, definition()).data["state"] == "active", "mended or not, it may be proposed again"

    def test_the_same_definition_again_is_the_same_proposal(self, town: Town) -> None:
        with town.office() as office:
            first = propose_type(office, as_json(definition()))
            again = propose_type(office, json.dumps(definition()).encode())
            assert (first.new, again.new, again.act) == (True, False, first.act)
            with pytest.raises(Conflict) as caught:
                propose_type(office, as_json(definition(en="another name")))
            assert caught.value.code == "type.open"

    def test_a_recall_frees_the_name_and_is_granted_by_the_signer(self, town: Town) -> None:
        file = write(town, "definition.json", definition())
        town.run(town.officer, "type", "propose", str(file), "--wait", "0")
        late = town.run(town.officer, "type", "recall", "1", "--wait", "0")
        assert late.data["error"]["code"] == "type.signer"
        with town.signing(approve=False):
            assert town.ok(town.officer, "type", "recall", "1", "--wait", "60")["state"] == "recalled"
        assert town.ok(town.approver, "approvals")["waiting"] == []
        assert propose(town, definition(en="another name")).data["state"] == "active"
        late = town.run(town.officer, "type", "recall", "2", "--wait", "0")
        assert late.data["error"]["code"] == "type.too_late"

    def test_two_proposals_at_once_get_a_place_each_and_one_approval_each(self, town: Town) -> None:
        other = definition(
            slug="other-guarantee", zh="履约保函", en="performance guarantee", code="11440100000000001FT06"
        )
        other["fields"][0]["derive"] = "constant:履约保函"
        with town.office() as office, office.writing():
            acts = [propose_type(office, as_json(raw)).act for raw in (definition(), other)]
            assert [run_type(office, act).waiting_for for act in acts] == ["approval", "approval"]
            with town.signer() as signer:
                for item in signer.waiting():
                    signer.approve(item.name)
            assert [run_type(office, act).state for act in acts][:1] == ["active"]
            assert open_types(office) == acts[1:], "its place was taken; the signer is asked anew, no person is"
            with town.signer() as signer:
                assert signer.waiting() == []
                signer.answer_waiting()
            assert run_type(office, acts[1]).state == "active"

    def test_a_home_that_answers_for_another_bureau_proposes_nothing(self, shared_town: Town) -> None:
        with shared_town.office() as office:
            office.__dict__["actor"] = OTHER
            with pytest.raises(Refused) as caught:
                propose_type(office, as_json(definition()))
            assert caught.value.code == "type.succeeded"
            assert open_types(office) == []

    @pytest.mark.parametrize(
        ("changes", "code", "field"),
        [
            ({"version": 3}, "catalogue.version", "version"),
            ({"slug": "business-licence"}, "catalogue.taken", "slug"),
            ({"zh": "营业执照"}, "catalogue.taken", "zh"),
            ({"code": "11440100000000002JT05"}, "catalogue.type", "codeStatus"),
            ({"holder": "both"}, "catalogue.format", "holder"),
        ],
    )
    def test_what_may_not_be_proposed_is_named(
        self, shared_town: Town, changes: dict[str, Any], code: str, field: str
    ) -> None:
        with shared_town.office() as office:
            with pytest.raises((Conflict, InvalidInput)) as caught:
                propose_type(office, as_json(definition(**changes)))
            assert (caught.value.code, caught.value.field) == (code, field)
            assert caught.value.fix
            with pytest.raises(InvalidInput):
                retire_type(office, "business-licence", 1, reason=" ")
            assert open_types(office) == []
