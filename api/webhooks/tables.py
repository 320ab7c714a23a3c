"""Tables of the webhooks: who is told, what happened, and how each telling went."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from api.db.metadata import Seconds, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", Text, nullable=False, doc="event kinds with a blank between; empty for all"),
    Column("salt", String(32), nullable=False, doc="with the vault's master key it gives the secret; hexadecimal"),
    Column("previous_salt", String(32), nullable=False, doc="of the secret before the last rotation, or empty"),
    Column("rotated_at", Seconds, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Seconds, nullable=False),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event", String(40), nullable=False, unique=True, doc="what receivers tell repetitions by"),
    Column("kind", String(32), nullable=False, doc="such as batch.completed"),
    Column("number", Integer, nullable=False, doc="of the batch, act …"),
    Column("occasion", Seconds, nullable=False, doc="tells apart what may happen more than once; else 0"),
    Column("count", Integer, nullable=False, doc="how many certificates"),
    Column("code", String(96), nullable=False, doc="of a fault, or what is waited for, or empty"),
    Column("at", Seconds, nullable=False),
    UniqueConstraint("kind", "number", "occasion", "code"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_id", Integer, ForeignKey("webhook_events.id"), nullable=False),
    Column("webhook_id", Integer, ForeignKey("webhooks.id"), nullable=False),
    Column("state", String(12), nullable=False, index=True, doc="pending, delivered or failed"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Seconds, nullable=False),
    Column("give_up_at", Seconds, nullable=False),
    Column("answer", String(64), nullable=False, doc="last HTTP status, or code of the fault"),
    Column("delivered_at", Seconds),
    UniqueConstraint("event_id", "webhook_id"),
)
