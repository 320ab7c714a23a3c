"""What becomes of the guarantees (``yinxin-guarantee-outcome-1``), public: released, or claimed and why.

On the ledger under the kind ``guarantees``. A bank reads it and ends its own certificate. Several may follow each
other; of each place the first outcome counts. Format: docs/formats/qualification.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.opening import LotPlace

FORMAT = "yinxin-guarantee-outcome-1"
KIND = "guarantees"
"""Under which the paper stands on the ledger."""
LONGEST_REASON = 1_000
_CODE = "guarantee.outcome"
_PLACE = {"genesis", "book", "tender", "lot"}


class Fate(StrEnum):
    """What becomes of one guarantee."""

    RELEASED = "released"
    """退还: the procuring entity wants nothing of it."""
    CLAIMED = "claimed"
    """不予退还: the procuring entity claims its amount."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one guarantee.

    Attributes:
        place: of the bid in its lot.
        fate: released or claimed.
        reason: why, in words.
        paper: SHA-256 of what shows it, such as the award or a decision, 32 bytes; None: the tender's own course.
    """

    place: int
    fate: Fate
    reason: str
    paper: bytes | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the paper."""
        return {
            "place": self.place,
            "outcome": self.fate.value,
            "reason": self.reason,
            "paper": None if self.paper is None else hex0x(self.paper),
        }


@dataclass(frozen=True, slots=True)
class GuaranteeOutcome:
    """The paper: the lot, the SHA-256 of the qualification that names the guarantees, outcomes ascending by place."""

    place: LotPlace
    qualification: bytes
    outcomes: tuple[Outcome, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON, as :func:`read_outcome` reads it. Raises InvalidInput: it would not be read."""
        own = {"qualification": hex0x(self.qualification), "outcomes": [one.as_dict() for one in self.outcomes]}
        data = canonical({"format": FORMAT, **self.place.as_dict(), **own})
        read_outcome(data)
        return data


def read_outcome(data: bytes) -> GuaranteeOutcome:
    """Inverse of :meth:`GuaranteeOutcome.to_bytes`. Raises InvalidInput."""
    value = strict.paper(data, FORMAT, {*_PLACE, "qualification", "outcomes"}, _CODE)
    outcomes = tuple(_outcome(one) for one in strict.items(value["outcomes"], "outcomes", _CODE))
    if not outcomes or [one.place for one in outcomes] != sorted({one.place for one in outcomes}):
        raise _bad("outcomes", "at least one, ascending by place, each once")
    return GuaranteeOutcome(LotPlace.read(value), strict.hexed(value["qualification"], 32, "qualification"), outcomes)


def _outcome(value: Any) -> Outcome:
    one = strict.members(value, {"place", "outcome", "reason", "paper"}, "outcomes", _CODE)
    if one["outcome"] not in set(Fate):
        raise _bad("outcomes.outcome", ", ".join(Fate))
    return Outcome(
        strict.number(one["place"], "outcomes.place", _CODE),
        Fate(one["outcome"]),
        strict.text(one["reason"], "outcomes.reason", _CODE, LONGEST_REASON),
        None if one["paper"] is None else strict.hexed(one["paper"], 32, "outcomes.paper"),
    )


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code=_CODE, field=field)
