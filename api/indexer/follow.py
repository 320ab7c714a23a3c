"""Copy the ledger's final events of one bureau into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select

from api.db import exclusive_transaction
from api.indexer.forks import fork, is_behind
from api.indexer.tables import ledger_anchors, ledger_cursor, ledger_statuses
from chain.kernel.errors import Unavailable
from chain.kernel.ports import AnchorFacts, BlockRef, StatusFacts
from chain.ledger.reader import LedgerReader

_EVENTS = (ledger_anchors, ledger_statuses)
_TRIES = 5
_KEEP = 64
"""Markers of blocks without events that are kept; a block with events is marked by its rows."""


def follow(engine: Engine, reader: LedgerReader, bureau: str) -> int:
    """Bring the tables to the reader's final block, in one transaction.

    If blocks read earlier are no longer part of the chain, what came after the last one that still is goes, and the
    chain's own account of it is read instead. A reader that is merely behind what another process has read changes
    nothing. The chain is asked before the transaction begins, so that no writer
    waits for it.

    Returns:
        How many rows went.

    Raises:
        Damaged: events do not link up to the heads the contracts show.
        Unavailable: nobody answers, or others keep writing these tables.
    """
    for _ in range(_TRIES):
        with engine.connect() as connection:
            mark, blocks = _mark(connection), _known_blocks(connection)
            sequences, heads = _known_events(connection, bureau)
        if is_behind(blocks, reader.block.number, lambda number: reader.rpc.block_at(number).hash):
            return 0
        last = _fork(blocks, reader)
        anchors, statuses = _news(reader, bureau, last, sequences, heads)
        with exclusive_transaction(engine, "ledger") as connection:
            if _mark(connection) != mark:
                continue
            gone = _forget_after(connection, last)
            for table, rows in ((ledger_anchors, anchors), (ledger_statuses, statuses)):
                if rows:
                    connection.execute(insert(table), rows)
            _note(connection, reader.block)
            return gone
    raise Unavailable(
        "other processes keep writing what the ledger says", code="indexer.busy", field="register", fix="try again"
    )


def _mark(connection: Connection) -> tuple[Any, ...]:
    """Something that is another after every :func:`follow` that changed anything."""
    newest = connection.execute(select(ledger_cursor).order_by(ledger_cursor.c.number.desc()).limit(1)).first()
    counts = (connection.execute(select(func.count()).select_from(table)).scalar() for table in _EVENTS)
    return (newest and (newest.number, bytes(newest.hash)), *counts)


def _known_blocks(connection: Connection) -> dict[int, bytes]:
    """Number and hash of every block that some row speaks of."""
    blocks: dict[int, bytes] = {}
    for number, hash_ in (
        (ledger_anchors.c.block_number, ledger_anchors.c.block_hash),
        (ledger_statuses.c.block_number, ledger_statuses.c.block_hash),
        (ledger_cursor.c.number, ledger_cursor.c.hash),
    ):
        blocks.update((row[0], bytes(row[1])) for row in connection.execute(select(number, hash_).distinct()))
    return blocks


def _known_events(
    connection: Connection, bureau: str
) -> tuple[dict[str, list[tuple[int, int]]], dict[str, list[tuple[bytes, int]]]]:
    """Sequence and block of every anchor by lane; head and block of every status change by list."""
    sequences: dict[str, list[tuple[int, int]]] = {}
    heads: dict[str, list[tuple[bytes, int]]] = {}
    table: Any = ledger_anchors
    query = select(table.c.lane, table.c.sequence, table.c.block_number).where(table.c.bureau == bureau)
    for row in connection.execute(query):
        sequences.setdefault(row[0], []).append((row[1], row[2]))
    table = ledger_statuses
    query = select(table.c.list, table.c.head, table.c.block_number).where(table.c.bureau == bureau)
    for row in connection.execute(query):
        heads.setdefault(row[0], []).append((bytes(row[1]), row[2]))
    return sequences, heads


def _fork(known: Mapping[int, bytes], reader: LedgerReader) -> int | None:
    """Number of the newest known block that the chain still has; None if there is none."""
    return fork(known, reader.block.number, lambda number: reader.rpc.block_at(number).hash)


def _news(
    reader: LedgerReader,
    bureau: str,
    after: int | None,
    sequences: Mapping[str, Sequence[tuple[int, int]]],
    heads: Mapping[str, Sequence[tuple[bytes, int]]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of events that are not among those known up to the block ``after``."""
    last = -1 if after is None else after
    anchors, statuses = [], []
    for owner, lane in reader.lanes():
        known = max((number for number, block in sequences.get(lane, ()) if block <= last), default=0)
        if owner == bureau and reader.lane_head(bureau, lane)[0] != known:
            anchors += [_anchor_row(facts) for facts in reader.anchors(bureau, lane) if facts.sequence > known]
    for owner, name in reader.status_lists():
        if owner == bureau:
            seen = {head for head, block in heads.get(name, ()) if block <= last}
            statuses += [_status_row(facts) for facts in reader.status_history(bureau, name) if facts.head not in seen]
    return anchors, statuses


def _forget_after(connection: Connection, last: int | None) -> int:
    """Drop every row of a block after ``last``; all of them if it is None. How many events went."""
    gone = 0
    for table in _EVENTS:
        gone += connection.execute(
            delete(table) if last is None else delete(table).where(table.c.block_number > last)
        ).rowcount
    connection.execute(
        delete(ledger_cursor) if last is None else delete(ledger_cursor).where(ledger_cursor.c.number > last)
    )
    return gone


def _note(connection: Connection, block: BlockRef) -> None:
    """The tables stand at this block now."""
    connection.execute(delete(ledger_cursor).where(ledger_cursor.c.number == block.number))
    connection.execute(insert(ledger_cursor).values(number=block.number, hash=block.hash))
    kept = select(ledger_cursor.c.number).order_by(ledger_cursor.c.number.desc()).limit(_KEEP)
    connection.execute(delete(ledger_cursor).where(ledger_cursor.c.number.not_in(kept.scalar_subquery())))


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
