"""Tables of what people are told: news, who has it in the inbox, and mail that is to go out."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from api.db.metadata import Seconds, service_metadata

news = Table(
    "news",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("book", LargeBinary(20), nullable=False, doc="TenderBook in which the tender has its number"),
    Column("kind", String(32), nullable=False, doc="such as tender.closed"),
    Column("tender", Seconds, nullable=False, doc="0 for a ceremony"),
    Column("ceremony", Seconds, nullable=False, doc="0 for a tender"),
    Column("lot", Integer, nullable=False),
    Column("occasion", Seconds, nullable=False, doc="tells apart what may happen more than once; else 0"),
    Column("moment", Seconds, nullable=False, doc="the time it speaks of, such as a deadline; 0 for none"),
    Column("at", Seconds, nullable=False),
    UniqueConstraint("book", "kind", "tender", "ceremony", "lot", "occasion"),
)
"""Each once, whoever noted it and whatever died."""

notifications = Table(
    "notifications",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("news_id", Integer, ForeignKey("news.id"), nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("read_at", Seconds),
    UniqueConstraint("news_id", "account_id"),
    Index("ix_notifications_account_id", "account_id"),
)

mail_outbox = Table(
    "mail_outbox",
    service_metadata,
    Column("notification_id", Integer, ForeignKey("notifications.id"), primary_key=True),
    Column("state", String(12), nullable=False, index=True, doc="pending, sent or failed"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Seconds, nullable=False),
    Column("give_up_at", Seconds, nullable=False),
    Column("answer", String(64), nullable=False, doc="code of the last fault, or empty; never its message"),
)
"""Letters by the notification they carry; the address is looked up when one is sent, and stands nowhere else."""

mail_settings = Table(
    "mail_settings",
    service_metadata,
    Column("account_id", Integer, ForeignKey("accounts.id"), primary_key=True),
    Column("address", Text, nullable=False, doc="empty: no mail"),
    Column("language", String(2), nullable=False, doc="zh or en"),
    Column("muted", Text, nullable=False, doc="kinds that are not mailed, joined by blanks"),
    Column("active", Boolean, nullable=False, doc="false after the mail server refused the address for good"),
    Column("changed_at", Seconds, nullable=False),
)
"""Where an account wants its letters."""
