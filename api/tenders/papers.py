"""Public papers of a tender, from a board, checked by digest: those that the chain or the notice in force names.

Two kinds are named one step further: why places are left out of a draw, by the draw; score sheets, by the members'
commitments. Of a sheet no board has anything before everybody's commitments stand on the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from sqlalchemy import Connection, select

from api.tenders.query import lot_row, tender_row
from api.tenders.tables import tender_lots, tender_notices, tender_records
from chain.evaluation.committee.draws import DRAW
from chain.evaluation.draw import Seats
from chain.evaluation.sheets import read_commitments
from chain.evaluation.sheets.commitments import KIND as COMMITMENTS
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.tender_ports import Board

OPENING = "opening"
"""Kind under which the officer puts an opening record on record."""

AFTER_OPENING = ("custody",)
"""Kinds that name files of bids: public once the lot is open."""


NAMING: Mapping[str, Callable[[bytes], Collection[bytes]]] = {
    DRAW: lambda data: {Seats.from_bytes(data).reasons},
    COMMITMENTS: lambda data: {one.sheet for one in read_commitments(data).commitments},
}
"""Kinds on the ledger whose papers name further public papers, and which."""

_MISSED = 3
"""Papers that are not to be had, after which the rest is not asked for: each may wait out a silent board."""


def check_public(connection: Connection, board: Board, tender: int, digest: bytes) -> None:
    """See that a paper is public, and one of that tender.

    Raises:
        NotFound: it is not.
        Unavailable: no paper that could be had names it, and another one that may is not to be had now.
    """
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
    named = select(table.c.kind, table.c.digest).where(table.c.tender == tender, table.c.kind.in_(NAMING))
    silent: list[YinxinError] = []
    for row in connection.execute(named):
        try:
            if digest in named_by(board, row.kind, bytes(row.digest)):
                return
        except (Unavailable, Refused) as fault:
            silent.append(fault)
            if len(silent) == _MISSED:
                break
    if silent:
        raise Unavailable(
            f"a paper of tender {tender} that may name it is not to be had: {silent[0].message}", code="paper.untold",
            field="digest", fix="ask again later",
        ) from silent[0]  # fmt: skip
    raise NotFound(
        f"tender {tender} names no such paper", code="paper.unknown", field="digest", fix="take a digest of `records`"
    )


def named_by(board: Board, kind: str, digest: bytes) -> Collection[bytes]:
    """Papers that one on the ledger names; none if it is on no board or in no form of ours.

    Raises:
        Unavailable, Refused: a board that may have it did not answer, or refused.
    """
    try:
        return _named_by(board.get, kind, digest)
    except (InvalidInput, NotFound, Damaged):
        return ()


@lru_cache(maxsize=1024)
def _named_by(get: Callable[[bytes], bytes], kind: str, digest: bytes) -> frozenset[bytes]:
    """As :func:`named_by`, of a paper that was had: kept, for the digest says all that it names; errors are not."""
    data = get(digest)
    try:
        return frozenset(NAMING[kind](data))
    except InvalidInput:
        return frozenset()


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
