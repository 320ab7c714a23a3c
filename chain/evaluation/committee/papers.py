"""Papers of the draws: why somebody is excluded or replaced, who was drawn, the float point, the order of a tie.

========================  ==================================================================================
``yinxin-draw-reasons-1``  named by the draw (``yinxin-draw-1``), on the board; not on the ledger by itself
``yinxin-drawn-1``         what came of a draw; kind ``drawn``
``yinxin-float-point-1``   the float point 浮动点; kind ``float``
``yinxin-tie-drawn-1``     the order of equal bids; kind ``tie-drawn``, after ``yinxin-tie-1`` of kind ``tie``
========================  ==================================================================================

All hold the key holders' signature from which everybody computes the rest. Format: docs/formats/draw.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.members import read_decimal
from chain.tenders.opening import LotPlace

REASONS, DRAWN, FLOAT, TIE_DRAWN = (
    "yinxin-draw-reasons-1", "yinxin-drawn-1", "yinxin-float-point-1", "yinxin-tie-drawn-1",
)  # fmt: skip
_PLACE = {"genesis", "book", "tender", "lot"}
_CODE = "draw.paper"
_LONGEST = 400


class ExclusionRule(StrEnum):
    """Why an expert may not be drawn."""

    EMPLOYER = "employer"
    """Works for a bidder, or for a member of a bidding consortium."""
    ACCOUNT = "account"
    """The account has another part in the tender: officer, supervisor, key holder, custodian, bidder."""
    DECLARED = "declared"
    """The expert, or somebody else, declared a conflict; the reason says which."""
    ABSENT = "absent"
    """Cannot take part."""
    DRAWN = "drawn"
    """Drawn before, for the same lot."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A place of the pool that is not drawn from, by which rule, and in words (empty where the rule says it all)."""

    place: int
    rule: ExclusionRule
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A place that was drawn and does not evaluate, and why."""

    place: int
    reason: str


@dataclass(frozen=True, slots=True)
class DrawReasons:
    """Why each is excluded from a draw, and whom it replaces.

    Attributes:
        place: the lot.
        counter: of the draw.
        excluded: by ascending place.
        replaced: by ascending place; empty for the first draw.
    """

    place: LotPlace
    counter: int
    excluded: tuple[Exclusion, ...]
    replaced: tuple[Replacement, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": REASONS,
                **self.place.as_dict(),
                "counter": self.counter,
                "excluded": [
                    {"place": one.place, "rule": one.rule.value, "reason": one.reason} for one in self.excluded
                ],
                "replaced": [{"place": one.place, "reason": one.reason} for one in self.replaced],
            }
        )
        DrawReasons.from_bytes(data)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> DrawReasons:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, REASONS, {*_PLACE, "counter", "excluded", "replaced"}, _CODE)
        excluded = tuple(_exclusion(one) for one in strict.items(value["excluded"], "excluded", _CODE, 100_000))
        replaced = tuple(_replacement(one) for one in strict.items(value["replaced"], "replaced", _CODE))
        listed = {"excluded": [one.place for one in excluded], "replaced": [one.place for one in replaced]}
        for field, places in listed.items():
            if places != sorted(set(places)):
                raise InvalidInput(f"{field}: places ascend, each once", code=_CODE, field=field)
        return cls(LotPlace.read(value), strict.number(value["counter"], "counter", _CODE), excluded, replaced)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was drawn.

    Attributes:
        place: the lot.
        draw: SHA-256 of the draw's paper, 32 bytes.
        counter: of the draw.
        signature: the key holders', 48 bytes.
        seats: 0-based places of the pool, in the order drawn.
    """

    place: LotPlace
    draw: bytes
    counter: int
    signature: bytes
    seats: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"draw": hex0x(self.draw), "counter": self.counter, "signature": b64url(self.signature)}
        return canonical({"format": DRAWN, **self.place.as_dict(), **own, "seats": list(self.seats)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Drawn:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, DRAWN, {*_PLACE, "draw", "counter", "signature", "seats"}, _CODE)
        return cls(
            LotPlace.read(value), strict.hexed(value["draw"], 32, "draw"),
            strict.number(value["counter"], "counter", _CODE), strict.raw(value["signature"], 48, "signature", _CODE),
            _places(value["seats"], "seats", 0),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FloatPointDrawn:
    """The float point of a lot's reference price.

    Attributes:
        place: the lot.
        notice: SHA-256 of the notice in force, which the signature is about.
        counter: 1; there is one float point a lot.
        signature: the key holders', 48 bytes.
        point: in percent.
    """

    place: LotPlace
    notice: bytes
    counter: int
    signature: bytes
    point: Decimal

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"notice": hex0x(self.notice), "counter": self.counter, "signature": b64url(self.signature)}
        return canonical({"format": FLOAT, **self.place.as_dict(), **own, "point": f"{self.point:f}"})

    @classmethod
    def from_bytes(cls, data: bytes) -> FloatPointDrawn:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, FLOAT, {*_PLACE, "notice", "counter", "signature", "point"}, _CODE)
        point = read_decimal(value["point"])
        if point is None:
            raise InvalidInput("point: a decimal as text", code=_CODE, field="point")
        return cls(
            LotPlace.read(value), strict.hexed(value["notice"], 32, "notice"),
            strict.number(value["counter"], "counter", _CODE), strict.raw(value["signature"], 48, "signature", _CODE),
            point,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TieDrawn:
    """The order of equal bids.

    Attributes:
        place: the lot.
        tie: SHA-256 of the tie's paper, 32 bytes.
        counter: of the tie, counted together with the lot's draws.
        signature: the key holders', 48 bytes.
        order: places of the bids, first the better.
    """

    place: LotPlace
    tie: bytes
    counter: int
    signature: bytes
    order: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"tie": hex0x(self.tie), "counter": self.counter, "signature": b64url(self.signature)}
        return canonical({"format": TIE_DRAWN, **self.place.as_dict(), **own, "order": list(self.order)})

    @classmethod
    def from_bytes(cls, data: bytes) -> TieDrawn:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, TIE_DRAWN, {*_PLACE, "tie", "counter", "signature", "order"}, _CODE)
        return cls(
            LotPlace.read(value), strict.hexed(value["tie"], 32, "tie"),
            strict.number(value["counter"], "counter", _CODE), strict.raw(value["signature"], 48, "signature", _CODE),
            _places(value["order"], "order", 1),
        )  # fmt: skip


def _exclusion(value: Any) -> Exclusion:
    one = strict.members(value, {"place", "rule", "reason"}, "excluded", _CODE)
    if one["rule"] not in set(ExclusionRule):
        raise InvalidInput("excluded.rule: " + ", ".join(ExclusionRule), code=_CODE, field="excluded.rule")
    rule = ExclusionRule(one["rule"])
    if rule is ExclusionRule.DECLARED or one["reason"] != "":
        strict.text(one["reason"], "excluded.reason", _CODE, _LONGEST)
    return Exclusion(strict.number(one["place"], "excluded.place", _CODE, 0), rule, one["reason"])


def _replacement(value: Any) -> Replacement:
    one = strict.members(value, {"place", "reason"}, "replaced", _CODE)
    place = strict.number(one["place"], "replaced.place", _CODE, 0)
    return Replacement(place, strict.text(one["reason"], "replaced.reason", _CODE, _LONGEST))


def _places(value: Any, field: str, least: int) -> tuple[int, ...]:
    found = tuple(strict.number(one, field, _CODE, least) for one in strict.items(value, field, _CODE))
    if not found or len(set(found)) != len(found):
        raise InvalidInput(f"{field}: places, each once", code=_CODE, field=field)
    return found
