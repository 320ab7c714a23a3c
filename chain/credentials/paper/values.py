"""Values of a PDF (ISO 32000-1 section 7.3), read strictly: what two readers might take differently is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chain.kernel.errors import InvalidInput

MAX_DEPTH = 32
"""How deep dictionaries and arrays may lie in each other."""

_SPACE = re.compile(rb"[\x00\t\n\x0c\r ]*")
_REFERENCE = re.compile(rb"([1-9][0-9]{0,4}) 0 R(?![!-$&'*-.0-;=?-Z\\^-z|~])")
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![!-$&'*-.0-;=?-Z\\^-z|~])")
_NAME = re.compile(rb"/([!-$&'*-.0-;=?-Z\\^-z|~]{0,127})")
_WORD = re.compile(rb"(true|false|null)(?![!-$&'*-.0-;=?-Z\\^-z|~])")
_HEX = re.compile(rb"<([0-9A-Fa-f]*)>")
_ESCAPE = re.compile(r"#([0-9A-Fa-f]{2})")
_WORDS = {b"true": True, b"false": False, b"null": None}
_STRING_PART = re.compile(rb"[^()\\]*")


class Name(str):
    """A name, without its slash, escapes decoded."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to an object by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class HexString:
    """A string written in hexadecimal, and where its ``<`` stands and its ``>`` has ended in the file."""

    digits: bytes
    start: int
    end: int


def broken(what: str) -> InvalidInput:
    """The fault of a file that has not the form of a sealed certificate."""
    return InvalidInput(f"PDF: {what}", code="pdf.form", field="pdf")


def skip_space(data: bytes, at: int) -> int:
    """The place of the next byte that is not white space."""
    match = _SPACE.match(data, at)
    assert match is not None
    return match.end()


def read_value(data: bytes, at: int, depth: int = 0) -> tuple[Any, int]:
    """The value at ``at`` and the place behind it.

    Returns:
        dict (names to values), list, :class:`Name`, bytes (a string in brackets, as written), :class:`HexString`, int,
        float, :class:`Reference`, bool or None.

    Raises:
        InvalidInput: ``pdf.form``.
    """
    if depth > MAX_DEPTH:
        raise broken("values lie too deep in each other")
    start = data[at : at + 2]
    if start == b"<<":
        return _dictionary(data, at + 2, depth)
    first = start[:1]
    if first == b"[":
        return _array(data, at + 1, depth)
    if first == b"/":
        return _name(data, at)
    if first == b"(":
        return _string(data, at)
    if first == b"<":
        found = _HEX.match(data, at)
        if found is None:
            raise broken("a hexadecimal string of another form")
        return HexString(found[1], at, found.end()), found.end()
    match = _REFERENCE.match(data, at)
    if match is not None:
        return Reference(int(match[1])), match.end()
    match = _NUMBER.match(data, at)
    if match is not None:
        if len(match[0]) > 32:
            raise broken("a number of more than 32 characters")
        return (float(match[0]) if b"." in match[0] else int(match[0])), match.end()
    match = _WORD.match(data, at)
    if match is None:
        raise broken("something that is no value")
    return _WORDS[match[1]], match.end()


def _name(data: bytes, at: int) -> tuple[Name, int]:
    match = _NAME.match(data, at)
    assert match is not None  # the caller saw the slash; the rest may be empty
    return Name(_ESCAPE.sub(_unescaped, _checked(match[1].decode("ascii")))), match.end()


def _checked(text: str) -> str:
    if "#" in _ESCAPE.sub("", text):
        raise broken("a name with half an escape")
    return text


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    if character.isascii() and character.isalnum():
        raise broken("a name that hides a letter")
    return character


def _dictionary(data: bytes, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        at = skip_space(data, at)
        if data[at : at + 2] == b">>":
            return found, at + 2
        if data[at : at + 1] != b"/":
            raise broken("a dictionary of another form")
        key, at = _name(data, at)
        if key in found:
            raise broken(f"a dictionary with two entries {key!r}")
        found[key], at = read_value(data, skip_space(data, at), depth + 1)


def _array(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        at = skip_space(data, at)
        if data[at : at + 1] == b"]":
            return found, at + 1
        value, at = read_value(data, at, depth + 1)
        found.append(value)


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    start, deep = at, 0
    while at < len(data):
        byte = data[at]
        if byte == 0x5C:  # a backslash and what it escapes
            at += 2
            continue
        if byte == 0x28:
            deep += 1
        elif byte == 0x29:
            deep -= 1
            if deep == 0:
                return data[start + 1 : at], at + 1
        at += 1
        part = _STRING_PART.match(data, at)
        assert part is not None
        at = part.end()
    raise broken("a string without an end")
