"""Copy the ledger's final events of one bureau into tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select

from api.indexer.tables import ledger_anchors, ledger_cursor, ledger_statuses
from chain.kernel.ports import AnchorFacts, StatusFacts
from chain.ledger.reader import LedgerReader

_KEEP = 64


def follow(engine: Engine, reader: LedgerReader, bureau: str) -> None:
    """Bring the tables to the reader's final block, in one transaction.

    If a block read earlier is no longer part of the chain, the tables are dropped and read anew.
    Raises Damaged if events do not link up to the heads the contracts show, Unavailable if nobody answers.
    """
    with engine.begin() as connection:
        if not _still_there(connection, reader):
            for table in (ledger_anchors, ledger_statuses, ledger_cursor):
                connection.execute(delete(table))
        for owner, lane in reader.lanes():
            if owner == bureau:
                _anchors(connection, reader, bureau, lane)
        for owner, name in reader.status_lists():
            if owner == bureau:
                _statuses(connection, reader, bureau, name)
        block = reader.block
        connection.execute(delete(ledger_cursor).where(ledger_cursor.c.number == block.number))
        connection.execute(insert(ledger_cursor).values(number=block.number, hash=block.hash))
        connection.execute(delete(ledger_cursor).where(ledger_cursor.c.number < block.number - _KEEP))


def _still_there(connection: Connection, reader: LedgerReader) -> bool:
    newest = connection.execute(select(ledger_cursor).order_by(ledger_cursor.c.number.desc())).first()
    if newest is None or newest.number > reader.block.number:
        return newest is None
    return reader.rpc.block_at(newest.number).hash == bytes(newest.hash)


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
