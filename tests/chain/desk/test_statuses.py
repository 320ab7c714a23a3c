"""What the signer demands of a status change, and what it signs without a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chain.credentials.status_list import Status, StatusList
from chain.desk.messages import Request
from chain.issuing import EventRecord
from chain.kernel.encoding import b64url, hex0x, sha256, unhex0x
from chain.keys.signatures import recover
from chain.ledger.typed import Domain, StatusChange
from tests.chain.desk.stage import LIST, Batch, Stage, drafts_of, following
from tests.support.memory_ledger import ANCHOR_LOG, CHAIN_ID, pad
from tests.support.world import LICENCE, OTHER_USCC, USCC, signer

YEARS = 60 * 365 * 86_400


@pytest.fixture
def batch(stage: Stage) -> Batch:
    """Three issued certificates with an end of validity, in slots 100 to 102."""
    stage.open_list()
    drafts = [draft for draft in drafts_of(9) if draft.expires is not None][:3]
    return stage.anchored(drafts=drafts)


def test_a_change_waits_for_a_person_who_reads_what_it_is(stage: Stage, batch: Batch) -> None:
    request = stage.change([stage.event(batch, 0, "revoke", reason="granted on a forged paper")])
    assert stage.code(request) == "waits"
    (shown,) = stage.signer.waiting()
    assert shown.data == {"size": 1, "operation": "revoke", "reason": "granted on a forged paper", "operator": "O-001"}
    assert batch.drafts[0].identifier in "\n".join(shown.lines)
    answer = stage.signer.approve(request.id)
    digest = StatusChange(USCC, LIST, stage.head, sha256_of_new(request), USCC).digest(Domain(CHAIN_ID, ANCHOR_LOG))
    assert recover(digest, unhex0x(answer.signatures["status"], size=65)) == stage.address


def sha256_of_new(request: Request) -> bytes:
    from chain.kernel.encoding import unb64url

    return sha256(unb64url(request.body["newToken"]))


Tamper = Callable[[Stage, Batch], Request]


def entry_without_event(stage: Stage, batch: Batch) -> Request:
    return stage.change([stage.event(batch, 0, "revoke")], also={102: Status.REVOKED})


def event_without_entry(stage: Stage, batch: Batch) -> Request:
    events = [stage.event(batch, 0, "revoke"), stage.event(batch, 1, "revoke")]
    alone = stage.change(events[:1])
    return stage.change(events, newToken=alone.body["newToken"])


def entry_of_another(stage: Stage, batch: Batch) -> Request:
    event = stage.event(batch, 0, "revoke", status_index=102)
    return stage.change([event])


def out_of_a_final_state(stage: Stage, batch: Batch) -> Request:
    request = stage.change([stage.event(batch, 0, "revoke")])
    assert stage.code(request, approve=True) == "granted"
    stage.carry_out(request)
    event = replace(stage.event(batch, 0, "reinstate"), before=int(Status.REVOKED))
    return stage.change([event])


def operation_that_leads_elsewhere(stage: Stage, batch: Batch) -> Request:
    return stage.change([stage.event(batch, 0, "suspend", after=int(Status.REVOKED))])


def unknown_operation(stage: Stage, batch: Batch) -> Request:
    return stage.change([replace(stage.event(batch, 0, "revoke"), operation="forget")])


def same_entry_twice(stage: Stage, batch: Batch) -> Request:
    event = stage.event(batch, 0, "revoke")
    return stage.change([event, event])


def wrong_state_before(stage: Stage, batch: Batch) -> Request:
    return stage.change([stage.event(batch, 0, "reinstate", before=int(Status.SUSPENDED))])


def one_record_too_few(stage: Stage, batch: Batch) -> Request:
    return stage.change([stage.event(batch, 0, "revoke")], records=[])


def other_owner(stage: Stage, batch: Batch) -> Request:
    return stage.change([stage.event(batch, 0, "revoke", bureau=OTHER_USCC)], owner=OTHER_USCC)


def event_of_another_bureau(stage: Stage, batch: Batch) -> Request:
    return stage.change([stage.event(batch, 0, "revoke", bureau=OTHER_USCC)])


def token(**changes: object) -> Tamper:
    def tamper(stage: Stage, batch: Batch) -> Request:
        status = stage.status.copy()
        status.set(100, Status.REVOKED)
        forged = stage.sign_list(status, **changes)  # type: ignore[arg-type]
        return stage.change([stage.event(batch, 0, "revoke")], newToken=b64url(forged))

    return tamper


def stale(stage: Stage, batch: Batch) -> Request:
    request = stage.change([stage.event(batch, 0, "revoke")])
    other = stage.change([stage.event(batch, 1, "suspend")])
    assert stage.code(other, approve=True) == "granted"
    stage.carry_out(other)
    return request


def other_old_list(stage: Stage, batch: Batch) -> Request:
    event = stage.event(batch, 0, "revoke")
    status = stage.status.copy()
    status.set(102, Status.REVOKED)
    return stage.change([event], also={102: Status.REVOKED}, oldToken=b64url(stage.sign_list(status, head=bytes(32))))


REFUSED: dict[str, tuple[Tamper, str]] = {
    "an entry changed that no event speaks of": (entry_without_event, "desk.changes"),
    "an event whose entry was not changed": (event_without_entry, "desk.changes"),
    "the entry of another certificate": (entry_of_another, "desk.identifier"),
    "a final state left": (out_of_a_final_state, "status.transition"),
    "an operation that leads elsewhere": (operation_that_leads_elsewhere, "desk.operation"),
    "an unknown operation": (unknown_operation, "desk.operation"),
    "one entry twice": (same_entry_twice, "desk.changes"),
    "another state before": (wrong_state_before, "desk.status"),
    "a record missing": (one_record_too_few, "desk.size"),
    "another bureau's list": (other_owner, "desk.bureau"),
    "an event of another bureau": (event_of_another_bureau, "desk.changes"),
    "a token of another list": (token(name="s0002"), "desk.token"),
    "a token of another bureau": (token(bureau=OTHER_USCC), "desk.token"),
    "a token over another head": (token(head=bytes(32)), "desk.token"),
    "a token in a successor's name": (token(actor=OTHER_USCC), "desk.token"),
    "a token signed by a stranger": (token(key=signer(9)), "desk.key"),
    "a list that has changed meanwhile": (stale, "desk.status"),
    "another list as the old one": (other_old_list, "desk.status"),
    "a place in the lane further on": (
        lambda stage, batch: stage.change([stage.event(batch, 0, "revoke")], sequence=5),
        "desk.status",
    ),
    "no events at all": (lambda stage, batch: Request("status", USCC, {"owner": USCC, "list": LIST}), "desk.form"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_tampered_change_is_refused_even_if_a_person_approves(stage: Stage, batch: Batch, fault: str) -> None:
    tamper, code = REFUSED[fault]
    assert stage.code(tamper(stage, batch), approve=True) == code


class TestFirstState:
    def test_a_list_is_opened_once_and_empty(self, stage: Stage) -> None:
        full = StatusList()
        full.set(3, Status.REVOKED)
        assert stage.code(stage.list_request(stage.sign_list(full))) == "desk.token"
        assert stage.code(stage.list_request(stage.sign_list(StatusList(), name="s0002"))) == "desk.token"
        assert stage.code(stage.list_request(stage.sign_list(StatusList(), key=stage.stranger))) == "desk.key"
        stage.open_list()
        again = stage.sign_list(StatusList(), head=bytes(32))
        stage.desk.clear()
        assert stage.code(stage.list_request(again)) == "desk.status"


class TestWithoutAPerson:
    def test_a_lapse_past_its_date_by_the_ledgers_clock(self, stage: Stage, batch: Batch) -> None:
        stage.ledger.mine(YEARS)
        event = stage.event(batch, 0, "lapse")
        assert stage.code(stage.change([event], expired={event.identifier: batch.expiry(0)})) == "granted"

    def test_no_lapse_before_its_date(self, stage: Stage, batch: Batch) -> None:
        event = stage.event(batch, 0, "lapse")
        assert stage.code(stage.change([event], expired={event.identifier: batch.expiry(0)})) == "waits"

    def test_no_lapse_shown_by_another_certificates_date(self, stage: Stage, batch: Batch) -> None:
        stage.ledger.mine(YEARS)
        event = stage.event(batch, 0, "lapse")
        own = batch.expiry(0)
        for proof in (None, "x", [], {}, batch.expiry(1), {**own, "path": own["path"][1:]}, {**own, "sequence": 2},
                      {**own, "record": batch.expiry(1)["record"]}, {**own, "path": None}):  # fmt: skip
            assert stage.code(stage.change([event], expired={event.identifier: proof})) == "waits"
        assert stage.code(stage.change([event])) == "waits"

    def test_no_lapse_by_a_credential_that_was_signed_for_it_and_never_anchored(
        self, stage: Stage, batch: Batch
    ) -> None:
        """The officer's home holds the signing key; whoever seizes it can write any date."""
        past = replace(batch.drafts[0], not_before=1, expires=stage.ledger.block.time - 1)
        forged = Batch([past, *batch.drafts[1:]], batch.slots).seal(stage.key)
        event = stage.event(batch, 0, "lapse")
        assert stage.code(stage.change([event], expired={event.identifier: forged.expiry(0)})) == "waits"

    def test_no_lapse_of_a_certificate_without_end(self, stage: Stage) -> None:
        stage.open_list()
        endless = [draft for draft in drafts_of(9) if draft.expires is None][:1]
        batch = stage.anchored(drafts=endless)
        stage.ledger.mine(YEARS)
        event = stage.event(batch, 0, "lapse")
        assert stage.code(stage.change([event], expired={event.identifier: batch.expiry(0)})) == "waits"

    def test_no_revocation_dressed_as_a_lapse(self, stage: Stage, batch: Batch) -> None:
        stage.ledger.mine(YEARS)
        event = stage.event(batch, 0, "lapse", after=int(Status.REVOKED))
        assert stage.code(stage.change([event], expired={event.identifier: batch.expiry(0)})) == "desk.operation"

    def test_a_predecessor_whose_successors_root_is_signed(self, stage: Stage, batch: Batch) -> None:
        renewal = stage.anchored(drafts=[following(batch.drafts[0])], at=300)
        event = stage.event(batch, 0, "supersede", successor=renewal.drafts[0].identifier)
        assert stage.code(stage.change([event])) == "granted"

    def test_no_predecessor_of_a_list_that_is_only_released(self, stage: Stage, batch: Batch) -> None:
        renewal = stage.released(drafts=[following(batch.drafts[0])], at=300)
        event = stage.event(batch, 0, "supersede", successor=renewal.drafts[0].identifier)
        assert stage.code(stage.change([event])) == "waits"

    def test_no_predecessor_with_a_successor_that_nobody_released(self, stage: Stage, batch: Batch) -> None:
        for successor in (following(batch.drafts[0]).identifier, batch.drafts[1].identifier, None):
            event = stage.event(batch, 0, "supersede", successor=successor)
            assert stage.code(stage.change([event])) == "waits"

    def test_not_the_entry_of_another_certificate_in_a_predecessors_name(self, stage: Stage, batch: Batch) -> None:
        renewal = stage.anchored(drafts=[following(batch.drafts[0])], at=300)
        event = stage.event(batch, 0, "supersede", successor=renewal.drafts[0].identifier, status_index=102)
        assert stage.code(stage.change([event])) == "desk.identifier"

    def test_not_one_more_beside_those_that_are_allowed(self, stage: Stage, batch: Batch) -> None:
        renewal = stage.anchored(drafts=[following(batch.drafts[0])], at=300)
        events = [
            stage.event(batch, 0, "supersede", successor=renewal.drafts[0].identifier),
            stage.event(batch, 1, "revoke"),
        ]
        assert stage.code(stage.change(events)) == "waits"

    def test_no_other_act(self, stage: Stage, batch: Batch) -> None:
        for operation in ("suspend", "revoke", "cancel", "penalise", "close", "transfer"):
            assert stage.code(stage.change([stage.event(batch, 0, operation)])) == "waits"


class TestApprovedOnce:
    def test_an_approved_act_that_lost_a_race_is_signed_anew_without_asking_again(
        self, stage: Stage, batch: Batch
    ) -> None:
        event, other = stage.event(batch, 0, "revoke"), stage.event(batch, 1, "suspend")
        first, second = stage.change([event]), stage.change([other])
        assert [stage.code(request, approve=True) for request in (first, second)] == ["granted", "granted"]
        stage.carry_out(second)
        assert stage.code(stage.change([event])) == "granted"

    def test_an_approval_given_too_late_counts_for_the_same_act_over_the_new_list(
        self, stage: Stage, batch: Batch
    ) -> None:
        event, other = stage.event(batch, 0, "revoke"), stage.change([stage.event(batch, 1, "suspend")])
        late = stage.change([event])
        stage.desk.submit(late)
        stage.code(other, approve=True)
        stage.carry_out(other)
        assert stage.code(late, approve=True) == "desk.status"
        assert stage.code(stage.change([event])) == "granted"

    def test_an_approval_is_used_up_once_the_act_is_on_the_ledger(self, stage: Stage, batch: Batch) -> None:
        suspend = stage.event(batch, 0, "suspend")
        for event in (suspend, stage.event(batch, 0, "reinstate", before=int(Status.SUSPENDED))):
            request = stage.change([event])
            assert stage.code(request, approve=True) == "granted"
            stage.carry_out(request)
        assert stage.code(stage.change([suspend])) == "waits"

    @pytest.mark.parametrize(
        "changes", [{"reason": "another"}, {"operator": "O-002"}, {"status_index": 101}, {"at": 1}, {"successor": "x"}]
    )
    def test_it_is_for_that_act_alone(self, stage: Stage, batch: Batch, changes: dict[str, object]) -> None:
        event = stage.event(batch, 0, "revoke")
        assert stage.code(stage.change([event]), approve=True) == "granted"
        stage.desk.clear()
        assert stage.code(stage.change([replace(event, **changes)])) in ("waits", "desk.identifier")

    def test_a_stale_request_is_answered_so_that_it_blocks_nobody(self, stage: Stage, batch: Batch) -> None:
        assert stage.code(stale(stage, batch)) == "desk.status"
        assert stage.signer.waiting() == []


class TestSuccession:
    """``succeed(old, next)``: the next bureau's keys change the old one's lists, and nothing else of it."""

    def succeeded(self, stage: Stage) -> tuple[bytes, EventRecord, dict[str, object]]:
        """The stage's own bureau takes over another one's list."""
        old_key, old_address = signer(5), b"\x05" * 20
        stage.ledger.add_key(OTHER_USCC, old_key.thumbprint, "credential", old_key.public_key)
        stage.ledger.add_key(OTHER_USCC, pad(old_address), "anchor")
        first = stage.sign_list(StatusList(), key=old_key, bureau=OTHER_USCC, head=bytes(32))
        head = stage.ledger.anchor_status(OTHER_USCC, LIST, bytes(32), sha256(first), old_address).head
        identifier = drafts_of(1, bureau=OTHER_USCC)[0].identifier
        event = EventRecord(
            "revoke", OTHER_USCC, identifier, LIST, 9, 0, int(Status.REVOKED), "O-001", "its bureau is gone",
            stage.ledger.block.time,
        )  # fmt: skip
        status = StatusList()
        status.set(9, Status.REVOKED)
        body = {
            "owner": OTHER_USCC, "previousHead": hex0x(head), "oldToken": b64url(first),
            "newToken": b64url(stage.sign_list(status, bureau=OTHER_USCC, head=head, actor=USCC)),
        }  # fmt: skip
        return head, event, body

    def test_before_it_is_named_the_next_bureau_is_refused(self, stage: Stage) -> None:
        _, event, body = self.succeeded(stage)
        assert stage.code(stage.change([event], **body), approve=True) == "desk.bureau"

    def test_afterwards_it_signs_in_its_own_name(self, stage: Stage) -> None:
        head, event, body = self.succeeded(stage)
        stage.ledger.succeed(OTHER_USCC, USCC)
        request = stage.change([event], **body)
        answer = stage.ask(request, approve=True)
        assert answer is not None
        assert answer.ok, answer
        change = StatusChange(OTHER_USCC, LIST, head, sha256_of_new(request), USCC)
        signature = unhex0x(answer.signatures["status"], size=65)
        assert recover(change.digest(Domain(CHAIN_ID, ANCHOR_LOG)), signature) == stage.address

    def test_a_token_in_the_old_bureaus_name_is_refused(self, stage: Stage) -> None:
        head, event, body = self.succeeded(stage)
        stage.ledger.succeed(OTHER_USCC, USCC)
        status = StatusList()
        status.set(9, Status.REVOKED)
        forged = stage.sign_list(status, bureau=OTHER_USCC, head=head)
        assert stage.code(stage.change([event], **{**body, "newToken": b64url(forged)}), approve=True) == "desk.token"

    def test_it_signs_no_certificates_of_the_old_bureau(self, stage: Stage) -> None:
        stage.ledger.succeed(OTHER_USCC, USCC)
        batch = stage.batch(drafts=drafts_of(1, bureau=OTHER_USCC))
        assert stage.code(batch.release(), approve=True) == "desk.identifier"
        assert stage.code(batch.root()) == "desk.not_released"


def test_the_lane_in_these_tests_is_the_licences(stage: Stage) -> None:
    assert stage.batch().lane == LICENCE
