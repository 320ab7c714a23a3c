"""What the papers of this room have in common: one canonical form, exactly the members that are named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import InvalidInput

LATEST = 253_402_300_799
"""Last second that can be written as a date."""


def read_paper(data: bytes, form: str, names: Collection[str], *, limit: int = 2**20) -> dict[str, Any]:
    """A canonical JSON object of that format with exactly those members besides ``format``.

    Raises:
        InvalidInput: another format or version, members more or less, not in its one form.
    """
    value = read_canonical(data, what=form, limit=limit)
    if not isinstance(value, dict) or value.get("format") != form:
        raise fault("format", f"only {form} is known")
    return exactly(value, {"format", *names}, form)


def exactly(value: Any, names: Collection[str], field: str) -> dict[str, Any]:
    """An object with exactly these members. Raises InvalidInput."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise fault(field, "members are " + ", ".join(sorted(names)))
    return value


def text(value: Any, field: str, *, most: int, least: int = 1) -> str:
    """Text of that many characters. Raises InvalidInput."""
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise fault(field, f"text of {least} to {most} characters")
    return value


def number(value: Any, field: str, *, most: int = 2**53 - 1, least: int = 0) -> int:
    """A whole number within these bounds. Raises InvalidInput."""
    if type(value) is not int or not least <= value <= most:
        raise fault(field, f"a whole number from {least} to {most}")
    return value


def moment(value: Any, field: str) -> int:
    """Seconds since 1970 UTC. Raises InvalidInput."""
    return number(value, field, most=LATEST)


def raw(value: Any, field: str, size: int) -> bytes:
    """base64url of exactly that many bytes. Raises InvalidInput."""
    data = unb64url(value, field=field) if isinstance(value, str) else b""
    if len(data) != size:
        raise fault(field, f"{size} bytes as base64url")
    return data


def hexed(value: Any, field: str, size: int) -> bytes:
    """0x hexadecimal of exactly that many bytes. Raises InvalidInput."""
    return unhex0x(value, size=size, field=field)


def listed(value: Any, field: str, *, most: int, least: int = 0) -> list[Any]:
    """A list of that many. Raises InvalidInput."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise fault(field, f"a list of {least} to {most}")
    return value


def fault(field: str, rule: str, *, fix: str | None = None) -> InvalidInput:
    """The error of a paper that breaks a rule."""
    return InvalidInput(f"{field}: {rule}", code="bidding.form", field=field, fix=fix)


def of_file(digest: bytes, size: int, form: bytes) -> Mapping[str, str | int]:
    """A sealed file as papers name it."""
    return {"digest": hex0x(digest), "size": size, "form": hex0x(form)}


__all__ = ["b64url", "exactly", "fault", "hexed", "listed", "moment", "number", "of_file", "raw", "read_paper", "text"]
