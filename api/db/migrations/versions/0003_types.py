"""Certificate types of a bureau's own.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of proposals."""
    op.create_table(
        "type_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=21), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("manifest_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signature", sa.LargeBinary(length=65), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_type_acts")),
    )
    op.create_index(op.f("ix_type_acts_code"), "type_acts", ["code"], unique=False)
    op.create_index(op.f("ix_type_acts_digest"), "type_acts", ["digest"], unique=False)
    op.create_index(op.f("ix_type_acts_state"), "type_acts", ["state"], unique=False)


def downgrade() -> None:
    """Drop it."""
    for column in ("state", "digest", "code"):
        op.drop_index(op.f(f"ix_type_acts_{column}"), table_name="type_acts")
    op.drop_table("type_acts")
