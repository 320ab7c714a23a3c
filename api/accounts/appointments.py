"""Who has which part in which tender, by whom appointed; and who may not have two of them.

Officers, agents, supervisors and key holders are appointed by the tender's bureau. Bidders and experts come by
themselves and are seen by nobody else: who is likely to bid is told to nobody (Measures for Electronic Tendering,
Art. 22), and who evaluates is secret until the award (Tendering and Bidding Law, Art. 37). Neither has another part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.engine import Row

from api.accounts.parts import LOCK, OWN, counting, go_together
from api.accounts.roles import Role
from api.accounts.tables import accounts, appointments, memberships
from api.db import exclusive_transaction
from api.tenders.addresses import in_the_index
from api.tenders.books import newest_book
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound

APPOINTED = (Role.PROCUREMENT, Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER)
"""Parts that a bureau gives."""

_HIDDEN = tuple(str(role) for role in OWN)
_NONE: frozenset[Role] = frozenset()


def appoint(
    engine: Engine,
    tender: int,
    account: int,
    role: Role,
    *,
    bureau: str,
    by: int,
    now: int,
    known: frozenset[Role],
) -> Row[Any]:
    """Give an account a part in a tender; the same again changes nothing.

    Args:
        engine: of the service database.
        tender: number in the newest book.
        account: who.
        role: one of :data:`APPOINTED`, which the account holds (procurement: in ``bureau``).
        bureau: USCC of the tender's bureau.
        by: account that appoints.
        now: seconds.
        known: parts that its ledger address has in the tender, besides those in the index.

    Returns:
        The row of ``appointments``, with the account's display and its ``number`` among those of the tender.

    Raises:
        InvalidInput: no such part, or the account does not hold the role.
        NotFound: no such open account.
        Conflict: it has a part that does not go with this one.
    """
    if role not in APPOINTED:
        raise InvalidInput(
            f"nobody is appointed {role}", code="appointment.role", field="role", fix="one of " + ", ".join(APPOINTED)
        )
    with exclusive_transaction(engine, LOCK) as connection:
        _must_be_open(connection, account)
        where = memberships.c.bureau == (bureau if role is Role.PROCUREMENT else "")
        held = select(memberships.c.id).where(memberships.c.account_id == account, memberships.c.role == str(role))
        if connection.execute(held.where(where)).first() is None:
            raise InvalidInput(
                f"account {account} does not hold the role {role}", code="appointment.not_held", field="role",
                fix="let the authority give it the role first",
            )  # fmt: skip
        made = _enter(connection, tender, account, role, bureau, by, now, known)
        return next(row for row in _shown(connection, tender) if row.id == made.id)


def take_part(
    engine: Engine, tender: int, account: int, role: Role, *, bureau: str, now: int, known: frozenset[Role]
) -> Row[Any]:
    """Let an account that holds the role bidder or expert take that part for itself; the same again changes nothing.

    Args:
        engine: of the service database.
        tender: number in the newest book.
        account: who.
        role: one of :data:`api.accounts.parts.OWN`.
        bureau: USCC of the tender's bureau.
        now: seconds.
        known: parts that its ledger address has in the tender, besides those in the index.

    Raises:
        Conflict: it has another part in the tender, or is a procuring officer of its bureau.
    """
    with exclusive_transaction(engine, LOCK) as connection:
        _must_be_open(connection, account)
        query = select(memberships.c.id).where(
            memberships.c.account_id == account,
            memberships.c.role == str(Role.PROCUREMENT),
            memberships.c.bureau == bureau,
        )
        if connection.execute(query).first() is not None:
            raise _conflict()
        return _enter(connection, tender, account, role, bureau, account, now, known)


def end(engine: Engine, number: int, *, tender: int, by: int, now: int) -> Row[Any]:
    """End an appointment, but no bidder's or expert's part.

    Raises NotFound where there is no open one of that number in the tender.
    """
    with exclusive_transaction(engine, LOCK) as connection:
        found = next((row.id for row in _shown(connection, tender) if row.number == number), 0)
        _end(connection, appointments.c.id == found, appointments.c.ended_at.is_(None), by=by, now=now)
        return next(row for row in _shown(connection, tender) if row.number == number)


def leave(engine: Engine, tender: int, account: int, role: Role, *, now: int) -> None:
    """End a part that one took for oneself. Raises NotFound if it has none."""
    with exclusive_transaction(engine, LOCK) as connection:
        chosen = (
            appointments.c.account_id == account,
            appointments.c.book == newest_book(connection),
            appointments.c.tender == tender,
            appointments.c.role == str(role),
            appointments.c.ended_at.is_(None),
        )
        _end(connection, *chosen, by=account, now=now)


def of_tender(engine: Engine, tender: int) -> Sequence[Row[Any]]:
    """Everybody appointed to a tender of the newest book, ended or not, with the account's display.

    No bidder and no expert is among them; each has the ``number`` by which :func:`end` knows it.
    """
    with engine.connect() as connection:
        return _shown(connection, tender)


def _shown(connection: Connection, tender: int) -> Sequence[Row[Any]]:
    # Numbered within the tender: the table's own numbers would tell how many bid or evaluate in between.
    query = (
        select(appointments, accounts.c.display, func.row_number().over(order_by=appointments.c.id).label("number"))
        .join(accounts, accounts.c.id == appointments.c.account_id)
        .where(appointments.c.tender == tender, appointments.c.role.not_in(_HIDDEN))
        .order_by(appointments.c.id)
    )
    return connection.execute(query.where(appointments.c.book == newest_book(connection))).all()


def _enter(
    connection: Connection,
    tender: int,
    account: int,
    role: Role,
    bureau: str,
    by: int,
    now: int,
    known: frozenset[Role],
) -> Row[Any]:
    for row in counting(connection, appointments.c.tender == tender, appointments.c.account_id == account):
        if row.role == role:
            return row
        if not go_together(role, Role(row.role)):
            raise _conflict()
    if not all(go_together(role, one) for one in known | _by_address(connection, tender, account)):
        raise _conflict()
    key = connection.execute(
        insert(appointments).values(
            account_id=account,
            book=newest_book(connection),
            tender=tender,
            bureau=bureau,
            role=str(role),
            by=by,
            from_at=now,
        )
    ).inserted_primary_key
    assert key is not None
    return connection.execute(select(appointments).where(appointments.c.id == key[0])).one()


def _by_address(connection: Connection, tender: int, account: int) -> frozenset[Role]:
    address = connection.execute(select(accounts.c.address).where(accounts.c.id == account)).scalar()
    return _NONE if address is None else in_the_index(connection, tender, unhex0x(address, size=20))


def _conflict() -> Conflict:
    # One sentence for all: which part an account has is nobody's business, a bidder's or an expert's least.
    return Conflict(
        "this account may not have that part in this tender", code="appointment.conflict", field="account",
        fix="give the part to another person: who bids or evaluates has no other part, and nobody leads and supervises",
    )  # fmt: skip


def _must_be_open(connection: Connection, account: int) -> None:
    if connection.execute(select(accounts.c.id).where(accounts.c.id == account, accounts.c.active)).first() is None:
        raise NotFound(
            f"no open account {account}", code="account.unknown", field="account", fix="ask whoever keeps the accounts"
        )


def _end(connection: Connection, *chosen: Any, by: int, now: int) -> None:
    done = connection.execute(update(appointments).where(*chosen).values(ended_by=by, ended_at=now))
    if done.rowcount != 1:
        raise NotFound(
            "no such appointment that lasts", code="appointment.unknown", field="number", fix="list them first"
        )


__all__ = ["APPOINTED", "appoint", "end", "leave", "of_tender", "take_part"]
