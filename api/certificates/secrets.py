"""Secrets for records about to be sealed; one secret is used for one record and never again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, bindparam, update

from api.certificates.office import Office
from chain.documents import Tombstone


def fresh_secrets(
    office: Office, column: Column[bytes], rows: Sequence[tuple[int, bytes]]
) -> list[tuple[bytes, bytes]]:
    """Make and store a secret for each row.

    A key id that has a secret already was used by an attempt that died: that secret is destroyed, with whatever was
    sealed under it, and the row gets another key id.

    Args:
        office: the officer's office.
        column: the column that holds key ids.
        rows: primary key and key id of each row.

    Returns:
        Key id and secret for each row, in order; durable in the vault.
    """
    stale = office.vault.used([key_id for _, key_id in rows])
    pairs = office.vault.new_secrets(len(rows))
    if stale:
        office.vault.destroy_many([Tombstone(key_id, {}) for key_id in stale])
        changed = [
            {"row": row_id, "key": fresh}
            for (row_id, key_id), (fresh, _) in zip(rows, pairs, strict=True)
            if key_id in stale
        ]
        with office.engine.begin() as connection:
            connection.execute(
                update(column.table)
                .where(column.table.c.id == bindparam("row"))
                .values({column.name: bindparam("key")}),
                changed,
            )
    chosen = [
        (fresh if key_id in stale else key_id, secret) for (_, key_id), (fresh, secret) in zip(rows, pairs, strict=True)
    ]
    office.vault.put_many(chosen)
    return chosen
