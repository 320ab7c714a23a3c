"""Evidence of issued certificates: bundles, stamps for printing, and the register as an index for verifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.records import read_record
from api.certificates.tables import batches, certificates
from chain.credentials.bundle import ChainEvidence, CheckpointEvidence, make_bundle
from chain.credentials.credential import parse_credential
from chain.credentials.leaf import certificate_leaf
from chain.documents.cids import cid_of_sha256
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import NotFound, Refused, Unavailable
from chain.kernel.ports import BlobStore, LeafParts, LeafPlace
from chain.merkle import Tree


def gather_evidence(office: Office, row: Row[Any]) -> bytes:
    """Header, receipt proof and witnessed checkpoint of a confirmed batch, as canonical JSON.

    The checkpoint is null where no witness answers; ``yinxin bundle`` adds it later.
    """
    reader = office.ledger.refresh()
    facts = reader.anchor(row.bureau, row.certificate_type, row.sequence)
    if facts is None:
        raise Unavailable(
            f"the anchor of batch {row.id} is not final yet", code="batch.not_final", field="batch", fix="run it again"
        )
    proof = reader.receipt_proof(facts)
    checkpoint = office.ledger.checkpoint(facts.block)
    return canonical(
        {
            "header": hex0x(proof.header),
            "receipt": {"index": proof.index, "proof": [hex0x(node) for node in proof.nodes]},
            "checkpoint": None
            if checkpoint is None
            else {
                "note": checkpoint.note,
                "index": checkpoint.index,
                "path": [hex0x(node) for node in checkpoint.path],
            },
        }
    )


def _read_evidence(data: bytes) -> tuple[ChainEvidence, CheckpointEvidence | None]:
    value = read_canonical(data, what="evidence")
    chain = ChainEvidence(
        unhex0x(value["header"]), value["receipt"]["index"], tuple(unhex0x(node) for node in value["receipt"]["proof"])
    )
    found = value["checkpoint"]
    if found is None:
        return chain, None
    return chain, CheckpointEvidence(found["note"], found["index"], tuple(unhex0x(node) for node in found["path"]))


def certificate(engine: Engine, identifier: str) -> Row[Any]:
    """A certificate's row by identifier. Raises NotFound."""
    with engine.connect() as connection:
        row = connection.execute(select(certificates).where(certificates.c.identifier == identifier)).one_or_none()
    if row is None:
        raise NotFound(
            f"no certificate {identifier} in this register",
            code="certificate.unknown",
            field="identifier",
            fix="yinxin find searches by name",
        )
    return row


@lru_cache(maxsize=4)
def _tree(engine: Engine, batch_id: int) -> Tree:
    with engine.connect() as connection:
        query = (
            select(certificates.c.jwt_digest, certificates.c.stamp_digest, certificates.c.record_digest)
            .where(certificates.c.batch_id == batch_id)
            .order_by(certificates.c.position)
        )
        return Tree(
            [
                certificate_leaf(LeafParts(bytes(row[0]), bytes(row[1]), bytes(row[2])))
                for row in connection.execute(query)
            ]
        )


def place_of(engine: Engine, row: Row[Any], batch: Row[Any]) -> LeafPlace:
    """Where a certificate's leaf stands."""
    tree = _tree(engine, batch.id)
    return LeafPlace(
        bureau=batch.bureau,
        lane=batch.certificate_type,
        sequence=batch.sequence,
        parts=LeafParts(bytes(row.jwt_digest), bytes(row.stamp_digest), bytes(row.record_digest)),
        index=row.position,
        size=tree.size,
        path=tree.path(row.position),
    )


def bundle_of(office: Office, row: Row[Any], disclosed: Sequence[str] | None = None) -> bytes:
    """The evidence bundle of one certificate, all fields disclosed, or only those named.

    Raises:
        Refused: its batch is not complete, or its record was shredded.
    """
    with office.engine.connect() as connection:
        batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
    if batch.state != "complete":
        raise Refused(
            f"{row.identifier}: its batch is {batch.state}, not complete",
            code="bundle.not_released",
            field="identifier",
            fix="certificates are released only after the ledger has confirmed them",
        )
    content = read_record(office, row)
    chain, checkpoint = _read_evidence(bytes(batch.evidence))
    return make_bundle(
        credential=content.credential if disclosed is None else parse_credential(content.credential).present(disclosed),
        stamp=content.stamp,
        place=place_of(office.engine, row, batch),
        chain=chain,
        checkpoint=checkpoint,
    ).data


def bundles_of_batch(office: Office, batch_id: int) -> Iterator[tuple[Row[Any], bytes, bytes]]:
    """Row, stamp and bundle of every certificate of a complete batch that was not shredded."""
    with office.engine.connect() as connection:
        query = select(certificates).where(certificates.c.batch_id == batch_id, certificates.c.shredded_at.is_(None))
        rows = connection.execute(query.order_by(certificates.c.position)).all()
    for row in rows:
        data = bundle_of(office, row)
        yield row, read_record(office, row).stamp, data


class RegisterIndex:
    """The register as an :class:`chain.kernel.ports.EvidenceIndex`. Never trusted; every answer is checked.

    Args:
        engine: the register.
        store: where status list tokens lie.
        office: gives bundles by identifier where the home has its keys; None if it has not.
    """

    def __init__(self, engine: Engine, store: BlobStore, office: Office | None = None) -> None:
        self._engine = engine
        self._store = store
        self._office = office

    def _by(self, column: Any, digest: bytes) -> LeafPlace | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(certificates).where(column == digest)).first()
            if row is None:
                return None
            batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
        return (
            place_of(self._engine, row, batch)
            if batch.sequence is not None and batch.state in ("confirmed", "complete")
            else None
        )

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None."""
        return self._by(certificates.c.stamp_digest, stamp_digest)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        return self._by(certificates.c.jwt_digest, jwt_digest)

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        try:
            return self._store.get(cid_of_sha256(digest))
        except NotFound:
            return None

    def bundle(self, identifier: str) -> bytes | None:
        """Evidence bundle by identifier, or None."""
        if self._office is None:
            return None
        try:
            return bundle_of(self._office, certificate(self._engine, identifier))
        except (NotFound, Refused):
            return None
