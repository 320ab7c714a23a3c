"""What the messages of a ceremony have in common: canonical JSON, a format, the ceremony they belong to."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput

_LARGEST = 1 << 20


def read_message(data: bytes, form: str, ceremony: bytes, members: set[str]) -> dict[str, Any]:
    """The members of a message of one format and one ceremony. Raises InvalidInput."""
    value = read_canonical(data, what=form, limit=_LARGEST)
    if not isinstance(value, dict) or value.get("format") != form:
        raise InvalidInput(f"not a message of the form {form}", code="ceremony.format", field="format")
    if set(value) != {"format", "ceremony", *members}:
        raise InvalidInput("members are " + ", ".join(sorted(members)), code="ceremony.members")
    if value["ceremony"] != hex0x(ceremony):
        raise InvalidInput("belongs to another ceremony", code="ceremony.other", field="ceremony")
    return value


def a_number(value: Any, most: int, field: str) -> int:
    """A member's number, 1 to ``most``. Raises InvalidInput."""
    if type(value) is not int or not 1 <= value <= most:
        raise InvalidInput(f"{field}: 1 to {most}", code="ceremony.number", field=field)
    return value


def some_bytes(value: Any, size: int, field: str) -> bytes:
    """base64url of exactly ``size`` bytes. Raises InvalidInput."""
    return strict.raw(value, size, field, "ceremony.bytes")


def ascending(numbers: list[int], field: str) -> tuple[int, ...]:
    """``numbers`` if there is one at least and each is above the one before. Raises InvalidInput."""
    if not numbers or any(first >= second for first, second in pairwise(numbers)):
        raise InvalidInput(f"{field}: ascending, at least one", code="ceremony.order", field=field)
    return tuple(numbers)
