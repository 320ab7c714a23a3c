"""The peer of the opening's bench: each bid's secret split by its bidder among the key holders (Shamir 1979).

Plain: shares over the scalars of BLS12-381, each in a box to one key holder. Nobody can tell a wrong share; a bid
opens to nothing, and nobody knows who is to blame. Verified: the bidder commits to the polynomial in G1 (Feldman 1987),
so every share shown at the opening is checked.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from py_arkworks_bls12381 import G1Point, Scalar

from chain.containers import hkdf
from chain.sealing import curve
from chain.sealing.threshold import lagrange


@dataclass(frozen=True)
class Split:
    """One bid's secret in boxes, and commitments to its polynomial."""

    secret: int
    boxes: tuple[bytes, ...]
    commitments: tuple[bytes, ...]


def split(keys: Sequence[bytes], threshold: int) -> Split:
    """A new secret for the holders of these X25519 public keys."""
    coefficients = [secrets.randbelow(curve.ORDER - 1) + 1 for _ in range(threshold)]
    base = G1Point()
    boxes = []
    for number, key in enumerate(keys, 1):
        share = sum(one * number**power for power, one in enumerate(coefficients)) % curve.ORDER
        ephemeral = X25519PrivateKey.generate()
        point = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(key))
        wrap = ChaCha20Poly1305(hkdf(shared, point + key, b"share"))
        boxes.append(point + wrap.encrypt(bytes(12), share.to_bytes(32, "big"), None))
    commitments = tuple((base * Scalar(one)).to_compressed_bytes() for one in coefficients)
    return Split(coefficients[0], tuple(boxes), commitments)


def show(split: Split, number: int, private: bytes) -> bytes:
    """What a key holder shows of one bid."""
    key, box = X25519PrivateKey.from_private_bytes(private), split.boxes[number - 1]
    shared = key.exchange(X25519PublicKey.from_public_bytes(box[:32]))
    wrap = ChaCha20Poly1305(hkdf(shared, box[:32] + key.public_key().public_bytes_raw(), b"share"))
    return wrap.decrypt(bytes(12), box[32:], None)


def check(split: Split, number: int, share: bytes) -> bool:
    """True if the share is the committed one."""
    points = [curve.read_g1(one) for one in split.commitments]
    powers = [Scalar(number**power) for power in range(len(points))]
    return G1Point() * curve.read_scalar(share) == curve.sum_g1(points, powers)


def join(shares: dict[int, bytes]) -> int:
    """The secret."""
    numbers = sorted(shares)
    parts = zip(lagrange(numbers), (int.from_bytes(shares[one], "big") for one in numbers), strict=True)
    return sum(int(factor) * share for factor, share in parts) % curve.ORDER
