"""The doors to the outside, and the plain facts that come through them.

Rules take these in; nothing here does I/O. Every implementation of a port passes the same
contract suite, and every fault it meets leaves it as one of :mod:`chain.kernel.errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# --------------------------------------------------------------------------- ledger facts


@dataclass(frozen=True, slots=True)
class BlockRef:
    """One block.

    Attributes:
        number: height.
        hash: 32 bytes.
        time: the block's own timestamp, seconds since 1970 UTC.
    """

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span [since, until); ``until`` None has no end. Seconds since 1970 UTC."""

    since: int
    until: int | None = None

    def holds(self, at: int) -> bool:
        """True if ``at`` lies within."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class BureauFacts:
    """What BureauRegistry says of one bureau.

    Attributes:
        uscc: unified social credit code, 18 characters (GB 32100).
        name: legal name, from the registry and nowhere else.
        metadata_digest: SHA-256 of the bureau's public metadata document, 32 bytes.
        registered_at: seconds.
        suspensions: spans in which it could not issue.
        accreditations: per lane (certificate type code), spans in which it may issue.
        successor: USCC of the bureau that answers for it now, or None.
    """

    uscc: str
    name: str
    metadata_digest: bytes
    registered_at: int
    suspensions: tuple[Period, ...] = ()
    accreditations: dict[str, tuple[Period, ...]] = field(default_factory=dict)
    successor: str | None = None

    def was_accredited(self, lane: str, at: int) -> bool:
        """Accredited for ``lane`` and not suspended at ``at``. Lanes that begin with ``$`` need no accreditation."""
        if at < self.registered_at:
            return False
        if lane.startswith("$"):
            return True
        if any(period.holds(at) for period in self.suspensions):
            return False
        return any(period.holds(at) for period in self.accreditations.get(lane, ()))


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What BureauRegistry says of one key.

    Attributes:
        thumbprint: RFC 7638 SHA-256 thumbprint of a P-256 key; for an anchor key its address, left-padded; 32 bytes.
        purpose: ``credential``, ``seal`` or ``anchor``.
        public_key: SEC1 compressed point (33 bytes) for P-256; empty for an anchor key.
        valid: span in which it may sign, by chain time.
        compromised_since: nothing anchored at or after this time by it counts; None if never marked.
    """

    thumbprint: bytes
    purpose: str
    public_key: bytes
    valid: Period
    compromised_since: int | None = None

    def usable(self, at: int) -> bool:
        """May it have signed what was anchored at ``at``?"""
        return self.valid.holds(at) and (self.compromised_since is None or at < self.compromised_since)


@dataclass(frozen=True, slots=True)
class AnchorFacts:
    """One ``Anchored`` event of AnchorLog.

    Attributes:
        bureau: USCC.
        lane: type code of the certificates, or ``$events``, ``$claims`` and the like.
        sequence: 1, 2, 3 … in that lane.
        root: RFC 9162 root, 32 bytes.
        size: number of leaves.
        manifest_digest: SHA-256 of the public manifest's root document, 32 bytes.
        head: chained head of the lane after this anchor, 32 bytes.
        key: 20-byte address that signed.
        block: where it happened.
        transaction: transaction hash, 32 bytes.
    """

    bureau: str
    lane: str
    sequence: int
    root: bytes
    size: int
    manifest_digest: bytes
    head: bytes
    key: bytes
    block: BlockRef
    transaction: bytes


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """One ``StatusAnchored`` event of AnchorLog.

    Attributes:
        bureau: USCC of the bureau that owns the list.
        list: name of the list, ASCII, at most 32 bytes.
        previous_head: 32 bytes, zeros for the first.
        head: 32 bytes, after this change.
        digest: SHA-256 of the status list token's bytes.
        key: 20-byte address that signed.
        block: where it happened.
        transaction: transaction hash, 32 bytes.
    """

    bureau: str
    list: str
    previous_head: bytes
    head: bytes
    digest: bytes
    key: bytes
    block: BlockRef
    transaction: bytes


class TrustSource(Protocol):
    """Facts a verifier relies on: the chain itself, or a signed snapshot of it.

    All answers describe one state: the one at :attr:`block`. A part that cannot answer raises Unavailable.
    """

    @property
    def block(self) -> BlockRef:
        """The final block at which the facts were read."""
        ...

    @property
    def expires(self) -> int | None:
        """After this time the source proves issue only, never present status; None for a live chain."""
        ...

    @property
    def describes(self) -> str:
        """One phrase for people: which chain, how many endpoints or witnesses."""
        ...

    def bureau(self, uscc: str) -> BureauFacts | None:
        """Facts of a bureau, or None if it is not registered."""
        ...

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """Facts of a key of that bureau, or None if it never had it."""
        ...

    def anchor(self, uscc: str, lane: str, sequence: int) -> AnchorFacts | None:
        """The anchor at that place, or None if there is none."""
        ...

    def status_head(self, uscc: str, list_name: str) -> StatusFacts | None:
        """The newest anchored state of that list at :attr:`block`, or None if there is none."""
        ...

    def status_history(self, uscc: str, list_name: str) -> Sequence[StatusFacts]:
        """Every anchored state of that list up to :attr:`block`, oldest first, without gaps."""
        ...

    def stamp_anchor(self, stamp_digest: bytes) -> AnchorFacts | None:
        """For an offline source that carries the stamp set: the anchor of that stamp, or None if unknown.

        A live chain holds no stamp set and always answers None; use a StampIndex.
        """
        ...


# --------------------------------------------------------------------------- stored bytes


class BlobStore(Protocol):
    """Content-addressed bytes. CIDs follow the profile ``unixfs-v1-2025``."""

    name: str
    """What people read: ``local store`` or ``IPFS (kubo 0.39.0)``."""

    def put(self, data: bytes) -> str:
        """Store and return the CID; on return the bytes are durable. Raises Unavailable, Damaged."""
        ...

    def put_many(self, blobs: Iterable[bytes]) -> list[str]:
        """As :meth:`put` for many, in order; all durable on return."""
        ...

    def get(self, cid: str, *, limit: int = 64 * 2**20) -> bytes:
        """The bytes, whose CID was recomputed. Raises NotFound, Damaged, Unavailable."""
        ...

    def has(self, cid: str) -> bool:
        """True if this store itself holds it (it asks nobody else)."""
        ...

    def delete(self, cid: str) -> None:
        """Forget it; unknown CIDs are no error."""
        ...


# --------------------------------------------------------------------------- evidence look-up


@dataclass(frozen=True, slots=True)
class LeafParts:
    """What a batch leaf is made of (all SHA-256 digests, 32 bytes).

    Attributes:
        jwt: of the issuer-signed JWT, the SD-JWT without disclosures.
        stamp: of the stamp's bytes.
        record: of the record's ciphertext.
    """

    jwt: bytes
    stamp: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class LeafPlace:
    """Where a certificate is anchored, as an untrusted index claims; checked against the anchor.

    Attributes:
        bureau: USCC.
        lane: lane of the anchor.
        sequence: sequence in that lane.
        parts: digests the leaf is made of.
        index: 0-based position in the tree.
        size: leaves in the tree.
        path: RFC 9162 inclusion path, 32 bytes each, leaf side first.
    """

    bureau: str
    lane: str
    sequence: int
    parts: LeafParts
    index: int
    size: int
    path: tuple[bytes, ...]


class EvidenceIndex(Protocol):
    """Any index that finds public evidence. Never trusted: every answer is checked against the ledger."""

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf whose stamp has that SHA-256, or None if this index does not know it."""
        ...

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf whose issuer-signed JWT has that SHA-256, or None."""
        ...

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of the status list token with that SHA-256, or None."""
        ...

    def bundle(self, identifier: str) -> bytes | None:
        """Evidence bundle of the certificate with that identifier, or None."""
        ...


# --------------------------------------------------------------------------- what goes out on paper


@dataclass(frozen=True, slots=True)
class Letter:
    """What carries an activation code to a holder, outside the certificate and outside every server.

    Whom it is for is taken from the anchored certificate, never from whoever asked for it.

    Attributes:
        name: names the certificate without saying which; a new letter of that name replaces the old one.
        bureau: legal name of the bureau.
        bureau_code: its USCC.
        holder: name of the holder.
        certificate: name of the certificate.
        identifier: its identifier.
        address: as the certificate has it, or empty.
        code: the activation code as it is printed.
        expires: seconds; afterwards the code is worth nothing.
        made_at: seconds.
    """

    name: str
    bureau: str
    bureau_code: str
    holder: str
    certificate: str
    identifier: str
    address: str
    code: str
    expires: int
    made_at: int


class Letters(Protocol):
    """The approver's way to a holder that no server sees: paper, a counter, another network."""

    def put(self, letter: Letter) -> None:
        """Hand a letter over for delivery; on return it is durable. Raises Unavailable."""
        ...
