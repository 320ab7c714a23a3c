"""A file taken apart into its objects, with no byte left over: docs/formats/pdf.md, rules 3 to 8."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chain.credentials.paper.values import Name, Reference, broken, read_value, skip_space

MAX_OBJECTS = 4096
HEADER = b"%PDF-1.7\n"

_END = re.compile(rb"startxref\n([0-9]{1,10})\n%%EOF\n?\Z")
_SECTION = re.compile(rb"xref\n0 ([1-9][0-9]{0,4})\n")
_ENTRY = re.compile(rb"([0-9]{10}) 00000 n(?:\r\n| \n)")
_FREE = re.compile(rb"0000000000 65535 f(?:\r\n| \n)")
_BEGIN = re.compile(rb"([1-9][0-9]{0,4}) 0 obj")
_STREAM = re.compile(rb"stream\r?\n")
_STREAM_END = re.compile(rb"(?:\r\n|\r|\n)?endstream")
_LINES = re.compile(rb"(?:\A|[\r\n])(startxref|%%EOF)(?=[\r\n]|\Z)")
_COMMENT = re.compile(rb"%[\x80-\xff]{4,8}(?:\r\n|\n|\r)")

ACTING = frozenset(
    {
        "JavaScript", "JS", "Launch", "XFA", "RichMedia", "AA", "OpenAction", "GoToR", "GoToE", "SubmitForm",
        "ImportData", "Rendition", "Movie", "Sound", "3D", "Hide", "FileAttachment",
    }
)  # fmt: skip
"""Names that may not occur: with them a page could act, or change by itself."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object.

    Attributes:
        value: as :func:`chain.credentials.paper.values.read_value` gives it.
        stream: bytes of its stream as they stand in the file, or None.
        start: place of its number in the file.
        end: place behind ``endobj``.
    """

    value: Any
    stream: bytes | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A file taken apart.

    Attributes:
        objects: by number.
        trailer: the trailer's dictionary.
        table: place of ``xref``.
    """

    objects: Mapping[int, Object]
    trailer: Mapping[str, Any]
    table: int

    def at(self, value: Any) -> Any:
        """The value itself, or the one it refers to. Raises InvalidInput for a reference to nothing."""
        if isinstance(value, Reference):
            if value.number not in self.objects:
                raise broken(f"a reference to object {value.number}, which is not there")
            return self.objects[value.number].value
        return value


def take_apart(data: bytes) -> Taken:
    """Every object of a file.

    Raises:
        InvalidInput: ``pdf.form``; says which rule is broken.
    """
    if not data.startswith(HEADER):
        raise broken("the first line is not %PDF-1.7")
    end = _END.search(data, max(0, len(data) - 64))
    if end is None:
        raise broken("it does not end in startxref and %%EOF")
    ends = [match[1] for match in _LINES.finditer(data)]
    if ends != [b"startxref", b"%%EOF"]:
        raise broken("it was continued after its end (incremental update)")
    table = int(end[1])
    places, at = _table(data, table)
    trailer = _trailer(data, at, end.start(), len(places) + 1)
    objects: dict[int, Object] = {}
    reached = _after_header(data)
    for place, number in sorted((place, number) for number, place in places.items()):
        if skip_space(data, reached) != place:
            raise broken(f"something stands between the objects, before object {number}")
        found = _object(data, place, number)
        objects[number], reached = found, found.end
    if skip_space(data, reached) != table:
        raise broken("something stands between the objects and their table")
    for one in objects.values():
        _passive(one)
    return Taken(objects, trailer, table)


def every_dictionary(value: Any) -> Iterator[Mapping[str, Any]]:
    """All dictionaries in a value, itself first."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _after_header(data: bytes) -> int:
    """The line of four bytes above 127 that says "binary" (ISO 32000-1, 7.5.2) is the only comment."""
    mark = _COMMENT.match(data, len(HEADER))
    return len(HEADER) if mark is None else mark.end()


def _table(data: bytes, at: int) -> tuple[dict[int, int], int]:
    head = _SECTION.match(data, at)
    if head is None:
        raise broken("the cross-reference table is of another kind")
    count = int(head[1])
    if count > MAX_OBJECTS:
        raise broken(f"more than {MAX_OBJECTS} objects")
    free = _FREE.match(data, head.end())
    if free is None:
        raise broken("entry 0 of the cross-reference table is not the free one")
    at = free.end()
    places: dict[int, int] = {}
    for number in range(1, count):
        entry = _ENTRY.match(data, at)
        if entry is None:
            raise broken(f"entry {number} of the cross-reference table has another form")
        places[number], at = int(entry[1]), entry.end()
    return places, at


def _trailer(data: bytes, at: int, end: int, size: int) -> dict[str, Any]:
    if not data.startswith(b"trailer", at):
        raise broken("there is no trailer behind the cross-reference table")
    value, at = read_value(data, skip_space(data, at + len(b"trailer")))
    if not isinstance(value, dict) or skip_space(data, at) != end:
        raise broken("the trailer has another form")
    if value.get("Size") != size or not isinstance(value.get("Root"), Reference):
        raise broken("the trailer names no root, or another size")
    for key in ("Prev", "XRefStm", "Encrypt"):
        if key in value:
            raise broken(f"the trailer has {key}")
    return value


def _object(data: bytes, place: int, number: int) -> Object:
    begin = _BEGIN.match(data, place)
    if begin is None or int(begin[1]) != number:
        raise broken(f"object {number} is not where the table says")
    value, at = read_value(data, skip_space(data, begin.end()))
    at = skip_space(data, at)
    stream: bytes | None = None
    opened = _STREAM.match(data, at)
    if opened is not None:
        length = value.get("Length") if isinstance(value, dict) else None
        if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= len(data):
            raise broken(f"the stream of object {number} has no direct length")
        stream = data[opened.end() : opened.end() + length]
        closed = _STREAM_END.match(data, opened.end() + length)
        if closed is None:
            raise broken(f"the stream of object {number} does not end where it says")
        at = skip_space(data, closed.end())
        if value.get("Type") in ("ObjStm", "XRef") or "F" in value:
            raise broken(f"object {number} hides objects, or lies in another file")
    if not data.startswith(b"endobj", at):
        raise broken(f"object {number} has no end")
    return Object(value, stream, place, at + len(b"endobj"))


def _passive(one: Object) -> None:
    waiting = [one.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
            waiting.extend(Name(key) for key in value)
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Name) and value in ACTING:
            raise broken(f"it holds {value}, which could act or change the page")
