"""Which parts in tenders count: those that last, whose role is held, in the newest book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, select, update
from sqlalchemy.engine import Row

from api.accounts.principals import Membership
from api.accounts.roles import Role
from api.accounts.tables import appointments, memberships
from api.tenders.addresses import in_the_index
from api.tenders.books import newest_book
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict

OWN = (Role.BIDDER, Role.EXPERT)
"""Parts that one takes for oneself and that nobody else sees."""

LEADING = (Role.PROCUREMENT, Role.AGENT)
"""Parts that lead a tender; whoever supervises it has none of them."""

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


def go_together(one: Role, other: Role) -> bool:
    """May one account have both parts in one tender? Whoever bids, or evaluates, has no other one."""
    pair = {one, other}
    if len(pair) == 1:
        return True
    return not pair & set(OWN) and not (Role.SUPERVISOR in pair and pair & set(LEADING))


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
    """Nobody becomes a procuring officer of a bureau in whose tender one bids or evaluates. Raises Conflict."""
    bureaus = {one.bureau for one in roles if one.role is Role.PROCUREMENT}
    hidden = [str(role) for role in OWN]
    rows = counting(connection, appointments.c.account_id == account, appointments.c.role.in_(hidden))
    if any(row.bureau in bureaus for row in rows):
        raise _parts("these roles do not", "roles", "give the role to another account, or take away the other one")


def check_address_against_parts(connection: Connection, account: int, address: str) -> None:
    """An account's parts go with those that the ledger gives its new address, 0x lower case. Raises Conflict."""
    for row in counting(connection, appointments.c.account_id == account):
        known = in_the_index(connection, row.tender, unhex0x(address, size=20))
        if not all(go_together(Role(row.role), one) for one in known):
            raise _parts("this address does not", "address", "use the key of another person, or another account")


def _parts(what: str, field: str, fix: str) -> Conflict:
    # Not which part it is, nor in which tender: who bids or evaluates is nobody's business.
    told = f"{what} go together with a part that this account has in a tender"
    return Conflict(told, code="account.parts", field=field, fix=fix)
