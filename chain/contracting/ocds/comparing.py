"""A published package beside what ledger and board give: every member that differs, by its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def differences(found: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Paths of members that are missing, too many or others; entries of lists with an ``id`` are named by it."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in sorted({*found, *expected}):
            at = f"{path}.{name}" if path else name
            if name not in found or name not in expected:
                yield at
            else:
                yield from differences(found[name], expected[name], at)
    elif isinstance(found, list) and isinstance(expected, list):
        yield from _lists(found, expected, path)
    elif type(found) is not type(expected) or found != expected:
        yield path


def _lists(found: list[Any], expected: list[Any], path: str) -> Iterator[str]:
    ids = _ids(found), _ids(expected)
    if ids[0] is None or ids[1] is None:
        if len(found) != len(expected):
            yield path
            return
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
        return
    for name in [*ids[1], *(one for one in ids[0] if one not in ids[1])]:
        at = f"{path}[{name}]"
        if name not in ids[0] or name not in ids[1]:
            yield at
        else:
            yield from differences(ids[0][name], ids[1][name], at)
    if list(ids[0]) != list(ids[1]) and set(ids[0]) == set(ids[1]):
        yield f"{path} (order)"


def _ids(value: list[Any]) -> dict[str, Any] | None:
    """Entries by ``id``, if each has one of its own."""
    found = {str(one["id"]): one for one in value if isinstance(one, dict) and "id" in one}
    return found if len(found) == len(value) else None
