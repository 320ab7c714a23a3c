"""Records read back from the store, with every digest checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.tables import certificates
from chain.documents.records import RecordContent, open_record
from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged


def read_record(office: Office, row: Row[Any]) -> RecordContent:
    """The record of one certificate. Raises NotFound, Refused (shredded), Damaged, Unavailable."""
    data = office.store.get(row.cid)
    if sha256(data) != bytes(row.record_digest):
        raise Damaged(f"record {row.cid} is not the one that was anchored", code="record.digest", field="cid")
    return open_record(data, office.vault)


def read_records(office: Office, batch_id: int) -> Sequence[RecordContent]:
    """The records of a batch, in order."""
    return list(iterate_records(office, batch_id))


def iterate_records(office: Office, batch_id: int) -> Iterator[RecordContent]:
    """As :func:`read_records`, one at a time."""
    with office.engine.connect() as connection:
        query = select(certificates).where(certificates.c.batch_id == batch_id).order_by(certificates.c.position)
        for row in connection.execute(query):
            yield read_record(office, row)
