"""Public papers of a tender: those that the chain or the notice in force names, from a board, checked by digest."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.tenders.query import lot_row, tender_row
from api.tenders.tables import tender_lots, tender_notices, tender_records
from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound

OPENING = "opening"
"""Kind under which the officer puts an opening record on record."""

AFTER_OPENING = ("custody",)
"""Kinds that name files of bids: public once the lot is open."""


def check_public(connection: Connection, tender: int, digest: bytes) -> None:
    """Raises NotFound unless that paper is public, and one of that tender."""
    tender_row(connection, tender)
    table = tender_records
    query = (
        select(table.c.kind, tender_lots.c.opened)
        .outerjoin(tender_lots, (tender_lots.c.tender == table.c.tender) & (tender_lots.c.lot == table.c.lot))
        .where(table.c.tender == tender, table.c.digest == digest)
    )
    for row in connection.execute(query):
        if row.kind not in AFTER_OPENING or row.opened:
            return
    for documents in connection.execute(select(tender_notices.c.documents).where(tender_notices.c.tender == tender)):
        if hex0x(digest) in documents[0]:
            return
    raise NotFound(
        f"tender {tender} names no such paper", code="paper.unknown", field="digest", fix="take a digest of `records`"
    )


def opening_record(connection: Connection, tender: int, lot: int) -> bytes:
    """Digest of the newest opening record of a lot. Raises NotFound."""
    lot_row(connection, tender, lot)
    table = tender_records
    query = (
        select(table.c.digest)
        .where(table.c.tender == tender, table.c.lot == lot, table.c.kind == OPENING)
        .order_by(table.c.block_number.desc(), table.c.log_index.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    if found is None:
        raise NotFound(
            f"there is no opening record of lot {lot} yet", code="opening.none", field="lot",
            fix="look at `next` of the tender: it says what is missing",
        )  # fmt: skip
    return bytes(found)
