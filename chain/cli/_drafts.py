"""Rows of a list held to the digest that its release names, on the device of the person who decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chain.desk.parts import LIMIT, bounds_of
from chain.issuing.contents import Draft, rows_digest
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.json_reader import read_json
from chain.merkle import Tree, leaf_hash


def hold_rows(body: Mapping[str, Any], file: Path | None, *, decided: bool) -> tuple[str, ...]:
    """Check that a release names the rows it shows and, where a file of all rows is given, just those.

    Args:
        body: of a release request.
        file: JSON lines, each a draft, or a page of the service with drafts as its ``items``.
        decided: a person is about to say yes: of a long list, which shows its first rows only, she must have all.

    Returns:
        What was found, in plain words.

    Raises:
        InvalidInput: the rows are not those that the digest names, or the file has another form.
        Refused: a yes to a long list without its rows.
    """
    shown = [Draft.from_dict(item) for item in body["drafts"]]
    digest = unb64url(body["rowsDigest"])
    if "part" not in body and rows_digest(shown) != digest:
        raise InvalidInput("the list is not the one its digest names", code="desk.rows", field="rowsDigest")
    size = bounds_of(body)[0] if "part" in body else len(shown)
    if file is None:
        if size == len(shown):
            return ()
        if decided:
            raise Refused(
                f"this request shows {len(shown)} of {size} rows",
                code="decide.drafts",
                field="--drafts",
                fix="fetch all rows (approvals/{reference}/drafts) and name the file with --drafts",
            )
        return (f"only {len(shown)} of {size} rows are shown here; --drafts checks them all",)
    leaves: list[bytes] = []
    for draft in _drafts_of(file):
        place = len(leaves)
        if place < len(shown) and draft != shown[place]:
            raise _other(file, f"row {place + 1} is not the one the request shows")
        leaves.append(leaf_hash(draft.to_bytes()))
    if len(leaves) != size:
        raise _other(file, f"{len(leaves)} rows, the request speaks of {size}")
    if Tree(leaves).root != digest:
        raise _other(file, "the rows are not those whose digest the request names")
    return (f"all {size} rows of {file.name} are those this request names",)


def _drafts_of(file: Path) -> Iterator[Draft]:
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(LIMIT), b""), 1):
                if line.strip():
                    value = _read(line, file, number)
                    for item in value.get("items", (value,)):
                        yield Draft.from_dict(item)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", code="decide.file", field="--drafts") from error


def _read(line: bytes, file: Path, number: int) -> dict[str, Any]:
    try:
        value = read_json(line)
    except ValueError as error:
        raise InvalidInput(f"{file}, line {number}: not JSON", code="decide.drafts", field="--drafts") from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{file}, line {number}: no draft and no page", code="decide.drafts", field="--drafts")
    return value


def _other(file: Path, what: str) -> InvalidInput:
    return InvalidInput(f"{file}: {what}", code="desk.rows", field="--drafts", fix="do not sign; fetch both again")
