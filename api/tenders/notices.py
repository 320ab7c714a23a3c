"""What the newest notices say, for searching and for titles: read from a board, believed for their digest's sake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from api.db import exclusive_transaction
from api.tenders.shown import seconds
from api.tenders.tables import tender_notices, tenders
from chain.kernel.encoding import hex0x
from chain.kernel.errors import YinxinError
from chain.kernel.tender_ports import Board
from chain.tenders.notice import Notice, read_notice


def read_notices(engine: Engine, board: Board) -> int:
    """Read the notices in force that were not read yet; how many were.

    One that no board has, or that is no notice, is left alone until the next time: its tender is shown without a title.
    """
    query = select(tenders.c.number, tenders.c.notice).where(
        tenders.c.notice.not_in(select(tender_notices.c.digest)),
    )
    with engine.connect() as connection:
        wanted = [(row.number, bytes(row.notice)) for row in connection.execute(query)]
    rows = list(_read(board, wanted))
    if rows:
        with exclusive_transaction(engine, "tenders") as connection:
            for row in rows:
                connection.execute(delete(tender_notices).where(tender_notices.c.tender == row["tender"]))
            connection.execute(insert(tender_notices), rows)
    return len(rows)


def _read(board: Board, wanted: list[tuple[int, bytes]]) -> Iterator[dict[str, Any]]:
    for tender, digest in wanted:
        try:
            notice = read_notice(board.get(digest))
        except YinxinError:
            continue
        yield {"digest": digest, "tender": tender, **notice_row(notice)}


def notice_row(notice: Notice) -> Mapping[str, Any]:
    """What a notice says, as in ``tender_notices``, but for its digest and tender."""
    titles = (notice.title, *(lot.title for lot in notice.lots))
    words = " ".join([notice.bureau.name, *(text for title in titles for text in (title.zh, title.en))])
    return {
        "category": notice.category,
        "bureau_name": notice.bureau.name,
        "title_zh": notice.title.in_("zh"),
        "title_en": notice.title.in_("en"),
        "words": words.lower(),
        "questions_until": seconds(notice.questions_until),
        "documents": [hex0x(document.digest) for document in notice.documents],
    }
