"""News are noted once, with an inbox entry and perhaps a letter for each account concerned, in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from api.notifications.kinds import KINDS
from api.notifications.tables import mail_outbox, mail_settings, news, notifications

DAY = 86_400
GIVE_UP = 2 * DAY
"""Seconds for which a letter is tried."""


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell.

    Attributes:
        kind: one of :data:`api.notifications.kinds.KINDS`.
        tender: its number, or 0 for a ceremony.
        ceremony: its number, or 0 for a tender.
        lot: its number, or 0.
        occasion: tells apart what may happen more than once.
        moment: the time it speaks of, seconds; 0 for none.
    """

    kind: str
    tender: int = 0
    ceremony: int = 0
    lot: int = 0
    occasion: int = 0
    moment: int = 0

    @property
    def key(self) -> tuple[str, int, int, int, int]:
        """What it is told once by."""
        return self.kind, self.tender, self.ceremony, self.lot, self.occasion


def noted(
    connection: Connection, book: bytes, *, tender: int = 0, ceremony: int = 0
) -> set[tuple[str, int, int, int, int]]:
    """Keys of all news of a tender or ceremony of a book so far."""
    columns = (news.c.kind, news.c.tender, news.c.ceremony, news.c.lot, news.c.occasion)
    query = select(*columns).where(news.c.book == book, news.c.tender == tender, news.c.ceremony == ceremony)
    return {(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(query)}


def note(
    connection: Connection, book: bytes, one: News, accounts: Collection[int], *, now: int, gather: int = 0
) -> bool:
    """Note news that are not noted yet.

    Args:
        connection: in a transaction that no other one with news overlaps.
        book: address of the TenderBook, 20 bytes; empty before the index has begun.
        one: what.
        accounts: numbers of those it concerns.
        now: seconds.
        gather: seconds in which an account gets one letter of this kind about this tender; what comes sooner waits,
            and what comes while one waits is in the inbox alone.

    Returns:
        False if it was noted before; then nothing happens.
    """
    if one.kind not in KINDS:
        raise ValueError(one.kind)
    if one.key in noted(connection, book, tender=one.tender, ceremony=one.ceremony):
        return False
    key = connection.execute(
        insert(news).values(
            book=book, kind=one.kind, tender=one.tender, ceremony=one.ceremony, lot=one.lot, occasion=one.occasion,
            moment=one.moment, at=now,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    wanted = {
        row.account_id
        for row in connection.execute(select(mail_settings).where(mail_settings.c.active))
        if row.address and one.kind not in row.muted.split()
    }
    for account in sorted(set(accounts)):
        made = connection.execute(insert(notifications).values(news_id=key[0], account_id=account)).inserted_primary_key
        assert made is not None
        leaves = _leaves(connection, book, one, account, now, gather) if account in wanted else None
        if leaves is not None:
            connection.execute(
                insert(mail_outbox).values(
                    notification_id=made[0],
                    state="pending",
                    attempts=0,
                    next_at=leaves,
                    give_up_at=leaves + GIVE_UP,
                    answer="",
                )
            )
    return True


def _leaves(connection: Connection, book: bytes, one: News, account: int, now: int, gather: int) -> int | None:
    """When a letter is to leave; None if one that still waits says the same."""
    if not gather:
        return now
    query = (
        select(func.max(mail_outbox.c.next_at), func.count().filter(mail_outbox.c.state == "pending"))
        .join(notifications, notifications.c.id == mail_outbox.c.notification_id)
        .join(news, news.c.id == notifications.c.news_id)
        .where(news.c.kind == one.kind, news.c.tender == one.tender, news.c.book == book)
        .where(notifications.c.account_id == account)
    )
    last, waiting = connection.execute(query).one()
    if waiting:
        return None
    return now if last is None else max(now, int(last) + gather)
