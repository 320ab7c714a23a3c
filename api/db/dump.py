"""A whole database as lines of JSON, in one state, and back; the same lines fit SQLite and PostgreSQL.

The first line says what it is and at which revision: ``{"format":"yinxin-dump-1","kind":…,"revision":…}``. A line
``{"table":…,"columns":[…]}`` opens a table, an array is one of its rows (bytes are ``{"b":…}`` in base64url, JSON
columns ``{"j":…}``), and the last line is ``{"rows":…}``, their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select, text

from api.db.address import Address
from api.db.engine import connect, make_place
from api.db.migrate import migrate, migrating, revision_of
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged, InvalidInput

FORMAT = "yinxin-dump-1"
_CHUNK = 500
_OWN = "alembic_version"


def dump(engine: Engine, address: Address) -> Iterator[bytes]:
    """Lines of every row as it stands now; writers go on meanwhile."""
    with engine.connect() as plain:
        connection = plain
        if plain.dialect.name == "postgresql":
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
        yield _line({"format": FORMAT, "kind": address.kind, "revision": revision_of(connection)})
        count = 0
        for table in _tables(connection):
            yield _line({"table": table.name, "columns": [column.name for column in table.c]})
            query = select(table).order_by(*table.primary_key.columns)
            for row in connection.execution_options(yield_per=_CHUNK).execute(query):
                yield _line([_out(value) for value in row])
                count += 1
        yield _line({"rows": count})


def load(address: Address, lines: Iterable[bytes]) -> int:
    """Make the database at ``address``, which must not be there yet, from a dump, and migrate it to the newest version.

    Returns:
        Number of rows.

    Raises:
        InvalidInput: no dump, or one of another kind.
        Unavailable: written by a newer version of this program.
        Damaged: it ends too early. What was made so far is the caller's to remove.
    """
    source = (json.loads(line) for line in lines)
    head = next(source, None)
    if not isinstance(head, dict) or head.get("format") != FORMAT or head.get("kind") != address.kind:
        raise InvalidInput(f"no dump of a {address.kind} in a form known here", code="backup.dump", field="file")
    make_place(address)
    engine = connect(address)
    try:
        migrate(engine, address, str(head["revision"]))
        with migrating(engine) as connection:
            count = _fill(connection, source)
        migrate(engine, address)
    finally:
        engine.dispose()
    return count


def _fill(connection: Connection, source: Iterator[Any]) -> int:
    tables = {table.name: table for table in _tables(connection)}
    table: Table | None = None
    columns: list[str] = []
    held: list[dict[str, Any]] = []
    count, ended = 0, False
    for item in source:
        if isinstance(item, list):
            if table is None or len(item) != len(columns) or ended:
                raise Damaged("a row of the dump stands at no table", code="backup.dump", field="file")
            held.append({name: _in(value) for name, value in zip(columns, item, strict=True)})
            count += 1
            if len(held) < _CHUNK:
                continue
        if held and table is not None:
            connection.execute(insert(table), held)
            held = []
        if isinstance(item, dict) and "table" in item:
            table, columns = tables[item["table"]], item["columns"]
        elif isinstance(item, dict):
            ended = item.get("rows") == count
    if not ended:
        raise Damaged("the dump ends too early", code="backup.dump", field="file", fix="take another backup")
    if connection.dialect.name == "postgresql":
        _advance(connection, tables.values())
    return count


def _advance(connection: Connection, tables: Iterable[Table]) -> None:
    """The next row gets a number that none of the loaded ones has."""
    for table in tables:
        for column in table.primary_key.columns:
            query = text("SELECT pg_get_serial_sequence(:table, :column)")
            sequence = connection.execute(query, {"table": f'"{table.name}"', "column": column.name}).scalar()
            if sequence is not None:
                newest = connection.execute(select(func.max(column))).scalar()
                connection.execute(
                    text("SELECT setval(:sequence, :next, false)"), {"sequence": sequence, "next": (newest or 0) + 1}
                )


def _tables(connection: Connection) -> list[Table]:
    """The tables that are there, those first on which others depend."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _OWN]


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _out(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | float):
        return value
    if isinstance(value, bytes | memoryview):
        return {"b": b64url(bytes(value))}
    if isinstance(value, dict | list):
        return {"j": value}
    raise TypeError(f"a column of {type(value).__name__}: give the dump a form for it")


def _in(value: Any) -> Any:
    if isinstance(value, dict):
        return unb64url(value["b"]) if "b" in value else value["j"]
    return value
