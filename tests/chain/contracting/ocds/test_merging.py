"""Merging by the rules of the standard; releases merged are the state that the ledger tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chain.contracting.ocds import compiled
from tests.chain.contracting.ocds.process import whole


def release(number: int, **members: Any) -> dict[str, Any]:
    return {"ocid": "ocds-x", "id": str(number), "date": f"2026-01-0{number}T00:00:00Z", "tag": ["tender"], **members}


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ({"title": "a"}, {"title": "b"}, {"title": "b"}),
        ({"title": "a"}, {"description": "b"}, {"title": "a", "description": "b"}),
        ({"title": "a"}, {"title": None}, {}),
        ({"title": None}, {"id": "1"}, {"id": "1"}),
        ({"value": {"a": 1, "b": "X"}}, {"value": {"a": 2}}, {"value": {"a": 2, "b": "X"}}),
        ({"submissionMethod": ["a", "b"]}, {"submissionMethod": ["c"]}, {"submissionMethod": ["c"]}),
        (
            {"documents": [{"id": "1", "title": "a"}, {"id": "2"}]},
            {"documents": [{"id": "3"}, {"id": "1", "format": "f"}]},
            {"documents": [{"id": "1", "title": "a", "format": "f"}, {"id": "2"}, {"id": "3"}]},
        ),
        (
            {"documents": [{"id": "1", "title": "a"}]},
            {"documents": [{"id": "1", "title": None}]},
            {"documents": [{"id": "1"}]},
        ),
    ],
)  # fmt: skip
def test_a_later_release_replaces_member_by_member_and_lists_by_id(
    first: dict[str, Any], second: dict[str, Any], merged: dict[str, Any]
) -> None:
    for order in (
        [release(1, tender=first), release(2, tender=second)],
        [release(2, tender=second), release(1, tender=first)],
    ):
        assert compiled(order)["tender"] == merged


def test_lists_that_are_one_value_are_replaced_and_what_is_about_one_release_is_left_out() -> None:
    one = {"id": "a", "additionalIdentifiers": [{"id": "1"}, {"id": "2"}]}
    two = {"id": "a", "additionalIdentifiers": [{"id": "3"}]}
    place = {"transaction": "0x", "block": 1}
    found = compiled([release(1, parties=[one], ledger=place, transition="notice"), release(2, parties=[two])])
    assert found["parties"] == [two]
    assert "ledger" not in found
    assert "transition" not in found
    assert (found["id"], found["date"], found["tag"]) == (
        "ocds-x-2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", ["compiled"],
    )  # fmt: skip


def _by_id(value: Any) -> Any:
    """Lists of entries with an ``id`` say nothing by their order."""
    if isinstance(value, dict):
        return {name: _by_id(part) for name, part in value.items()}
    if isinstance(value, list):
        found = [_by_id(one) for one in value]
        return (
            sorted(found, key=lambda one: one["id"])
            if found and isinstance(found[0], dict) and "id" in found[0]
            else found
        )
    return value


def test_at_every_transition_the_releases_merged_are_the_state_that_the_ledger_tells(tmp_path: Path) -> None:
    process = whole(tmp_path)
    events = list(process.events)
    for count in range(1, len(events) + 1):
        process.events = events[:count]
        found = process.publish()
        whole_one = dict(found.record["records"][0]["compiledRelease"])
        for name in ("id", "date", "tag"):
            del whole_one[name]
        assert _by_id(whole_one) == _by_id(found.told.state), events[count - 1].name


def test_merging_leaves_releases_as_they_are(tmp_path: Path) -> None:
    found = whole(tmp_path).publish()
    assert [one.value for one in found.told.releases] == found.releases["releases"]
    again = compiled(found.releases["releases"])
    assert again == found.record["records"][0]["compiledRelease"]
