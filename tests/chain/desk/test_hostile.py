"""A seized officer's home, or whoever can write into the desk's folder, neither stops the signer nor misleads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.credentials.credential import issue_credential
from chain.desk.messages import Answer, Request
from chain.issuing import Slot, credential_content
from chain.kernel.errors import InvalidInput
from tests.chain.desk.stage import KIND, Batch, Stage, drafts_of, following
from tests.support.world import LICENCE, USCC


def nothing_disclosed(batch: Batch) -> Request:
    """A root whose first credential hides everything, its identifier too."""
    return batch.root(credentials=[batch.credentials[0].jwt + "~", *batch.root().body["credentials"][1:]])


@pytest.mark.parametrize("body", [
    {}, {"drafts": []}, {"drafts": 1, "lane": LICENCE}, {"drafts": [{}], "lane": LICENCE, "rowsDigest": 5},
    {"drafts": [], "lane": "no such type", "operation": "issue", "source": "x", "operator": "x", "rowsDigest": "="},
])  # fmt: skip
@pytest.mark.parametrize("kind", ["release", "root", "recall", "list", "status"])
def test_a_malformed_request_is_refused_and_stops_nobody(stage: Stage, kind: str, body: dict[str, Any]) -> None:
    batch = stage.released()
    name = stage.desk.submit(Request(kind, USCC, body))
    stage.signer.answer_waiting()
    assert stage.signer.waiting() == []
    if stage.desk.answer(name) is None:
        stage.signer.approve(name)
    answer = stage.desk.answer(name)
    assert answer is not None
    assert not answer.ok
    assert stage.code(batch.root()) == "granted"


def test_a_credential_that_hides_its_identifier_is_refused(stage: Stage) -> None:
    batch = stage.released()
    assert stage.code(nothing_disclosed(batch)) == "desk.form"
    assert stage.code(batch.root()) == "granted"


@pytest.mark.parametrize("changes", [
    {"identifier": {}}, {"identifier": 2**50}, {"status_index": -1}, {"status_index": 2**40}, {"status_index": True},
    {"status_list": []}, {"successor": 1}, {"before": "VALID"}, {"at": "x"}, {"reason": None},
])  # fmt: skip
def test_an_event_with_odd_members_is_refused(stage: Stage, changes: dict[str, Any]) -> None:
    stage.open_list()
    batch = stage.anchored()
    request = stage.change([stage.event(batch, 0, "supersede", successor="x")])
    odd = {**request.body["events"][0], **changes}
    assert stage.code(Request("status", USCC, {**request.body, "events": [odd]}), approve=True).startswith(
        ("event.", "desk.", "status")
    )
    assert stage.code(stage.change([stage.event(batch, 0, "revoke")]), approve=True) == "granted"


def test_a_release_that_cannot_be_shown_to_a_person_is_not_released(stage: Stage) -> None:
    batch = stage.batch()
    body = dict(batch.release().body)
    del body["source"]
    name = stage.desk.submit(Request("release", USCC, body))
    assert stage.signer.waiting() == []
    stage.signer.answer_waiting()
    answer = stage.desk.answer(name)
    assert answer is not None
    assert not answer.ok
    assert stage.state.released(batch.digest) is None


def test_one_act_hides_no_other_operation_behind_the_first(stage: Stage) -> None:
    stage.open_list()
    batch = stage.anchored()
    for changes in ({"reason": "another"}, {"operator": "O-002"}):
        events = [stage.event(batch, 0, "suspend"), stage.event(batch, 1, "suspend", **changes)]
        assert stage.code(stage.change(events), approve=True) == "desk.changes"
    events = [stage.event(batch, 0, "suspend"), stage.event(batch, 1, "penalise")]
    assert stage.code(stage.change(events), approve=True) == "desk.changes"


def test_slots_of_one_list_are_not_swapped_between_two_roots(stage: Stage) -> None:
    """Else an act on one certificate could be made to hit another of the same list."""
    batch = stage.released()
    assert stage.code(batch.root()) == "granted"
    swapped = Batch(batch.drafts, [batch.slots[1], batch.slots[0], batch.slots[2]]).seal(stage.key)
    assert stage.code(swapped.root()) == "desk.slot"


def test_what_is_no_request_on_the_desk_stops_nobody(stage: Stage) -> None:
    batch = stage.released()
    requests = stage.desk.path / "requests"
    (requests / "release-2222222222222222.age").mkdir()
    (requests / "root-3333333333333333.age").symlink_to(requests / "nowhere")
    assert stage.code(batch.root()) == "granted"


@pytest.mark.parametrize("changes", [{"ok": "yes"}, {"signatures": {"anchor": 1}}, {"message": 1}])
def test_an_answer_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    answer = replace(Answer("root-0", True, "0x", 1), **changes)
    with pytest.raises((InvalidInput, TypeError, ValueError)):
        Answer.from_bytes(answer.to_bytes())


def test_a_refusal_repeats_nothing_of_a_malformed_request(stage: Stage) -> None:
    batch = stage.released()
    answer = stage.ask(batch.root(sequence="4401 SECRET"))
    assert answer is not None
    assert answer.code == "desk.form"
    assert "SECRET" not in answer.message


def test_a_predecessor_is_closed_by_no_other_lists_successor(stage: Stage) -> None:
    stage.open_list()
    old = stage.anchored()
    renewal = stage.anchored(drafts=[following(old.drafts[0])], at=300)
    event = stage.event(old, 1, "supersede", successor=renewal.drafts[0].identifier)
    assert stage.code(stage.change([event])) == "waits"


def test_a_credential_with_another_slot_than_its_place_says_is_not_signed(stage: Stage) -> None:
    batch = stage.released(drafts=drafts_of(2))
    text = issue_credential(credential_content(batch.drafts[0], KIND, USCC, Slot("s0001", 5)), stage.key).text
    assert stage.code(batch.root(credentials=[text, batch.credentials[1].text])) == "desk.content"
