"""Destroy what a certificate says about its holder, everywhere this home keeps it.

The record's secret is destroyed in the vault, so that no copy of the ciphertext opens for anybody; our own copy of
the ciphertext is deleted, too; the register's fields go. A tombstone outside the vault keeps the slot and the keyed
uniqueness digest, so that neither is used again and a restored backup does not bring the secret back. The ledger's
anchor stays: a holder who has the bundle can still have it verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from api.certificates.blanking import SWEPT, blank
from api.certificates.care_tables import handover_entries, handovers
from api.certificates.office import Office
from api.certificates.rebuild import drop_unfinished
from api.certificates.tables import act_entries, acts, batches, certificates
from api.claims.shredding import shred_claims
from api.claims.tables import activations, bindings, claims
from api.db import forget_deleted, register_address
from chain.documents import Tombstone
from chain.kernel.encoding import b64url
from chain.kernel.errors import Refused
from chain.kernel.steps import reached

_CHUNK = 200


def shred(office: Office, row: Row[Any], *, sweep_after: bool = True) -> None:
    """Shred one certificate. Doing it again does nothing.

    Args:
        office: the officer's office.
        row: row of ``certificates``.
        sweep_after: False for one of many; the caller calls :func:`sweep` once at the end.

    Raises:
        Refused: its batch, an act on it or its hand-over is still on its way.
    """
    shred_many(office, [row], sweep_after=sweep_after)


def shred_many(office: Office, rows: Sequence[Row[Any]], *, sweep_after: bool = True) -> None:
    """Shred certificates, some hundred at once; what was shredded stays so if it stops on the way.

    Args:
        office: the officer's office, under its writing lock.
        rows: rows of ``certificates``; those shredded already are passed over.
        sweep_after: as :func:`shred`.

    Raises:
        Refused: a batch, an act or a hand-over of one of them is still on its way; nothing was shredded.
    """
    left = [row for row in rows if row.shredded_at is None]
    for row in left:
        _check_at_rest(office, row)
    drop_unfinished(office)
    for start in range(0, len(left), _CHUNK):
        _shred_chunk(office, left[start : start + _CHUNK])
        reached("shredded")
    if sweep_after:
        sweep(office)


def _check_at_rest(office: Office, row: Row[Any]) -> None:
    with office.engine.connect() as connection:
        state = connection.execute(select(batches.c.state).where(batches.c.id == row.batch_id)).scalar_one()
        going = connection.execute(
            select(acts.c.id)
            .join(act_entries)
            .where(act_entries.c.certificate_id == row.id, acts.c.state.not_in(("complete", "refused")))
        ).scalar()
        given = connection.execute(
            select(handovers.c.id)
            .join(handover_entries)
            .where(
                handover_entries.c.certificate_id == row.id,
                handovers.c.direction == "out",
                handovers.c.state.in_(("exported", "closing")),
            )
        ).scalar()
    if going is not None:
        raise Refused(
            f"act {going} on {row.identifier} is not finished",
            code="shred.act",
            field="identifier",
            fix="finish it first: yinxin acts",
        )
    if given is not None:
        raise Refused(
            f"hand-over {given} of {row.identifier} is not finished",
            code="shred.handover",
            field="identifier",
            fix="close or withdraw it first: yinxin handover",
        )
    if state != "complete":
        raise Refused(
            f"batch {row.batch_id} is {state}",
            code="shred.batch",
            field="identifier",
            fix="finish or recall the batch first",
        )


def _shred_chunk(office: Office, rows: Sequence[Row[Any]]) -> None:
    with office.engine.connect() as connection:
        events = _events_on(connection, [row.id for row in rows])
    stones = [
        Tombstone(
            bytes(row.key_id),
            {
                "record": b64url(bytes(row.record_digest)),
                "uniqueness": b64url(bytes(row.uniqueness)),
                "list": row.status_list,
                "index": row.status_index,
            },
        )
        for row in rows
    ]
    stones += [Tombstone(bytes(event.key_id), {"record": b64url(bytes(event.record_digest))}) for event in events]
    office.vault.destroy_many(stones)
    for row in rows:
        shred_claims(office, row.id)
    for item in (*rows, *events):
        office.store.delete(item.cid)
    with office.engine.begin() as connection:
        blank(connection, rows, office.clock())


def sweep(office: Office) -> None:
    """After shredding: no old version of a row stays in the register's own files. Raises Unavailable."""
    forget_deleted(office.engine, register_address(office.home), (*SWEPT, claims, bindings, activations))


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
            blank(connection, rows, office.clock())
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
