"""What a signal is, and the thresholds from which on something is one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from importlib.resources import files
from typing import Any

from chain.contracting.insight.exact import text
from chain.contracting.insight.facts import Bid
from chain.kernel.errors import InvalidInput
from chain.words import read

WORDS = read("signals")
_PERCENT_PLACES = 4


class Strength(StrEnum):
    """How much a signal says by itself. None says enough."""

    WEAK = "weak"
    """Common among honest bidders; worth a look only beside others."""
    MIDDLING = "middling"
    """Rare among honest bidders; worth a question."""
    STRONG = "strong"
    """The law takes it for collusion unless it is explained (Implementing Regulations of the Bidding Law, art. 40)."""


@dataclass(frozen=True, slots=True)
class Where:
    """A lot of a tender."""

    tender: int
    lot: int

    def as_dict(self) -> dict[str, int]:
        """Plain data."""
        return {"tender": self.tender, "lot": self.lot}


@dataclass(frozen=True, slots=True)
class Signal:
    """Something seen that may point to collusion.

    Attributes:
        code: what it is, such as ``prices-close``; its words: chain/words/signals.json.
        strength: how much it says by itself.
        lots: where it was seen; one, or for what shows only across tenders, several.
        places: of the bids in that lot; empty across several.
        companies: codes of those it concerns, where they are known.
        seen: the figures, exact, as text.
    """

    code: str
    strength: Strength
    lots: tuple[Where, ...]
    places: tuple[int, ...] = ()
    companies: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)

    def said(self, lang: str) -> str:
        """What was seen, in ``zh`` or ``en``."""
        return WORDS[f"signal.{self.code}"][lang].format(**self.seen)

    def why(self, lang: str) -> str:
        """Why it may mean something."""
        return WORDS[f"signal.{self.code}.why"][lang]

    def innocent(self, lang: str) -> str:
        """How honest bidders come to it."""
        return WORDS[f"signal.{self.code}.innocent"][lang]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "code": self.code,
            "strength": self.strength.value,
            "lots": [one.as_dict() for one in self.lots],
            "places": list(self.places),
            "companies": list(self.companies),
            "seen": dict(self.seen),
            "said": {lang: self.said(lang) for lang in ("zh", "en")},
            "why": {lang: self.why(lang) for lang in ("zh", "en")},
            "innocent": {lang: self.innocent(lang) for lang in ("zh", "en")},
        }


def signal_of(code: str, strength: Strength, where: tuple[Where, ...], bids: Sequence[Bid], /, **seen: str) -> Signal:
    """A signal about bids of one lot."""
    companies = sorted({code for bid in bids for code in bid.companies})
    return Signal(code, strength, where, tuple(sorted(bid.place for bid in bids)), tuple(companies), seen)


def percent(value: Fraction) -> str:
    """A share as percent, four places."""
    return text(value * 100, _PERCENT_PLACES)


def listed(values: Iterable[object]) -> str:
    """Values with commas."""
    return ", ".join(map(str, values))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is a signal: names to exact values, as data (``thresholds.json`` beside this file).

    Names say unit and sense in docs/public-data.md; percents are of a hundred.
    """

    values: Mapping[str, Decimal]

    def number(self, name: str) -> int:
        """A count or seconds."""
        return int(self.values[name])

    def part(self, name: str) -> Fraction:
        """A percentage, as a part of one."""
        return Fraction(self.values[name]) / 100

    def as_dict(self) -> dict[str, str]:
        """Plain data."""
        return {name: str(value) for name, value in sorted(self.values.items())}


def thresholds(changed: Any = None) -> Thresholds:
    """The shipped thresholds, with those changed that ``changed`` names (an object of texts).

    Raises:
        InvalidInput: an unknown name, or no decimal from 0 on.
    """
    shipped: dict[str, str] = json.loads(files(__package__).joinpath("thresholds.json").read_text(encoding="utf-8"))
    if changed is not None and not isinstance(changed, dict):
        raise InvalidInput(
            "thresholds are an object of names and decimals", code="signals.threshold", field="thresholds"
        )
    for name, value in (changed or {}).items():
        if name not in shipped:
            known = ", ".join(sorted(shipped))
            raise InvalidInput(
                f"no threshold is called {name}", code="signals.threshold", field=str(name), fix=f"known: {known}"
            )
        if not _fits(value, whole=shipped[name].isdigit() and "." not in shipped[name] and _is_count(name)):
            raise InvalidInput(
                f"{name}: a decimal from 0 on, as text", code="signals.threshold", field=name, fix='such as "0.5"'
            )
    return Thresholds({name: Decimal(value) for name, value in (shipped | (changed or {})).items()})


def _is_count(name: str) -> bool:
    return name.rpartition(".")[2] in (
        "bids", "losers", "fields", "seconds", "before-deadline", "withdrawn", "companies", "lots",
    )  # fmt: skip


def _fits(value: Any, *, whole: bool) -> bool:
    digits = value.replace(".", "", 0 if whole else 1) if isinstance(value, str) else ""
    return digits.isascii() and digits.isdigit() and len(digits) <= 12 and value[0] != "." and value[-1] != "."
