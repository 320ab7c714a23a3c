"""Whom news concern: those appointed to a tender, and those whose ledger address the chain names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from api.accounts.parts import counting
from api.accounts.roles import Role
from api.accounts.tables import accounts, appointments, memberships
from api.tenders.tables import ceremony_members, tenders
from chain.kernel.encoding import hex0x


def people_of_tender(connection: Connection, tender: int, roles: Iterable[Role]) -> set[int]:
    """Open accounts with one of these parts in a tender.

    Where nobody is appointed procuring officer, every procuring officer of the bureau is; a supervisor or key holder is
    one by appointment, or because the chain names the account's ledger address.
    """
    row = connection.execute(select(tenders).where(tenders.c.number == tender)).one_or_none()
    if row is None:
        return set()
    wanted = set(roles)
    rows = counting(connection, appointments.c.tender == tender)
    parts = [(one.account_id, Role(one.role)) for one in rows]
    found = {account for account, role in parts if role in wanted}
    if Role.PROCUREMENT in wanted and not any(role is Role.PROCUREMENT for _, role in parts):
        officers = select(memberships.c.account_id).where(
            memberships.c.role == str(Role.PROCUREMENT), memberships.c.bureau == row.bureau
        )
        found |= set(connection.execute(officers).scalars())
    if Role.SUPERVISOR in wanted:
        found |= _by_address(connection, [bytes(row.supervisor)])
    if Role.KEYHOLDER in wanted:
        found |= _members(connection, row.ceremony)
    return _open(connection, found)


def people_of_ceremony(connection: Connection, ceremony: int) -> set[int]:
    """Open accounts whose ledger address is a member's."""
    return _open(connection, _members(connection, ceremony))


def _members(connection: Connection, ceremony: int) -> set[int]:
    query = select(ceremony_members.c.account).where(ceremony_members.c.ceremony == ceremony)
    return _by_address(connection, [bytes(account) for account in connection.execute(query).scalars()])


def _by_address(connection: Connection, addresses: list[bytes]) -> set[int]:
    query = select(accounts.c.id).where(accounts.c.address.in_([hex0x(address) for address in addresses]))
    return set(connection.execute(query).scalars())


def _open(connection: Connection, numbers: set[int]) -> set[int]:
    return set(connection.execute(select(accounts.c.id).where(accounts.c.id.in_(numbers), accounts.c.active)).scalars())
