"""What an account was told, what it has read, and where it wants letters."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Row

from api.db import exclusive_transaction
from api.notifications.kinds import KINDS
from api.notifications.tables import mail_settings, news, notifications
from chain.kernel.errors import InvalidInput, NotFound
from chain.words.catalogue import LANGUAGES

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@[^@]{{1,253}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*\Z")
"""A dot-atom and a name of labels (RFC 5322, 3.4.1; RFC 1035, 2.3.1): none empty; no quotes, comments or line's end."""


def page(engine: Engine, account: int, *, unread: bool, before: int, limit: int) -> Sequence[Row[Any]]:
    """Notifications of an account, newest first, with their news; numbers below ``before`` (0: from the newest)."""
    query = (
        select(news, notifications.c.id.label("number"), notifications.c.read_at)
        .join(notifications, notifications.c.news_id == news.c.id)
        .where(notifications.c.account_id == account)
        .order_by(notifications.c.id.desc())
        .limit(limit)
    )
    if unread:
        query = query.where(notifications.c.read_at.is_(None))
    if before:
        query = query.where(notifications.c.id < before)
    with engine.connect() as connection:
        return connection.execute(query).all()


def mark_read(engine: Engine, account: int, number: int, *, now: int) -> None:
    """Mark one's own notification as read; the same again changes nothing. Raises NotFound."""
    own = (notifications.c.id == number, notifications.c.account_id == account)
    with engine.begin() as connection:
        if connection.execute(select(notifications.c.id).where(*own)).first() is None:
            raise NotFound(
                f"no notification {number}", code="notification.unknown", field="number", fix="GET /v1/notifications"
            )
        connection.execute(update(notifications).where(*own, notifications.c.read_at.is_(None)).values(read_at=now))


def mark_all_read(engine: Engine, account: int, upto: int, *, now: int) -> None:
    """Mark one's own notifications up to a number as read."""
    with engine.begin() as connection:
        connection.execute(
            update(notifications)
            .where(notifications.c.account_id == account, notifications.c.id <= upto, notifications.c.read_at.is_(None))
            .values(read_at=now)
        )


def letters_of(engine: Engine, account: int) -> Row[Any] | None:
    """Row of ``mail_settings``, or None where an account never chose."""
    with engine.connect() as connection:
        return connection.execute(select(mail_settings).where(mail_settings.c.account_id == account)).one_or_none()


def choose_letters(
    engine: Engine, account: int, *, address: str, language: str, muted: Collection[str], now: int
) -> None:
    """Say where an account wants letters.

    Args:
        engine: of the service database.
        account: its number.
        address: empty for none; the one before is then forgotten.
        language: ``zh`` or ``en``.
        muted: kinds that are not mailed.
        now: seconds.

    Raises:
        InvalidInput: no address, language or kind of ours.
    """
    address = address.strip()
    if address and not _ADDRESS.match(address):
        raise InvalidInput(
            "this is no e-mail address", code="mail.address", field="address", fix="such as name@example.org"
        )
    if language not in LANGUAGES:
        raise InvalidInput("zh or en", code="mail.language", field="language", fix="choose one of them")
    for kind in muted:
        if kind not in KINDS:
            raise InvalidInput(
                f"there is no kind {kind!r}", code="mail.kind", field="muted", fix="one of " + ", ".join(KINDS)
            )
    with exclusive_transaction(engine, "mail") as connection:
        connection.execute(delete(mail_settings).where(mail_settings.c.account_id == account))
        connection.execute(
            insert(mail_settings).values(
                account_id=account, address=address, language=language, muted=" ".join(sorted(set(muted))), active=True,
                changed_at=now,
            )
        )  # fmt: skip
