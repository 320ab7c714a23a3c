"""A notice has one form: everything else is refused, and every fault is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import look_at, read_notice
from chain.tenders.notice.answers import read_answers
from scripts.vectors.notice import vectors as made
from tests.chain.tenders.notice.samples import DRAFTS, sample

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "notice.json").read_text("utf-8"))


@pytest.fixture(params=sorted(DRAFTS))
def value(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return read_canonical(sample(tmp_path, request.param).data)


def errors(value: Any) -> dict[str, str]:
    notice, findings = look_at(value)
    assert (notice is None) == bool(findings.errors)
    return {one.field: one.rule for one in findings.errors}


@pytest.mark.parametrize("name", ["desks", "roads"])
def test_the_golden_vectors_read_and_say_what_the_chain_keeps(name: str) -> None:
    vector = VECTORS["notices"][name]
    notice = read_notice(vector["notice"].encode())
    assert hex0x(notice.digest) == vector["digest"]
    said = vector["terms"]
    assert (notice.terms.bureau, notice.terms.lots, notice.terms.envelopes) == (
        said["bureau"], said["lots"], said["envelopes"],
    )  # fmt: skip
    assert (notice.terms.deadline, notice.terms.open_at) == (said["deadline"], said["openAt"])
    assert hex0x(notice.terms.supervisor) == said["supervisor"]
    assert [hex0x(one.account) for one in notice.custodians] == vector["custodians"]


def test_the_vectors_are_what_the_program_makes() -> None:
    assert made() == VECTORS
    assert hex0x(read_answers(VECTORS["answers"]["paper"].encode()).digest) == VECTORS["answers"]["digest"]


def test_no_changed_character_is_the_same_notice(tmp_path: Path) -> None:
    notice = sample(tmp_path)
    for at in range(0, len(notice.data), 7):
        for other in (b"0", b" ", b'"', b"~"):
            data = notice.data[:at] + other + notice.data[at + 1 :]
            if data == notice.data:
                continue
            try:
                assert read_notice(data).digest != notice.digest
            except InvalidInput:
                pass


def test_a_missing_member_is_named(value: Any) -> None:
    for name in value:
        if name == "format":
            continue
        found = errors({key: part for key, part in value.items() if key != name})
        assert found.get(name) == "notice.missing", (name, found)


def test_an_unknown_member_is_named_at_every_depth(value: Any) -> None:
    def places(part: Any, path: str) -> list[tuple[Any, str]]:
        if isinstance(part, dict) and path != "points":
            return [(part, path)] + [one for key in part for one in places(part[key], key)]
        if isinstance(part, list):
            return [one for item in part for one in places(item, path)]
        return []

    found = places(value, "")
    assert len(found) > 30
    for part, path in found:
        part["extra"] = 1
        assert errors(value), path
        del part["extra"]
    assert not errors(value)


def test_a_member_of_another_kind_is_an_error_and_never_a_crash(value: Any) -> None:
    def walk(part: Any) -> list[tuple[Any, Any]]:
        keys = part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
        return [(part, key) for key in keys] + [one for key in keys for one in walk(part[key])]

    nullable = {"agent", "amends", "changes", "previous", "abnormallyLow", "guarantee", "ceiling", "description"}
    nullable |= {"least", "most", "reference", "amount", "percent"}
    for part, key in walk(value):
        kept = part[key]
        for other in (None, [], {}, -1, 2**60, "\u202e", True, "x" * 70_000):
            if type(other) is type(kept) or (other is None and key in nullable):
                continue
            part[key] = other
            found = errors(value)
            emptied = other in ([], {}) and isinstance(kept, list | dict)
            assert found or emptied or (key == "form" and other == []), (key, other)
        part[key] = kept
    assert not errors(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
)


@settings(max_examples=100)
@given(JSON)
def test_anything_else_is_refused_with_findings(value: Any) -> None:
    assert errors(value)


def test_another_version_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput, match="only yinxin-notice-1"):
        read_notice(canonical({**value, "format": "yinxin-notice-2"}))
    with pytest.raises(InvalidInput, match="canonical"):
        read_notice(json.dumps(value).encode())
