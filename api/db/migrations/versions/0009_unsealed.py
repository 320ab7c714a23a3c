"""What of a batch is not made yet is found without reading what is; its rows are found by their unique positions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNSEALED = sa.text("jwt_digest IS NULL")


def upgrade() -> None:
    """Exchange the indexes."""
    op.drop_index("ix_certificates_batch_id", table_name="certificates")
    op.create_index(
        "ix_certificates_unsealed",
        "certificates",
        ["batch_id", "position"],
        sqlite_where=UNSEALED,
        postgresql_where=UNSEALED,
    )


def downgrade() -> None:
    """Exchange them back."""
    op.drop_index("ix_certificates_unsealed", table_name="certificates")
    op.create_index("ix_certificates_batch_id", "certificates", ["batch_id"])
