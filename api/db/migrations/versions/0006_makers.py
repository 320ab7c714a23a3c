"""Who made a batch or an act: the address of the account with which that person decides elsewhere, where known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    for table in ("acts", "batches"):
        op.add_column(table, sa.Column("maker", sa.String(length=42), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for table in ("acts", "batches"):
        op.drop_column(table, "maker")
