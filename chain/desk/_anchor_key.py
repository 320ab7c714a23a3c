"""The one key without which nothing counts on the ledger, as the signer uses it."""

from __future__ import annotations

from typing import Protocol


class AnchorKey(Protocol):
    """The bureau's anchor key, wherever it is held."""

    @property
    def address(self) -> str:
        """0x hexadecimal, lower case."""
        ...

    def sign_anchor(
        self, bureau: str, lane: str, sequence: int, root: bytes, size: int, manifest_digest: bytes
    ) -> bytes:
        """EIP-712 signature of an ``Anchor``, 65 bytes."""
        ...

    def sign_status(self, bureau: str, name: str, previous_head: bytes, digest: bytes, actor: str) -> bytes:
        """EIP-712 signature of a ``Status``, 65 bytes."""
        ...
