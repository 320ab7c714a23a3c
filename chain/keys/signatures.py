"""secp256k1 signatures of a ready-made digest, and the addresses that make them."""

from __future__ import annotations

from coincurve import PrivateKey, PublicKey
from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def sign(digest: bytes, private_key: bytes) -> bytes:
    """secp256k1 signature of a 32-byte digest: 65 bytes r ‖ s ‖ v, low s, v 27 or 28 (RFC 6979, so repeatable).

    Raises:
        InvalidInput: the key is not 32 bytes within the group order, or the digest not 32 bytes.
    """
    _exact(digest, 32, "digest")
    try:
        made = PrivateKey(_exact(private_key, 32, "privateKey")).sign_recoverable(digest, hasher=None)
    except ValueError as error:
        raise InvalidInput("privateKey: not a secp256k1 key", code="ledger.key", field="privateKey") from error
    return made[:64] + bytes([made[64] + 27])


def recover(digest: bytes, signature: bytes) -> bytes | None:
    """The 20-byte address that signed, or None if the signature is malformed, has a high s, or fits no key."""
    if len(signature) != 65 or len(digest) != 32 or signature[64] not in (27, 28):
        return None
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        return None
    try:
        plain = signature[:64] + bytes([signature[64] - 27])
        return _address(PublicKey.from_signature_and_message(plain, digest, hasher=None))
    except ValueError:
        return None


def address_of(private_key: bytes) -> bytes:
    """The 20-byte address of a secp256k1 private key (32 bytes).

    Raises:
        InvalidInput: not a key.
    """
    try:
        return _address(PrivateKey(_exact(private_key, 32, "privateKey")).public_key)
    except ValueError as error:
        raise InvalidInput("privateKey: not a secp256k1 key", code="ledger.key", field="privateKey") from error


def _address(key: PublicKey) -> bytes:
    return keccak(key.format(compressed=False)[1:])[-20:]


def _exact(data: bytes, size: int, field: str) -> bytes:
    if len(data) != size:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of {size}", code="ledger.bytes", field=field)
    return bytes(data)
