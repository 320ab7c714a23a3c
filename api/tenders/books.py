"""Numbers of tenders count in one book; this is the newest one, whose tenders the index has."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.tenders.tables import tender_cursor


def newest_book(connection: Connection) -> bytes:
    """Address of the TenderBook, 20 bytes; empty before the index has begun."""
    query = select(tender_cursor.c.book).order_by(tender_cursor.c.number.desc()).limit(1)
    found = connection.execute(query).scalar()
    return b"" if found is None else bytes(found)
