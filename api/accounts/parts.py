"""Which parts in tenders count: those that last, whose role is held, in the newest book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, select, update
from sqlalchemy.engine import Row

from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.accounts.tables import appointments, memberships
from api.tenders.books import newest_book
from chain.kernel.errors import Conflict

LOCK = "appointments"
"""Held by whoever gives or ends parts, or gives or takes roles (:func:`api.db.exclusive`)."""


def counting(connection: Connection, *chosen: Any) -> Sequence[Row[Any]]:
    """Rows of ``appointments`` that count now, in order of tender and role.

    Args:
        connection: of the service database.
        chosen: more conditions, such as which tender or account.
    """
    held = and_(
        memberships.c.account_id == appointments.c.account_id,
        memberships.c.role == appointments.c.role,
        memberships.c.bureau == case((appointments.c.role == str(Role.PROCUREMENT), appointments.c.bureau), else_=""),
    )
    query = (
        select(appointments)
        .join(memberships, held)
        .where(appointments.c.ended_at.is_(None), appointments.c.book == newest_book(connection), *chosen)
        .order_by(appointments.c.tender, appointments.c.role)
    )
    return connection.execute(query).all()


def end_without_role(
    connection: Connection, account: int, roles: Sequence[Membership], *, by: int | None, now: int
) -> None:
    """End the account's parts in all books whose role is not among ``roles`` any more."""
    held = {(one.role, one.bureau or "") for one in roles}
    lasting = appointments.c.account_id == account, appointments.c.ended_at.is_(None)
    for row in connection.execute(select(appointments).where(*lasting)).all():
        if (Role(row.role), row.bureau if row.role == Role.PROCUREMENT else "") not in held:
            chosen = update(appointments).where(appointments.c.id == row.id)
            connection.execute(chosen.values(ended_by=by, ended_at=now))


def check_against_parts(connection: Connection, account: int, roles: Sequence[Membership]) -> None:
    """Nobody becomes a procuring officer of a bureau in whose tender one bids. Raises Conflict."""
    bureaus = {one.bureau for one in roles if one.role is Role.PROCUREMENT}
    if Role.BIDDER not in {one.role for one in roles}:
        return
    rows = counting(connection, appointments.c.account_id == account, appointments.c.role == str(Role.BIDDER))
    if any(row.bureau in bureaus for row in rows):
        # Not which part it is, nor in which tender: who bids is nobody's business.
        raise Conflict(
            "these roles do not go together with a part that this account has in a tender",
            code="account.parts", field="roles", fix="give the role to another account, or take away the other one",
        )  # fmt: skip
