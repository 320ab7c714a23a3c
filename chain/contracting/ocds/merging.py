"""Releases to a compiled release, by the merge rules of OCDS 1.1 (reference: "Merging").

A member of a later release replaces the earlier one; null takes it out. Objects are merged member by member. Lists of
objects are merged by ``id``, new ones at the end; lists of anything else, and those whose schema says
``wholeListMerge``, are replaced. Members whose schema says ``omitWhenMerged`` are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from chain.contracting.ocds.schemas import RELEASE, extended

Path = tuple[str, ...]


def compiled(releases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The compiled release of one contracting process.

    Args:
        releases: of one ocid, oldest first. Those of one second keep this order.
    """
    omitted, whole = _rules()
    out: dict[str, Any] = {}
    ocid = date = ""
    for release in sorted(releases, key=lambda one: str(one["date"])):
        ocid, date = str(release["ocid"]), str(release["date"])
        _merge(out, release, (), omitted, whole)
    return {**out, "id": f"{ocid}-{date}", "date": date, "tag": ["compiled"]}


def _merge(into: dict[str, Any], value: Mapping[str, Any], at: Path, omitted: set[Path], whole: set[Path]) -> None:
    for name, part in value.items():
        path = (*at, name)
        if path in omitted:
            continue
        if part is None:
            into.pop(name, None)
        elif isinstance(part, dict):
            held = into.setdefault(name, {})
            _merge(held, part, path, omitted, whole)
        elif isinstance(part, list) and path not in whole and _has_ids(part):
            into[name] = _merge_list(into.get(name, []), part, path, omitted, whole)
        else:
            into[name] = _clean(part, path, omitted)


def _merge_list(
    held: list[dict[str, Any]], value: list[dict[str, Any]], path: Path, omitted: set[Path], whole: set[Path]
) -> list[dict[str, Any]]:
    by_id = {one["id"]: one for one in held}
    for one in value:
        known = by_id.setdefault(one["id"], {})
        if not known:
            held.append(known)
        _merge(known, one, path, omitted, whole)
    return held


def _has_ids(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(one, dict) and "id" in one for one in value)


def _clean(value: Any, path: Path, omitted: set[Path]) -> Any:
    """A copy, without what is left out or null."""
    if isinstance(value, list):
        return [_clean(one, path, omitted) for one in value]
    if isinstance(value, dict):
        inner = {name: part for name, part in value.items() if part is not None and (*path, name) not in omitted}
        return {name: _clean(part, (*path, name), omitted) for name, part in inner.items()}
    return value


@cache
def _rules() -> tuple[set[Path], set[Path]]:
    """Paths that are left out, and paths of lists that are replaced whole."""
    schema = extended()[RELEASE]
    omitted: set[Path] = set()
    whole: set[Path] = set()

    def walk(part: Mapping[str, Any], at: Path, above: tuple[str, ...]) -> None:
        name = part.get("$ref", "").rpartition("/")[2]
        if name:
            if name in above:
                return
            part, above = {**part, **schema["definitions"][name]}, (*above, name)
        if part.get("omitWhenMerged") and at:
            omitted.add(at)
        if part.get("wholeListMerge") and at:
            whole.add(at)
        for member, inner in part.get("properties", {}).items():
            walk(inner, (*at, member), above)
        if isinstance(part.get("items"), dict):
            walk(part["items"], at, above)

    walk(schema, (), ())
    return omitted, whole
