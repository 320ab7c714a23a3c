"""Time comes in from outside. Times are whole seconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Protocol

from chain.kernel.errors import InvalidInput

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Civil time of the People's Republic of China: UTC+8, no daylight saving."""

_EPOCH = date(1970, 1, 1).toordinal()
_CHINA_SECONDS = 8 * 3600

LAST = 253_402_300_799
"""9999-12-31T23:59:59Z, the last time that RFC 3339 can write."""


class Clock(Protocol):
    """Answers the present time."""

    def __call__(self) -> int:
        """Seconds since the epoch, UTC."""
        ...


def system_clock() -> int:
    """The device's own clock."""
    return int(time.time())


@lru_cache(maxsize=4096)
def rfc3339(seconds: int) -> str:
    """``1767225600`` becomes ``2026-01-01T00:00:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=4096)  # a list of certificates names the same days again and again
def _start_of_day(text: str) -> int:
    if text[4] != "-" or text[7] != "-":  # fromisoformat knows weeks, too
        raise ValueError("no day")
    return (date.fromisoformat(text).toordinal() - _EPOCH) * 86_400 - _CHINA_SECONDS


def parse_end(text: str, *, field: str = "time") -> int:
    """As :func:`parse_time`, for the end of a time that includes the day: a date means its last second in China."""
    start = parse_time(text, field=field)
    return start + 86_399 if len(text) == 10 and not text.isdigit() else start


def parse_moment(text: str, *, field: str = "time") -> int:
    """As :func:`parse_time`, where a day alone would not say enough: time and zone must be there, or seconds."""
    found = parse_time(text, field=field)
    if len(text) == 10 and not text.isdigit():
        raise InvalidInput(
            f"{field}: {text} is a day, without time and zone", code="time.day", field=field,
            fix=f"write time and zone, too: {text}T09:00:00+08:00",
        )  # fmt: skip
    return found


def parse_time(text: str, *, field: str = "time") -> int:
    """Seconds from RFC 3339 text, from a date (start of that day in China), or from bare seconds."""
    try:
        if text.isascii() and text.isdigit():
            if len(text) > 12 or int(text) > LAST:
                raise ValueError("beyond the year 9999")
            return int(text)
        if len(text) == 10:
            return _start_of_day(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return int(moment.timestamp())
    except ValueError as error:
        raise InvalidInput(
            f"{field}: {text!r} is no time",
            code="time.form",
            field=field,
            fix="write 2026-01-31, 2026-01-31T09:00:00+08:00 or seconds since 1970",
        ) from error
