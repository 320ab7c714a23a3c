"""What a certificate's claims and bindings say goes with the certificate."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from api.certificates.office import Office
from api.claims.tables import activations, bindings, claims
from chain.documents import Tombstone
from chain.kernel.encoding import b64url


def shred_claims(office: Office, certificate_id: int) -> None:
    """Destroy the records of a certificate's bindings, and what the register has of its claims. Repeatable.

    The leaves stay on the ledger, and say nothing. A row stays for each claim, without its content, so that the same
    claim is not taken for a new one.
    """
    with office.engine.connect() as connection:
        rows = connection.execute(select(claims).where(claims.c.certificate_id == certificate_id)).all()
    stones = [
        Tombstone(bytes(row.key_id), {} if row.record_digest is None else {"record": b64url(bytes(row.record_digest))})
        for row in rows
    ]
    if stones:
        office.vault.destroy_many(stones)
    for row in rows:
        if row.cid is not None:
            office.store.delete(row.cid)
    with office.engine.begin() as connection:
        connection.execute(delete(bindings).where(bindings.c.certificate_id == certificate_id))
        connection.execute(delete(activations).where(activations.c.certificate_id == certificate_id))
        connection.execute(
            update(claims)
            .where(claims.c.certificate_id == certificate_id)
            .values(body=None, reason="", operator="", fault=None)
        )
        connection.execute(
            update(claims)
            .where(claims.c.certificate_id == certificate_id, claims.c.state != "complete")
            .values(state="refused", fault_code="claim.shredded")
        )
