"""The register and the copies of the ledger's events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=12), nullable=False),
        sa.Column("status_list", sa.String(length=32), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("previous_head", sa.LargeBinary(length=32), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("actor", sa.String(length=18), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("manifest_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("event_signature", sa.LargeBinary(length=65), nullable=True),
        sa.Column("status_signature", sa.LargeBinary(length=65), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_state"), "acts", ["state"], unique=False)
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.String(length=18), nullable=False),
        sa.Column("certificate_type", sa.String(length=21), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=12), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("rows_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("manifest_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signature", sa.LargeBinary(length=65), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint(
            "bureau", "certificate_type", "sequence", name=op.f("uq_batches_bureau_certificate_type_sequence")
        ),
    )
    op.create_index(op.f("ix_batches_rows_digest"), "batches", ["rows_digest"], unique=False)
    op.create_index(op.f("ix_batches_state"), "batches", ["state"], unique=False)
    op.create_table(
        "ledger_anchors",
        sa.Column("bureau", sa.String(length=18), nullable=False),
        sa.Column("lane", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("manifest_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key", sa.LargeBinary(length=20), nullable=False),
        sa.Column("block_number", sa.Integer(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block_time", sa.Integer(), nullable=False),
        sa.Column("transaction", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("bureau", "lane", "sequence", name=op.f("pk_ledger_anchors")),
    )
    op.create_index(op.f("ix_ledger_anchors_block_number"), "ledger_anchors", ["block_number"], unique=False)
    op.create_table(
        "ledger_cursor",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_cursor")),
    )
    op.create_table(
        "ledger_statuses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.String(length=18), nullable=False),
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.Column("previous_head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key", sa.LargeBinary(length=20), nullable=False),
        sa.Column("block_number", sa.Integer(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block_time", sa.Integer(), nullable=False),
        sa.Column("transaction", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_statuses")),
        sa.UniqueConstraint(
            "bureau", "list", "previous_head", name=op.f("uq_ledger_statuses_bureau_list_previous_head")
        ),
        sa.UniqueConstraint("head", name=op.f("uq_ledger_statuses_head")),
    )
    op.create_index(op.f("ix_ledger_statuses_block_number"), "ledger_statuses", ["block_number"], unique=False)
    op.create_index(op.f("ix_ledger_statuses_digest"), "ledger_statuses", ["digest"], unique=False)
    op.create_table(
        "status_lists",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("bureau", sa.String(length=18), nullable=False),
        sa.Column("used", sa.LargeBinary(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("head", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("uniqueness", sa.LargeBinary(length=32), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("holder_name", sa.Text(), nullable=True),
        sa.Column("holder_code", sa.Text(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("not_before", sa.Integer(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=True),
        sa.Column("status_list", sa.String(length=32), nullable=True),
        sa.Column("status_index", sa.Integer(), nullable=True),
        sa.Column("key_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("jwt_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("stamp_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("record_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("cid", sa.Text(), nullable=True),
        sa.Column("predecessor", sa.Text(), nullable=True),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("shredded_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_certificates_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_certificates_batch_id_position")),
        sa.UniqueConstraint("identifier", name=op.f("uq_certificates_identifier")),
        sa.UniqueConstraint("key_id", name=op.f("uq_certificates_key_id")),
        sa.UniqueConstraint("status_list", "status_index", name=op.f("uq_certificates_status_list_status_index")),
        sa.UniqueConstraint("uniqueness", name=op.f("uq_certificates_uniqueness")),
    )
    op.create_index("ix_certificates_batch_id", "certificates", ["batch_id"], unique=False)
    op.create_index(op.f("ix_certificates_expires"), "certificates", ["expires"], unique=False)
    op.create_index(op.f("ix_certificates_holder_code"), "certificates", ["holder_code"], unique=False)
    op.create_index(op.f("ix_certificates_holder_name"), "certificates", ["holder_name"], unique=False)
    op.create_index(op.f("ix_certificates_jwt_digest"), "certificates", ["jwt_digest"], unique=False)
    op.create_index(op.f("ix_certificates_number"), "certificates", ["number"], unique=False)
    op.create_index(op.f("ix_certificates_predecessor"), "certificates", ["predecessor"], unique=False)
    op.create_index(op.f("ix_certificates_stamp_digest"), "certificates", ["stamp_digest"], unique=False)
    op.create_table(
        "act_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("linked", sa.Text(), nullable=True),
        sa.Column("key_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("record_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("cid", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_act_entries_act_id_acts")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_act_entries_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_entries")),
        sa.UniqueConstraint("act_id", "position", name=op.f("uq_act_entries_act_id_position")),
        sa.UniqueConstraint("key_id", name=op.f("uq_act_entries_key_id")),
    )
    op.create_index(op.f("ix_act_entries_certificate_id"), "act_entries", ["certificate_id"], unique=False)


def downgrade() -> None:
    """Drop all tables."""
    op.drop_index(op.f("ix_act_entries_certificate_id"), table_name="act_entries")
    op.drop_table("act_entries")
    op.drop_index(op.f("ix_certificates_stamp_digest"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_predecessor"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_number"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_jwt_digest"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_holder_name"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_holder_code"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_expires"), table_name="certificates")
    op.drop_index("ix_certificates_batch_id", table_name="certificates")
    op.drop_table("certificates")
    op.drop_table("status_lists")
    op.drop_index(op.f("ix_ledger_statuses_digest"), table_name="ledger_statuses")
    op.drop_index(op.f("ix_ledger_statuses_block_number"), table_name="ledger_statuses")
    op.drop_table("ledger_statuses")
    op.drop_table("ledger_cursor")
    op.drop_index(op.f("ix_ledger_anchors_block_number"), table_name="ledger_anchors")
    op.drop_table("ledger_anchors")
    op.drop_index(op.f("ix_batches_state"), table_name="batches")
    op.drop_index(op.f("ix_batches_rows_digest"), table_name="batches")
    op.drop_table("batches")
    op.drop_index(op.f("ix_acts_state"), table_name="acts")
    op.drop_table("acts")
