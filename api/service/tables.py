"""Idempotency keys of the service's own database."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from api.db.metadata import Seconds, service_metadata

idempotency_keys = Table(
    "idempotency_keys",
    service_metadata,
    Column("digest", LargeBinary(32), primary_key=True, doc="SHA-256 of account and key"),
    Column("fingerprint", LargeBinary(32), nullable=False, doc="of method, path and body, under the caller's key"),
    Column("begun_at", Seconds, nullable=False),
    Column("owner", String(64), nullable=False, doc="process and request that execute it"),
    Column("status", Integer, doc="of the answer; none while it is being made"),
    Column("answer", LargeBinary, doc="AES-GCM under a key made from the caller's own key"),
    Column("expires_at", Seconds, nullable=False, index=True),
)
"""Answers are sealed under the caller's key, which is not kept: what they say cannot be read from here."""
