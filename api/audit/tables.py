"""The audit log: append-only, each entry chained to the one before."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from api.db.metadata import Seconds, service_metadata

audit_entries = Table(
    "audit_entries",
    service_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, doc="1, 2, 3 … without a gap"),
    Column("at", Seconds, nullable=False),
    Column("kind", String(8), nullable=False, doc="begun or ended"),
    Column("begun", Integer, doc="for an end: number of its beginning"),
    Column("account", Integer, doc="number of the account, or none"),
    Column("bureau", String(18), nullable=False, index=True, doc="USCC, or empty"),
    Column("operation", String(64), nullable=False),
    Column("subject", Text, nullable=False, doc="such as `batch 12`: numbers only"),
    Column("outcome", Integer, doc="HTTP status of an end"),
    Column("request", String(36), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, doc="SHA-256 over this entry and the digest before"),
)
"""Numbers of accounts, operations and batches; never a holder's name, number or identifier."""

audit_anchors = Table(
    "audit_anchors",
    service_metadata,
    Column("id", Integer, primary_key=True),
    Column("bureau", String(18), nullable=False, index=True, doc="in whose lane `$audit` it stands"),
    Column("first", Integer, nullable=False, doc="first entry of this anchor"),
    Column("last", Integer, nullable=False, unique=True, doc="last entry"),
    Column("state", String(12), nullable=False, doc="sealed, signed, confirmed"),
    Column("sequence", Integer),
    Column("root", LargeBinary(32)),
    Column("manifest_digest", LargeBinary(32)),
    Column("signature", LargeBinary(65)),
    Column("anchored_at", Seconds),
)
"""Stretches of the log that stand on the ledger."""
