"""Tables of holders' claims. Times are seconds since 1970 UTC; digests are 32 raw bytes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from api.db.metadata import Seconds, metadata

activations = Table(
    "activations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False, index=True),
    Column("operator", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("fault", Text, doc="why the signer refused"),
)
"""One wish for an activation code. States: waiting, complete, refused. The code itself never comes here."""

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(4), nullable=False, doc="bind or end"),
    Column("digest", LargeBinary(32), nullable=False, unique=True, doc="of the claim or statement, or of the wish"),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False, index=True),
    Column("binding", LargeBinary(32), doc="digest of the binding that ends"),
    Column("body", LargeBinary, doc="the claim or the holder's statement; null for the bureau's own wish"),
    Column("operator", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("fault_code", Text),
    Column("fault", Text, doc="why the signer refused"),
    Column("key_id", LargeBinary(16), nullable=False, unique=True, doc="names the record's secret in the key vault"),
    Column("sequence", Integer),
    Column("root", LargeBinary(32)),
    Column("size", Integer, doc="leaves under the root"),
    Column("manifest_digest", LargeBinary(32)),
    Column("signature", LargeBinary(65), doc="the approver's signature of the anchor"),
    Column("record_digest", LargeBinary(32)),
    Column("cid", Text),
)
"""One entry of the lane ``$claims`` on its way. States: waiting, signed, anchored, complete, refused."""

bindings = Table(
    "bindings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("document", LargeBinary, nullable=False),
    Column("key", LargeBinary(33), nullable=False, index=True, doc="the device's public key"),
    Column("claim_id", Integer, ForeignKey("claims.id"), nullable=False, unique=True),
    Column("since_block", Integer, nullable=False),
    Column("since", Seconds, nullable=False),
    Column("until_block", Integer),
    Column("until", Seconds),
    Column("ended_by", String(8), doc="replaced, holder or bureau"),
    UniqueConstraint("certificate_id", "n"),
    Index("ix_bindings_certificate_id", "certificate_id"),
)
"""Anchored bindings. A copy for searching: what holds is the lane."""
