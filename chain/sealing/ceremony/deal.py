"""A deal: one member's polynomial, committed in the open, its values in boxes.

f has degree t - 1 and coefficients a_0 … a_{t-1}; commitments are a_k·G2, member j's share is f(j). The proof of
possession is a signature by a_0, in a domain of its own, over ceremony, dealer and the first commitment, so that
nobody can choose a key as the difference to others' keys.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from chain.containers import hkdf
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import box, curve
from chain.sealing.ceremony._wire import a_number, read_message, some_bytes
from chain.sealing.ceremony.roster import Roster

FORMAT = "yinxin-deal-1"
SEED_SIZE = 32
_BOX_LABEL = b"yinxin-deal-1/box"
_BOX_SIZE = box.OVERHEAD + curve.SCALAR_SIZE
_POSSESSION_TAG = b"yinxin-possession-1\0"


@dataclass(frozen=True, slots=True)
class Deal:
    """What a dealer publishes.

    Attributes:
        ceremony: digest of the roster.
        dealer: number of the member.
        commitments: t points of G2, 96 bytes each; the first is the dealer's part of the key.
        possession: proof that the dealer knows the first coefficient, 48 bytes.
        boxes: one for each member in order, the dealer too, 80 bytes each.
    """

    ceremony: bytes
    dealer: int
    commitments: tuple[bytes, ...]
    possession: bytes
    boxes: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "ceremony": hex0x(self.ceremony),
                "dealer": self.dealer,
                "commitments": [b64url(one) for one in self.commitments],
                "possession": b64url(self.possession),
                "boxes": [b64url(one) for one in self.boxes],
            }
        )

    def public_share(self, member: int) -> G2Point:
        """f(member)·G2, from the commitments."""
        points = [curve.read_g2(one, field="commitment") for one in self.commitments]
        return at(points, member)

    def gives(self, member: int, share: bytes) -> bool:
        """True if ``share`` is the committed value for ``member``."""
        try:
            return curve.GENERATOR * curve.read_scalar(share) == self.public_share(member)
        except InvalidInput:
            return False


def new_seed() -> bytes:
    """A dealer's secret, 32 bytes. It is stored, encrypted, before the deal is published."""
    return os.urandom(SEED_SIZE)


def make_deal(roster: Roster, dealer: int, seed: bytes) -> Deal:
    """The deal of member ``dealer``; the same seed gives the same deal."""
    a_number(dealer, roster.size, "dealer")
    ceremony, coefficients = roster.digest(), _coefficients(roster, dealer, seed)
    commitments = tuple((curve.GENERATOR * one).to_compressed_bytes() for one in coefficients)
    hashed = _possession_point(ceremony, dealer, commitments[0])
    boxes = []
    for number, member in enumerate(roster.members, 1):
        share = share_for(roster, dealer, seed, number)
        boxes.append(box_for(ceremony, dealer, number, member.key, share))
    return Deal(ceremony, dealer, commitments, (hashed * coefficients[0]).to_compressed_bytes(), tuple(boxes))


def read_deal(data: bytes, roster: Roster, dealer: int) -> Deal:
    """A deal that everybody accepts as far as everybody can see: form, commitments, proof of possession.

    Raises:
        InvalidInput: naming what is wrong.
    """
    value = read_message(data, FORMAT, roster.digest(), {"dealer", "commitments", "possession", "boxes"})
    if value["dealer"] != dealer or type(value["dealer"]) is not int:
        raise InvalidInput("another member's deal", code="ceremony.dealer", field="dealer")
    commitments, boxes = value["commitments"], value["boxes"]
    if not isinstance(commitments, list) or len(commitments) != roster.threshold:
        raise InvalidInput("one commitment for each of t coefficients", code="ceremony.deal", field="commitments")
    if not isinstance(boxes, list) or len(boxes) != roster.size:
        raise InvalidInput("one box for each member", code="ceremony.deal", field="boxes")
    deal = Deal(
        roster.digest(),
        dealer,
        tuple(some_bytes(one, curve.G2_SIZE, "commitments") for one in commitments),
        some_bytes(value["possession"], curve.G1_SIZE, "possession"),
        tuple(some_bytes(one, _BOX_SIZE, "boxes") for one in boxes),
    )
    points = [curve.read_g2(one, field="commitments") for one in deal.commitments]
    hashed = _possession_point(deal.ceremony, dealer, deal.commitments[0])
    if not curve.signed_by(curve.read_g1(deal.possession, field="possession"), hashed, points[0]):
        raise InvalidInput("the proof of possession does not check", code="ceremony.possession", field="possession")
    return deal


def open_share(deal: Deal, member: int, private: bytes) -> bytes | None:
    """The share in ``member``'s box, 32 bytes; None if there is reason to complain."""
    context = _context(deal.ceremony, deal.dealer, member)
    share = box.open_box(deal.boxes[member - 1], private, _BOX_LABEL, context)
    return share if share is not None and deal.gives(member, share) else None


def share_for(roster: Roster, dealer: int, seed: bytes, member: int) -> bytes:
    """f(member), 32 bytes: secret."""
    coefficients = _coefficients(roster, dealer, seed)
    value = sum(int(one) * pow(member, power, curve.ORDER) for power, one in enumerate(coefficients)) % curve.ORDER
    return value.to_bytes(curve.SCALAR_SIZE, "big")


def box_for(ceremony: bytes, dealer: int, member: int, key: bytes, share: bytes) -> bytes:
    """The one box that holds ``share`` for that member in that deal."""
    return box.make_box(share, key, _BOX_LABEL, _context(ceremony, dealer, member))


def at(points: list[G2Point], member: int) -> G2Point:
    """The value at ``member`` of the polynomial whose coefficients are committed to in ``points``."""
    return curve.sum_g2(points, [Scalar(pow(member, power, curve.ORDER)) for power in range(len(points))])


def _context(ceremony: bytes, dealer: int, member: int) -> bytes:
    return ceremony + dealer.to_bytes(2, "big") + member.to_bytes(2, "big")


def _possession_point(ceremony: bytes, dealer: int, commitment: bytes) -> G1Point:
    statement = sha256(_POSSESSION_TAG + ceremony + dealer.to_bytes(2, "big") + commitment)
    return curve.hash_to_g1(statement, curve.POSSESSION_DOMAIN)


def _coefficients(roster: Roster, dealer: int, seed: bytes) -> list[Scalar]:
    """a_k = 64 bytes of HKDF output, big-endian, modulo r."""
    if len(seed) != SEED_SIZE:
        raise InvalidInput(f"a seed has {SEED_SIZE} bytes", code="ceremony.seed")
    salt, out = roster.digest() + dealer.to_bytes(2, "big"), []
    for power in range(roster.threshold):
        parts = (hkdf(seed, salt, b"yinxin-deal-1/coefficient/%d/%d" % (power, half)) for half in (0, 1))
        out.append(curve.scalar(int.from_bytes(b"".join(parts), "big") % curve.ORDER))
    return out
