"""Which state may follow which, and what a record of an act looks like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials.status_list import Status
from chain.issuing import OPERATIONS, EventRecord, check_transition
from chain.kernel.errors import InvalidInput, Refused

ENDS = set(Status) - {Status.VALID, Status.SUSPENDED}
FINAL = ENDS - {Status.LAPSED, Status.PENALTY}

EVENT = EventRecord(
    "revoke", "11440100000000001F", "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7",
    "s0001", 7, 0, 1, "O-001", "granted on a forged paper", 1_767_225_600,
)  # fmt: skip


@pytest.mark.parametrize("before", sorted(FINAL))
@pytest.mark.parametrize("after", sorted(Status))
def test_no_final_state_is_ever_left(before: Status, after: Status) -> None:
    with pytest.raises(Refused) as caught:
        check_transition(before, after, identifier="X")
    assert caught.value.code == "status.transition"
    assert "final" in (caught.value.fix or "")


@pytest.mark.parametrize("before", sorted(ENDS))
@pytest.mark.parametrize("after", [Status.VALID, Status.SUSPENDED])
def test_no_end_leads_back_into_force(before: Status, after: Status) -> None:
    with pytest.raises(Refused):
        check_transition(before, after, identifier="X")


def test_what_lapsed_may_be_punished_and_what_was_punished_is_cancelled() -> None:
    check_transition(Status.LAPSED, Status.PENALTY, identifier="X")
    check_transition(Status.PENALTY, Status.CANCELLED, identifier="X")
    with pytest.raises(Refused) as caught:
        check_transition(Status.PENALTY, Status.OTHER, identifier="X")
    assert caught.value.fix == "from here only: cancel"


@pytest.mark.parametrize("after", sorted(ENDS | {Status.SUSPENDED}))
def test_from_valid_everything_is_possible(after: Status) -> None:
    check_transition(Status.VALID, after, identifier="X")


def test_a_suspended_one_may_be_reinstated_or_ended_not_suspended_again() -> None:
    check_transition(Status.SUSPENDED, Status.VALID, identifier="X")
    check_transition(Status.SUSPENDED, Status.REVOKED, identifier="X")
    with pytest.raises(Refused) as caught:
        check_transition(Status.SUSPENDED, Status.SUSPENDED, identifier="X")
    assert "reinstate" in (caught.value.fix or "")
    with pytest.raises(Refused):
        check_transition(Status.VALID, Status.VALID, identifier="X")


def test_operations_and_transitions_say_the_same() -> None:
    for operation in OPERATIONS.values():
        for before in Status:
            try:
                check_transition(before, operation.after, identifier="X")
                allowed = True
            except Refused:
                allowed = False
            assert allowed == (before in operation.before), (operation.name, before)
    assert {operation.after for operation in OPERATIONS.values()} == set(Status)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(texts, texts, st.none() | texts, st.integers(0, 131_071), st.sampled_from(sorted(Status)))
def test_a_record_comes_back(operator: str, reason: str, successor: str | None, index: int, after: Status) -> None:
    event = replace(EVENT, operator=operator, reason=reason, successor=successor, status_index=index, after=int(after))
    assert EventRecord.from_bytes(event.to_bytes()) == event


@pytest.mark.parametrize(
    "change", [{"after": 9}, {"before": "x"}, {"more": 1}, {"reason": None, "status_index": None, "extra": 0}]
)
def test_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        EventRecord.from_dict({**EVENT.as_dict(), **change})
    lacking = EVENT.as_dict()
    del lacking["identifier"]
    with pytest.raises(InvalidInput):
        EventRecord.from_dict(lacking)
    with pytest.raises(InvalidInput):
        EventRecord.from_bytes(EVENT.to_bytes() + b" ")
