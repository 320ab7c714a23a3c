"""The award paper (``yinxin-award-1``): which candidate, and why not the first. Format: docs/formats/award.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chain.contracting.award.parts import CODE, PLACE, Party, money_dict, read_money, read_party
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace

FORMAT = "yinxin-award-1"
_MEMBERS = {*PLACE, "number", "candidates", "rank", "place", "organisation", "price", "reasons"}


class Ground(StrEnum):
    """Why a candidate before this one is passed over, or an award is made anew."""

    GIVEN_UP = "given-up"
    """放弃中标: the candidate gives the award up."""
    CONTRACT_REFUSED = "contract-refused"
    """The candidate does not sign, or cannot for reasons beyond anybody's control."""
    GUARANTEE_REFUSED = "guarantee-refused"
    """The candidate does not hand in the performance guarantee 履约保证金."""
    DISQUALIFIED = "disqualified"
    """查实违法: the candidate is found to have broken the law, or is no longer qualified."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one candidate is passed over.

    Attributes:
        rank: of that candidate.
        ground: in one word.
        text: in words.
        case: number of the objection or complaint that shows it, or None.
    """

    rank: int
    ground: Ground
    text: str
    case: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the paper."""
        return {"rank": self.rank, "ground": self.ground.value, "text": self.text, "case": self.case}


@dataclass(frozen=True, slots=True)
class Award:
    """One award of a lot.

    Attributes:
        lot_place: the lot.
        number: of the award, as the ledger counts them.
        candidates: SHA-256 of the candidates' paper, 32 bytes.
        rank: of the candidate.
        place: of its bid in the lot.
        organisation: who is behind it.
        price: as the candidates' paper has it.
        reasons: for every candidate that is passed over; none if the first one is awarded.
    """

    lot_place: LotPlace
    number: int
    candidates: bytes
    rank: int
    place: int
    organisation: Party
    price: Money
    reasons: tuple[Reason, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput for an empty or overlong text."""
        for one in self.reasons:
            strict.text(one.text, "reasons.text", CODE)
        return canonical(
            {
                "format": FORMAT,
                **self.lot_place.as_dict(),
                "number": self.number,
                "candidates": hex0x(self.candidates),
                "rank": self.rank,
                "place": self.place,
                "organisation": self.organisation.as_dict(),
                "price": money_dict(self.price),
                "reasons": [one.as_dict() for one in self.reasons],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Award:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, FORMAT, _MEMBERS, CODE)
        return cls(
            LotPlace.read(value),
            strict.number(value["number"], "number", CODE),
            strict.hexed(value["candidates"], 32, "candidates"),
            strict.number(value["rank"], "rank", CODE),
            strict.number(value["place"], "place", CODE),
            read_party(value["organisation"]),
            read_money(value["price"]),
            tuple(_reason(one) for one in strict.items(value["reasons"], "reasons", CODE, 1_000)),
        )


def _reason(item: Any) -> Reason:
    one = strict.members(item, {"rank", "ground", "text", "case"}, "reasons", CODE)
    if one["ground"] not in {ground.value for ground in Ground}:
        listed = ", ".join(Ground)
        raise InvalidInput(f"reasons.ground: one of {listed}", code=CODE, field="reasons.ground")
    case = one["case"]
    return Reason(
        strict.number(one["rank"], "reasons.rank", CODE),
        Ground(one["ground"]),
        strict.text(one["text"], "reasons.text", CODE),
        None if case is None else strict.number(case, "reasons.case", CODE),
    )
