"""Make, change and close accounts; give and take roles.

The authority keeps all accounts; an officer's bureau keeps none by itself: whoever may make an officer could make
itself one, and then a second person of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from api.accounts.access import end_sessions, hash_password
from api.accounts.parts import LOCK, check_address_against_parts, check_against_parts, end_without_role
from api.accounts.principals import Membership
from api.accounts.roles import EVERYWHERE, NEVER_IN_A_BUREAU, Role
from api.accounts.tables import accounts, memberships, tokens
from api.db.exclusive import exclusive
from chain.identifiers import uscc
from chain.kernel.errors import Conflict, InvalidInput, NotFound

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{1,62})[a-z0-9]\Z")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}\Z")


@dataclass(frozen=True, slots=True)
class Account:
    """One account, without its secrets.

    Attributes:
        number: of the account.
        name: what one signs in with.
        display: how colleagues know it.
        address: ledger address, or None.
        active: False once closed.
        has_password: it can sign in with one.
        memberships: its roles.
        created_at: seconds.
        changed_at: seconds.
    """

    number: int
    name: str
    display: str
    address: str | None
    active: bool
    has_password: bool
    memberships: tuple[Membership, ...]
    created_at: int
    changed_at: int


def create_account(
    engine: Engine,
    name: str,
    display: str,
    roles: Sequence[Membership],
    *,
    now: int,
    password: str | None = None,
    address: str | None = None,
) -> Account:
    """Make an account.

    Raises:
        InvalidInput: a name, role, bureau, password or address of another form.
        Conflict: the name or address is taken.
    """
    name = check_name(name)
    check_roles(roles)
    values = {
        "name": name,
        "display": _display(display),
        "password": None if password is None else hash_password(password),
        "address": None if address is None else check_address(address),
        "active": True,
        "created_at": now,
        "changed_at": now,
    }
    try:
        with engine.begin() as connection:
            found = connection.execute(insert(accounts).values(**values)).inserted_primary_key
            assert found is not None
            _set_roles(connection, int(found[0]), roles)
            return _account(connection, int(found[0]))
    except IntegrityError as error:
        raise Conflict(
            "this name or address has an account already",
            code="account.taken",
            field="name",
            fix="choose another name, or change the account there is",
        ) from error


def change_account(
    engine: Engine,
    number: int,
    *,
    now: int,
    display: str | None = None,
    address: str | None = None,
    roles: Sequence[Membership] | None = None,
    active: bool | None = None,
    by: int | None = None,
) -> Account:
    """Change what is given. A closed account, or one that loses a role, is signed out everywhere.

    With a role that is taken away (by account ``by``) its parts in tenders end, and do not come back with it.

    Raises:
        NotFound: no such account. InvalidInput, Conflict: as for :func:`create_account`; Conflict also where the roles
            or the address do not go together with a part that lasts.
    """
    values: dict[str, Any] = {"changed_at": now}
    if display is not None:
        values["display"] = _display(display)
    if address is not None:
        values["address"] = check_address(address) if address else None
    if active is not None:
        values["active"] = active
    if roles is not None:
        check_roles(roles)
    try:
        with engine.begin() as connection:
            before = _account(connection, number)
            connection.execute(update(accounts).where(accounts.c.id == number).values(**values))
            if roles is not None or address:
                exclusive(connection, LOCK)
            if address:
                check_address_against_parts(connection, number, values["address"])
            if roles is not None:
                _set_roles(connection, number, roles)
                end_without_role(connection, number, roles, by=by, now=now)
                check_against_parts(connection, number, roles)
            lost = roles is not None and not set(before.memberships) <= set(roles)
            if lost or active is False:
                end_sessions(connection, number, now, kinds=("session", "token"))
            return _account(connection, number)
    except IntegrityError as error:
        raise Conflict(
            "this address has another account", code="account.taken", field="address", fix="use another key"
        ) from error


def account(engine: Engine, number: int) -> Account:
    """One account. Raises NotFound."""
    with engine.connect() as connection:
        return _account(connection, number)


def account_named(engine: Engine, name: str) -> Account:
    """The account one signs in to with that name. Raises NotFound."""
    with engine.connect() as connection:
        number = connection.execute(select(accounts.c.id).where(accounts.c.name == name.strip().lower())).scalar()
        if number is None:
            raise NotFound(
                "no account of that name", code="account.unknown", field="account", fix="ask whoever keeps the accounts"
            )
        return _account(connection, number)


def list_accounts(engine: Engine, *, bureau: str | None, after: int, limit: int) -> list[Account]:
    """Accounts by number, of one bureau or of all."""
    query = select(accounts.c.id).where(accounts.c.id > after)
    if bureau is not None:
        query = query.where(accounts.c.id.in_(select(memberships.c.account_id).where(memberships.c.bureau == bureau)))
    with engine.connect() as connection:
        numbers = connection.execute(query.order_by(accounts.c.id).limit(limit)).scalars().all()
        return [_account(connection, number) for number in numbers]


def list_tokens(engine: Engine, number: int) -> Sequence[Row[Any]]:
    """Rows of ``tokens`` of an account that are not ended, newest first."""
    with engine.connect() as connection:
        query = select(tokens).where(tokens.c.account_id == number, tokens.c.ended_at.is_(None))
        return connection.execute(query.order_by(tokens.c.id.desc())).all()


def check_roles(roles: Sequence[Membership]) -> None:
    """A role fits its place. Raises InvalidInput."""
    for place, one in enumerate(roles):
        if one.bureau is None and one.role not in EVERYWHERE:
            raise InvalidInput(
                f"{one.role} is a role in a bureau",
                code="account.role",
                field=f"roles[{place}].bureau",
                fix="name the bureau's unified social credit code",
            )
        if one.bureau is not None and one.role in NEVER_IN_A_BUREAU:
            raise InvalidInput(
                f"{one.role} is no role in a bureau",
                code="account.role",
                field=f"roles[{place}].bureau",
                fix="leave it out",
            )
        if one.bureau is not None:
            uscc.parse(one.bureau, field=f"roles[{place}].bureau")
    pairs = {(one.bureau, one.role) for one in roles}
    for bureau in {one.bureau for one in roles}:
        if {(bureau, Role.OFFICER), (bureau, Role.APPROVER)} <= pairs:
            raise InvalidInput(
                "one account cannot be officer and approver of the same bureau",
                code="account.two_eyes",
                field="roles",
                fix="give the second role to another person",
            )


def check_name(name: str) -> str:
    """The name in lower case. Raises InvalidInput."""
    name = name.strip().lower()
    if not _NAME.match(name):
        raise InvalidInput(
            "a name has 3 to 64 of a-z, 0-9, dot, hyphen, underscore and @, and begins and ends with a letter or digit",
            code="account.name",
            field="name",
            fix="for example window-07 or li.hua",
        )
    return name


def check_address(address: str) -> str:
    """The address in lower case. Raises InvalidInput."""
    address = address.strip().lower()
    if not _ADDRESS.match(address):
        raise InvalidInput(
            "an address is 0x and 40 hexadecimal digits", code="account.address", field="address", fix="copy it whole"
        )
    return address


def _display(text: str) -> str:
    text = " ".join(text.split())
    if not 1 <= len(text) <= 100 or not text.isprintable():
        raise InvalidInput("1 to 100 printable characters", code="account.display", field="display", fix="shorten it")
    return text


def _set_roles(connection: Connection, number: int, roles: Sequence[Membership]) -> None:
    connection.execute(delete(memberships).where(memberships.c.account_id == number))
    rows = [
        {"account_id": number, "role": str(role), "bureau": bureau}
        for role, bureau in sorted({(one.role, one.bureau or "") for one in roles})
    ]
    if rows:
        connection.execute(insert(memberships), rows)


def _account(connection: Connection, number: int) -> Account:
    row = connection.execute(select(accounts).where(accounts.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(
            f"no account {number}", code="account.unknown", field="account", fix="GET /v1/accounts lists them"
        )
    held = connection.execute(
        select(memberships).where(memberships.c.account_id == number).order_by(memberships.c.role, memberships.c.bureau)
    ).all()
    return Account(
        row.id,
        row.name,
        row.display,
        row.address,
        row.active,
        row.password is not None,
        tuple(Membership(Role(one.role), one.bureau or None) for one in held),
        row.created_at,
        row.changed_at,
    )
