"""Lock 1's primitive: identity-based encryption of 16 bytes, as in drand's tlock (scheme bls-unchained-g1-rfc9380).

Boneh and Franklin's scheme with the Fujisaki-Okamoto transform: who has the signature of the group over the identity
can decrypt, and sees whether the ciphertext was made as it must be. Anybody given that signature comes to the same
answer, so a malformed lock is provable.

    H1(id)    = hash to G1
    H2(gt)    = SHA-256("IBE-H2" ‖ gt), first 16 bytes
    H3(s, m)  = for i = 1, 2, …: d = SHA-256(i as 2 bytes, little-endian ‖ SHA-256("IBE-H3" ‖ s ‖ m)), its first byte
                shifted right by one; the first d, big-endian, that lies below r
    H4(s)     = SHA-256("IBE-H4" ‖ s), first 16 bytes
    r = H3(sigma, m)     U = r·G2     V = sigma xor H2(e(H1(id), key)^r)     W = m xor H4(sigma)
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import curve

SIZE = 16
"""Bytes that are encrypted."""

CIPHERTEXT_SIZE = curve.G2_SIZE + 2 * SIZE


@dataclass(frozen=True, slots=True)
class Locked:
    """A ciphertext: U (96 bytes), V and W (16 each)."""

    u: bytes
    v: bytes
    w: bytes

    def to_bytes(self) -> bytes:
        """U ‖ V ‖ W, 128 bytes."""
        return self.u + self.v + self.w

    @classmethod
    def from_bytes(cls, data: bytes) -> Locked:
        """Inverse of :meth:`to_bytes`; U is looked at only by :func:`unlock`. Raises InvalidInput."""
        if len(data) != CIPHERTEXT_SIZE:
            raise InvalidInput(f"lock 1 has {CIPHERTEXT_SIZE} bytes", code="sealing.lock_one")
        cut = curve.G2_SIZE
        return cls(data[:cut], data[cut : cut + SIZE], data[cut + SIZE :])


def lock(key: G2Point, identity: bytes, message: bytes) -> Locked:
    """``message`` (16 bytes) for whoever has the signature of ``key`` over ``identity``."""
    if len(message) != SIZE:
        raise InvalidInput(f"lock 1 takes {SIZE} bytes", code="sealing.lock_one")
    sigma = os.urandom(SIZE)
    factor = _h3(sigma, message)
    mask = _h2(curve.hash_to_g1(identity) * factor, key)
    return Locked((curve.GENERATOR * factor).to_compressed_bytes(), _xor(sigma, mask), _xor(message, _h4(sigma)))


def unlock(signature: G1Point, locked: Locked) -> bytes | None:
    """The 16 bytes, or None if the ciphertext was not made by :func:`lock` for this identity.

    The signature must have been checked: with a wrong one the answer is None, too.
    """
    try:
        point = curve.read_g2(locked.u, field="U")
    except InvalidInput:
        return None
    sigma = _xor(locked.v, _h2(signature, point))
    message = _xor(locked.w, _h4(sigma))
    return message if curve.GENERATOR * _h3(sigma, message) == point else None


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _h2(left: G1Point, right: G2Point) -> bytes:
    return sha256(b"IBE-H2" + curve.pairing_bytes(left, right))[:SIZE]


def _h3(sigma: bytes, message: bytes) -> Scalar:
    inner = sha256(b"IBE-H3" + sigma + message)
    for count in range(1, 65_535):
        data = sha256(count.to_bytes(2, "little") + inner)
        value = int.from_bytes(bytes([data[0] >> 1]) + data[1:], "big")  # the first byte is shifted, not masked
        if 0 < value < curve.ORDER:
            return curve.scalar(value)
    raise AssertionError("no scalar in 65,534 hashes")


def _h4(sigma: bytes) -> bytes:
    return sha256(b"IBE-H4" + sigma)[:SIZE]
