"""Destroy what a certificate says about its holder, everywhere this home keeps it.

The record's secret is destroyed in the vault, so the ciphertext on IPFS opens for nobody; the register's
fields go; a tombstone outside the vault keeps the slot and the keyed uniqueness digest, so that neither is
used again and a restored backup does not bring the secret back. The ledger's anchor stays: a holder who has
the bundle can still have it verified.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.tables import act_entries, acts, batches, certificates
from chain.documents import Tombstone
from chain.kernel.encoding import b64url
from chain.kernel.errors import Refused


def shred(office: Office, row: Row[Any]) -> None:
    """Shred one certificate. Doing it again does nothing.

    Raises:
        Refused: its batch is still on its way.
    """
    with office.engine.connect() as connection:
        state = connection.execute(select(batches.c.state).where(batches.c.id == row.batch_id)).scalar_one()
        events = connection.execute(
            select(act_entries.c.key_id)
            .join(acts)
            .where(
                act_entries.c.certificate_id == row.id, act_entries.c.key_id.is_not(None), acts.c.state == "complete"
            )
        ).scalars()
        keys = [bytes(key) for key in events]
    if state != "complete":
        raise Refused(
            f"batch {row.batch_id} is {state}",
            code="shred.batch",
            field="identifier",
            fix="finish or recall the batch first",
        )
    note = {"uniqueness": b64url(bytes(row.uniqueness)), "list": row.status_list, "index": row.status_index}
    office.vault.destroy_many([Tombstone(bytes(row.key_id), note), *(Tombstone(key, {}) for key in keys)])
    with office.engine.begin() as connection:
        connection.execute(
            update(certificates)
            .where(certificates.c.id == row.id)
            .values(
                identifier=None,
                number=None,
                holder_name=None,
                holder_code=None,
                fields=None,
                predecessor=None,
                successor=None,
                shredded_at=office.clock(),
            )
        )
        for column in (certificates.c.predecessor, certificates.c.successor):
            connection.execute(update(certificates).where(column == row.identifier).values({column.name: None}))
        connection.execute(update(act_entries).where(act_entries.c.linked == row.identifier).values(linked=None))
    with office.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
