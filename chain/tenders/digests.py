"""Digests that the contracts make, too: kinds of commitments, live sets (docs/formats/tender-digests.md)."""

from __future__ import annotations

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.kernel.live_set import live_set_digest as live_set_digest

KIND_BID = 1
KIND_DECOY = 2
_KIND_TAG = b"yinxin-kind-v1".ljust(32, b"\0")


def kind_digest(
    book: bytes, tender: int, lot: int, bidder: bytes, salt: bytes, *, custodian: bytes | None = None
) -> bytes:
    """Salted digest of what a commitment is: a decoy of that custodian, or a bid if none is named; 32 bytes.

    Args:
        book: address of the TenderBook, 20 bytes.
        tender: its number.
        lot: 1, 2, 3 …
        bidder: address that signs the commitment, 20 bytes.
        salt: 32 random bytes.
        custodian: account of the custodian that made the decoy, 20 bytes.
    """
    kind = KIND_BID if custodian is None else KIND_DECOY
    parts = ((book, 20), (bidder, 20), (salt, 32), (custodian or bytes(20), 20))
    if any(len(data) != size for data, size in parts):
        raise InvalidInput("addresses have 20 bytes, a salt 32", code="tender.kind", field="kindDigest")
    place = tender.to_bytes(8, "big") + lot.to_bytes(4, "big")
    return sha256(_KIND_TAG + book + place + bidder + bytes([kind]) + (custodian or bytes(20)) + salt)
