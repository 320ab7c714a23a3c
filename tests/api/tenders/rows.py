"""Rows of the index as a test wants them, without a chain."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, insert

from api.tenders.tables import tenders

BUREAU = "11440100000000001F"


def a_tender(engine: Engine, number: int, **more: Any) -> None:
    """A tender of :data:`BUREAU` with two envelopes and two custodians."""
    values: dict[str, Any] = {
        "number": number, "bureau": BUREAU, "lots": 1, "envelopes": 2, "minimum_bids": 2, "amendments": 0,
        "notice": bytes(32), "published_at": 1, "deadline": 1, "open_at": 1, "settled_at": 0, "reveal_window": 60,
        "standstill": 60, "complaint_period": 60, "ceremony": 1, "supervisor": bytes(20),
        "custodians": ["0x01", "0x02"], "cancelled": False, "over": False,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(tenders).values(**(values | more)))
