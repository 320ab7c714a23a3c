"""Parts in tenders, the index of what the ledger says of them, and what people are told.

Revision ID: service_0003
Revises: service_0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "service_0003"
down_revision = "service_0002"
branch_labels = None
depends_on = None

SECONDS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("tender", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("from_at", SECONDS, nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", SECONDS, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_appointments_account_id_accounts")),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_appointments_by_accounts")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_appointments_ended_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_account_id"), "appointments", ["account_id"], unique=False)
    op.create_index(op.f("ix_appointments_tender"), "appointments", ["tender"], unique=False)
    op.create_table(
        "tender_events",
        sa.Column("block_number", SECONDS, autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("tender", SECONDS, nullable=False),
        sa.Column("ceremony", SECONDS, nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block_time", SECONDS, nullable=False),
        sa.Column("transaction", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "log_index", name=op.f("pk_tender_events")),
    )
    op.create_index(op.f("ix_tender_events_ceremony"), "tender_events", ["ceremony"], unique=False)
    op.create_index(op.f("ix_tender_events_tender"), "tender_events", ["tender"], unique=False)
    op.create_table(
        "tender_cursor",
        sa.Column("number", SECONDS, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("book", sa.LargeBinary(length=20), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tender_cursor")),
    )
    op.create_table(
        "tenders",
        sa.Column("number", SECONDS, autoincrement=False, nullable=False),
        sa.Column("bureau", sa.String(length=18), nullable=False),
        sa.Column("lots", sa.Integer(), nullable=False),
        sa.Column("envelopes", sa.Integer(), nullable=False),
        sa.Column("minimum_bids", sa.Integer(), nullable=False),
        sa.Column("amendments", sa.Integer(), nullable=False),
        sa.Column("notice", sa.LargeBinary(length=32), nullable=False),
        sa.Column("published_at", SECONDS, nullable=False),
        sa.Column("deadline", SECONDS, nullable=False),
        sa.Column("open_at", SECONDS, nullable=False),
        sa.Column("settled_at", SECONDS, nullable=False),
        sa.Column("reveal_window", sa.Integer(), nullable=False),
        sa.Column("standstill", sa.Integer(), nullable=False),
        sa.Column("complaint_period", sa.Integer(), nullable=False),
        sa.Column("ceremony", SECONDS, nullable=False),
        sa.Column("supervisor", sa.LargeBinary(length=20), nullable=False),
        sa.Column("custodians", sa.JSON(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tenders")),
    )
    op.create_index(op.f("ix_tenders_bureau"), "tenders", ["bureau"], unique=False)
    op.create_table(
        "tender_notices",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tender", SECONDS, nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("bureau_name", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("questions_until", SECONDS, nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tender_notices")),
    )
    op.create_index(op.f("ix_tender_notices_tender"), "tender_notices", ["tender"], unique=False)
    op.create_table(
        "tender_amendments",
        sa.Column("tender", SECONDS, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("deadline", SECONDS, nullable=False),
        sa.Column("open_at", SECONDS, nullable=False),
        sa.Column("at", SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("tender", "number", name=op.f("pk_tender_amendments")),
    )
    op.create_table(
        "tender_lots",
        sa.Column("tender", SECONDS, autoincrement=False, nullable=False),
        sa.Column("lot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("since", SECONDS, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("attested", sa.JSON(), nullable=False),
        sa.Column("rankings", sa.Integer(), nullable=False),
        sa.Column("awards", sa.Integer(), nullable=False),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tender", "lot", name=op.f("pk_tender_lots")),
    )
    op.create_table(
        "tender_places",
        sa.Column("tender", SECONDS, autoincrement=False, nullable=False),
        sa.Column("lot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bidder", sa.LargeBinary(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("decoy", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tender", "lot", "place", name=op.f("pk_tender_places")),
    )
    op.create_table(
        "tender_records",
        sa.Column("block_number", SECONDS, autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tender", SECONDS, nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=66), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "log_index", name=op.f("pk_tender_records")),
    )
    op.create_index(op.f("ix_tender_records_digest"), "tender_records", ["digest"], unique=False)
    op.create_index(op.f("ix_tender_records_tender"), "tender_records", ["tender"], unique=False)
    op.create_table(
        "tender_cases",
        sa.Column("tender", SECONDS, autoincrement=False, nullable=False),
        sa.Column("lot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("filed_at", SECONDS, nullable=False),
        sa.Column("settled_at", SECONDS, nullable=True),
        sa.PrimaryKeyConstraint("tender", "lot", "number", name=op.f("pk_tender_cases")),
    )
    op.create_table(
        "ceremonies",
        sa.Column("number", SECONDS, autoincrement=False, nullable=False),
        sa.Column("bureau", sa.String(length=18), nullable=False),
        sa.Column("tender", SECONDS, nullable=False),
        sa.Column("roster", sa.LargeBinary(length=32), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("deals_until", SECONDS, nullable=False),
        sa.Column("complaints_until", SECONDS, nullable=False),
        sa.Column("answers_until", SECONDS, nullable=False),
        sa.Column("confirm_until", SECONDS, nullable=False),
        sa.Column("usable_until", SECONDS, nullable=False),
        sa.Column("key", sa.LargeBinary(length=96), nullable=False),
        sa.Column("transcript", sa.LargeBinary(length=32), nullable=False),
        sa.Column("roll_calls", sa.Integer(), nullable=False),
        sa.Column("called_at", SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ceremonies")),
    )
    op.create_table(
        "ceremony_members",
        sa.Column("ceremony", SECONDS, autoincrement=False, nullable=False),
        sa.Column("member", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.LargeBinary(length=20), nullable=False),
        sa.Column("dealt", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        sa.Column("destroyed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ceremony", "member", name=op.f("pk_ceremony_members")),
    )
    op.create_index(op.f("ix_ceremony_members_account"), "ceremony_members", ["account"], unique=False)
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("tender", SECONDS, nullable=False),
        sa.Column("ceremony", SECONDS, nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("occasion", SECONDS, nullable=False),
        sa.Column("moment", SECONDS, nullable=False),
        sa.Column("at", SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint(
            "kind", "tender", "ceremony", "lot", "occasion", name=op.f("uq_news_kind_tender_ceremony_lot_occasion")
        ),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("news_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("read_at", SECONDS, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id_accounts")),
        sa.ForeignKeyConstraint(["news_id"], ["news.id"], name=op.f("fk_notifications_news_id_news")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("news_id", "account_id", name=op.f("uq_notifications_news_id_account_id")),
    )
    op.create_index(op.f("ix_notifications_account_id"), "notifications", ["account_id"], unique=False)
    op.create_table(
        "mail_outbox",
        sa.Column("notification_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", SECONDS, nullable=False),
        sa.Column("give_up_at", SECONDS, nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_mail_outbox_notification_id_notifications")
        ),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_mail_outbox")),
    )
    op.create_index(op.f("ix_mail_outbox_state"), "mail_outbox", ["state"], unique=False)
    op.create_table(
        "mail_settings",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("muted", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", SECONDS, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mail_settings_account_id_accounts")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mail_settings")),
    )


def downgrade() -> None:
    op.drop_table("mail_settings")
    op.drop_table("mail_outbox")
    op.drop_table("notifications")
    op.drop_table("news")
    op.drop_table("ceremony_members")
    op.drop_table("ceremonies")
    op.drop_table("tender_cases")
    op.drop_table("tender_records")
    op.drop_table("tender_places")
    op.drop_table("tender_lots")
    op.drop_table("tender_amendments")
    op.drop_table("tender_notices")
    op.drop_table("tenders")
    op.drop_table("tender_cursor")
    op.drop_table("tender_events")
    op.drop_table("appointments")
