"""Tables of what is done with certificates besides issuing and ending them: reprints, hand-overs, retention.

Nothing here comes back by ``yinxin rebuild``: it is on no ledger. Times are seconds since 1970 UTC.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from api.db.metadata import Seconds, metadata

reprints = Table(
    "reprints",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False),
    Column("number", Integer, nullable=False, doc="1 for the first reprint of that certificate"),
    Column("operator", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    UniqueConstraint("certificate_id", "number"),
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("direction", String(3), nullable=False, doc="out or in"),
    Column("other", String(18), nullable=False, doc="USCC of the bureau on the other side"),
    Column("package", LargeBinary(32), nullable=False, unique=True, doc="SHA-256 of the package's header"),
    Column("certificate_type", String(21), nullable=False),
    Column("size", Integer, nullable=False),
    Column("operator", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("state", String(12), nullable=False),
    Column("batch_id", Integer, ForeignKey("batches.id"), doc="of the successors, where they are taken in"),
    Column("reply", LargeBinary(32), nullable=False, doc="X25519 key to which the other side encrypts"),
)
"""States: out: exported, withdrawn, closing (the receipt is in), closed; in: imported."""

handover_entries = Table(
    "handover_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("handover_id", Integer, ForeignKey("handovers.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False, index=True),
    Column("successor", Text, doc="identifier at the other bureau, from its receipt"),
    UniqueConstraint("handover_id", "position"),
)

retention_runs = Table(
    "retention_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("operator", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("request", Text, doc="name of the request at the desk"),
)
"""One list of records to be destroyed. States: waiting, released, done, refused."""

retention_entries = Table(
    "retention_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("retention_runs.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("certificate_id", Integer, ForeignKey("certificates.id"), nullable=False, index=True),
    Column("since", Seconds, nullable=False, doc="when it ended; the time of keeping begins here"),
    Column("years", Integer, nullable=False, doc="how long it was kept, by the policy of that day"),
    UniqueConstraint("run_id", "position"),
)
