"""Take the holder out of the register's rows: fields, and what other rows and people's notes say of the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, func, or_, select, update
from sqlalchemy.engine import Row

from api.certificates.care_tables import handover_entries, handovers, reprints
from api.certificates.tables import act_entries, acts, batches, certificates
from api.types.known import catalogue_in
from chain.catalogue import Catalogue
from chain.kernel.canonical import read_canonical

SWEPT = (certificates, act_entries, acts, batches, handover_entries, handovers, reprints)
"""Tables in which something is blanked."""

_TELLING = frozenset({"person-name", "organisation-name", "uscc", "holder-code", "code"})
"""Kinds of field whose value names somebody."""


def blank(connection: Connection, rows: Sequence[Row[Any]], at: int) -> None:
    """Take the fields out of some hundred rows of ``certificates``, and what other rows say of them."""
    ids, names = [row.id for row in rows], [row.identifier for row in rows]
    connection.execute(
        update(certificates)
        .where(certificates.c.id.in_(ids))
        .values(
            identifier=None,
            number=None,
            holder_name=None,
            holder_code=None,
            fields=None,
            predecessor=None,
            successor=None,
            shredded_at=at,
        )
    )
    for column in (certificates.c.predecessor, certificates.c.successor):
        connection.execute(update(certificates).where(column.in_(names)).values({column.name: None}))
    connection.execute(
        update(act_entries)
        .where(or_(act_entries.c.linked.in_(names), act_entries.c.certificate_id.in_(ids)))
        .values(linked=None)
    )
    connection.execute(
        update(handover_entries).where(handover_entries.c.certificate_id.in_(ids)).values(successor=None)
    )
    connection.execute(update(reprints).where(reprints.c.certificate_id.in_(ids)).values(reason=""))
    _blank_texts(connection, rows)


def _blank_texts(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """What people wrote beside: file names and reasons. Gone where nothing else is meant, or the holder is named."""
    catalogue = catalogue_in(connection)
    versions = select(batches.c.id, batches.c.certificate_type, batches.c.template_version)
    made_by = {
        row.id: (row.certificate_type, row.template_version)
        for row in connection.execute(versions.where(batches.c.id.in_({row.batch_id for row in rows})))
    }
    told = {value for row in rows for value in _values_of(row, catalogue, *made_by[row.batch_id])}
    whole = certificates.c.shredded_at.is_(None)
    for batch_id in {row.batch_id for row in rows}:
        alive = connection.execute(
            select(func.count()).select_from(certificates).where(certificates.c.batch_id == batch_id, whole)
        ).scalar_one()
        for name in ("source", "reason"):
            _blank(connection, batches, batches.c[name], batches.c.id == batch_id, told, everything=not alive)
        if not alive:
            # The digest of a short list gives its rows away to whoever knows most of them.
            connection.execute(update(batches).where(batches.c.id == batch_id).values(rows_digest=batches.c.root))
    ids = [row.id for row in rows]
    touched = connection.execute(
        select(act_entries.c.act_id).where(act_entries.c.certificate_id.in_(ids)).distinct()
    ).scalars()
    for act_id in touched.all():
        alive = connection.execute(
            select(func.count())
            .select_from(act_entries.join(certificates))
            .where(act_entries.c.act_id == act_id, whole)
        ).scalar_one()
        _blank(connection, acts, acts.c.reason, acts.c.id == act_id, told, everything=not alive)
    given = connection.execute(
        select(handover_entries.c.handover_id).where(handover_entries.c.certificate_id.in_(ids)).distinct()
    ).scalars()
    for handover_id in given.all():
        alive = connection.execute(
            select(func.count())
            .select_from(handover_entries.join(certificates))
            .where(handover_entries.c.handover_id == handover_id, whole)
        ).scalar_one()
        _blank(connection, handovers, handovers.c.reason, handovers.c.id == handover_id, told, everything=not alive)


def _values_of(row: Row[Any], catalogue: Catalogue, certificate_type: str, version: int) -> set[str]:
    """Names, codes and numbers of a certificate, by which a note could mean its holder."""
    fields = read_canonical(row.fields.encode(), what="fields") if row.fields else {}
    kind = catalogue.find(certificate_type, version)
    telling = [one.name for one in kind.list_fields if one.kind in _TELLING]
    values = {row.identifier, row.number, row.holder_name, row.holder_code, *(fields.get(name) for name in telling)}
    return {value for value in values if isinstance(value, str) and len(value) > 1}


def _blank(
    connection: Connection,
    table: Table,
    column: Column[str],
    which: ColumnElement[bool],
    told: set[str],
    *,
    everything: bool,
) -> None:
    found = connection.execute(select(column).where(which)).scalar_one()
    if found and (everything or any(value in found for value in told)):
        connection.execute(update(table).where(which).values({column.name: ""}))
