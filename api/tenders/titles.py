"""Titles of tenders, by language."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.tenders.tables import tender_notices, tenders


def title_of(connection: Connection, tender: int) -> dict[str, str]:
    """Title of a tender as its notice in force has it; empty for one whose notice was not read, and for none."""
    query = (
        select(tender_notices.c.title_zh, tender_notices.c.title_en)
        .join(tenders, tenders.c.notice == tender_notices.c.digest)
        .where(tenders.c.number == tender)
    )
    row = connection.execute(query).first()
    return {} if row is None else {"zh": row.title_zh, "en": row.title_en or row.title_zh}
