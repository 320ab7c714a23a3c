"""Tables of the bureau's register.

Times are seconds since 1970 UTC; digests are 32 raw bytes.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from api.db.metadata import Seconds, metadata

batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bureau", String(18), nullable=False),
    Column("certificate_type", String(21), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("operation", String(12), nullable=False, doc="issue, renew, change, transfer or import"),
    Column("source", Text, nullable=False, doc="name of the list, as the officer gave it"),
    Column("operator", Text, nullable=False),
    Column("maker", String(42), doc="address with which the operator decides elsewhere; never on this batch"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("rows_digest", LargeBinary(32), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("created_at", Seconds, nullable=False),
    Column("sequence", Integer),
    Column("root", LargeBinary(32)),
    Column("manifest_digest", LargeBinary(32)),
    Column("signature", LargeBinary(65), doc="the approver's signature of the anchor"),
    Column("evidence", LargeBinary, doc="header, receipt proof and checkpoint, shared by the batch's bundles"),
    UniqueConstraint("bureau", "certificate_type", "sequence"),
)
"""One list on its way to the ledger. States: waiting, released, recalled, sealed, signed, confirmed, complete."""

certificates = Table(
    "certificates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", Integer, ForeignKey("batches.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column(
        "uniqueness", LargeBinary(32), nullable=False, unique=True, doc="keyed digest of bureau, type, number, version"
    ),
    Column("identifier", Text, unique=True),
    Column("number", Text, index=True),
    Column("holder_name", Text, index=True),
    Column("holder_code", Text, index=True),
    Column("fields", Text, doc="canonical JSON of all disclosable fields"),
    Column("not_before", Seconds, nullable=False),
    Column("expires", Seconds, index=True),
    Column("status_list", String(32)),
    Column("status_index", Integer),
    Column("key_id", LargeBinary(16), unique=True, doc="names the record's secret in the key vault"),
    Column("jwt_digest", LargeBinary(32), index=True),
    Column("stamp_digest", LargeBinary(32), index=True),
    Column("record_digest", LargeBinary(32)),
    Column("cid", Text),
    Column("predecessor", Text, index=True, doc="identifier of the certificate this one follows"),
    Column("successor", Text, doc="identifier of the certificate that follows this one"),
    Column("shredded_at", Seconds),
    UniqueConstraint("batch_id", "position"),
    UniqueConstraint("status_list", "status_index"),
    Index(
        "ix_certificates_unsealed",
        "batch_id",
        "position",
        sqlite_where=text("jwt_digest IS NULL"),
        postgresql_where=text("jwt_digest IS NULL"),
    ),
)

status_lists = Table(
    "status_lists",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("bureau", String(18), nullable=False),
    Column("used", LargeBinary, nullable=False, doc="one bit an index ever given out, lowest bit first"),
    Column("free", Integer, nullable=False),
    Column("token", LargeBinary, doc="the newest anchored token"),
    Column("head", LargeBinary(32), doc="the head that token stands under"),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("operation", String(12), nullable=False),
    Column("status_list", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("maker", String(42), doc="address with which the operator decides elsewhere; never on this act"),
    Column("reason", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("previous_head", LargeBinary(32)),
    Column("token", LargeBinary),
    Column("actor", String(18), nullable=False, doc="bureau that signs: the list's own, or its successor"),
    Column("sequence", Integer, doc="sequence in the actor's lane $events; two that wait may hope for the same"),
    Column("root", LargeBinary(32)),
    Column("manifest_digest", LargeBinary(32)),
    Column("event_signature", LargeBinary(65)),
    Column("status_signature", LargeBinary(65)),
)
"""One status act over one list. States: waiting, sealed, signed, noted (events anchored), complete, refused."""

act_entries = Table(
    "act_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act_id", Integer, ForeignKey("acts.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False, index=True),
    Column("before", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("linked", Text, doc="identifier of the successor, where there is one"),
    Column("key_id", LargeBinary(16), unique=True),
    Column("record_digest", LargeBinary(32)),
    Column("cid", Text),
    UniqueConstraint("act_id", "position"),
)
