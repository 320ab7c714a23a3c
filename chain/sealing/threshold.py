"""Threshold signatures: partial ones, their check, and their combination.

Boldyreva's threshold BLS. A share is a value f(i) of a polynomial of degree t - 1 over the scalars, its public part
f(i)·G2. Any t right partial signatures give the same group signature by Lagrange's interpolation at 0; what came out
is checked by one pairing, and only if that fails is each partial signature looked at, to name the wrong ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from chain.kernel.errors import InvalidInput
from chain.sealing import curve
from chain.sealing.faults import BidFault, FaultKind


@dataclass(frozen=True, slots=True)
class OpeningKey:
    """The public side of an opening key.

    Attributes:
        threshold: t, how many key holders open together.
        key: the group's public key, 96 bytes.
        key_holders: public part of each qualified key holder's share, 96 bytes, by number (1 to n).
    """

    threshold: int
    key: bytes
    key_holders: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Combined:
    """A group signature.

    Attributes:
        signature: 48 bytes; the same whichever key holders took part.
        key_holders: whose partial signatures it was made of.
        wrong: whose partial signatures were looked at and found wrong.
    """

    signature: bytes
    key_holders: tuple[int, ...]
    wrong: tuple[int, ...]


def sign(secret: Scalar, digest: bytes) -> bytes:
    """The signature of one share, or of a whole key, over a 32-byte digest: 48 bytes."""
    return (curve.hash_to_g1(digest) * secret).to_compressed_bytes()


def verify(public: bytes, digest: bytes, signature: bytes) -> bool:
    """True if ``signature`` is that of ``public``'s secret over ``digest``. A malformed signature is a plain False.

    Raises:
        InvalidInput: ``public`` is no key.
    """
    key = curve.read_g2(public)
    try:
        return curve.signed_by(curve.read_g1(signature), curve.hash_to_g1(digest), key)
    except InvalidInput:
        return False


def lagrange(numbers: Sequence[int]) -> list[Scalar]:
    """The factors with which values at ``numbers`` give the value at 0. Raises InvalidInput for doubles or 0."""
    if len(set(numbers)) != len(numbers) or any(not 0 < number < 2**16 for number in numbers):
        raise InvalidInput("key holders' numbers are distinct and above 0", code="sealing.key_holders")
    factors = []
    for one in numbers:
        above = below = 1
        for other in numbers:
            if other != one:
                above = above * other % curve.ORDER
                below = below * (other - one) % curve.ORDER
        factors.append(Scalar(above) / Scalar(below % curve.ORDER))
    return factors


def combine(key: OpeningKey, digest: bytes, partials: Mapping[int, bytes]) -> Combined:
    """The group signature over ``digest`` from any ``threshold`` right ones of ``partials`` (by key holder).

    Raises:
        BidFault: MISSING_SHARES, if fewer than the threshold are right; its evidence names who is wrong.
        InvalidInput: the key itself is degenerate.
    """
    made = combine_many(key, [digest], {holder: [partial] for holder, partial in partials.items()})
    return made[0]


def combine_many(key: OpeningKey, digests: Sequence[bytes], partials: Mapping[int, Sequence[bytes]]) -> list[Combined]:
    """As :func:`combine` for many digests at once; ``partials[holder][i]`` belongs to ``digests[i]``.

    All results are checked together, with random factors of 128 bits, by one product of two pairings.

    Raises:
        BidFault: MISSING_SHARES, for the first digest that has too few right partial signatures.
        InvalidInput: a key holder gave another number of signatures than there are digests, or a degenerate key.
    """
    if not digests:
        return []
    group = curve.read_g2(key.key)
    known = sorted(holder for holder in partials if holder in key.key_holders)
    for holder in known:
        if len(partials[holder]) != len(digests):
            raise InvalidInput(f"key holder {holder}: one signature for each message", code="sealing.partials")
    hashed = [curve.hash_to_g1(digest) for digest in digests]
    if len(known) >= key.threshold:
        chosen = known[: key.threshold]
        signatures = _interpolate(chosen, partials, len(digests))
        if signatures is not None and _all_signed(signatures, hashed, group):
            return [Combined(one.to_compressed_bytes(), tuple(chosen), ()) for one in signatures]
    return _one_by_one(key, group, hashed, known, partials)


def wrong_among(public: bytes, digests: Sequence[bytes], signatures: Sequence[bytes]) -> tuple[int, ...]:
    """The places at which a signature is not that of ``public`` over the digest; empty if all are right."""
    return _wrong(curve.read_g2(public), [curve.hash_to_g1(digest) for digest in digests], signatures)


def _interpolate(chosen: Sequence[int], partials: Mapping[int, Sequence[bytes]], count: int) -> list[G1Point] | None:
    factors = lagrange(chosen)
    try:
        points = [[curve.read_g1(partial) for partial in partials[holder]] for holder in chosen]
    except InvalidInput:
        return None
    return [curve.sum_g1([row[place] for row in points], factors) for place in range(count)]


def _all_signed(signatures: Sequence[G1Point], hashed: Sequence[G1Point], public: G2Point) -> bool:
    """One check for all: a wrong one passes with a probability of 2^-128."""
    if any(curve.is_zero(signature) for signature in signatures):
        return False
    if len(signatures) == 1:
        return curve.signed_by(signatures[0], hashed[0], public)
    weights = [Scalar(secrets.randbits(128) | 1 << 128) for _ in signatures]
    return curve.signed_by(curve.sum_g1(signatures, weights), curve.sum_g1(hashed, weights), public)


def _wrong(public: G2Point, hashed: Sequence[G1Point], signatures: Sequence[bytes]) -> tuple[int, ...]:
    points: dict[int, G1Point] = {}
    for place, signature in enumerate(signatures):
        try:
            points[place] = curve.read_g1(signature)
        except InvalidInput:
            continue
    malformed = [place for place in range(len(signatures)) if place not in points]
    return tuple(sorted(malformed + _bisect(public, hashed, points, list(points))))


def _bisect(public: G2Point, hashed: Sequence[G1Point], points: Mapping[int, G1Point], places: list[int]) -> list[int]:
    if not places or _all_signed([points[at] for at in places], [hashed[at] for at in places], public):
        return []
    if len(places) == 1:
        return places
    half = len(places) // 2
    return [at for part in (places[:half], places[half:]) for at in _bisect(public, hashed, points, part)]


def _one_by_one(
    key: OpeningKey,
    group: G2Point,
    hashed: Sequence[G1Point],
    known: Sequence[int],
    partials: Mapping[int, Sequence[bytes]],
) -> list[Combined]:
    wrong = {holder: set(_wrong(curve.read_g2(key.key_holders[holder]), hashed, partials[holder])) for holder in known}
    out = []
    for place in range(len(hashed)):
        right = [holder for holder in known if place not in wrong[holder]]
        faulty = tuple(holder for holder in known if place in wrong[holder])
        if len(right) < key.threshold:
            raise too_few(key, right, faulty)
        chosen = right[: key.threshold]
        made = curve.sum_g1([curve.read_g1(partials[holder][place]) for holder in chosen], lagrange(chosen))
        if not curve.signed_by(made, hashed[place], group):
            raise InvalidInput("the key holders' public shares do not give this opening key", code="sealing.key")
        out.append(Combined(made.to_compressed_bytes(), tuple(chosen), faulty))
    return out


def too_few(key: OpeningKey, right: Iterable[int], wrong: Iterable[int]) -> BidFault:
    """The fault of an opening that lacks key holders."""
    right, wrong = tuple(right), tuple(wrong)
    return BidFault(
        FaultKind.MISSING_SHARES,
        f"{len(right)} right partial signatures, {key.threshold} are needed",
        evidence={
            "right": list(right),
            "wrong": list(wrong),
            "missing": [holder for holder in sorted(key.key_holders) if holder not in {*right, *wrong}],
        },
        fix="ask the key holders that are missing",
    )
