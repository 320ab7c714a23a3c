"""Tables of the worker: where each job stands, and which reminders were noted. Numbers only, never fields."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from api.db.metadata import Seconds, metadata

job_states = Table(
    "job_states",
    metadata,
    Column("kind", String(24), primary_key=True, doc="a kind of work, as in api.jobs.kinds"),
    Column("number", Integer, primary_key=True, doc="of the batch, the act, the delivery …; 0 for upkeep"),
    Column("state", String(12), nullable=False, index=True, doc="queued, waiting, retrying or stuck"),
    Column("runs", Integer, nullable=False, doc="passes that ended; names the next pass"),
    Column("waiting_for", String(16), nullable=False, doc="who has to act, or empty"),
    Column("attempts", Integer, nullable=False, doc="passes in a row that failed"),
    Column("code", String(64), nullable=False, doc="code of the last fault, or empty; never its message"),
    Column("field", String(64), nullable=False, doc="name of the field at fault, or empty; never its value"),
    Column("next_at", Seconds, nullable=False, doc="not tried again before"),
    Column("since", Seconds, nullable=False, doc="when it came into this state"),
    Column("updated_at", Seconds, nullable=False),
)
"""One row for each job that is not over. It can be lost: the registers' own rows say what is open."""

reminders = Table(
    "reminders",
    metadata,
    Column("certificate_id", Integer, ForeignKey("certificates.id", ondelete="CASCADE"), primary_key=True),
    Column("days", Integer, primary_key=True, doc="the threshold that was passed"),
    Column("at", Seconds, nullable=False, doc="the ledger's time when it was noted"),
)
