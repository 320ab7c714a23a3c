"""HKDF and the one-key AEAD that age builds on."""

from __future__ import annotations

from hmac import digest as _hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_ZERO_SALT = bytes(32)
_ZERO_NONCE = bytes(12)


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869), 32 bytes out: one extract, one expand block."""
    return _hmac(_hmac(salt or _ZERO_SALT, secret, "sha256"), info + b"\x01", "sha256")


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104), 32 bytes."""
    return _hmac(key, data, "sha256")


def wrap_key(key: bytes, file_key: bytes) -> bytes:
    """ChaCha20-Poly1305 (RFC 8439) under a key used for this one message, with a nonce of zeros."""
    return ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)


def unwrap_key(key: bytes, body: bytes) -> bytes | None:
    """Inverse of :func:`wrap_key`; None if the tag does not match."""
    try:
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None
