"""Many rows in one statement: what goes in by way of the driver comes out by way of the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.certificates.tables import status_lists
from api.db import open_database
from api.db.bulk import execute_many

NAMES = ("used", "name", "bureau", "free", "head")


def rows(count: int) -> list[tuple[bytes, str, str, int, bytes | None]]:
    return [
        (bytes((place % 256,)) * 3, f"s{place:04d}", "示例", place, None if place % 2 else b"\0h")
        for place in range(count)
    ]


def test_rows_inserted_and_changed_in_bulk_are_read_back(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "register.sqlite")
    with engine.begin() as connection:
        execute_many(connection, insert(status_lists), NAMES, rows(1500))
        execute_many(connection, insert(status_lists), NAMES, [])
        change = update(status_lists).where(status_lists.c.name == bindparam("which")).values(free=bindparam("left"))
        execute_many(connection, change, ("which", "left"), [("s0001", 70), ("s0002", 71), ("none", 72)])
    with engine.connect() as connection:
        found = connection.execute(select(status_lists).order_by(status_lists.c.name)).all()
    assert [(row.used, row.name, row.bureau, row.head) for row in found] == [(*one[:3], one[4]) for one in rows(1500)]
    assert [row.free for row in found[:4]] == [0, 70, 71, 3]
    assert found[0].token is None
    engine.dispose()


def test_one_bad_row_leaves_none(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "register.sqlite")
    with pytest.raises(IntegrityError), engine.begin() as connection:
        execute_many(connection, insert(status_lists), NAMES, [*rows(3), rows(1)[0]])
    with engine.connect() as connection:
        assert connection.execute(select(status_lists)).all() == []
    engine.dispose()
