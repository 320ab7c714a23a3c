"""The keyed digest under which a certificate is unique, also after its fields were destroyed."""

from __future__ import annotations

import hmac

from chain.kernel.canonical import canonical


class Uniqueness:
    """Digests of bureau, type, number and version under a key of the vault.

    Args:
        master: the vault's master key, 32 bytes. Without it the digests say nothing about numbers.
    """

    def __init__(self, master: bytes) -> None:
        self._key = hmac.digest(master, b"yinxin-uniqueness-1", "sha256")

    def __call__(self, bureau: str, certificate_type: str, number: str, version: str) -> bytes:
        """HMAC-SHA-256, 32 bytes."""
        return hmac.digest(self._key, canonical([bureau, certificate_type, number, version]), "sha256")
