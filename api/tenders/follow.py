"""Bring the index of tenders to the newest final block; as :mod:`api.indexer.follow` does for certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, delete, func, insert, select

from api.db import exclusive_transaction
from api.indexer.forks import fork, is_behind
from api.tenders.shown import row_of
from api.tenders.tables import (
    EVERYTHING,
    OF_A_TENDER,
    ceremonies,
    ceremony_members,
    tender_cursor,
    tender_events,
    tender_notices,
    tenders,
)
from api.tenders.telling import Rows, ceremony_rows, tender_rows
from chain.kernel.errors import Unavailable
from chain.kernel.ports import BlockRef
from chain.kernel.tender_ports import TenderLedger

_TRIES = 5
_KEEP = 64
"""Markers of blocks without events that are kept; a block with events is marked by its rows."""
_LOCK = "tenders"


class Chain(Protocol):
    """The ledger as the indexer reads it: all at one final block."""

    @property
    def ledger(self) -> TenderLedger:
        """What the contracts say."""
        ...

    def hash_of(self, number: int) -> bytes:
        """Hash of a block that is not beyond the ledger's. Raises Unavailable."""
        ...

    def touched_after(self, number: int) -> set[tuple[int, int]]:
        """Tender and ceremony (one of them 0) of every event in blocks after ``number``, up to the ledger's block."""
        ...


def follow(engine: Engine, chain: Chain, *, anew: bool = False) -> int:
    """Bring the tables to the chain's final block, in one transaction.

    If blocks read earlier are no longer part of the chain, what came after the last one that still is goes, and the
    chain's own account of it is read instead. A reader that is merely behind what another process has read changes
    nothing. Numbers of tenders count in one book: where the trust root names a newer one, the index begins anew.
    The chain is asked before the transaction begins, so that no writer waits for it.

    Args:
        engine: of the service database.
        chain: at the block to go to.
        anew: drop everything and read the chain from its beginning; readers see the old tables or the new ones.

    Returns:
        How many events went.

    Raises:
        Damaged: events that cannot be a tender's.
        Unavailable: nobody answers, or others keep writing these tables.
    """
    newest = chain.ledger.block
    for _ in range(_TRIES):
        with engine.connect() as connection:
            mark, known = _mark(connection), _known_blocks(connection)
            anew = anew or _has_another_book(connection, chain.ledger.book)
        if not anew and is_behind(known, newest.number, chain.hash_of):
            return 0
        last = None if anew else fork(known, newest.number, chain.hash_of)
        after = -1 if last is None else last
        with engine.connect() as connection:
            lost = _places_after(connection, after)
        touched = lost | chain.touched_after(after)
        rows = _tell(chain.ledger, touched, after)
        with exclusive_transaction(engine, _LOCK) as connection:
            if _mark(connection) != mark:
                continue
            gone = _forget(connection, after, touched)
            _put(connection, rows)
            _note(connection, newest, chain.ledger.book)
            return gone
    raise Unavailable(
        "other processes keep writing what the ledger says", code="indexer.busy", field="register", fix="try again"
    )


def _mark(connection: Connection) -> tuple[Any, ...]:
    """Something that is another after every :func:`follow` that changed anything."""
    newest = connection.execute(select(tender_cursor).order_by(tender_cursor.c.number.desc()).limit(1)).first()
    count = connection.execute(select(func.count()).select_from(tender_events)).scalar()
    return (newest and (newest.number, bytes(newest.hash)), count)


def _known_blocks(connection: Connection) -> dict[int, bytes]:
    query = select(tender_events.c.block_number, tender_events.c.block_hash).distinct()
    blocks = {row[0]: bytes(row[1]) for row in connection.execute(query)}
    return blocks | {row.number: bytes(row.hash) for row in connection.execute(select(tender_cursor))}


def _places_after(connection: Connection, after: int) -> set[tuple[int, int]]:
    """Tenders and ceremonies whose events lie in blocks after that one."""
    query = select(tender_events.c.tender, tender_events.c.ceremony).where(tender_events.c.block_number > after)
    return {(row[0], row[1]) for row in connection.execute(query.distinct())}


def _tell(ledger: TenderLedger, touched: Iterable[tuple[int, int]], after: int) -> Rows:
    """All rows of what was touched, and of its events those after that block."""
    rows: Rows = []
    for tender, ceremony in sorted(touched):
        events = ledger.tender_events(tender) if tender else ledger.ceremony_events(ceremony)
        if events:  # none: it lay in blocks that are no longer there
            rows += tender_rows(events, ledger.book) if tender else ceremony_rows(events)
            rows += [(tender_events, row_of(event)) for event in events if event.block.number > after]
    return rows


def _forget(connection: Connection, after: int, touched: Iterable[tuple[int, int]]) -> int:
    """Drop every event of a block after that one, and what was told of the tenders and ceremonies named."""
    gone = connection.execute(delete(tender_events).where(tender_events.c.block_number > after)).rowcount
    connection.execute(delete(tender_cursor).where(tender_cursor.c.number > after))
    if after < 0:
        connection.execute(delete(tender_notices))
    for tender, ceremony in touched:
        if tender:
            for table in OF_A_TENDER:
                connection.execute(delete(table).where(table.c.tender == tender))
            connection.execute(delete(tenders).where(tenders.c.number == tender))
        else:
            connection.execute(delete(ceremony_members).where(ceremony_members.c.ceremony == ceremony))
            connection.execute(delete(ceremonies).where(ceremonies.c.number == ceremony))
    return gone


def _put(connection: Connection, rows: Rows) -> None:
    for table in EVERYTHING:
        of_it = [row for one, row in rows if one is table]
        if of_it:
            connection.execute(insert(table), of_it)


def _has_another_book(connection: Connection, book: bytes) -> bool:
    return connection.execute(select(tender_cursor.c.number).where(tender_cursor.c.book != book)).first() is not None


def _note(connection: Connection, block: BlockRef, book: bytes) -> None:
    """The tables stand at this block now."""
    connection.execute(delete(tender_cursor).where(tender_cursor.c.number == block.number))
    connection.execute(insert(tender_cursor).values(number=block.number, hash=block.hash, book=book))
    kept = select(tender_cursor.c.number).order_by(tender_cursor.c.number.desc()).limit(_KEEP)
    connection.execute(delete(tender_cursor).where(tender_cursor.c.number.not_in(kept.scalar_subquery())))
