"""BLS12-381: the one door to its library.

Signatures are points of G1 (48 bytes), public keys points of G2 (96 bytes), both in the compressed form of the zcash
BLS12-381 serialisation. The scheme is ``bls-unchained-g1-rfc9380`` as drand names it: RFC 9380's hash to the curve
with its own domain, no augmentation.

The library reads more than one spelling of the point at infinity and reduces whole numbers silently. Here every point
and scalar has exactly one accepted form, and neither the point at infinity nor zero is ever a key or a signature.
Its arithmetic is not of constant time: do not let strangers measure a key holder's machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from chain.kernel.errors import InvalidInput

ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""r, the order of G1 and G2."""

SIGNING_DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
"""Domain of all partial and combined signatures (RFC 9380 section 8.8.1 with the suffix of the BLS draft)."""

POSSESSION_DOMAIN = b"BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
"""Domain of proofs of possession: no signature made in one domain counts in the other."""

G1_SIZE, G2_SIZE, SCALAR_SIZE = 48, 96, 32

GENERATOR = G2Point()
"""The standard generator of G2."""

_G1_ZERO, _G2_ZERO = G1Point.identity(), G2Point.identity()


def scalar(value: int) -> Scalar:
    """``value`` as a scalar. Raises InvalidInput unless 0 < value < r."""
    if type(value) is not int or not 0 < value < ORDER:
        raise InvalidInput("a scalar lies between 1 and r - 1", code="sealing.scalar")
    return Scalar(value)


def read_scalar(data: bytes, *, field: str = "scalar") -> Scalar:
    """A scalar from 32 bytes, big-endian. Raises InvalidInput for zero, r and above."""
    if len(data) != SCALAR_SIZE or not 0 < int.from_bytes(data, "big") < ORDER:
        raise InvalidInput(f"{field}: not a scalar between 1 and r - 1", code="sealing.scalar", field=field)
    return Scalar(int.from_bytes(data, "big"))


def write_scalar(value: Scalar) -> bytes:
    """32 bytes, big-endian."""
    return int(value).to_bytes(SCALAR_SIZE, "big")


def random_scalar() -> Scalar:
    """Uniform between 1 and r - 1, from the system's generator."""
    return Scalar(secrets.randbelow(ORDER - 1) + 1)


def read_g1(data: bytes, *, field: str = "signature") -> G1Point:
    """A point of G1 other than infinity, from its one form of 48 bytes. Raises InvalidInput."""
    try:
        point = G1Point.from_compressed_bytes(data) if len(data) == G1_SIZE else _G1_ZERO
    except ValueError:
        point = _G1_ZERO
    if point == _G1_ZERO or point.to_compressed_bytes() != data:
        raise InvalidInput(f"{field}: not a point of G1 in its compressed form", code="sealing.point", field=field)
    return point


def read_g2(data: bytes, *, field: str = "public key") -> G2Point:
    """A point of G2 other than infinity, from its one form of 96 bytes. Raises InvalidInput."""
    try:
        point = G2Point.from_compressed_bytes(data) if len(data) == G2_SIZE else _G2_ZERO
    except ValueError:
        point = _G2_ZERO
    if point == _G2_ZERO or point.to_compressed_bytes() != data:
        raise InvalidInput(f"{field}: not a point of G2 in its compressed form", code="sealing.point", field=field)
    return point


def is_zero(point: G1Point | G2Point) -> bool:
    """True for the point at infinity."""
    return point in (_G1_ZERO, _G2_ZERO)


def hash_to_g1(message: bytes, domain: bytes = SIGNING_DOMAIN) -> G1Point:
    """RFC 9380, suite BLS12381G1_XMD:SHA-256_SSWU_RO_, with ``domain`` as its tag."""
    return G1Point.hash_to_curve(message, domain)


def sum_g1(points: Sequence[G1Point], factors: Sequence[Scalar]) -> G1Point:
    """The sum of ``factors[i] * points[i]``; the points are of G1 already."""
    if not points or len(points) != len(factors):
        raise ValueError("as many factors as points, at least one")
    return G1Point.multiexp_unchecked(list(points), list(factors))


def sum_g2(points: Sequence[G2Point], factors: Sequence[Scalar]) -> G2Point:
    """As :func:`sum_g1` in G2."""
    if not points or len(points) != len(factors):
        raise ValueError("as many factors as points, at least one")
    return G2Point.multiexp_unchecked(list(points), list(factors))


def signed_by(signature: G1Point, hashed: G1Point, public: G2Point) -> bool:
    """e(signature, generator) = e(hashed, public), as one check of a product."""
    return GT.pairing_check([signature, -hashed], [GENERATOR, public])


def pairing_bytes(left: G1Point, right: G2Point) -> bytes:
    """e(left, right) as 576 bytes, in the order of drand's tlock: highest coefficients first, each big-endian.

    The library prints an element lowest coefficient first, each little-endian; hence the whole is turned round.
    """
    return bytes.fromhex(str(GT.pairing(left, right)))[::-1]
