"""Pages of the register: filters, search and a cursor, for programs and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, tuple_
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.search import Found
from api.certificates.statuses import current_list, status_of
from api.certificates.tables import acts, batches, certificates, status_lists
from chain.credentials.status_list import Status, StatusList

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; all that is given must hold.

    Attributes:
        name: part of the holder's name.
        number: certificate number, whole.
        identifier: whole.
        holder: holder code, whole.
        state: status by the newest anchored list.
        certificate_type: type code.
        batch: number of a batch.
        expires_from: seconds; the end of validity is not before.
        expires_until: seconds; the end of validity is not after.
    """

    name: str | None = None
    number: str | None = None
    identifier: str | None = None
    holder: str | None = None
    state: Status | None = None
    certificate_type: str | None = None
    batch: int | None = None
    expires_from: int | None = None
    expires_until: int | None = None


def page(office: Office, filters: Filters, *, after: int, limit: int) -> list[Found]:
    """Certificates that fit, by number of their row, shredded ones left out."""
    with office.engine.connect() as connection:
        lists: dict[str, StatusList] = {}
        known: dict[int, Row[Any]] = {}
        found: list[Found] = []
        wanted = _where(filters)
        if filters.state is None or filters.state is Status.VALID:
            while len(found) < limit:
                rows = _rows(connection, wanted, after, limit if filters.state is None else _CHUNK)
                for row in rows:
                    after = row.id
                    status = status_of(connection, row, lists)
                    if filters.state is None or status is filters.state:
                        found.append(Found(row, _batch(connection, row.batch_id, known), status))
                    if len(found) == limit:
                        break
                if filters.state is None or len(rows) < _CHUNK:
                    break
            return found
        slots = _slots(connection, filters.state, lists)
        rows = []
        for start in range(0, len(slots), _CHUNK):
            here = tuple_(certificates.c.status_list, certificates.c.status_index).in_(slots[start : start + _CHUNK])
            rows += _rows(connection, [*wanted, here], after, limit)
        for row in sorted(rows, key=lambda one: int(one.id))[:limit]:
            found.append(Found(row, _batch(connection, row.batch_id, known), filters.state))
        return found


def _where(filters: Filters) -> list[ColumnElement[bool]]:
    column = certificates.c
    where: list[ColumnElement[bool]] = [column.shredded_at.is_(None)]
    if filters.name is not None:
        part = filters.name.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.append(column.holder_name.like(f"%{part}%", escape="\\"))
    for value, place in (
        (filters.number, column.number),
        (filters.identifier, column.identifier),
        (filters.holder, column.holder_code),
        (filters.batch, column.batch_id),
    ):
        if value is not None:
            where.append(place == value)
    if filters.certificate_type is not None:
        of_type = select(batches.c.id).where(batches.c.certificate_type == filters.certificate_type)
        where.append(column.batch_id.in_(of_type))
    if filters.expires_from is not None:
        where.append(column.expires >= filters.expires_from)
    if filters.expires_until is not None:
        where.append(column.expires <= filters.expires_until)
    return where


def _rows(connection: Connection, where: Sequence[ColumnElement[bool]], after: int, limit: int) -> Sequence[Row[Any]]:
    query = select(certificates).where(certificates.c.id > after, *where).order_by(certificates.c.id).limit(limit)
    return connection.execute(query).all()


def _batch(connection: Connection, number: int, known: dict[int, Row[Any]]) -> Row[Any]:
    if number not in known:
        known[number] = connection.execute(select(batches).where(batches.c.id == number)).one()
    return known[number]


def _slots(connection: Connection, state: Status, lists: dict[str, StatusList]) -> list[tuple[str, int]]:
    found = []
    for name in connection.execute(select(status_lists.c.name).where(status_lists.c.head.is_not(None))).scalars():
        lists[name] = current_list(connection, name)
        changed = StatusList(lists[name].size).changes(lists[name])
        found += [(name, index) for index, _, now in changed if now is state]
    return found


def batch_page(office: Office, *, state: str | None, after: int, limit: int) -> Sequence[Row[Any]]:
    """Batches, newest first; ``after`` is the number of the last one seen, 0 for the first page."""
    query = select(batches).order_by(batches.c.id.desc()).limit(limit)
    if after:
        query = query.where(batches.c.id < after)
    if state is not None:
        query = query.where(batches.c.state == state)
    with office.engine.connect() as connection:
        return connection.execute(query).all()


def act_page(office: Office, *, state: str | None, after: int, limit: int) -> Sequence[Row[Any]]:
    """Status acts, newest first."""
    query = select(acts).order_by(acts.c.id.desc()).limit(limit)
    if after:
        query = query.where(acts.c.id < after)
    if state is not None:
        query = query.where(acts.c.state == state)
    with office.engine.connect() as connection:
        return connection.execute(query).all()
