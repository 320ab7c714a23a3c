"""Tables of the service's own database: people, tokens, nonces. Times are seconds since 1970 UTC."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from api.db.metadata import Seconds, service_metadata

accounts = Table(
    "accounts",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True, doc="what one signs in with; lower case"),
    Column("display", Text, nullable=False, doc="how colleagues know the person or machine"),
    Column("password", Text, doc="Argon2id (RFC 9106), or none: signs in by key only"),
    Column("address", String(42), unique=True, doc="ledger address, 0x lower case"),
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0", doc="wrong passwords since the last right one"),
    Column("locked_until", Seconds),
    Column("created_at", Seconds, nullable=False),
    Column("changed_at", Seconds, nullable=False),
)

memberships = Table(
    "memberships",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("role", String(12), nullable=False),
    Column("bureau", String(18), nullable=False, server_default="", doc="USCC; empty: in no bureau in particular"),
    UniqueConstraint("account_id", "role", "bureau"),
)

tokens = Table(
    "tokens",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("kind", String(8), nullable=False, doc="session or token"),
    Column("label", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True, doc="SHA-256 of the secret, which has 256 bits"),
    Column("hint", String(8), nullable=False, doc="its last characters, to tell tokens apart"),
    Column("scopes", Text, nullable=False, doc="joined by spaces"),
    Column("created_at", Seconds, nullable=False),
    Column("expires_at", Seconds, nullable=False),
    Column("used_at", Seconds, doc="to the minute"),
    Column("ended_at", Seconds),
    Index("ix_tokens_account_id", "account_id"),
)

nonces = Table(
    "nonces",
    service_metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("expires_at", Seconds, nullable=False, index=True),
)
"""Nonces given out for Sign-In with Ethereum and not used yet."""

appointments = Table(
    "appointments",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("book", LargeBinary(20), nullable=False, doc="TenderBook in which the tender has its number"),
    Column("tender", Integer, nullable=False, index=True, doc="number in the book"),
    Column("bureau", String(18), nullable=False, doc="USCC of the tender's bureau"),
    Column("role", String(12), nullable=False),
    Column("by", Integer, ForeignKey("accounts.id"), nullable=False, doc="who appointed; a bidder comes by itself"),
    Column("from_at", Seconds, nullable=False),
    Column("ended_by", Integer, ForeignKey("accounts.id")),
    Column("ended_at", Seconds, doc="none while it lasts"),
)
"""Which account has which part in which tender. Nothing is deleted: who was what, when, stays. A part counts while it
lasts, its role is held, and its book is the newest (:mod:`api.accounts.parts`)."""
