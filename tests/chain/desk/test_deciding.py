"""A signer that runs by itself obeys the people on its own list, over the very request they saw, and once."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from chain.desk.approvers import Approvers, Rule
from chain.desk.decisions import SignedDecision, decision_name
from chain.desk.messages import Answer, Request
from chain.kernel.errors import Damaged, InvalidInput
from chain.ledger.typed import Domain
from tests.chain.desk.persons import ANNA, BELA, CHEN, decide, listed, said
from tests.chain.desk.stage import Batch, Stage, drafts_of
from tests.support.memory_ledger import CHAIN_ID


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """Anna and Bela may decide."""
    listed(stage, ANNA.approver(), BELA.approver())
    return stage


def laid(stage: Stage, **options: Any) -> tuple[Batch, Request]:
    """A batch whose release is on the desk."""
    batch = stage.batch(**options)
    request = batch.release()
    stage.desk.submit(request)
    return batch, request


def answer(stage: Stage, request: Request) -> Answer | None:
    return stage.desk.answer(request.id)


class TestWhoAndWhat:
    def test_an_approver_releases_a_list(self, stage: Stage) -> None:
        batch, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request)) == "granted"
        assert stage.code(batch.root()) == "granted"

    def test_and_refuses_it_with_a_reason(self, stage: Stage) -> None:
        batch, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request, approve=False, reason="row 2 is wrong")) == "refused"
        found = answer(stage, request)
        assert found is not None
        assert (found.ok, found.code, found.message) == (False, "desk.refused", "row 2 is wrong")
        assert stage.code(batch.root()) == "desk.not_released"

    def test_a_stranger_does_not(self, stage: Stage) -> None:
        _, request = laid(stage)
        assert said(stage, CHEN.decision(stage, request)) == "decision.unknown"
        assert answer(stage, request) is None

    def test_nor_one_whose_time_is_over_or_has_not_come(self, stage: Stage) -> None:
        now = stage.ledger.block.time
        listed(stage, ANNA.approver(until=now), BELA.approver(since=now + 1))
        _, request = laid(stage)
        for person in (ANNA, BELA):
            assert said(stage, person.decision(stage, request)) == "decision.unknown"

    def test_nobody_speaks_in_another_ones_name(self, stage: Stage) -> None:
        _, request = laid(stage)
        signed = CHEN.decision(stage, request)
        forged = replace(signed, address=ANNA.decision(stage, request).address)
        assert said(stage, forged) == "decision.signature"
        assert answer(stage, request) is None

    @pytest.mark.parametrize(("changes", "code"), [
        ({"bureau": "11440100000000002J"}, "decision.bureau"), ({"bureau": "authority"}, "decision.bureau"),
        ({"domain": Domain(CHAIN_ID + 1, bytes(20))}, "decision.signature"),
        ({"domain": Domain(CHAIN_ID, bytes(20))}, "decision.signature"),
        ({"at": 1, "not_after": 2}, "decision.expired"),
    ])  # fmt: skip
    def test_what_was_signed_for_something_else_does_not_count(
        self, stage: Stage, changes: dict[str, Any], code: str
    ) -> None:
        _, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request, **changes)) == code
        assert answer(stage, request) is None

    def test_a_decision_on_one_list_releases_no_other(self, stage: Stage) -> None:
        _, seen = laid(stage)
        signed = ANNA.decision(stage, seen)
        stage.desk.withdraw(seen.id)
        other, changed = laid(stage, drafts=[*drafts_of(3)[:2], *drafts_of(1, first=9)])
        assert said(stage, signed) == "decision.request"
        assert answer(stage, changed) is None
        assert stage.code(other.root()) == "desk.not_released"

    def test_a_request_swapped_under_the_same_name_is_not_the_one_decided_on(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, seen = laid(stage)
        signed = ANNA.decision(stage, seen)
        stage.desk.withdraw(seen.id)
        other = stage.batch(first=40).release()
        # 64 bits of a name can be met by whoever makes both requests; the whole digest can't.
        monkeypatch.setattr(stage.desk, "waiting", lambda: [seen.id])
        monkeypatch.setattr(stage.desk, "read", lambda _name, _key: other)
        assert said(stage, signed) == "decision.request"

    def test_nothing_that_waits_for_nobody_is_decided(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        batch = stage.released()
        root = batch.root()
        stage.desk.submit(root)
        assert said(stage, ANNA.decision(stage, root)) == "decision.not_needed"


class TestMakers:
    def test_who_made_it_does_not_decide_on_it(self, stage: Stage) -> None:
        batch = stage.batch()
        request = batch.release(maker=ANNA.address)
        stage.desk.submit(request)
        assert said(stage, ANNA.decision(stage, request)) == "decision.maker"
        assert said(stage, BELA.decision(stage, request)) == "granted"

    def test_nor_under_her_name_as_an_operator_which_this_home_knows(self, stage: Stage) -> None:
        listed(stage, ANNA.approver(operators=("O-001",)), BELA.approver())
        _, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request)) == "decision.maker"

    def test_nor_on_her_own_status_act(self, stage: Stage) -> None:
        stage.open_list()
        batch = stage.anchored()
        listed(stage, ANNA.approver(operators=("O-001",)), BELA.approver())
        request = stage.change([stage.event(batch, 0, "revoke")])
        stage.desk.submit(request)
        assert said(stage, ANNA.decision(stage, request)) == "decision.maker"
        assert said(stage, BELA.decision(stage, request)) == "granted"


class TestHowMany:
    def test_each_decides_on_her_own_kinds(self, stage: Stage) -> None:
        stage.open_list()
        batch = stage.anchored()
        listed(stage, ANNA.approver(kinds={"issue": None}), BELA.approver(kinds={"revoke": None}))
        revoke, suspend = (stage.change([stage.event(batch, 0, verb)]) for verb in ("revoke", "suspend"))
        for request in (revoke, suspend):
            stage.desk.submit(request)
        assert said(stage, ANNA.decision(stage, revoke)) == "decision.kind"
        assert said(stage, BELA.decision(stage, suspend)) == "decision.kind"
        assert said(stage, BELA.decision(stage, revoke)) == "granted"

    def test_beyond_what_she_may_decide_alone_a_second_must_agree(self, stage: Stage) -> None:
        listed(stage, ANNA.approver(kinds={"issue": 2}), BELA.approver(kinds={"issue": 2}))
        batch, request = laid(stage, count=3)
        ruling = decide(stage, ANNA.decision(stage, request))
        assert (ruling.state, ruling.have, ruling.needed) == ("counted", 1, 2)
        assert answer(stage, request) is None
        assert said(stage, BELA.decision(stage, request)) == "granted"
        name = ANNA.decision(stage, request).name
        first = stage.desk.decisions.ruling(name)
        assert first is not None
        assert first.state == "granted", "the first one is told, too"
        assert stage.code(batch.root()) == "granted"

    def test_revoking_in_bulk_takes_two_and_one_of_them_twice_is_one(self, stage: Stage) -> None:
        stage.open_list()
        batch = stage.anchored()
        listed(stage, ANNA.approver(), BELA.approver(), revoke=Rule(1, 1, 2))
        one = stage.change([stage.event(batch, 0, "revoke")])
        stage.desk.submit(one)
        assert said(stage, ANNA.decision(stage, one)) == "granted"
        stage.carry_out(one)
        many = stage.change([stage.event(batch, place, "revoke") for place in (1, 2)])
        stage.desk.submit(many)
        assert said(stage, ANNA.decision(stage, many)) == "counted"
        assert said(stage, ANNA.decision(stage, many)) == "counted", "the same decision again changes nothing"
        assert said(stage, ANNA.decision(stage, many, reason="once more")) == "decision.twice"
        assert answer(stage, many) is None
        assert said(stage, BELA.decision(stage, many)) == "granted"

    def test_one_no_outweighs_a_yes(self, stage: Stage) -> None:
        listed(stage, ANNA.approver(), BELA.approver(), issue=Rule(2))
        batch, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request)) == "counted"
        assert said(stage, BELA.decision(stage, request, approve=False, reason="no")) == "refused"
        assert stage.code(batch.root()) == "desk.not_released"

    def test_who_has_left_meanwhile_is_not_counted(self, stage: Stage) -> None:
        listed(stage, ANNA.approver(), BELA.approver(), issue=Rule(2))
        _, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request)) == "counted"
        listed(stage, ANNA.approver(until=stage.ledger.block.time), BELA.approver(), issue=Rule(2))
        assert said(stage, BELA.decision(stage, request)) == "counted"
        assert answer(stage, request) is None

    def test_a_yes_is_not_lost_when_another_change_overtakes_the_act(self, stage: Stage) -> None:
        stage.open_list()
        batch = stage.anchored()
        listed(stage, ANNA.approver(), BELA.approver(), revoke=Rule(2))
        events = [stage.event(batch, 0, "revoke")]
        first = stage.change(events)
        stage.desk.submit(first)
        assert said(stage, ANNA.decision(stage, first)) == "counted"
        stage.desk.withdraw(first.id)
        other = stage.change([stage.event(batch, 1, "suspend")])
        assert stage.code(other, approve=True) == "granted"
        stage.carry_out(other)
        again = stage.change(events)
        stage.desk.submit(again)
        assert said(stage, BELA.decision(stage, again)) == "granted"

    def test_but_a_yes_to_an_act_is_good_for_one_change_only(self, stage: Stage) -> None:
        stage.open_list()
        batch = stage.anchored()
        listed(stage, ANNA.approver(), BELA.approver(), suspend=Rule(2))
        events = [stage.event(batch, 0, "suspend")]
        first = stage.change(events)
        stage.desk.submit(first)
        for person in (ANNA, BELA):
            decide(stage, person.decision(stage, first))
        stage.carry_out(first)
        back = stage.change([stage.event(batch, 0, "reinstate")])
        assert stage.code(back, approve=True) == "granted"
        stage.carry_out(back)
        again = stage.change(events)
        stage.desk.submit(again)
        assert said(stage, BELA.decision(stage, again)) == "counted", "Anna's word of then is used up"
        assert answer(stage, again) is None


class TestOnce:
    def test_an_old_decision_releases_nothing_after_a_recall(self, stage: Stage) -> None:
        batch, request = laid(stage)
        signed = ANNA.decision(stage, request)
        assert said(stage, signed) == "granted"
        assert stage.code(batch.recall()) == "granted"
        stage.desk.clear()
        stage.desk.submit(request)
        said(stage, signed)
        found = answer(stage, request)
        assert found is not None
        assert not found.ok
        assert stage.code(batch.root()) == "desk.recalled"

    def test_nor_one_that_was_held_back_until_then(self, stage: Stage) -> None:
        batch, request = laid(stage)
        signed = ANNA.decision(stage, request)
        stage.desk.withdraw(request.id)
        assert stage.code(batch.recall()) == "granted"
        stage.desk.submit(request)
        assert said(stage, signed) == "decision.recalled"
        assert stage.code(batch.root()) == "desk.not_released"

    def test_the_list_may_be_laid_down_anew_and_decided_anew(self, stage: Stage) -> None:
        batch, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request)) == "granted"
        assert stage.code(batch.recall()) == "granted"
        again = batch.release(batch=2, createdAt=2)
        stage.desk.submit(again)
        assert said(stage, ANNA.decision(stage, request)) == "granted", "it was, but nothing came of it"
        assert answer(stage, again) is None
        assert said(stage, ANNA.decision(stage, again)) == "granted"
        assert stage.code(batch.root()) == "granted"

    def test_a_refused_request_stays_refused(self, stage: Stage) -> None:
        batch, request = laid(stage)
        assert said(stage, ANNA.decision(stage, request, approve=False, reason="no")) == "refused"
        stage.desk.clear()
        stage.desk.submit(request)
        assert said(stage, BELA.decision(stage, request)) == "decision.decided"
        found = answer(stage, request)
        assert found is not None
        assert (found.ok, found.message) == (False, "no")
        assert stage.code(batch.root()) == "desk.not_released"

    def test_what_was_decided_when_the_signer_died_is_carried_out_by_the_next(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch, request = laid(stage)
        signed = ANNA.decision(stage, request)
        stage.desk.decisions.put(signed)
        with monkeypatch.context() as patch:
            patch.setattr(stage.signer, "grant", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                stage.signer.answer_waiting()
        assert answer(stage, request) is None
        stage.signer.answer_waiting()
        found = answer(stage, request)
        assert found is not None
        assert found.ok
        ruling = stage.desk.decisions.ruling(signed.name)
        assert ruling is not None
        assert ruling.state == "granted"
        assert stage.desk.decisions.names() == []
        assert stage.code(batch.root()) == "granted"


class TestHostileFolder:
    def test_what_is_no_decision_is_answered_or_passed_over_and_stops_nobody(self, stage: Stage) -> None:
        batch, request = laid(stage)
        good = ANNA.decision(stage, request)
        folder = stage.desk.path / "decisions"
        folder.mkdir(exist_ok=True)
        names = [decision_name(bytes([number]) * 32, bytes(20)) for number in range(6)]
        (folder / f"{names[0]}.json").write_bytes(b"not json")
        (folder / f"{names[1]}.json").write_bytes(b"x" * 100_000)
        os.mkfifo(folder / f"{names[2]}.json")
        (folder / f"{names[3]}.json").symlink_to(stage.desk.path / "approver.json")
        (folder / f"{names[4]}.json").write_bytes(good.to_bytes())
        (folder / f"{names[5]}.json").mkdir()
        (folder / "odd name.json").write_bytes(b"{}")
        stage.desk.decisions.put(good)
        stage.signer.answer_waiting()
        states = [stage.desk.decisions.ruling(name) for name in names]
        codes = [None if ruling is None else (ruling.state, ruling.code) for ruling in states]
        assert codes == [
            ("rejected", "canonical.json"), ("rejected", "decision.file"), None, None, ("rejected", "decision.name"),
            None,
        ]  # fmt: skip
        assert stage.code(batch.root()) == "granted"
        stage.signer.answer_waiting()

    def test_a_flood_is_worked_off_in_bounded_rounds(self, stage: Stage) -> None:
        _, request = laid(stage)
        folder = stage.desk.path / "decisions"
        folder.mkdir(exist_ok=True)
        for number in range(300):
            (folder / f"{decision_name(number.to_bytes(32, 'big'), bytes(20))}.json").write_bytes(b"{}")
        stage.desk.decisions.put(ANNA.decision(stage, request))
        for _ in range(2):
            stage.signer.answer_waiting()
        assert answer(stage, request) is not None

    def test_a_damaged_list_of_people_counts_as_no_answer(self, stage: Stage) -> None:
        _, request = laid(stage)

        def damaged() -> Approvers:
            raise InvalidInput("approvers.json: unknown format", code="approver.form", field="approvers.json")

        stage.deciding._people = damaged
        stage.desk.decisions.put(ANNA.decision(stage, request))
        with pytest.raises(Damaged):
            stage.signer.answer_waiting()
        stage.deciding._people = lambda: stage.people
        stage.signer.answer_waiting()
        assert answer(stage, request) is not None

    def test_a_request_that_is_malformed_fails_though_people_agreed(self, stage: Stage) -> None:
        batch = stage.batch()
        request = batch.release(rowsDigest="AA")
        stage.desk.submit(request)
        assert said(stage, ANNA.decision(stage, request)) == "desk.rows"


class TestEvidence:
    def test_each_decision_is_kept_with_its_signature(self, stage: Stage) -> None:
        _, request = laid(stage)
        signed = ANNA.decision(stage, request)
        decide(stage, signed)
        (kept,) = stage.evidence.all()
        assert (kept.signed, kept.kind, kept.size) == (signed, "issue", 3)
        assert SignedDecision.from_bytes(kept.signed.to_bytes()).is_signed(stage.domain)

    @pytest.mark.parametrize("statement", [
        "DELETE FROM decisions", "UPDATE decisions SET approve = 1", "DELETE FROM decided",
        "UPDATE decided SET name = ''",
    ])  # fmt: skip
    def test_and_is_never_changed(self, stage: Stage, statement: str) -> None:
        _, request = laid(stage)
        decide(stage, ANNA.decision(stage, request, approve=False, reason="no"))
        file = stage.desk.path.parent / "signer.sqlite"
        database = sqlite3.connect(file)
        with pytest.raises(sqlite3.IntegrityError, match="evidence"):
            database.execute(statement)
        database.close()

    def test_what_is_rejected_is_not_kept(self, stage: Stage) -> None:
        _, request = laid(stage)
        decide(stage, CHEN.decision(stage, request))
        assert list(stage.evidence.all()) == []
