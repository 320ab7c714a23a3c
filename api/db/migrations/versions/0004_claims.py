"""Activation codes asked for, claims on their way, bindings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SECONDS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PERSONAL = ("body", "reason", "fault")
"""What shredding empties. The planner's samples of these columns would outlive it in pg_statistic."""


def upgrade() -> None:
    """Create the tables of claims."""
    op.create_table(
        "activations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", _SECONDS, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_activations_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activations")),
    )
    op.create_index(op.f("ix_activations_certificate_id"), "activations", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_activations_state"), "activations", ["state"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("binding", sa.LargeBinary(length=32), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _SECONDS, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fault_code", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("key_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("manifest_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signature", sa.LargeBinary(length=65), nullable=True),
        sa.Column("record_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("cid", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_claims_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("digest", name=op.f("uq_claims_digest")),
        sa.UniqueConstraint("key_id", name=op.f("uq_claims_key_id")),
    )
    op.create_index(op.f("ix_claims_certificate_id"), "claims", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_claims_state"), "claims", ["state"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for column in _PERSONAL:
            op.execute(f"ALTER TABLE claims ALTER COLUMN {column} SET STATISTICS 0")
    op.create_table(
        "bindings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=33), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("since_block", sa.Integer(), nullable=False),
        sa.Column("since", _SECONDS, nullable=False),
        sa.Column("until_block", sa.Integer(), nullable=True),
        sa.Column("until", _SECONDS, nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_bindings_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_bindings_claim_id_claims")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bindings")),
        sa.UniqueConstraint("certificate_id", "n", name=op.f("uq_bindings_certificate_id_n")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_bindings_claim_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_bindings_digest")),
    )
    op.create_index("ix_bindings_certificate_id", "bindings", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_bindings_key"), "bindings", ["key"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for table in ("bindings", "claims", "activations"):
        op.drop_table(table)
