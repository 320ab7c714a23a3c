"""Destroy what a certificate says about its holder, everywhere this home keeps it.

The record's secret is destroyed in the vault, so that no copy of the ciphertext opens for anybody; our own copy of
the ciphertext is deleted, too; the register's fields go. A tombstone outside the vault keeps the slot and the keyed
uniqueness digest, so that neither is used again and a restored backup does not bring the secret back. The ledger's
anchor stays: a holder who has the bundle can still have it verified.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.rebuild import drop_unfinished
from api.certificates.tables import act_entries, acts, batches, certificates
from api.claims.shredding import shred_claims
from api.claims.tables import activations, bindings, claims
from api.db import forget_deleted, register_address
from chain.documents import Tombstone
from chain.kernel.encoding import b64url
from chain.kernel.errors import Refused

_CHUNK = 500
_PERSONAL = (certificates, act_entries, acts, claims, bindings, activations)


def shred(office: Office, row: Row[Any], *, sweep_after: bool = True) -> None:
    """Shred one certificate. Doing it again does nothing.

    Args:
        office: the officer's office.
        row: row of ``certificates``.
        sweep_after: False for one of many; the caller calls :func:`sweep` once at the end.

    Raises:
        Refused: its batch or an act on it is still on its way.
    """
    with office.engine.connect() as connection:
        state = connection.execute(select(batches.c.state).where(batches.c.id == row.batch_id)).scalar_one()
        events = _events_on(connection, [row.id])
        going = connection.execute(
            select(acts.c.id)
            .join(act_entries)
            .where(act_entries.c.certificate_id == row.id, acts.c.state.not_in(("complete", "refused")))
        ).scalar()
    if going is not None:
        raise Refused(
            f"act {going} on {row.identifier} is not finished",
            code="shred.act",
            field="identifier",
            fix="finish it first: yinxin acts",
        )
    if state != "complete":
        raise Refused(
            f"batch {row.batch_id} is {state}",
            code="shred.batch",
            field="identifier",
            fix="finish or recall the batch first",
        )
    note = {
        "record": b64url(bytes(row.record_digest)),
        "uniqueness": b64url(bytes(row.uniqueness)),
        "list": row.status_list,
        "index": row.status_index,
    }
    stones = [Tombstone(bytes(event.key_id), {"record": b64url(bytes(event.record_digest))}) for event in events]
    office.vault.destroy_many([Tombstone(bytes(row.key_id), note), *stones])
    drop_unfinished(office)
    shred_claims(office, row.id)
    for cid in (row.cid, *(event.cid for event in events)):
        office.store.delete(cid)
    with office.engine.begin() as connection:
        _blank(connection, [row], office.clock())
    if sweep_after:
        sweep(office)


def sweep(office: Office) -> None:
    """After shredding: no old version of a row stays in the register's own files. Raises Unavailable."""
    forget_deleted(office.engine, register_address(office.home), _PERSONAL)


def bury_again(office: Office) -> int:
    """Blank every certificate that has a tombstone but is whole in the register, as one from a restored backup is.

    Returns:
        How many there were.
    """
    stones = [stone.key_id for stone in office.vault.tombstones() if "uniqueness" in stone.note]
    blanked = 0
    for start in range(0, len(stones), _CHUNK):
        query = select(certificates).where(
            certificates.c.key_id.in_(stones[start : start + _CHUNK]), certificates.c.shredded_at.is_(None)
        )
        with office.engine.begin() as connection:
            rows = connection.execute(query).all()
            events = _events_on(connection, [row.id for row in rows])
            for cid in (*(row.cid for row in rows), *(event.cid for event in events)):
                office.store.delete(cid)
            _blank(connection, rows, office.clock())
        for row in rows:
            shred_claims(office, row.id)
        blanked += len(rows)
    if blanked:
        sweep(office)
    return blanked


def _events_on(connection: Connection, ids: list[int]) -> list[Row[Any]]:
    """Key id, CID and record digest of every finished act on some certificates."""
    query = (
        select(act_entries.c.key_id, act_entries.c.cid, act_entries.c.record_digest)
        .join(acts)
        .where(act_entries.c.certificate_id.in_(ids), act_entries.c.cid.is_not(None), acts.c.state == "complete")
    )
    return list(connection.execute(query))


def _blank(connection: Connection, rows: Iterable[Row[Any]], at: int) -> None:
    """Take the fields out of some rows of ``certificates``, and what other rows say of them."""
    for row in rows:
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
                shredded_at=at,
            )
        )
        for column in (certificates.c.predecessor, certificates.c.successor):
            connection.execute(update(certificates).where(column == row.identifier).values({column.name: None}))
        connection.execute(update(act_entries).where(act_entries.c.linked == row.identifier).values(linked=None))
        alone = select(act_entries.c.act_id).where(act_entries.c.certificate_id == row.id)
        connection.execute(update(acts).where(acts.c.id.in_(alone), acts.c.size == 1).values(reason=""))
