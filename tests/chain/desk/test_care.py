"""What the signer makes of imports and of retention: it judges identifiers itself, and forgets only what has ended."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from chain.credentials.status_list import Status
from chain.desk.messages import Request
from chain.identifiers import mint
from chain.issuing import Draft
from chain.kernel.encoding import b64url, sha256
from tests.chain.desk.stage import LIST, Batch, Stage, drafts_of, following
from tests.support.world import LICENCE, OTHER_USCC, USCC


def named(draft: Draft, identifier: str) -> Draft:
    return replace(draft, identifier=identifier, version=identifier.split(".")[-2])


def wrong_check(identifier: str) -> str:
    return identifier[:-1] + ("A" if identifier[-1] != "A" else "B")


REGIONAL = str(mint(LICENCE, "440100", "OLD0000001", "002"))


class TestImport:
    def test_identifiers_of_other_making_are_signed_and_counted_for_the_person(self, stage: Stage) -> None:
        first, second = drafts_of(2)
        batch = stage.batch(drafts=[named(first, wrong_check(REGIONAL)), second])
        name = stage.desk.submit(batch.release(operation="import"))
        (summary,) = stage.signer.waiting()
        assert (summary.data["size"], summary.data["failing"]) == (2, 1)
        assert "1 of 2" in "\n".join(summary.lines)
        assert wrong_check(REGIONAL) in "\n".join(summary.lines)
        assert stage.signer.approve(name).ok
        assert stage.code(batch.root()) == "granted"

    @pytest.mark.parametrize("operation", ["issue", "renew", "change", "transfer"])
    def test_no_other_operation_brings_them(self, stage: Stage, operation: str) -> None:
        batch = stage.batch(drafts=[named(drafts_of(1)[0], REGIONAL)])
        assert stage.code(batch.release(operation=operation), approve=True) == "desk.identifier"
        batch = stage.batch(drafts=[named(drafts_of(1)[0], wrong_check(REGIONAL))])
        assert stage.code(batch.release(operation=operation), approve=True) == "identifier.check"
        assert stage.code(batch.root()) == "desk.not_released"

    def test_in_its_own_name_they_keep_every_rule_and_in_a_strangers_none_come_in(self, stage: Stage) -> None:
        (draft,) = drafts_of(1)
        for identifier, code in (
            (wrong_check(draft.identifier), "identifier.check"),
            (str(mint(LICENCE, OTHER_USCC, "OLD0000001")), "identifier.of_another"),
            (REGIONAL.replace(LICENCE, "11100000MB0143028R002"), "identifier.other-type"),
        ):
            batch = Batch([named(draft, identifier)], [])
            assert stage.code(batch.release(operation="import"), approve=True) == code, identifier

    def test_what_is_imported_follows_nothing(self, stage: Stage) -> None:
        batch = Batch([following(drafts_of(1)[0])], [])
        assert stage.code(batch.release(operation="import"), approve=True) == "desk.import"

    def test_without_a_person_nothing(self, stage: Stage) -> None:
        assert stage.code(stage.batch().release(operation="import")) == "waits"


def retention(stage: Stage, batch: Batch, *places: int, **changes: object) -> Request:
    """Asks to forget those certificates of a batch."""
    records = [
        {
            "identifier": batch.drafts[place].identifier,
            "number": batch.drafts[place].number,
            "list": LIST,
            "index": batch.slots[place].index,
            "state": "REVOKED",
            "since": "2026-01-01T00:00:00Z",
        }
        for place in places
    ]
    body = {
        "run": 1,
        "operator": "O-001",
        "at": 1,
        "rules": [{"type": LICENCE, "years": 10, "count": len(records)}],
        "lists": [{"name": LIST, "token": b64url(stage.token)}],
        "records": records,
    }
    return Request("retention", USCC, {**body, **changes})


def revoked(stage: Stage) -> Batch:
    """A batch of three on the ledger, the first of which is revoked."""
    stage.open_list()
    batch = stage.anchored()
    request = stage.change([stage.event(batch, 0, "revoke")])
    assert stage.code(request, approve=True) == "granted"
    stage.carry_out(request)
    return batch


class TestRetention:
    def test_a_person_decides_and_nothing_is_signed(self, stage: Stage) -> None:
        batch = revoked(stage)
        request = retention(stage, batch, 0)
        assert stage.code(request) == "waits"
        answer = stage.ask(request, approve=True)
        assert answer is not None
        assert (answer.ok, dict(answer.signatures)) == (True, {})

    def test_it_forgets_whose_slot_it_was_but_not_that_it_is_taken(self, stage: Stage, tmp_path: Path) -> None:
        batch = revoked(stage)
        name = sha256(batch.drafts[0].identifier.encode())
        assert name in (tmp_path / "signer.sqlite").read_bytes() + (tmp_path / "signer.sqlite-wal").read_bytes()
        assert stage.code(retention(stage, batch, 0), approve=True) == "granted"
        stage.close()
        assert name not in (tmp_path / "signer.sqlite").read_bytes()
        with sqlite3.connect(tmp_path / "signer.sqlite") as database:
            assert database.execute("SELECT count(*) FROM slots").fetchone() == (3,)
            assert database.execute("SELECT count(*) FROM released_drafts").fetchone() == (0,)
        database.close()

    def test_what_is_in_force_is_never_forgotten(self, stage: Stage) -> None:
        batch = revoked(stage)
        assert stage.code(retention(stage, batch, 0, 1), approve=True) == "desk.retention"
        forged = stage.status.copy()
        forged.set(batch.slots[1].index, Status.REVOKED)
        lists = [{"name": LIST, "token": b64url(stage.sign_list(forged))}]
        assert stage.code(retention(stage, batch, 1, lists=lists), approve=True) == "desk.retention"

    def test_another_entry_than_its_own_shows_nothing(self, stage: Stage) -> None:
        batch = revoked(stage)
        records = [{**retention(stage, batch, 1).body["records"][0], "index": batch.slots[0].index}]
        assert stage.code(retention(stage, batch, 1, records=records), approve=True) == "desk.identifier"

    def test_a_list_that_was_replaced_since_shows_a_final_state_as_well(self, stage: Stage) -> None:
        batch = revoked(stage)
        request = retention(stage, batch, 0)
        later = stage.change([stage.event(batch, 1, "suspend")])
        assert stage.code(later, approve=True) == "granted"
        stage.carry_out(later)
        assert stage.code(request, approve=True) == "granted"


def test_the_answer_tells_nobody_who_it_was(stage: Stage) -> None:
    batch = revoked(stage)
    answer = stage.ask(retention(stage, batch, 1), approve=True)
    assert answer is not None
    assert not answer.ok
    assert batch.drafts[1].number not in answer.message
    assert batch.drafts[1].identifier not in answer.message
