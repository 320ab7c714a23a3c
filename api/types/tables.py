"""Table of proposals. Times are seconds since 1970 UTC; digests are 32 raw bytes."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from api.db.metadata import Seconds, metadata

type_acts = Table(
    "type_acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", String(8), nullable=False, doc="approve or retire"),
    Column("code", String(21), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False, doc="canonical JSON: the definition, or the retirement; public"),
    Column("digest", LargeBinary(32), nullable=False, index=True, doc="SHA-256 of the document"),
    Column("operator", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("at", Seconds, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("refusal", Text, doc="what the second person or the signer said"),
    Column("sequence", Integer, doc="sequence in the bureau's lane $types"),
    Column("root", LargeBinary(32)),
    Column("manifest_digest", LargeBinary(32)),
    Column("signature", LargeBinary(65), doc="the approver's signature of the anchor"),
)
"""One definition, or the end of one, on its way. States: waiting, signed, anchored, active; refused, recalled."""

OPEN = ("waiting", "signed", "anchored")
"""States from which it goes on."""
