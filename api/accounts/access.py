"""Passwords, tokens and signatures become a principal. Nothing here tells whether an account exists."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Engine, delete, insert, select, update

from api.accounts.parts import counting
from api.accounts.principals import Appointed, Membership, Principal
from api.accounts.roles import Role, Scope
from api.accounts.rules import NotSignedIn
from api.accounts.siwe import SignInMessage
from api.accounts.tables import accounts, appointments, memberships, nonces, tokens
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput

PREFIX = "yx_"
"""Before every token, so that scanners for leaked secrets can find one."""

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
NONCE_SECONDS = 600
LOCK_AFTER, LOCK_SECONDS = 8, 900
LONGEST_TOKEN = 366 * 86_400
_MINUTE = 60

_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token.

    Attributes:
        number: of the token.
        secret: shown this once; only its digest is kept.
        expires: seconds.
        principal: what it makes of whoever shows it.
    """

    number: int
    secret: str
    expires: int
    principal: Principal


def hash_password(password: str) -> str:
    """Argon2id of a password. Raises InvalidInput if it is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInput(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
            code="account.password",
            field="password",
            fix="choose a longer one",
        )
    return _hasher.hash(password)


def sign_in(engine: Engine, name: str, password: str, *, now: int, seconds: int) -> Issued:
    """A session for a name and password.

    Raises:
        NotSignedIn: unknown name, wrong password, closed or locked account: always the same words, after the same work.
    """
    with engine.begin() as connection:
        row = connection.execute(select(accounts).where(accounts.c.name == name.strip().lower())).one_or_none()
        known = row is not None and row.active and row.password is not None
        locked = row is not None and row.locked_until is not None and row.locked_until > now
        right = _matches(row.password if row is not None and known else _nobody(), password) and known
        if right and not locked and row is not None:
            connection.execute(update(accounts).where(accounts.c.id == row.id).values(failures=0, locked_until=None))
            return _new_token(connection, row.id, "session", "password", frozenset(Scope), now, now + seconds)
        if row is not None and not locked:
            failures = row.failures + 1
            lock = now + LOCK_SECONDS if failures % LOCK_AFTER == 0 else row.locked_until
            connection.execute(
                update(accounts).where(accounts.c.id == row.id).values(failures=failures, locked_until=lock)
            )
    raise _wrong()


def _matches(digest: str, password: str) -> bool:
    try:
        return _hasher.verify(digest, password[: LONGEST_PASSWORD + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _wrong() -> NotSignedIn:
    return NotSignedIn(
        "name and password do not fit, or the account is closed or locked for a while",
        code="access.wrong",
        field="password",
        fix=f"check both; after {LOCK_AFTER} wrong tries an account is locked for {LOCK_SECONDS // 60} minutes",
    )


# --------------------------------------------------------------------------- Sign-In with Ethereum


def new_nonce(engine: Engine, *, now: int) -> tuple[str, int]:
    """A nonce for a sign-in message (EIP-4361), and when it expires."""
    nonce = secrets.token_hex(16)
    with engine.begin() as connection:
        connection.execute(delete(nonces).where(nonces.c.expires_at <= now))
        connection.execute(insert(nonces).values(digest=sha256(nonce.encode()), expires_at=now + NONCE_SECONDS))
    return nonce, now + NONCE_SECONDS


def sign_in_by_key(engine: Engine, message: SignInMessage, *, now: int, seconds: int) -> Issued:
    """A session for a message whose signature was checked already (:meth:`SignInMessage.check`).

    Raises:
        NotSignedIn: the nonce is not one of ours, or was used; or no open account has that address.
    """
    with engine.begin() as connection:
        gone = connection.execute(
            delete(nonces).where(nonces.c.digest == sha256(message.nonce.encode()), nonces.c.expires_at > now)
        ).rowcount
        if gone == 1:
            row = connection.execute(
                select(accounts).where(accounts.c.address == message.address, accounts.c.active)
            ).one_or_none()
            if row is not None:
                return _new_token(connection, row.id, "session", "key", frozenset(Scope), now, now + seconds)
    raise NotSignedIn(
        "the nonce is not known any more, or no open account has this address",
        code="access.key",
        field="message",
        fix="take a new nonce; let whoever keeps the accounts enter your address",
    )


# --------------------------------------------------------------------------- tokens


def new_token(
    engine: Engine, owner: Principal, label: str, scopes: frozenset[Scope], *, now: int, seconds: int
) -> Issued:
    """An API token of the account itself; it can do no more than the token that makes it.

    Raises:
        InvalidInput: no scope, one that the owner's token lacks, or a time that is no time.
    """
    if not scopes or not scopes <= owner.scopes:
        raise InvalidInput(
            "a token has at least one scope, and none that the token which makes it lacks",
            code="token.scopes",
            field="scopes",
            fix="choose from " + ", ".join(sorted(owner.scopes)),
        )
    if not 60 <= seconds <= LONGEST_TOKEN:
        raise InvalidInput(
            "a token is good for one minute to 366 days",
            code="token.expires",
            field="expiresIn",
            fix="give the seconds, 60 to 31622400",
        )
    with engine.begin() as connection:
        return _new_token(connection, owner.account, "token", label, scopes, now, now + seconds)


def _new_token(
    connection: Connection, account: int, kind: str, label: str, scopes: frozenset[Scope], now: int, expires: int
) -> Issued:
    secret = PREFIX + secrets.token_urlsafe(32)
    found = connection.execute(
        insert(tokens).values(
            account_id=account,
            kind=kind,
            label=label,
            digest=sha256(secret.encode()),
            hint=secret[-4:],
            scopes=" ".join(sorted(scopes)),
            created_at=now,
            expires_at=expires,
        )
    ).inserted_primary_key
    assert found is not None
    return Issued(int(found[0]), secret, expires, _principal(connection, account, scopes, int(found[0])))


def principal_of(engine: Engine, secret: str, *, now: int) -> Principal:
    """Who shows this token. Raises NotSignedIn if it is unknown, ended or expired, or its account is closed."""
    with engine.connect() as connection:
        row = connection.execute(
            select(tokens, accounts.c.active)
            .join(accounts, accounts.c.id == tokens.c.account_id)
            .where(tokens.c.digest == sha256(secret.encode()))
        ).one_or_none()
        if row is None or row.ended_at is not None or row.expires_at <= now or not row.active:
            raise NotSignedIn(
                "this token is unknown, ended or expired",
                code="access.token",
                field="Authorization",
                fix="sign in again, or let a new token be made",
            )
        scopes = frozenset(Scope(name) for name in row.scopes.split())
        principal = _principal(connection, row.account_id, scopes, row.id)
    if row.used_at is None or row.used_at + _MINUTE <= now:
        with engine.begin() as connection:
            connection.execute(update(tokens).where(tokens.c.id == row.id).values(used_at=now))
    return principal


def _principal(connection: Connection, account: int, scopes: frozenset[Scope], token: int) -> Principal:
    row = connection.execute(select(accounts).where(accounts.c.id == account)).one()
    held = connection.execute(select(memberships).where(memberships.c.account_id == account)).all()
    roles = tuple(sorted((Membership(Role(one.role), one.bureau or None) for one in held), key=str))
    rows = counting(connection, appointments.c.account_id == account)
    parts = tuple(Appointed(one.tender, Role(one.role)) for one in rows)
    return Principal(account, row.name, roles, scopes, token, row.address, parts)


def end_token(engine: Engine, account: int, number: int, *, now: int) -> bool:
    """End a token of an account; False if it has no such open one."""
    with engine.begin() as connection:
        done = connection.execute(
            update(tokens)
            .where(tokens.c.id == number, tokens.c.account_id == account, tokens.c.ended_at.is_(None))
            .values(ended_at=now)
        )
    return done.rowcount == 1


def set_password(engine: Engine, account: int, password: str, *, now: int) -> None:
    """Give an account a password; every session of it ends."""
    digest = hash_password(password)
    with engine.begin() as connection:
        connection.execute(
            update(accounts)
            .where(accounts.c.id == account)
            .values(password=digest, failures=0, locked_until=None, changed_at=now)
        )
        end_sessions(connection, account, now)


def end_sessions(connection: Connection, account: int, now: int, *, kinds: tuple[str, ...] = ("session",)) -> None:
    """End the account's sessions (and tokens, if named)."""
    connection.execute(
        update(tokens)
        .where(tokens.c.account_id == account, tokens.c.kind.in_(kinds), tokens.c.ended_at.is_(None))
        .values(ended_at=now)
    )


__all__ = [
    "Issued",
    "end_sessions",
    "end_token",
    "hash_password",
    "new_nonce",
    "new_token",
    "principal_of",
    "set_password",
    "sign_in",
    "sign_in_by_key",
]
