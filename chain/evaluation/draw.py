"""The draw: a signature that nobody can choose or know early becomes an order that everybody can repeat.

    seed     = SHA-256("yinxin-seed-1" ‖ 0x00 ‖ signature)                              signature: 48 bytes
    stream   = SHA-256(seed ‖ 0⁸) ‖ SHA-256(seed ‖ 1⁸) ‖ …                               8 bytes big-endian a number
    number   below n: the next 8 bytes of the stream as a number; taken modulo n if below the greatest multiple of n
               that is at most 2^64, otherwise the next 8 bytes
    shuffle  of a list, in place: for i from its last place down to 1: exchange places i and (number below i + 1)

(Fisher and Yates's shuffle, Knuth, The Art of Computer Programming, vol. 2, 3.4.2, algorithm P.) A threshold BLS
signature is unique: whichever key holders sign, the seed is the same, and t - 1 of them do not know it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.evaluation.pool import PoolPaper
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import InvalidInput, Refused

FORMAT, TIE = "yinxin-draw-1", "yinxin-tie-1"
_TAG = b"yinxin-seed-1\0"
_LARGEST = 4 * 2**20
_MOST_QUOTAS = 200


@dataclass(frozen=True, slots=True)
class Quota:
    """How many experts of one specialty are needed."""

    specialty: str
    seats: int


@dataclass(frozen=True, slots=True)
class Seats:
    """What is drawn, fixed before the seed is known.

    Attributes:
        pool: SHA-256 of the pool's paper, 32 bytes.
        quotas: each specialty once, in the order in which they are filled.
        excluded: 0-based places in the paper of experts with a conflict, absent, or drawn before; ascending.
        reasons: SHA-256 of the paper that says why each is excluded, 32 bytes.
    """

    pool: bytes
    quotas: tuple[Quota, ...]
    excluded: tuple[int, ...]
    reasons: bytes

    def __post_init__(self) -> None:
        if not self.quotas or any(quota.seats < 1 for quota in self.quotas):
            raise InvalidInput("quotas: at least one seat each", code="draw.seats", field="quotas")
        if len({quota.specialty for quota in self.quotas}) != len(self.quotas):
            raise InvalidInput("quotas: each specialty once", code="draw.seats", field="quotas")
        if list(self.excluded) != sorted(set(self.excluded)) or any(place < 0 for place in self.excluded):
            raise InvalidInput("excluded: places, ascending, each once", code="draw.seats", field="excluded")
        if len(self.pool) != 32 or len(self.reasons) != 32:
            raise InvalidInput("digests have 32 bytes", code="draw.seats", field="pool")

    def to_bytes(self) -> bytes:
        """Canonical JSON, ``yinxin-draw-1``."""
        return canonical(
            {
                "format": FORMAT,
                "pool": b64url(self.pool),
                "quotas": [{"specialty": one.specialty, "seats": one.seats} for one in self.quotas],
                "excluded": list(self.excluded),
                "reasons": b64url(self.reasons),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Seats:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value: Any = read_canonical(data, what="draw", limit=_LARGEST)
        names = {"format", "pool", "quotas", "excluded", "reasons"}
        if not isinstance(value, dict) or set(value) != names or value["format"] != FORMAT:
            raise InvalidInput(f"format: only {FORMAT} is known", code="draw.seats", field="format")
        quotas, excluded = value["quotas"], value["excluded"]
        if not isinstance(quotas, list) or not isinstance(excluded, list) or len(quotas) > _MOST_QUOTAS:
            raise InvalidInput("quotas and excluded are lists", code="draw.seats", field="quotas")
        if any(type(place) is not int for place in excluded):
            raise InvalidInput("excluded: places", code="draw.seats", field="excluded")
        digests = [unb64url(_words(value[name], name), field=name) for name in ("pool", "reasons")]
        return cls(digests[0], tuple(_quota(one) for one in quotas), tuple(excluded), digests[1])

    @property
    def count(self) -> int:
        """How many are drawn."""
        return sum(quota.seats for quota in self.quotas)

    def subject(self) -> bytes:
        """What key holders sign for (:class:`chain.sealing.Draw`): SHA-256 of the paper, 32 bytes."""
        return sha256(self.to_bytes())


def _quota(value: Any) -> Quota:
    if not isinstance(value, dict) or set(value) != {"specialty", "seats"} or type(value["seats"]) is not int:
        raise InvalidInput("quotas: specialty, seats", code="draw.seats", field="quotas")
    return Quota(_words(value["specialty"], "specialty"), value["seats"])


def _words(value: Any, field: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise InvalidInput(f"{field}: a text", code="draw.seats", field=field)
    return value


def seed_of(signature: bytes) -> bytes:
    """Seed, 32 bytes, from the key holders' signature (48 bytes), which the caller has verified."""
    if len(signature) != 48:
        raise InvalidInput("signature: 48 bytes", code="draw.signature", field="signature")
    return sha256(_TAG + signature)


def draw_experts(pool: PoolPaper, seats: Seats, seed: bytes) -> tuple[int, ...]:
    """Places in the paper of those who are drawn, quota by quota, in the order drawn.

    Raises:
        InvalidInput: the seats are for another pool, or exclude somebody it has not.
        Refused: a specialty has too few experts left; widen the pool or the quota, then draw anew.
    """
    if seats.pool != pool.digest():
        raise InvalidInput("the seats are for another pool", code="draw.pool", field="pool")
    if seats.excluded and seats.excluded[-1] >= len(pool.lines):
        raise InvalidInput("excluded: a place the pool has not", code="draw.seats", field="excluded")
    out = set(seats.excluded)
    numbers = _Numbers(seed)
    drawn: list[int] = []
    for quota in seats.quotas:
        left = [
            place for place, line in enumerate(pool.lines) if line.specialty == quota.specialty and place not in out
        ]
        if len(left) < quota.seats:
            raise Refused(
                f"{quota.specialty}: {quota.seats} seats and {len(left)} experts", code="draw.few", field="quotas",
                fix="draw from a wider pool",
            )  # fmt: skip
        drawn += numbers.shuffled(left)[: quota.seats]
    return tuple(drawn)


def draw_point(points: Sequence[Decimal], seed: bytes) -> Decimal:
    """The float point 浮动点: one of the notice's, each as likely. Raises InvalidInput: none, or one twice."""
    if not points or len(set(points)) != len(points):
        raise InvalidInput("float points: at least one, each once", code="draw.point", field="floats")
    return points[_Numbers(seed).below(len(points))]


def tie_paper(places: Sequence[int]) -> bytes:
    """What is recorded to part equal bids: their places, ascending. Canonical JSON, ``yinxin-tie-1``."""
    return canonical({"format": TIE, "places": sorted(places)})


def read_tie(data: bytes) -> tuple[int, ...]:
    """Inverse of :func:`tie_paper`. Raises InvalidInput: not at least two places from 1, ascending, each once."""
    value: Any = read_canonical(data, what="tie", limit=_LARGEST)
    if not isinstance(value, dict) or set(value) != {"format", "places"} or value["format"] != TIE:
        raise InvalidInput(f"format: only {TIE} is known", code="draw.tie", field="format")
    places = value["places"]
    if not isinstance(places, list) or any(type(place) is not int or place < 1 for place in places):
        raise InvalidInput("places: numbers from 1", code="draw.tie", field="places")
    if len(places) < 2 or places != sorted(set(places)):
        raise InvalidInput("places: two or more, ascending, each once", code="draw.tie", field="places")
    return tuple(places)


def tie_subject(places: Sequence[int]) -> bytes:
    """What key holders sign to part equal bids: SHA-256 of :func:`tie_paper`, 32 bytes."""
    return sha256(tie_paper(places))


def draw_order(places: Sequence[int], seed: bytes) -> tuple[int, ...]:
    """Equal bids in a drawn order, first the better."""
    return tuple(_Numbers(seed).shuffled(sorted(places)))


class _Numbers:
    """Numbers from a seed, without bias."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise InvalidInput("seed: 32 bytes", code="draw.seed", field="seed")
        self._seed, self._block, self._held = seed, 0, b""

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit`` - 1."""
        bound = (1 << 64) // limit * limit
        while True:
            if not self._held:
                self._held = sha256(self._seed + self._block.to_bytes(8, "big"))
                self._block += 1
            value, self._held = int.from_bytes(self._held[:8], "big"), self._held[8:]
            if value < bound:
                return value % limit

    def shuffled(self, items: Collection[int]) -> list[int]:
        """The items in a drawn order."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = self.below(last + 1)
            out[last], out[other] = out[other], out[last]
        return out
