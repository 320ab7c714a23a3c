"""Times beyond 2038, and no statistics about holders, on PostgreSQL. SQLite has neither limit nor such statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIMES = {
    "acts": ("at",),
    "batches": ("created_at",),
    "certificates": ("not_before", "expires", "shredded_at"),
    "ledger_anchors": ("block_time",),
    "ledger_statuses": ("block_time",),
}
_PERSONAL = {
    "act_entries": ("linked",),
    "acts": ("reason",),
    "certificates": ("identifier", "number", "holder_name", "holder_code", "fields", "predecessor", "successor"),
}
"""What shredding empties. The planner's samples of these columns would outlive it in pg_statistic."""


def upgrade() -> None:
    """Eight bytes for times; no samples of personal columns."""
    _retype(sa.Integer(), sa.BigInteger(), 0)


def downgrade() -> None:
    """Four bytes again; fails where a time does not fit."""
    _retype(sa.BigInteger(), sa.Integer(), -1)


def _retype(before: sa.types.TypeEngine[int], after: sa.types.TypeEngine[int], samples: int) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _TIMES.items():
        for column in columns:
            op.alter_column(table, column, existing_type=before, type_=after)
    for table, columns in _PERSONAL.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {samples}")
