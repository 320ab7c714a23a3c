"""No statistics about what holders claimed, on PostgreSQL: the planner's samples would outlive shredding.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PERSONAL = {
    "activations": ("fault",),
    "bindings": ("document", "key"),
    "claims": ("body", "reason", "fault"),
    "handover_entries": ("successor",),
    "handovers": ("reason",),
    "reprints": ("reason",),
}


def upgrade() -> None:
    """No samples of personal columns."""
    _sample(0)


def downgrade() -> None:
    """As many as the server takes by itself."""
    _sample(-1)


def _sample(samples: int) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _PERSONAL.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {samples}")
