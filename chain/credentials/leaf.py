"""What a batch's tree is made of: one leaf hash a certificate, event record or type document.

All are RFC 9162 leaf hashes, SHA-256(0x00 ‖ content), of fixed-length content that begins with a version
tag. :mod:`chain.merkle` takes them as they are and does not hash them again.
"""

from __future__ import annotations

from hashlib import sha256

from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts

CERTIFICATE_TAG = b"yinxin-leaf-v1"
"""First bytes of a certificate leaf's content."""

EVENT_TAG = b"yinxin-event-v1"
"""First bytes of an event leaf's content."""

AUDIT_TAG = b"yinxin-audit-v1"
"""First bytes of an audit leaf's content."""

TYPE_TAG = b"yinxin-type-v1"
"""First bytes of a type document's leaf's content."""

_CERTIFICATE = b"\x00" + CERTIFICATE_TAG
_EVENT = b"\x00" + EVENT_TAG
_AUDIT = b"\x00" + AUDIT_TAG
_TYPE = b"\x00" + TYPE_TAG


def certificate_leaf(parts: LeafParts) -> bytes:
    """SHA-256(0x00 ‖ "yinxin-leaf-v1" ‖ jwt ‖ stamp ‖ record), 32 bytes.

    Args:
        parts: SHA-256 of the issuer-signed JWT, of the stamp and of the record's ciphertext, 32 bytes each.

    Raises:
        InvalidInput: a part is not 32 bytes.
    """
    jwt, stamp, record = parts.jwt, parts.stamp, parts.record
    if not len(jwt) == len(stamp) == len(record) == 32:
        raise InvalidInput("each leaf part is a SHA-256 of 32 bytes", code="leaf.part", field="leaf")
    return sha256(_CERTIFICATE + jwt + stamp + record).digest()


def event_leaf(record_digest: bytes) -> bytes:
    """SHA-256(0x00 ‖ "yinxin-event-v1" ‖ record), 32 bytes.

    Args:
        record_digest: SHA-256 of the event record's ciphertext, 32 bytes.

    Raises:
        InvalidInput: not 32 bytes.
    """
    if len(record_digest) != 32:
        raise InvalidInput("an event leaf takes a SHA-256 of 32 bytes", code="leaf.part", field="leaf")
    return sha256(_EVENT + record_digest).digest()


def audit_leaf(number: int, entry_digest: bytes) -> bytes:
    """SHA-256(0x00 ‖ "yinxin-audit-v1" ‖ number ‖ entry), 32 bytes.

    Args:
        number: of the newest entry of the audit log, as 8 bytes, big-endian.
        entry_digest: its digest, which stands for all entries before it, 32 bytes.

    Raises:
        InvalidInput: not 32 bytes, or no number of an entry.
    """
    if len(entry_digest) != 32 or not 0 < number < 2**63:
        raise InvalidInput("an audit leaf takes a number and a SHA-256 of 32 bytes", code="leaf.part", field="leaf")
    return sha256(_AUDIT + number.to_bytes(8, "big") + entry_digest).digest()


def type_leaf(document_digest: bytes) -> bytes:
    """SHA-256(0x00 ‖ "yinxin-type-v1" ‖ document), 32 bytes.

    Args:
        document_digest: SHA-256 of the canonical definition or retirement of a certificate type, 32 bytes.

    Raises:
        InvalidInput: not 32 bytes.
    """
    if len(document_digest) != 32:
        raise InvalidInput("a type's leaf takes a SHA-256 of 32 bytes", code="leaf.part", field="leaf")
    return sha256(_TYPE + document_digest).digest()
