"""The digest of a live set, as the contracts make it (docs/formats/tender-digests.md)."""

from __future__ import annotations

from collections.abc import Iterable

from chain.kernel.encoding import sha256


def live_set_digest(commitments: Iterable[bytes]) -> bytes:
    """Chain over commitment hashes (32 bytes each) in the order of their places; 32 zero bytes for none."""
    digest = bytes(32)
    for commitment in commitments:
        digest = sha256(digest + commitment)
    return digest
