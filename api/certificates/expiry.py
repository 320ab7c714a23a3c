"""What shows the signer that a date has passed, so that it lets certificates lapse without a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from api.certificates.evidence import place_of
from api.certificates.office import Office
from api.certificates.records import read_record
from api.certificates.tables import batches, certificates
from chain.desk.expiry import expiry_proof


def expiry_proofs(office: Office, entries: Sequence[Row[Any]]) -> dict[str, Any]:
    """Anchored issuer-signed JWTs with nothing disclosed: enough to show the signer that a date has passed."""
    found = {}
    with office.engine.connect() as connection:
        for entry in entries:
            row = connection.execute(select(certificates).where(certificates.c.id == entry.certificate_id)).one()
            batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
            jwt = read_record(office, row).credential.split("~", 1)[0] + "~"
            found[entry.identifier] = expiry_proof(jwt, place_of(office.engine, row, batch))
    return found
