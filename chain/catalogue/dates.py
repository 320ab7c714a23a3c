"""Days as people write them, read into ``YYYY-MM-DD``."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from chain.catalogue.problems import Problem

OPEN_ENDED = "长期"
"""Canonical value of a validity without end, as it is printed on a licence."""

_OPEN_WORDS = frozenset(
    {OPEN_ENDED, "永久", "永续", "长期有效", "无固定期限", "长期经营", "不约定期限", "long-term", "permanent"}
)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_LOOSE = re.compile(
    r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年 ?([0-9]{1,2})月 ?([0-9]{1,2})[日号]|([0-9]{2})([0-9]{2}))"
    r"(?:[ T]00?:00(?::00(?:\.0+)?)?)?\Z"
)
_TIME = re.compile(r"[0-9]{4}[-/.年].*[ T][0-9]{1,2}:[0-9]{2}")
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:\.0+)?\Z")
_DAY_FIRST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{2}|[0-9]{4})\Z")
_EPOCH_1900 = date(1899, 12, 30)
_MAX_CACHE = 50_000
_known: dict[str, str] = {}

FIX = "write the date as 2026-01-05"
FIX_ZH = "请写成 2026-01-05 的形式"


def read_date(text: str, notes: list[Problem]) -> str | None:
    """The day in canonical form, or None with the reason in ``notes``.

    Accepts 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, with or without a midnight, and, with a warning,
    a spreadsheet's day number. A form that could be read two ways is refused.
    """
    known = _known.get(text)
    if known is not None:
        return known
    plain = unicodedata.normalize("NFKC", text) if not text.isascii() else text
    match = _ISO.match(plain) or _LOOSE.match(plain)
    if match is None:
        return _read_odd(plain, notes)
    numbers = [int(group) for group in match.groups() if group is not None]
    day = _day(*numbers)
    if day is None:
        notes.append(_no_such_day(text))
        return None
    if len(_known) < _MAX_CACHE:
        _known[text] = day
    return day


def read_date_or_open(text: str, notes: list[Problem]) -> str | None:
    """As :func:`read_date`; 长期 and words of the same meaning give 长期."""
    if text in _OPEN_WORDS:
        return OPEN_ENDED
    return read_date(text, notes)


def read_serial_day(number: float, notes: list[Problem]) -> str | None:
    """A day number of a spreadsheet (1 January 1900 = 1), with a warning."""
    if not 10_000 <= number <= 80_000 or number != int(number):
        notes.append(Problem("date.form", f"{number} is no date", f"{number} 不是日期", FIX, FIX_ZH))
        return None
    day = (_EPOCH_1900 + timedelta(days=int(number))).isoformat()
    notes.append(
        Problem(
            "date.serial",
            f"a spreadsheet's day number, read as {day}",
            f"单元格是电子表格的日期序列号，按 {day} 读取",
            "format the column as a date or as text",
            "请将该列设为日期或文本格式",
            "warning",
        )
    )
    return day


def _read_odd(plain: str, notes: list[Problem]) -> str | None:
    serial = _SERIAL.match(plain)
    if serial is not None:
        return read_serial_day(int(serial[1]), notes)
    if _DAY_FIRST.match(plain):
        text, zh = "day, month and year can be read in two ways", "日期的年、月、日次序不明"
        notes.append(Problem("date.ambiguous", text, zh, FIX, FIX_ZH))
    elif _TIME.match(plain):
        notes.append(Problem("date.time", "a time of day besides the date", "日期后带有时刻", FIX, FIX_ZH))
    else:
        notes.append(Problem("date.form", "not a date", "不是日期", FIX, FIX_ZH))
    return None


def _day(year: int, month: int, day: int) -> str | None:
    if not 1900 <= year <= 2199:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _no_such_day(text: str) -> Problem:
    return Problem("date.day", f"there is no day {text}", f"不存在日期 {text}", FIX, FIX_ZH)
