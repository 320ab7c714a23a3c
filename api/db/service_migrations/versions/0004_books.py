"""Parts in tenders and news say of which book: numbers of tenders begin anew with each.

What there is belongs to the book that the index has; without an index nothing of it can be of any.

Revision ID: service_0004
Revises: service_0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "service_0004"
down_revision = "service_0003"
branch_labels = None
depends_on = None

_KEY = ["kind", "tender", "ceremony", "lot", "occasion"]
_OLD = "uq_news_kind_tender_ceremony_lot_occasion"
_NEW = "uq_news_book_kind_tender_ceremony_lot_occasion"


def upgrade() -> None:
    for table in ("appointments", "news"):
        op.add_column(table, sa.Column("book", sa.LargeBinary(length=20), nullable=True))
    op.add_column("appointments", sa.Column("bureau", sa.String(length=18), nullable=True))
    connection = op.get_bind()
    book = connection.execute(sa.text("SELECT book FROM tender_cursor ORDER BY number DESC LIMIT 1")).scalar()
    for table in ("appointments", "news"):
        connection.execute(sa.text(f"UPDATE {table} SET book = :book"), {"book": bytes(book or b"")})  # noqa: S608
    connection.execute(
        sa.text(
            "UPDATE appointments SET bureau = "
            "COALESCE((SELECT tenders.bureau FROM tenders WHERE tenders.number = appointments.tender), '')"
        )
    )
    with op.batch_alter_table("appointments") as batch:
        batch.alter_column("book", existing_type=sa.LargeBinary(length=20), nullable=False)
        batch.alter_column("bureau", existing_type=sa.String(length=18), nullable=False)
    with op.batch_alter_table("news") as batch:
        batch.alter_column("book", existing_type=sa.LargeBinary(length=20), nullable=False)
        batch.drop_constraint(op.f(_OLD), type_="unique")
        batch.create_unique_constraint(op.f(_NEW), ["book", *_KEY])


def downgrade() -> None:
    # Two books may have news of one key; without the book those of the one that is not the newest have no place.
    connection = op.get_bind()
    book = connection.execute(sa.text("SELECT book FROM tender_cursor ORDER BY number DESC LIMIT 1")).scalar()
    other = {"book": bytes(book or b"")}
    told = "SELECT id FROM notifications WHERE news_id IN (SELECT id FROM news WHERE book <> :book)"
    connection.execute(sa.text(f"DELETE FROM mail_outbox WHERE notification_id IN ({told})"), other)  # noqa: S608
    connection.execute(
        sa.text("DELETE FROM notifications WHERE news_id IN (SELECT id FROM news WHERE book <> :book)"), other
    )
    connection.execute(sa.text("DELETE FROM news WHERE book <> :book"), other)
    # A part in a tender of another book must not become one in this book's tender of the same number.
    connection.execute(sa.text("DELETE FROM appointments WHERE book <> :book"), other)
    with op.batch_alter_table("news") as batch:
        batch.drop_constraint(op.f(_NEW), type_="unique")
        batch.create_unique_constraint(op.f(_OLD), _KEY)
        batch.drop_column("book")
    with op.batch_alter_table("appointments") as batch:
        batch.drop_column("book")
        batch.drop_column("bureau")
