"""Reprints, hand-overs, retention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.db.metadata import Seconds

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of care."""
    op.create_table(
        "reprints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Seconds, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_reprints_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reprints")),
        sa.UniqueConstraint("certificate_id", "number", name=op.f("uq_reprints_certificate_id_number")),
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("other", sa.String(length=18), nullable=False),
        sa.Column("package", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_type", sa.String(length=21), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Seconds, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("reply", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_handovers_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("package", name=op.f("uq_handovers_package")),
    )
    op.create_table(
        "handover_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handovers.id"], name=op.f("fk_handover_entries_handover_id_handovers")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_handover_entries_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_entries")),
        sa.UniqueConstraint("handover_id", "position", name=op.f("uq_handover_entries_handover_id_position")),
    )
    op.create_index(op.f("ix_handover_entries_certificate_id"), "handover_entries", ["certificate_id"], unique=False)
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", Seconds, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_table(
        "retention_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("since", Seconds, nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["retention_runs.id"], name=op.f("fk_retention_entries_run_id_retention_runs")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_retention_entries_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_entries")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_retention_entries_run_id_position")),
    )
    op.create_index(op.f("ix_retention_entries_certificate_id"), "retention_entries", ["certificate_id"], unique=False)


def downgrade() -> None:
    """Drop the tables of care."""
    op.drop_index(op.f("ix_retention_entries_certificate_id"), table_name="retention_entries")
    op.drop_table("retention_entries")
    op.drop_table("retention_runs")
    op.drop_index(op.f("ix_handover_entries_certificate_id"), table_name="handover_entries")
    op.drop_table("handover_entries")
    op.drop_table("handovers")
    op.drop_table("reprints")
