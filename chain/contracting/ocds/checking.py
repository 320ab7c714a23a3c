"""Values against JSON Schema, draft 4, as far as OCDS uses it; members that no schema knows are told, too.

A validator of its own because a published package must not wait for a network or a further library, and because unknown
members, which JSON Schema lets pass, are the commonest fault of a release: a misspelt name is a lost figure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DATE_TIME = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)\Z"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_FORMATS = {"date-time": _DATE_TIME, "uri": _URI}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where (``releases[0].tender.status``), which keyword of the schema, and what is wrong."""

    path: str
    rule: str
    message: str


def faults(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Every fault of a value.

    Args:
        value: plain JSON data.
        schema: to be met.
        schemas: whole documents by their ``id``, for references from one to another.
    """
    yield from _Walk(schemas, schema).look(value, schema, "")


@dataclass(frozen=True, slots=True)
class _Walk:
    """One document's references, resolved."""

    schemas: Mapping[str, Mapping[str, Any]]
    root: Mapping[str, Any]

    def look(self, value: Any, schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
        if "$ref" in schema:  # draft 4: what stands beside a reference says nothing
            walk, found = self._resolve(schema["$ref"])
            yield from walk.look(value, found, path)
            return
        kinds = schema.get("type")
        if kinds is not None and not _is_of(value, kinds):
            yield Fault(path, "type", f"not of type {kinds if isinstance(kinds, str) else ' or '.join(kinds)}")
            return
        if "enum" in schema and value not in schema["enum"]:
            yield Fault(path, "enum", f"{value!r} is none of the codes")
        yield from self._one_of(value, schema, path)
        if isinstance(value, str):
            yield from _text(value, schema, path)
        elif isinstance(value, bool) or value is None:
            return
        elif isinstance(value, (int, float)):
            if value < schema.get("minimum", value):
                yield Fault(path, "minimum", f"less than {schema['minimum']}")
        elif isinstance(value, list):
            yield from self._list(value, schema, path)
        elif isinstance(value, dict):
            yield from self._object(value, schema, path)

    def _object(self, value: dict[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
        for name in schema.get("required", ()):
            if name not in value:
                yield Fault(_at(path, name), "required", "is missing")
        if len(value) < schema.get("minProperties", 0):
            yield Fault(path, "minProperties", "is empty")
        known: Mapping[str, Any] = schema.get("properties", {})
        patterns: Mapping[str, Any] = schema.get("patternProperties", {})
        for name, part in value.items():
            fitting = [known[name]] if name in known else []
            fitting += [found for pattern, found in patterns.items() if re.search(pattern, name)]
            if not fitting and known:
                yield Fault(_at(path, name), "unknown", "no schema knows this member")
            for one in fitting:
                yield from self.look(part, one, _at(path, name))

    def _list(self, value: list[Any], schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
        if len(value) < schema.get("minItems", 0):
            yield Fault(path, "minItems", f"fewer than {schema['minItems']}")
        if schema.get("uniqueItems"):
            texts = [json.dumps(one, sort_keys=True) for one in value]
            if len(set(texts)) != len(texts):
                yield Fault(path, "uniqueItems", "the same stands there twice")
        if "items" in schema:
            for place, one in enumerate(value):
                yield from self.look(one, schema["items"], f"{path}[{place}]")

    def _one_of(self, value: Any, schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
        choices = schema.get("oneOf", ())
        if not choices:
            return
        found = [list(self.look(value, one, path)) for one in choices]
        fitting = sum(not faults_of for faults_of in found)
        if fitting != 1:
            nearest = min((one for one in found if one), key=len, default=[])
            yield Fault(path, "oneOf", f"fits {fitting} of the {len(choices)} forms")
            yield from nearest

    def _resolve(self, reference: str) -> tuple[_Walk, Mapping[str, Any]]:
        document, _, pointer = reference.partition("#")
        walk = self if not document else _Walk(self.schemas, self.schemas[document])
        found: Any = walk.root
        for name in pointer.split("/")[1:]:
            found = found[name]
        return walk, found


def _text(value: str, schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
    if len(value) < schema.get("minLength", 0):
        yield Fault(path, "minLength", "is empty")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield Fault(path, "pattern", f"{value!r} has another form")
    form = _FORMATS.get(schema.get("format", ""))
    if form is not None and not form.match(value):
        yield Fault(path, "format", f"{value!r} is no {schema['format']}")


def _is_of(value: Any, kinds: str | list[str]) -> bool:
    return any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, float):
        return kind == "number"
    names = {int: ("integer", "number"), str: ("string",), list: ("array",), dict: ("object",), type(None): ("null",)}
    return kind in names[type(value)]


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
