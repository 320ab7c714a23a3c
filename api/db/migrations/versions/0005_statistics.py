"""No statistics about what holders claimed, on PostgreSQL: the planner's samples would outlive shredding."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PERSONAL = {"activations": ("fault",), "bindings": ("document", "key"), "claims": ("body", "reason", "fault")}


def upgrade() -> None:
    """No samples of personal columns."""
    _set(0)


def downgrade() -> None:
    """As many as the server takes by itself."""
    _set(-1)


def _set(samples: int) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _PERSONAL.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {samples}")
