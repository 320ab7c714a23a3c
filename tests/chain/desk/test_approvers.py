"""The list of people: its one form, and how many of them it takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.desk.approvers import (
    FILE,
    Approver,
    Approvers,
    Rule,
    kind_of,
    load_approvers,
    makers_of,
    save_approvers,
    size_of,
)
from chain.desk.messages import Request
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput

ANNA = Approver("0x" + "aa" * 20, "Anna", 100, None, {"issue": 10, "status": None}, ("O-001",))
BELA = Approver("0x" + "bb" * 20, "Bela", 100, 200, {"*": 5})
LIST = Approvers((ANNA, BELA), {"status": Rule(1, 3, 2), "revoke": Rule(2)})


def test_there_and_back_and_nobody_where_no_file_is(tmp_path: Path) -> None:
    assert load_approvers(tmp_path) == Approvers()
    save_approvers(tmp_path, LIST)
    assert load_approvers(tmp_path) == LIST
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("kind", "size", "agreed", "expected"), [
    ("issue", 10, [ANNA], (1, 1)), ("issue", 11, [ANNA], (1, 2)), ("issue", 11, [ANNA, BELA], (2, 2)),
    ("issue", 11, [ANNA, ANNA], (1, 2)), ("issue", 1, [], (0, 2)),
    ("suspend", 3, [ANNA], (1, 1)), ("suspend", 4, [ANNA], (1, 2)), ("suspend", 4, [ANNA, BELA], (2, 2)),
    ("revoke", 1, [ANNA], (1, 2)), ("revoke", 1, [ANNA, BELA], (2, 2)),
    ("type", 1, [ANNA], (0, 2)), ("type", 1, [BELA], (1, 1)), ("type", 6, [BELA], (1, 2)),
])  # fmt: skip
def test_how_many_count_and_how_many_must(
    kind: str, size: int, agreed: list[Approver], expected: tuple[int, int]
) -> None:
    assert LIST.enough(kind, size, agreed) == expected


@pytest.mark.parametrize(("now", "found"), [(99, []), (100, [ANNA, BELA]), (199, [ANNA, BELA]), (200, [ANNA])])
def test_who_may_decide_when(now: int, found: list[Approver]) -> None:
    assert [one for one in (ANNA, BELA) if LIST.find(one.address, now) is one] == found


def test_one_who_came_back_is_found_by_her_new_time() -> None:
    back = replace(BELA, since=300, until=None)
    both = Approvers((BELA, back))
    assert (both.find(BELA.address, 150), both.find(BELA.address, 250), both.find(BELA.address, 300)) == (
        BELA, None, back,
    )  # fmt: skip


@pytest.mark.parametrize("change", [
    {"format": "yinxin-approvers-2"}, {"people": None}, {"people": [{}]}, {"rules": []}, {"rules": {"issue": {}}},
    {"rules": {"issue": {"minimum": 0, "above": None, "minimumAbove": 1}}},
    {"rules": {"nothing": {"minimum": 1, "above": None, "minimumAbove": 1}}},
    {"rules": {"issue": {"minimum": "1", "above": None, "minimumAbove": 1}}},
])  # fmt: skip
def test_a_damaged_list_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / FILE).write_bytes(canonical({**json.loads(LIST.to_bytes()), **change}))
    with pytest.raises(InvalidInput) as caught:
        load_approvers(tmp_path)
    assert caught.value.code.startswith("approver.")


@pytest.mark.parametrize("change", [
    {"address": "0xAA"}, {"name": ""}, {"name": 1}, {"since": "1"}, {"until": "1"}, {"kinds": {}},
    {"kinds": {"issue": -1}},
    {"kinds": {"issue": "1"}}, {"kinds": {"nothing": 1}}, {"operators": [1]}, {"more": 1},
])  # fmt: skip
def test_so_is_a_damaged_entry(tmp_path: Path, change: dict[str, Any]) -> None:
    value = json.loads(LIST.to_bytes())
    value["people"][0] |= change
    (tmp_path / FILE).write_bytes(canonical(value))
    with pytest.raises(InvalidInput):
        load_approvers(tmp_path)


def test_what_a_request_is_and_who_made_it() -> None:
    release = Request("release", "x", {"drafts": [1, 2], "operator": "O-1", "maker": "0xAB"})
    assert (kind_of(release), size_of(release), makers_of(release)) == ("issue", 2, ({"O-1"}, {"0xab"}))
    events = [{"operation": "revoke", "operator": "O-1"}, {"operation": "revoke", "operator": "O-2"}]
    status = Request("status", "x", {"events": events})
    assert (kind_of(status), size_of(status), makers_of(status)) == ("revoke", 2, ({"O-1", "O-2"}, set()))


@pytest.mark.parametrize("body", [
    {}, {"events": None}, {"events": []}, {"events": [1]}, {"events": [{"operation": 1}]},
    {"events": [{"operation": []}]},
    {"events": {"a": 1}}, {"maker": 1, "operator": 2},
])  # fmt: skip
def test_an_odd_request_has_a_kind_and_a_size_all_the_same(body: dict[str, Any]) -> None:
    request = Request("status", "x", body)
    assert kind_of(request) == "status"
    assert size_of(request) >= 0
    assert makers_of(request) == (set(), set())
