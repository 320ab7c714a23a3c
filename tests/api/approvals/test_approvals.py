"""People decide from devices of their own; the signer, which runs by itself, obeys them, on a real chain."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.approvals import content, decisions_of, submit_decision, waiting
from chain.desk.decisions import request_digest, sign_decision
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import Home
from chain.ledger.decision import Decision
from tests.api.jobs.kit import eventually
from tests.api.people import Person, content_of, hand_in
from tests.api.town import BUREAU, LICENCE, Town, licences

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")


@pytest.fixture
def anna(town: Town) -> Person:
    return Person(town, "anna").move_in().listed()


@pytest.fixture
def bela(town: Town) -> Person:
    return Person(town, "bela").move_in().listed()


def begin(town: Town, count: int = 2, first: int = 1) -> int:
    """A list in the register that waits for people."""
    file = town.write_list(f"list-{first}.csv", licences(count, first=first))
    said = town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0")
    assert said.data["waitingFor"] == "release"
    return int(said.data["batch"])


def finish(town: Town, batch: int) -> int:
    """Let the signer run by itself and the batch go on; the exit code."""
    with town.signing(approve=False):
        return town.run(town.officer, "batch", "run", str(batch), "--wait", "30").code


def anchored(town: Town) -> int:
    with town.reader() as reader:
        return len(list(reader.anchors(BUREAU, LICENCE)))


def test_a_list_is_issued_by_a_decision_from_another_device(town: Town, anna: Person) -> None:
    batch = begin(town)
    (item,) = town.ok(town.officer, "decisions", "waiting")["waiting"]
    assert (item["request"], item["operation"], item["size"]) == (f"batch-{batch}", "issue", 2)
    decided = hand_in(town, item["request"], anna, "--approve")
    assert any("营业执照" in line for line in decided["lines"]), "she is told what she signs"
    assert town.run(town.officer, "decisions", "show", decided["request"]).data["decisions"][0]["state"] == "sent"
    assert finish(town, batch) == 0
    assert anchored(town) == 1
    shown = town.ok(town.officer, "decisions", "show", decided["request"])["decisions"]
    assert [(one["address"], one["state"]) for one in shown] == [(anna.address, "granted")]
    (kept,) = town.ok(town.approver, "approver", "decisions")["decisions"]
    assert (kept["name"], kept["approve"], kept["kind"], kept["size"]) == ("anna", True, "issue", 2)
    assert kept["request"] == decided["request"]
    assert town.ok(town.officer, "decisions", "waiting")["waiting"] == []


def test_a_refusal_reaches_the_officer_with_its_reason(town: Town, anna: Person) -> None:
    batch = begin(town)
    hand_in(town, f"batch-{batch}", anna, "--refuse", "--reason", "row 1 has no approval on file")
    with town.signing(approve=False):
        said = town.run(town.officer, "batch", "run", str(batch), "--wait", "30")
    assert said.code == 1
    assert "row 1 has no approval on file" in said.data["error"]["message"]
    assert anchored(town) == 0


def test_revoking_in_bulk_waits_for_the_second_person(town: Town, anna: Person, bela: Person) -> None:
    town.ok(town.approver, "approver", "rule", "revoke", "--above", "1")
    batch = begin(town)
    hand_in(town, f"batch-{batch}", anna, "--approve")
    assert finish(town, batch) == 0
    names = town.identifiers(batch)
    said = town.run(town.officer, "revoke", *names, "--reason", "forged papers", "--wait", "0")
    reference = f"act-{said.data['acts'][0]['act']}"
    first = hand_in(town, reference, anna, "--approve")

    def shown() -> tuple[str, int | None, int | None]:
        (one,) = town.run(town.officer, "decisions", "show", first["request"]).data["decisions"]
        return one["state"], one.get("have"), one.get("needed")

    with town.signing(approve=False):
        eventually(lambda: shown() == ("counted", 1, 2), why=shown)
        said = town.run(town.officer, "acts", "--wait", "1")
    assert said.code == 2, "one person is not enough"
    assert shown() == ("counted", 1, 2)
    hand_in(town, reference, bela, "--approve")
    with town.signing(approve=False):
        town.ok(town.officer, "acts", "--wait", "30")
    assert {town.ok(town.officer, "show", name)["status"] for name in names} == {"REVOKED"}


def test_where_people_are_listed_nobody_approves_at_the_signer_alone(town: Town, anna: Person) -> None:
    begin(town)
    said = town.run(town.approver, "approve", "--all")
    assert (said.code, said.data["error"]["code"]) == (1, "approve.listed")
    town.ok(town.approver, "approver", "remove", anna.address)
    assert not town.ok(town.approver, "approver", "list")["people"][0]["active"]
    said = town.run(town.approver, "approve", "--all")
    assert said.code == 1, "removing everybody does not open the old way"


def test_who_was_removed_decides_no_more(town: Town, anna: Person, bela: Person) -> None:
    batch = begin(town)
    town.ok(town.approver, "approver", "remove", anna.address)
    decided = hand_in(town, f"batch-{batch}", anna, "--approve")
    with town.signer() as signer:
        assert signer.answer_waiting() == []
    (one,) = town.run(town.officer, "decisions", "show", decided["request"]).data["decisions"]
    assert (one["state"], one["code"]) == ("rejected", "decision.unknown")
    hand_in(town, f"batch-{batch}", bela, "--approve")
    assert finish(town, batch) == 0


class TestTheRegistersSide:
    def test_the_content_is_what_lies_on_the_desk_to_the_byte(self, town: Town, anna: Person) -> None:
        batch = begin(town)
        with town.office() as office, town.signer() as signer:
            found = content(office, f"batch-{batch}")
            assert signer.read(found.name).to_bytes() == found.data
            assert request_digest(found.data) == found.digest
            assert [item.reference for item in waiting(office)] == [f"batch-{batch}"]

    def test_and_that_of_an_act_too(self, town: Town, anna: Person) -> None:
        batch = begin(town)
        hand_in(town, f"batch-{batch}", anna, "--approve")
        assert finish(town, batch) == 0
        name = town.identifiers(batch)[0]
        said = town.run(town.officer, "suspend", name, "--reason", "x", "--wait", "0")
        with town.office() as office, town.signer() as signer:
            found = content(office, f"act-{said.data['acts'][0]['act']}")
            assert signer.read(found.name).to_bytes() == found.data
            assert (found.kind, found.size) == ("suspend", 1)

    def test_a_decision_that_cannot_count_is_refused_before_it_reaches_the_desk(self, town: Town, anna: Person) -> None:
        one, other = begin(town), begin(town, first=50)
        reference = f"batch-{one}"
        signed = anna.decision(content_of(town, reference), "--approve")
        with town.office() as office:
            domain = office.ledger.domain
            said = signed.decision

            def refused(wrong: Decision, kind: type[Exception], **changes: int) -> str:
                with pytest.raises(kind) as caught:
                    submit_decision(office, reference, sign_decision(wrong, replace(domain, **changes), anna.key))
                return str(caught.value.code)  # type: ignore[attr-defined]

            assert refused(replace(said, bureau="11440100000000002J"), Refused) == "decision.bureau"
            assert refused(replace(said, at=1, not_after=2), Refused) == "decision.expired"
            assert refused(said, Refused, chain_id=1) == "decision.signature"
            assert refused(replace(said, request=content(office, f"batch-{other}").digest), Conflict) == (
                "decision.request"
            )
            for unknown in ("batch-99", "act-1", "batch-0", "batch-1 ", "../approver"):
                with pytest.raises(NotFound):
                    submit_decision(office, unknown, signed)
            assert office.desk.decisions.names() == []
            assert decisions_of(office, said.request) == []
            assert submit_decision(office, reference, signed).state == "sent"
        assert finish(town, one) == 0
        with town.office() as office, pytest.raises(Conflict) as caught:
            submit_decision(office, reference, signed)
        assert caught.value.code == "approval.over"

    def test_who_made_a_request_is_turned_away_at_once_and_by_the_signer(self, town: Town, anna: Person) -> None:
        config = town.officer / "config.toml"
        config.write_text(f'operator_address = "{anna.address}"\n' + config.read_text())
        batch = begin(town)
        file = content_of(town, f"batch-{batch}")
        assert json.loads(file.read_bytes())["body"]["maker"] == anna.address
        signed = anna.decision(file, "--approve")
        with town.office() as office:
            with pytest.raises(Refused) as caught:
                submit_decision(office, f"batch-{batch}", signed)
            assert caught.value.code == "decision.maker"
            office.desk.decisions.put(signed)
            with town.signer() as signer:
                assert signer.answer_waiting() == []
            (given,) = decisions_of(office, signed.decision.request)
        assert (given.state, given.code) == ("rejected", "decision.maker")


class TestTheCommand:
    def test_it_shows_without_signing_and_hands_a_wallet_its_typed_data(self, town: Town, anna: Person) -> None:
        file = content_of(town, f"batch-{begin(town)}")
        shown = town.ok(anna.home, "decide", "--request-file", str(file))
        assert "decision" not in shown
        assert unhex0x(shown["request"]) == request_digest(file.read_bytes())
        typed = town.ok(anna.home, "decide", "--request-file", str(file), "--approve", "--typed-data")["typedData"]
        assert typed["domain"]["name"] == "Yinxin Decision"
        assert typed["message"]["request"] == shown["request"]

    def test_it_signs_nothing_that_was_changed_on_the_way(self, town: Town, anna: Person, tmp_path: Path) -> None:
        file = content_of(town, f"batch-{begin(town)}")
        value = json.loads(file.read_bytes())
        value["body"]["drafts"][0]["fields"]["certificateHolderName"] = "示例换名有限公司"
        changed = tmp_path / "changed.json"
        changed.write_bytes(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        said = town.run(anna.home, "decide", "--request-file", str(changed), "--approve", "--key", str(anna.wallet))
        assert (said.code, said.data["error"]["code"]) == (1, "desk.rows")

    def test_a_refusal_needs_a_reason_and_a_signature_a_key(self, town: Town, anna: Person) -> None:
        file = content_of(town, f"batch-{begin(town)}")
        said = town.run(anna.home, "decide", "--request-file", str(file), "--refuse", "--key", str(anna.wallet))
        assert said.data["error"]["code"] == "decision.reason"
        said = town.run(anna.home, "decide", "--request-file", str(file), "--approve")
        assert said.data["error"]["code"] == "decide.key"
        (anna.home / "wrong.json").write_text("{}")
        said = town.run(
            anna.home, "decide", "--request-file", str(file), "--approve", "--key", str(anna.home / "wrong.json")
        )
        assert said.data["error"]["code"] == "keys.passphrase_wrong"


@pytest.mark.parametrize(("words", "code"), [
    (("0x12", "--name", "x", "--kind", "*"), "encoding.hex"),
    (("0x" + "12" * 20, "--name", " ", "--kind", "*"), "approver.name"),
    (("0x" + "12" * 20, "--name", "x", "--kind", "everything"), "approver.kind"),
    (("0x" + "12" * 20, "--name", "x", "--kind", "revoke=many"), "approver.kind"),
])  # fmt: skip
def test_what_is_no_approver_is_not_added(shared_town: Town, words: tuple[str, ...], code: str) -> None:
    said = shared_town.run(shared_town.approver, "approver", "add", *words)
    assert (said.code, said.data["error"]["code"]) == (1, code)
    assert shared_town.ok(shared_town.approver, "approver", "list")["people"] == []


def test_the_list_of_people_is_kept_in_the_approvers_home_only(shared_town: Town) -> None:
    said = shared_town.run(shared_town.officer, "approver", "list")
    assert (said.code, said.data["error"]["code"]) == (1, "signer.home")


def test_an_operators_address_is_one(shared_town: Town, tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        home.write_config({"operator_address": "anna"})
    assert caught.value.field == "operator_address"
