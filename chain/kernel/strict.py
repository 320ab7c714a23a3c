"""Strict reading of papers: exact members, exact kinds; whatever else is refused with the member named.

Every room that reads papers of strangers reads them by these; ``code`` is the room's own error code.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import unb64url, unhex0x
from chain.kernel.errors import InvalidInput

LARGEST = 16 * 2**20
"""Bytes of a paper."""


def paper(data: bytes, form: str, names: Collection[str], code: str, *, limit: int = LARGEST) -> dict[str, Any]:
    """The members of a paper of one format, ``format`` among them. Raises InvalidInput."""
    value = read_canonical(data, what=form, limit=limit)
    if not isinstance(value, dict) or value.get("format") != form:
        raise InvalidInput(f"not a paper of the form {form}", code=code, field="format", fix=f"only {form} is known")
    return members(value, {"format", *names}, form, code)


def is_form(data: bytes, form: str) -> bool:
    """True if that is a paper of this format; its members are not looked at. Raises InvalidInput: no canonical JSON."""
    value = read_canonical(data, what="paper", limit=LARGEST)
    return isinstance(value, dict) and value.get("format") == form


def members(value: Any, names: Collection[str], field: str, code: str) -> dict[str, Any]:
    """``value`` if it is an object with exactly these members. Raises InvalidInput."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise InvalidInput(f"{field}: members are " + ", ".join(sorted(names)), code=code, field=field)
    return value


def number(value: Any, field: str, code: str, least: int = 1, most: int | None = None) -> int:
    """A whole number from ``least``, to ``most`` if that is given. Raises InvalidInput."""
    if type(value) is not int or value < least or (most is not None and value > most):
        bound = "" if most is None else f" to {most}"
        raise InvalidInput(f"{field}: a number from {least}{bound}", code=code, field=field)
    return value


def text(value: Any, field: str, code: str, most: int = 4_000, least: int = 1) -> str:
    """A text of ``least`` to ``most`` characters. Raises InvalidInput."""
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise InvalidInput(
            f"{field}: a text of {least} to {most} characters", code=code, field=field, fix="shorten it, or say it"
        )
    return value


def items(value: Any, field: str, code: str, most: int = 10_000, least: int = 0) -> list[Any]:
    """A list of ``least`` to ``most``. Raises InvalidInput."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        bound = f"at most {most}" if not least else f"{least} to {most}"
        raise InvalidInput(f"{field}: a list of {bound}", code=code, field=field)
    return value


def hexed(value: Any, size: int, field: str) -> bytes:
    """Bytes from 0x hexadecimal. Raises InvalidInput."""
    return unhex0x(value, size=size, field=field)


def raw(value: Any, size: int, field: str, code: str) -> bytes:
    """Bytes from base64url. Raises InvalidInput."""
    data = unb64url(value, field=field) if isinstance(value, str) else b""
    if len(data) != size:
        raise InvalidInput(f"{field}: {size} bytes as base64url", code=code, field=field)
    return data
