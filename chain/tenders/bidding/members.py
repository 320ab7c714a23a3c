"""What the papers of this room have in common: the strict reading of every paper, with the error code of this room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from chain.kernel import strict
from chain.kernel.clock import LAST
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput

CODE = "bidding.form"


def read_paper(data: bytes, form: str, names: Collection[str], *, limit: int = 2**20) -> dict[str, Any]:
    """A canonical JSON object of that format with exactly those members besides ``format``.

    Raises:
        InvalidInput: another format or version, members more or less, not in its one form.
    """
    return strict.paper(data, form, names, CODE, limit=limit)


def exactly(value: Any, names: Collection[str], field: str) -> dict[str, Any]:
    """An object with exactly these members. Raises InvalidInput."""
    return strict.members(value, names, field, CODE)


def text(value: Any, field: str, *, most: int, least: int = 1) -> str:
    """Text of that many characters. Raises InvalidInput."""
    return strict.text(value, field, CODE, most, least)


def number(value: Any, field: str, *, most: int = 2**53 - 1, least: int = 0) -> int:
    """A whole number within these bounds. Raises InvalidInput."""
    return strict.number(value, field, CODE, least, most)


def moment(value: Any, field: str) -> int:
    """Seconds since 1970 UTC. Raises InvalidInput."""
    return number(value, field, most=LAST)


def raw(value: Any, field: str, size: int) -> bytes:
    """base64url of exactly that many bytes. Raises InvalidInput."""
    return strict.raw(value, size, field, CODE)


def hexed(value: Any, field: str, size: int) -> bytes:
    """0x hexadecimal of exactly that many bytes. Raises InvalidInput."""
    return strict.hexed(value, size, field)


def listed(value: Any, field: str, *, most: int, least: int = 0) -> list[Any]:
    """A list of that many. Raises InvalidInput."""
    return strict.items(value, field, CODE, most, least)


def fault(field: str, rule: str, *, fix: str | None = None) -> InvalidInput:
    """The error of a paper that breaks a rule."""
    return InvalidInput(f"{field}: {rule}", code=CODE, field=field, fix=fix)


def of_file(digest: bytes, size: int, form: bytes) -> Mapping[str, str | int]:
    """A sealed file as papers name it."""
    return {"digest": hex0x(digest), "size": size, "form": hex0x(form)}


__all__ = ["b64url", "exactly", "fault", "hexed", "listed", "moment", "number", "of_file", "raw", "read_paper", "text"]
