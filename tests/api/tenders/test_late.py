"""What is late is told after the time that a service is patient for, from the index's rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select

from api.db import open_service
from api.notifications.tables import news
from api.tenders.moves import phase_moves
from api.tenders.news import run_news
from api.tenders.tables import tender_cursor, tender_events, tender_lots
from chain.kernel.home import Home, TenderSettings
from chain.kernel.tender_facts import Phase
from tests.api.tenders.rows import BUREAU, a_tender

NOW = 1_800_000_000
SETTINGS = TenderSettings(late_seconds=600)


@pytest.fixture
def engine(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    opened = open_service(Home(tmp_path))
    yield opened
    opened.dispose()


def told(engine: Engine, now: int) -> set[str]:
    run_news(engine, BUREAU, SETTINGS, now=now)
    with engine.connect() as connection:
        return set(connection.execute(select(news.c.kind)).scalars())


@pytest.mark.parametrize(
    ("phase", "opened", "before", "after"),
    [(Phase.CLOSED, 0, -1, 0), (Phase.PRICE_CLOSED, 1, 0, 600)],
    ids=["envelope 1 at the opening", "envelope 2 after a while"],
)
def test_custody_is_missed_when_it_should_be_there(
    engine: Engine, phase: Phase, opened: int, before: int, after: int
) -> None:
    a_tender(engine, 7, open_at=NOW, settled_at=NOW - 9000)
    lot = {
        "tender": 7, "lot": 1, "phase": int(phase), "since": NOW - 5000 if phase is Phase.CLOSED else NOW, "places": 2,
        "closed": opened + 1, "opened": opened, "attested": {"1": ["0x01", "0x02"]} if opened else {}, "rankings": 0,
        "awards": 0, "open_cases": 0,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(tender_lots).values(**lot))
    assert "tender.custody-missing" not in told(engine, NOW + before)
    assert "tender.custody-missing" in told(engine, NOW + after)


def test_what_webhooks_tell_of_two_books_with_the_same_numbers_is_told_apart(engine: Engine) -> None:
    a_tender(engine, 7)
    event = {
        "contract": "TenderBook", "name": "EnvelopeClosed", "tender": 7, "ceremony": 0, "shown": {"envelope": 1},
        "block_hash": bytes(32), "block_time": NOW, "transaction": bytes(32), "log_index": 0,
    }  # fmt: skip
    with engine.begin() as connection:
        rows = [{**event, "block_number": lot, "lot": lot} for lot in (1, 2)]
        connection.execute(insert(tender_events), rows)
    found = set()
    for book in (b"\1" * 20, b"\2" * 20):
        with engine.begin() as connection:
            connection.execute(delete(tender_cursor))
            connection.execute(insert(tender_cursor).values(number=1, hash=bytes(32), book=book))
            moves = phase_moves(connection, BUREAU)
        assert [(kind, number, code) for kind, number, _, code in moves] == [
            ("tender.closed", 7, "lot-1"), ("tender.closed", 7, "lot-2"),
        ]  # fmt: skip
        found |= {occasion for _, _, occasion, _ in moves}
    assert len(found) == 4
    assert all(0 <= occasion < 2**63 for occasion in found)
