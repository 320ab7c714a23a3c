"""Which devices are, and were, bound to a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from api.certificates.evidence import certificate
from api.certificates.office import Office
from api.claims.tables import bindings
from chain.claims import CLAIMS_LANE, BindingCheck, CertificateState, LaneReading, holder_key, read_lane
from chain.evidence import ClaimLeaves
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import b64url, hex0x


@dataclass(frozen=True, slots=True)
class BindingRow:
    """One binding as the register knows it.

    Attributes:
        n: ordinal.
        digest: SHA-256 of its document, 32 bytes.
        document: its bytes, for the holder and whoever is to check it.
        key: the device's public key, 33 bytes.
        since_block: block of its anchor.
        since: that block's time, seconds.
        until_block: block of its end, or None.
        until: that block's time, or None.
        ended_by: replaced, holder, bureau, or None.
    """

    n: int
    digest: bytes
    document: bytes
    key: bytes
    since_block: int
    since: int
    until_block: int | None
    until: int | None
    ended_by: str | None

    def as_dict(self) -> dict[str, Any]:
        """The binding as plain data."""
        return {
            "n": self.n,
            "binding": hex0x(self.digest),
            "key": b64url(self.key),
            "sinceBlock": self.since_block,
            "since": rfc3339(self.since),
            "untilBlock": self.until_block,
            "until": None if self.until is None else rfc3339(self.until),
            "endedBy": self.ended_by,
        }


def bindings_of(office: Office, identifier: str) -> tuple[BindingRow, ...]:
    """Every anchored binding of a certificate, first to last. Raises NotFound for an unknown certificate."""
    row = certificate(office.engine, identifier)
    with office.engine.connect() as connection:
        query = select(bindings).where(bindings.c.certificate_id == row.id).order_by(bindings.c.n)
        return tuple(
            BindingRow(
                found.n,
                bytes(found.digest),
                bytes(found.document),
                bytes(found.key),
                found.since_block,
                found.since,
                found.until_block,
                found.until,
                found.ended_by,
            )
            for found in connection.execute(query)
        )


def lane_of(office: Office) -> LaneReading:
    """The bureau's lane of claims as the ledger and the stored manifests have it now. Raises Unavailable, Damaged."""
    reader = office.ledger.refresh()
    reader.anchors(office.bureau, CLAIMS_LANE)  # reads them all ahead
    return read_lane(reader, ClaimLeaves(office.store), office.bureau)


def holder_key_of(
    office: Office,
    identifier: str,
    block: int | None = None,
    *,
    certificate_state: CertificateState | None = None,
    lane: LaneReading | None = None,
) -> BindingCheck | None:
    """The device that acted for a certificate's holder as of a block, proven by the ledger, not by the register.

    Args:
        office: the office of the bureau that issued the certificate; needs no keys.
        identifier: of the certificate.
        block: number; the newest final block if not given.
        certificate_state: what the certificate's own check said as of that block's time; None: not looked at.
        lane: as :func:`lane_of` read it, where many are asked about; read now if not given.

    Returns:
        A check; its result is VALID if ``binding.key`` was the holder's. None if no device was ever bound.

    Raises:
        NotFound: no such certificate.
        Unavailable: the ledger did not answer.
    """
    documents = [row.document for row in bindings_of(office, identifier)]
    if not documents:
        return None
    return holder_key(documents, lane or lane_of(office), certificate=certificate_state, block=block)
