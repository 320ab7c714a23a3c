"""Papers are read in one form, with exactly their members, each of exactly its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput

CODE = "some.room"
GOOD = {"format": "yinxin-some-1", "a": 1, "b": "two"}

WRONG: dict[str, Callable[[], Any]] = {
    "another format": lambda: strict.paper(canonical({**GOOD, "format": "yinxin-some-2"}), "yinxin-some-1", "ab", CODE),
    "no format": lambda: strict.paper(canonical({"a": 1, "b": "two"}), "yinxin-some-1", "ab", CODE),
    "no object": lambda: strict.paper(b"[]", "yinxin-some-1", "ab", CODE),
    "a member more": lambda: strict.paper(canonical({**GOOD, "c": 0}), "yinxin-some-1", "ab", CODE),
    "a member less": lambda: strict.paper(canonical(GOOD), "yinxin-some-1", "abc", CODE),
    "members of no object": lambda: strict.members([], {"a"}, "field", CODE),
    "true is no number": lambda: strict.number(True, "field", CODE),
    "a text is no number": lambda: strict.number("1", "field", CODE),
    "a fraction is no whole number": lambda: strict.number(1.0, "field", CODE),
    "below": lambda: strict.number(0, "field", CODE),
    "above": lambda: strict.number(4, "field", CODE, 0, 3),
    "an empty text": lambda: strict.text("", "field", CODE),
    "a long text": lambda: strict.text("abcd", "field", CODE, 3),
    "a number is no text": lambda: strict.text(1, "field", CODE),
    "a short list": lambda: strict.items([], "field", CODE, 3, 1),
    "a long list": lambda: strict.items([1, 2], "field", CODE, 1),
    "a tuple is no list": lambda: strict.items((), "field", CODE),
    "bytes of another length": lambda: strict.raw(b64url(b"abc"), 4, "field", CODE),
    "a number is no base64url": lambda: strict.raw(1, 4, "field", CODE),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused_with_the_rooms_code_and_the_member(what: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        WRONG[what]()
    assert caught.value.code == CODE
    assert caught.value.field in ("field", "format", "yinxin-some-1")


def test_what_is_right_is_given_back() -> None:
    assert strict.paper(canonical(GOOD), "yinxin-some-1", {"a", "b"}, CODE) == GOOD
    assert (strict.number(3, "field", CODE, 0, 3), strict.number(2**60, "field", CODE)) == (3, 2**60)
    assert (strict.text("", "field", CODE, 3, 0), strict.text("abc", "field", CODE, 3)) == ("", "abc")
    assert strict.items([1], "field", CODE, 1, 1) == [1]
    assert strict.raw(b64url(b"abcd"), 4, "field", CODE) == strict.hexed(hex0x(b"abcd"), 4, "field") == b"abcd"


def test_a_format_is_told_without_looking_at_the_members() -> None:
    assert strict.is_form(canonical({"format": "yinxin-some-1"}), "yinxin-some-1")
    assert not strict.is_form(canonical(GOOD), "yinxin-other-1")
    with pytest.raises(InvalidInput):
        strict.is_form(b'{"format": "yinxin-some-1"}', "yinxin-some-1")


def test_a_paper_that_is_too_long_or_in_another_form_is_not_read() -> None:
    data = canonical(GOOD)
    strict.paper(data, "yinxin-some-1", {"a", "b"}, CODE, limit=len(data))
    for wrong, limit in ((data, len(data) - 1), (data + b"\n", 2**20), (data.replace(b",", b", "), 2**20)):
        with pytest.raises(InvalidInput):
            strict.paper(wrong, "yinxin-some-1", {"a", "b"}, CODE, limit=limit)
