"""Copy the ledger's final events of one bureau into tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select

from api.db import exclusive_transaction
from api.indexer.tables import ledger_anchors, ledger_cursor, ledger_statuses
from chain.kernel.ports import AnchorFacts, StatusFacts
from chain.ledger.reader import LedgerReader

_KEEP = 64
"""Markers of blocks without events that are kept; a block with events is marked by its rows."""


def follow(engine: Engine, reader: LedgerReader, bureau: str) -> int:
    """Bring the tables to the reader's final block, in one transaction.

    If blocks read earlier are no longer part of the chain, what came after the last one that still is goes, and the
    chain's own account of it is read instead.

    Returns:
        How many rows went.

    Raises:
        Damaged: events do not link up to the heads the contracts show.
        Unavailable: nobody answers.
    """
    with exclusive_transaction(engine, "ledger") as connection:
        gone = _forget_after(connection, _fork(connection, reader))
        for owner, lane in reader.lanes():
            if owner == bureau:
                _anchors(connection, reader, bureau, lane)
        for owner, name in reader.status_lists():
            if owner == bureau:
                _statuses(connection, reader, bureau, name)
        block = reader.block
        connection.execute(delete(ledger_cursor).where(ledger_cursor.c.number == block.number))
        connection.execute(insert(ledger_cursor).values(number=block.number, hash=block.hash))
        kept = select(ledger_cursor.c.number).order_by(ledger_cursor.c.number.desc()).limit(_KEEP)
        connection.execute(delete(ledger_cursor).where(ledger_cursor.c.number.not_in(kept.scalar_subquery())))
    return gone


def _fork(connection: Connection, reader: LedgerReader) -> int | None:
    """Number of the newest block that the tables know and that the chain still has; None if there is none.

    A block that is still there has all its ancestors still there, so the place is found by halving: one question
    where nothing changed, and the logarithm of the number of known blocks where something did.
    """
    known = sorted(_known_blocks(connection).items())
    if not known:
        return None
    if _is_there(reader, *known[-1]):
        return known[-1][0]
    low, high = 0, len(known) - 1
    while low < high:
        middle = (low + high) // 2
        if _is_there(reader, *known[middle]):
            low = middle + 1
        else:
            high = middle
    return known[low - 1][0] if low else None


def _known_blocks(connection: Connection) -> dict[int, bytes]:
    blocks: dict[int, bytes] = {}
    for number, hash_ in (
        (ledger_anchors.c.block_number, ledger_anchors.c.block_hash),
        (ledger_statuses.c.block_number, ledger_statuses.c.block_hash),
        (ledger_cursor.c.number, ledger_cursor.c.hash),
    ):
        blocks.update((row[0], bytes(row[1])) for row in connection.execute(select(number, hash_).distinct()))
    return blocks


def _is_there(reader: LedgerReader, number: int, hash_: bytes) -> bool:
    return number <= reader.block.number and reader.rpc.block_at(number).hash == hash_


def _forget_after(connection: Connection, fork: int | None) -> int:
    """Drop every row of a block after ``fork``; all of them if it is None."""
    gone = 0
    for table, number in (
        (ledger_anchors, ledger_anchors.c.block_number),
        (ledger_statuses, ledger_statuses.c.block_number),
        (ledger_cursor, ledger_cursor.c.number),
    ):
        done = connection.execute(delete(table) if fork is None else delete(table).where(number > fork))
        if table is not ledger_cursor:
            gone += done.rowcount
    return gone


def _anchors(connection: Connection, reader: LedgerReader, bureau: str, lane: str) -> None:
    where = (ledger_anchors.c.bureau == bureau, ledger_anchors.c.lane == lane)
    known = connection.execute(select(func.max(ledger_anchors.c.sequence)).where(*where)).scalar() or 0
    if reader.lane_head(bureau, lane)[0] == known:
        return
    _insert(
        connection,
        ledger_anchors,
        (_anchor_row(facts) for facts in reader.anchors(bureau, lane) if facts.sequence > known),
    )


def _statuses(connection: Connection, reader: LedgerReader, bureau: str, name: str) -> None:
    where = (ledger_statuses.c.bureau == bureau, ledger_statuses.c.list == name)
    known = {bytes(head) for head in connection.execute(select(ledger_statuses.c.head).where(*where)).scalars()}
    _insert(
        connection,
        ledger_statuses,
        (_status_row(facts) for facts in reader.status_history(bureau, name) if facts.head not in known),
    )


def _insert(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    if found:
        connection.execute(insert(table), found)


def _anchor_row(facts: AnchorFacts) -> dict[str, Any]:
    return {
        "bureau": facts.bureau,
        "lane": facts.lane,
        "sequence": facts.sequence,
        "root": facts.root,
        "size": facts.size,
        "manifest_digest": facts.manifest_digest,
        "head": facts.head,
        "key": facts.key,
        **_place(facts),
    }


def _status_row(facts: StatusFacts) -> dict[str, Any]:
    return {
        "bureau": facts.bureau,
        "list": facts.list,
        "previous_head": facts.previous_head,
        "head": facts.head,
        "digest": facts.digest,
        "key": facts.key,
        **_place(facts),
    }


def _place(facts: AnchorFacts | StatusFacts) -> dict[str, Any]:
    block = facts.block
    return {
        "block_number": block.number,
        "block_hash": block.hash,
        "block_time": block.time,
        "transaction": facts.transaction,
    }
