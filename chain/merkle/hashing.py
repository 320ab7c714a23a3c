"""The two hashes of RFC 9162 section 2.1.1."""

from __future__ import annotations

from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without leaves: SHA-256 of nothing (RFC 9162 section 2.1.1)."""

MAX_SIZE = 2**63
"""Sizes and indexes at or above this are refused; RFC 9162 counts leaves in 64 bits."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data), 32 bytes (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), 32 bytes (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()
