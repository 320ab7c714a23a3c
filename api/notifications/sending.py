"""Letters that are due go out, one at a time; each is tried for two days."""

from __future__ import annotations

import random

from sqlalchemy import Engine, select, update

from api.accounts.tables import accounts
from api.notifications.letters import letter
from api.notifications.mail import Mail
from api.notifications.tables import mail_outbox, mail_settings, news, notifications
from api.tenders.books import newest_book
from api.tenders.titles import title_of
from chain.kernel.errors import Refused, Unavailable
from chain.kernel.steps import reached

PAUSES = (10, 60, 300, 1800, 3600, 7200)
"""Seconds before the next attempt; the last one repeats until it is given up."""


def open_letters(engine: Engine, now: int) -> list[int]:
    """Notifications whose letter is due, oldest first."""
    query = (
        select(mail_outbox.c.notification_id)
        .where(mail_outbox.c.state == "pending", mail_outbox.c.next_at <= now)
        .order_by(mail_outbox.c.next_at, mail_outbox.c.notification_id)
        .limit(100)
    )
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def send_letter(engine: Engine, mail: Mail, number: int, *, sender: str, site: str, now: int) -> None:
    """Try one. What the mail server does is no fault of the job: it is written into the letter's row."""
    query = (
        select(news, notifications.c.account_id, mail_outbox.c.attempts, mail_outbox.c.give_up_at)
        .join(notifications, notifications.c.news_id == news.c.id)
        .join(mail_outbox, mail_outbox.c.notification_id == notifications.c.id)
        .where(mail_outbox.c.notification_id == number, mail_outbox.c.state == "pending")
    )
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            return
        wanted = connection.execute(
            select(mail_settings)
            .join(accounts, accounts.c.id == mail_settings.c.account_id)
            .where(mail_settings.c.account_id == row.account_id, mail_settings.c.active, accounts.c.active)
        ).one_or_none()
        book, title = newest_book(connection), title_of(connection, row.tender)
    if bytes(row.book) != book:
        # Its number means another tender now; it stays in the inbox.
        _write(engine, number, state="failed", answer="mail.other_book")
        return
    if wanted is None or not wanted.address or row.kind in wanted.muted.split():
        _write(engine, number, state="failed", answer="mail.not_wanted")
        return
    made = letter(row, title, number=number, address=wanted.address, language=wanted.language, sender=sender, site=site)
    attempts = row.attempts + 1
    try:
        mail.send(number, made)
    except Refused as error:
        _write(engine, number, state="failed", answer=error.code, attempts=attempts)
        with engine.begin() as connection:  # unless the person has named another address meanwhile
            same = (mail_settings.c.account_id == row.account_id, mail_settings.c.address == wanted.address)
            connection.execute(update(mail_settings).where(*same).values(active=False))
        return
    except Unavailable as error:
        pause = PAUSES[min(attempts, len(PAUSES)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - jitter
        state = "failed" if now + pause > row.give_up_at else "pending"
        _write(engine, number, state=state, answer=error.code, attempts=attempts, next_at=now + int(pause))
        return
    reached("letter-sent")
    _write(engine, number, state="sent", answer="", attempts=attempts)


def _write(engine: Engine, number: int, **values: str | int) -> None:
    with engine.begin() as connection:
        connection.execute(update(mail_outbox).where(mail_outbox.c.notification_id == number).values(**values))
