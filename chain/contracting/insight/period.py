"""Of which time figures are: tenders published, and certificates anchored, from a second on and before another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from chain.kernel.clock import CHINA, rfc3339
from chain.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Span:
    """``since`` is in it, ``until`` is not; None: no bound. Seconds."""

    since: int | None = None
    until: int | None = None

    def holds(self, at: int) -> bool:
        """True if that second is in it."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def as_dict(self) -> dict[str, str | None]:
        """Plain data."""
        return {
            "since": None if self.since is None else rfc3339(self.since),
            "until": None if self.until is None else rfc3339(self.until),
        }


def read_span(since: str | None, until: str | None) -> Span:
    """A span from two days such as ``2026-01-31``, by civil time of China; the second day is in it.

    Raises:
        InvalidInput: no such day, or the end is before the beginning.
    """
    first, last = _day(since, "since"), _day(until, "until")
    if first is not None and last is not None and last < first:
        raise InvalidInput("the last day is before the first", code="insight.span", field="until", fix="a later day")
    return Span(
        None if first is None else _second(first), None if last is None else _second(last) + 86_400
    )  # China has no daylight saving: each day is as long


def _day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not 1970 < found.year < 9999:
        raise InvalidInput(f"{field}: a day such as 2026-01-31", code="insight.span", field=field, fix="year-month-day")
    return found


def _second(day: date) -> int:
    return int(datetime.combine(day, time(), CHINA).timestamp())
