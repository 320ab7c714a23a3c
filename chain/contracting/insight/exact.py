"""Exact figures of many: quartiles, shares, days. Fractions inside, decimals as text outside, rounded half up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from chain.kernel.clock import CHINA

DAY = 86_400
"""Seconds."""

PLACES = 4
"""Decimal places of days and of counts a lot."""


def text(value: Fraction, places: int) -> str:
    """``Fraction(1, 3)`` at two places: ``0.33``; half of the last place rounds away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def share(part: Fraction | int, whole: Fraction | int) -> str | None:
    """Percent at two places, or None of nothing."""
    return text(Fraction(part) * 100 / Fraction(whole), 2) if whole else None


def quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """The value below which that part lies, linear between neighbours (Hyndman and Fan 1996, definition 7).

    Args:
        ordered: ascending, at least one.
        part: 0 to 1.
    """
    place = part * (len(ordered) - 1)
    below = int(place)
    if below + 1 == len(ordered):
        return ordered[below]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


@dataclass(frozen=True, slots=True)
class Quartiles:
    """How a figure is spread over so many cases; the texts are None where there is no case."""

    count: int
    lower: str | None = None
    median: str | None = None
    upper: str | None = None

    def as_dict(self) -> dict[str, int | str | None]:
        """Plain data."""
        return {"count": self.count, "lowerQuartile": self.lower, "median": self.median, "upperQuartile": self.upper}


def quartiles(values: Iterable[Fraction]) -> Quartiles:
    """Quartiles at :data:`PLACES` places."""
    ordered = sorted(values)
    if not ordered:
        return Quartiles(0)
    lower, median, upper = (text(quantile(ordered, Fraction(part, 4)), PLACES) for part in (1, 2, 3))
    return Quartiles(len(ordered), lower, median, upper)


def days(seconds: Iterable[int]) -> Quartiles:
    """Quartiles of spans given in seconds, in days of 86,400 seconds."""
    return quartiles(Fraction(one, DAY) for one in seconds)


def month(seconds: int) -> str:
    """``2026-11``: the month in civil time of China."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).strftime("%Y-%m")
