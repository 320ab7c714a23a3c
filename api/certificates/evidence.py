"""Evidence of issued certificates: bundles, stamps for printing, and the register as an index for verifiers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Row
from sqlalchemy.pool import PoolProxiedConnection

from api.certificates.office import Office
from api.certificates.records import read_record
from api.certificates.tables import batches, certificates
from api.certificates.trees import tree_of
from chain.credentials.bundle import ChainEvidence, CheckpointEvidence, make_bundle
from chain.credentials.credential import parse_credential
from chain.documents.cids import cid_of_sha256
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import NotFound, Refused, Unavailable
from chain.kernel.ports import BlobStore, LeafParts, LeafPlace


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


def evidence_header(data: bytes) -> bytes:
    """Header (RLP) of the block in which a batch was anchored, from the batch's evidence."""
    return unhex0x(read_canonical(data, what="evidence")["header"])


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


def certificate_by_number(engine: Engine, number: int) -> Row[Any]:
    """A certificate's row by its number in the register, which says nothing about it. Raises NotFound."""
    with engine.connect() as connection:
        row = connection.execute(
            select(certificates).where(certificates.c.id == number, certificates.c.shredded_at.is_(None))
        ).one_or_none()
    if row is None:
        raise NotFound(
            f"no certificate {number} in this register",
            code="certificate.unknown",
            field="number",
            fix="search for it",
        )
    return row


def place_of(engine: Engine, row: Any, batch: Any) -> LeafPlace:
    """Where a certificate's leaf stands, from its row and its batch's row, or what :meth:`RegisterIndex.find` gave."""
    tree = tree_of(engine, batch)
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


@dataclass(frozen=True, slots=True)
class Found:
    """A leaf in the register and its batch; attributes as the columns of the two tables."""

    id: int
    position: int
    jwt_digest: bytes
    stamp_digest: bytes
    record_digest: bytes
    bureau: str
    certificate_type: str
    sequence: int | None
    root: bytes | None
    state: str


_C, _B = certificates.c, batches.c
_LEAF = select(
    _C.batch_id, _C.position, _C.jwt_digest, _C.stamp_digest, _C.record_digest, _B.bureau, _B.certificate_type,
    _B.sequence, _B.root, _B.state,
).join(batches, _C.batch_id == _B.id)  # fmt: skip
_BY = {
    stamp: _LEAF.where((_C.stamp_digest if stamp else _C.jwt_digest) == bindparam("digest")) for stamp in (False, True)
}
_BY_ON_SQLITE = {stamp: str(query.compile(dialect=sqlite.dialect())) for stamp, query in _BY.items()}


def _find(engine: Engine, digest: bytes, *, stamp: bool) -> Found | None:
    with engine.connect() as connection:
        row: Any = connection.execute(_BY[stamp], {"digest": digest}).first()
    return _on_ledger(row)


def _on_ledger(row: Any) -> Found | None:
    found = None if row is None else Found(*row)
    on_ledger = found is not None and found.sequence is not None and found.state in ("confirmed", "complete")
    return found if on_ledger else None


class QuickLook:
    """Finds leaves in a register on SQLite over a connection kept for a second; for one thread alone.

    The statement is :func:`_find`'s; past the pool and SQLAlchemy's layers it takes a twentieth of the time.

    Args:
        engine: a register on SQLite.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: PoolProxiedConnection | None = None
        self._until = 0.0

    def find(self, digest: bytes, *, stamp: bool) -> Found | None:
        """As :meth:`RegisterIndex.find`."""
        if self._connection is None or time.monotonic() > self._until:
            self.close()  # taking a connection anew looks whether the file was replaced
            self._connection, self._until = self._engine.raw_connection(), time.monotonic() + 1.0
        cursor = self._connection.cursor()
        try:
            cursor.execute(_BY_ON_SQLITE[stamp], (digest,))
            return _on_ledger(cursor.fetchone())
        except sqlite3.Error:
            self.close()
            return _find(self._engine, digest, stamp=stamp)  # where a fault gets its name
        finally:
            cursor.close()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


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

    def find(self, digest: bytes, *, stamp: bool) -> Found | None:
        """Row and batch of a leaf by the digest of its stamp or of its JWT, if its batch is on the ledger."""
        return _find(self._engine, digest, stamp=stamp)

    def place(self, found: Found) -> LeafPlace:
        """Where that leaf stands; reads the whole batch unless its tree is in memory."""
        return place_of(self._engine, found, found)

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None."""
        found = self.find(stamp_digest, stamp=True)
        return None if found is None else self.place(found)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        found = self.find(jwt_digest, stamp=False)
        return None if found is None else self.place(found)

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
