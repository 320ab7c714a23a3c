"""Claims and bindings brought back from the ledger, the stored records and the key vault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from api.certificates.office import Office
from api.certificates.tables import certificates
from api.claims.running import enter
from api.claims.tables import claims
from chain.claims import Binding, Ending, parse_binding, parse_ending
from chain.documents.manifest import ManifestLeaf
from chain.documents.records import open_bytes, record_key_id
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused
from chain.kernel.ports import AnchorFacts


@dataclass(slots=True)
class Restored:
    """What came back.

    Attributes:
        entries: bindings and ends.
        unreadable: leaves whose record was shredded, is not to be had, or is of no certificate known here.
    """

    entries: int = 0
    unreadable: int = 0


def restore_claims(
    office: Office, connection: Connection, anchors: Iterable[tuple[AnchorFacts, Sequence[ManifestLeaf]]]
) -> Restored:
    """Write every anchored binding and end into the tables.

    Args:
        office: the officer's office; its vault and store are read.
        connection: of the register being made, within a transaction.
        anchors: the lane's anchors that count, oldest first, with the leaves of their manifests.
    """
    done = Restored()
    for facts, leaves in anchors:
        for leaf in leaves:
            try:
                data = office.store.get(leaf.cid)
                document = open_bytes(data, office.vault)
                made = _read(document)
            except (Refused, NotFound, Damaged, InvalidInput):
                done.unreadable += 1
                continue
            if made.tag != leaf.row[:32]:
                continue  # an earlier binding's end, which stands beside what ended it
            row = connection.execute(
                select(certificates.c.id).where(certificates.c.jwt_digest == made.certificate)
            ).scalar()
            if row is None:
                done.unreadable += 1
                continue
            found = connection.execute(
                insert(claims).values(
                    kind="bind" if isinstance(made, Binding) else "end",
                    digest=made.claim if isinstance(made, Binding) else made.act,
                    certificate_id=row,
                    binding=None if isinstance(made, Binding) else made.binding,
                    operator="" if isinstance(made, Binding) else made.operator,
                    reason="" if isinstance(made, Binding) else made.reason,
                    at=made.time,
                    state="complete",
                    key_id=record_key_id(data),
                    sequence=facts.sequence,
                    root=facts.root,
                    size=facts.size,
                    manifest_digest=facts.manifest_digest,
                    record_digest=leaf.record,
                    cid=leaf.cid,
                )
            ).inserted_primary_key
            assert found is not None
            enter(connection, int(found[0]), int(row), document, facts)
            done.entries += 1
    return done


def _read(document: bytes) -> Binding | Ending:
    try:
        return parse_binding(document)
    except InvalidInput:
        return parse_ending(document)
