"""What webhooks tell of a bureau's tenders."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select

from api.tenders.books import newest_book
from api.tenders.tables import tender_events, tenders
from api.webhooks.events import note
from api.webhooks.tables import webhook_events
from chain.kernel.encoding import sha256
from chain.kernel.steps import reached


def phase_moves(connection: Connection, bureau: str) -> list[tuple[str, int, int, str]]:
    """What webhooks tell of a bureau's tenders: kind, tender, occasion, and which lot or amendment.

    The occasion tells books apart, too: a newer book has tenders of the same numbers.
    """
    book = newest_book(connection)
    query = (
        select(tender_events.c.name, tender_events.c.tender, tender_events.c.lot, tender_events.c.shown)
        .join(tenders, tenders.c.number == tender_events.c.tender)
        .where(tenders.c.bureau == bureau, tender_events.c.name.in_(_MOVES))
        .order_by(tender_events.c.block_number, tender_events.c.log_index)
    )
    found = []
    for row in connection.execute(query):
        kind, member = _MOVES[row.name]
        occasion = row.shown[member] if member else 0
        found.append((kind, row.tender, _occasion(book, row.lot, occasion), f"lot-{row.lot}" if row.lot else ""))
    return found


def _occasion(book: bytes, lot: int, occasion: int) -> int:
    """A number of 63 bits from all three, which no two share."""
    return int.from_bytes(sha256(book + lot.to_bytes(8, "big") + occasion.to_bytes(8, "big"))[:8], "big") >> 1


_MOVES = {
    "Published": ("tender.published", ""),
    "Amended": ("tender.amended", "number"),
    "TenderCancelled": ("tender.cancelled", ""),
    "EnvelopeClosed": ("tender.closed", "envelope"),
    "EnvelopeOpened": ("tender.opened", "envelope"),
    "LotFailed": ("tender.failed", ""),
    "CandidatesNamed": ("tender.candidates", "number"),
    "LotAwarded": ("tender.awarded", "number"),
    "LotContracted": ("tender.contracted", ""),
}
"""Event to the kind of its webhook event, and the member that tells apart what may happen more than once."""


def note_moves(register: Engine, service: Engine, bureau: str, *, now: int) -> int:
    """Note in a bureau's register what its tenders did and has no webhook event yet; how many."""
    with service.connect() as connection:
        moves = phase_moves(connection, bureau)
    if not moves:
        return 0
    with register.begin() as connection:
        query = select(webhook_events).where(webhook_events.c.kind.like("tender.%"))
        known = {(row.kind, row.number, row.occasion, row.code) for row in connection.execute(query)}
        fresh = [move for move in moves if move not in known]
        for kind, tender, occasion, code in fresh:
            note(connection, kind, tender, occasion=occasion, code=code, now=now)
    if fresh:
        reached("tender-events")
    return len(fresh)
