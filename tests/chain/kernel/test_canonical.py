"""Canonical JSON is RFC 8785, and nothing else is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import InvalidInput

text = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5))


@given(values)
@example({"€": 1, "\r": 2, "דּ": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7})
@example({"\U0001f600": 1, "\ufb33": 2})
@example({"a": '\x00\x1f\x7f\u2028"\\/\b\f\n\r\t'})
@example([2**53 - 1, -(2**53) + 1, 0, True, None])
def test_equal_to_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert read_canonical(canonical(value)) == value


@given(values, st.sampled_from(["indent", "space", "order", "escape"]))
def test_another_form_of_the_same_value_is_refused(value: Any, how: str) -> None:
    data = canonical(value)
    other = {
        "indent": json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True),
        "space": f" {data.decode()}",
        "order": json.dumps(value, separators=(",", ":"), ensure_ascii=False),
        "escape": json.dumps(value, separators=(",", ":"), sort_keys=True),
    }[how].encode()
    if other != data:
        with pytest.raises(InvalidInput):
            read_canonical(other)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "canonical.type"),
        (float("nan"), "canonical.type"),
        (2**53, "canonical.integer"),
        (-(2**53), "canonical.integer"),
        ({"a": {"b": [1, 2.5]}}, "canonical.type"),
        ({1: 2}, "canonical.key"),
        (b"bytes", "canonical.type"),
        ("\ud800", "canonical.text"),
        ({"\udfff": 1}, "canonical.text"),
        ({1, 2}, "canonical.type"),
    ],
    ids=repr,
)
def test_what_has_no_one_form_is_not_written(value: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical(value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nul",
        b"{",
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b"[1, 2]",
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b'"\\u0041"',
        b'"\\/"',
        b"\xef\xbb\xbf1",
        b"1\n",
        b'"\xff"',
        b"NaN",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"9007199254740992",
        b'"\\ud800"',
        b"\x00",
    ],
    ids=lambda data: repr(data[:16]),
)
def test_other_bytes_are_refused_without_a_crash(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_canonical(data)


def test_a_limit_is_kept_before_anything_is_parsed() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_canonical(b"[" * 101, limit=100)
    assert caught.value.code == "canonical.size"
