"""One statement for many rows, without a dictionary and a pass through the compiler for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Update


def execute_many(
    connection: Connection, statement: Insert | Update, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Execute a statement once for each row, as the driver does it fastest.

    Args:
        connection: in a transaction.
        statement: an insert without values, or an update with ``bindparam`` for each name.
        names: names of columns or parameters.
        rows: values in the order of ``names``, as the driver takes them: no type of ours converts them.
    """
    if not rows:
        return
    columns = list(names) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=connection.dialect, column_keys=columns)
    order = compiled.positiontup if compiled.positional else None
    if order is None:
        connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in rows])
        return
    places = [list(names).index(name) for name in order]
    same = places == list(range(len(names)))
    connection.exec_driver_sql(str(compiled), list(rows) if same else [tuple(row[at] for at in places) for row in rows])
