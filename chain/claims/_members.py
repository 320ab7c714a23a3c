"""What the documents of this room have in common: one canonical form, exactly the members that are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import read_canonical
from chain.kernel.errors import InvalidInput

LIMIT = 16 * 1024
"""Largest document of this room, bytes."""


def read_members(data: bytes, form: str, kinds: Mapping[str, type | tuple[type, ...]], what: str) -> dict[str, Any]:
    """The members of a canonical JSON object besides its format.

    Raises:
        InvalidInput: another format, members more or less, or one of another kind.
    """
    value = read_canonical(data, what=what, limit=LIMIT)
    if not isinstance(value, dict) or value.pop("format", None) != form:
        raise InvalidInput(f"{what}: unknown format", code="claim.format", field="format")
    if set(value) != set(kinds):
        raise InvalidInput(f"{what}: not exactly the members {', '.join(kinds)}", code="claim.members", field=what)
    for name, kind in kinds.items():
        if not isinstance(value[name], kind) or isinstance(value[name], bool):
            raise InvalidInput(f"{what}: {name} is of another kind", code="claim.members", field=name)
    return value


def raw(value: str, size: int, field: str) -> bytes:
    """base64url of exactly that many bytes. Raises InvalidInput."""
    return strict.raw(value, size, field, "claim.size")


def moment(value: int, field: str = "time") -> int:
    """Seconds since 1970 UTC. Raises InvalidInput for a negative number."""
    return strict.number(value, field, "claim.time", least=0)
