"""Tables that repeat what the ledger says."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table, UniqueConstraint

from api.db.metadata import Seconds, metadata

ledger_anchors = Table(
    "ledger_anchors",
    metadata,
    Column("bureau", String(18), primary_key=True),
    Column("lane", String(32), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("root", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("manifest_digest", LargeBinary(32), nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("key", LargeBinary(20), nullable=False),
    Column("block_number", Integer, nullable=False, index=True),
    Column("block_hash", LargeBinary(32), nullable=False),
    Column("block_time", Seconds, nullable=False),
    Column("transaction", LargeBinary(32), nullable=False),
)

ledger_statuses = Table(
    "ledger_statuses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bureau", String(18), nullable=False),
    Column("list", String(32), nullable=False),
    Column("previous_head", LargeBinary(32), nullable=False),
    Column("head", LargeBinary(32), nullable=False, unique=True),
    Column("digest", LargeBinary(32), nullable=False, index=True),
    Column("key", LargeBinary(20), nullable=False),
    Column("block_number", Integer, nullable=False, index=True),
    Column("block_hash", LargeBinary(32), nullable=False),
    Column("block_time", Seconds, nullable=False),
    Column("transaction", LargeBinary(32), nullable=False),
    UniqueConstraint("bureau", "list", "previous_head"),
)

ledger_cursor = Table(
    "ledger_cursor",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
)
"""Recent final blocks already read, newest last, so that a changed history is seen."""
