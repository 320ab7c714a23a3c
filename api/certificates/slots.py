"""Status slots: random, given out once, never again.

A slot is noted as used in the same transaction that gives it to a certificate, before anything is signed.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from api.certificates.tables import status_lists
from chain.credentials.status_list import draw_indexes
from chain.kernel.errors import Conflict

SIZE = 131_072
"""Entries of a status list (Token Status List: a large list hides which entry is looked at)."""

_RESERVE = SIZE // 4
"""A list is left when only this many are free, so that a random try soon finds a free one."""


def list_with_room(connection: Connection, bureau: str) -> tuple[str, int] | None:
    """Name of the newest anchored list with free slots to give out, and how many; None: a new list must be opened."""
    query = (
        select(status_lists.c.name, status_lists.c.free)
        .where(status_lists.c.bureau == bureau, status_lists.c.token.is_not(None), status_lists.c.free > _RESERVE)
        .order_by(status_lists.c.name.desc())
    )
    row = connection.execute(query).first()
    return None if row is None else (row.name, row.free - _RESERVE)


def next_list_name(connection: Connection, bureau: str) -> str:
    """``s0001``, ``s0002`` … in the order of opening."""
    names = connection.execute(select(status_lists.c.name).where(status_lists.c.bureau == bureau)).scalars().all()
    return f"s{1 + max((int(name[1:]) for name in names), default=0):04d}"


def take(connection: Connection, name: str, count: int) -> list[int]:
    """Take ``count`` random free entries of a list and mark them used.

    Raises:
        Conflict: the list has not that many left.
    """
    row = connection.execute(select(status_lists.c.used, status_lists.c.free).where(status_lists.c.name == name)).one()
    if row.free < count:
        raise Conflict(
            f"status list {name} has {row.free} free entries, {count} are needed",
            code="slots.full",
            field="status_list",
        )
    used = bytearray(row.used)
    taken = draw_indexes(count, {index for index in range(SIZE) if used[index >> 3] >> (index & 7) & 1}, SIZE)
    for index in taken:
        mark(used, index)
    connection.execute(
        update(status_lists).where(status_lists.c.name == name).values(used=bytes(used), free=row.free - count)
    )
    return taken


def mark(used: bytearray, index: int) -> None:
    """Mark one entry as used."""
    used[index >> 3] |= 1 << (index & 7)


def empty() -> bytes:
    """Bits of a list of which nothing was given out."""
    return bytes(SIZE // 8)
