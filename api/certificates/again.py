"""The same list again, where its digest can't tell any more: some of it was shredded, or the register rebuilt."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.certificates.prepared import PreparedList
from api.certificates.tables import batches, certificates


def same_list(connection: Connection, given: PreparedList) -> int | None:
    """The complete batch that has just these numbers in this order, and the same fields wherever it still has fields.

    Args:
        connection: of the register.
        given: the list; its uniqueness digests outlive shredding.
    """
    batch_id = connection.execute(
        select(certificates.c.batch_id).join(batches).where(
            certificates.c.uniqueness == given.keyed[0], batches.c.state == "complete"
        )
    ).scalar()  # fmt: skip
    if batch_id is None:
        return None
    rows = connection.execute(
        select(certificates.c.uniqueness, certificates.c.identifier, certificates.c.fields, certificates.c.shredded_at)
        .where(certificates.c.batch_id == batch_id)
        .order_by(certificates.c.position)
    ).all()
    if len(rows) != len(given):
        return None
    same = all(
        bytes(row.uniqueness) == key
        and (row.shredded_at is not None or (row.identifier, row.fields) == (mine.identifier, mine.fields))
        for row, mine, key in zip(rows, given, given.keyed, strict=True)
    )
    return int(batch_id) if same else None
