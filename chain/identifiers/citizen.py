"""Citizen number 公民身份号码, GB 11643-1999: region (6), date of birth (8), order (3), check (MOD 11-2).

Residence permits of Hong Kong, Macau and Taiwan residents use the same form with the regions 810000, 820000
and 830000; the permanent residence card of a foreigner begins with 9. Those are other kinds of holder code
(see :mod:`chain.identifiers.holder_codes`); :func:`check` here refuses them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from chain.identifiers.findings import PartFinding, first_error
from chain.identifiers.iso7064 import mod_11_2
from chain.kernel.errors import InvalidInput

_PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
PROVINCES = frozenset(_PROVINCES.split())
"""First two digits of region codes in use, GB/T 2260."""

PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})
"""Regions of residence permits for Hong Kong, Macau and Taiwan residents."""

EARLIEST = date(1840, 1, 1)
"""No date of birth before this is believed."""

_FORM = re.compile(r"[0-9]{17}[0-9X]\Z")


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A citizen number taken apart.

    Attributes:
        region: 6 digits, GB/T 2260.
        born: date of birth.
        order: 3 digits; odd for men, even for women.
        check: check character, 0-9 or X.
    """

    region: str
    born: date
    order: str
    check: str

    @property
    def text(self) -> str:
        """All 18 characters."""
        return f"{self.region}{self.born:%Y%m%d}{self.order}{self.check}"


def compute(first_17: str) -> str:
    """The check character that follows 17 digits.

    Raises:
        InvalidInput: not 17 digits.
    """
    try:
        return mod_11_2(first_17)
    except ValueError as error:
        raise InvalidInput(str(error), code="citizen.form", field="citizen") from error


def birth_date(text: str) -> date | None:
    """Date of birth at characters 7 to 14, or None if there is no such day."""
    try:
        day = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def check(text: str, *, today: date | None = None) -> bool:
    """True if form, region, date of birth and check character are right."""
    return first_error(check_report(text, today=today)) is None


def check_report(text: str, *, today: date | None = None, part: str = "citizen") -> list[PartFinding]:
    """What is right and wrong about ``text``; a date of birth after ``today`` (if given) is wrong."""
    if not _FORM.match(text):
        return [form_finding(text, part)]
    region = text[:6]
    known = region[:2] in PROVINCES and region not in PERMIT_REGIONS and region[2:] != "0000"
    if region in PERMIT_REGIONS:
        message, message_zh = "this is the number of a residence permit", "这是港澳台居民居住证号码"
        fix: str | None = "use the holder code kind of residence permits"
    else:
        message, message_zh, fix = "no such region", "地址码不存在", "compare the first six digits with the source"
    found = [
        PartFinding(
            part,
            known,
            region,
            "citizen.region",
            "region is plausible" if known else message,
            "地址码合理" if known else message_zh,
            fix=None if known else fix,
        )
    ]
    found += date_and_check(text, today=today, part=part, rule="citizen")
    return found


def form_finding(text: str, part: str, rule: str = "citizen") -> PartFinding:
    """The finding for a text that is not 17 digits and a digit or X."""
    fix = "17 digits and a digit or capital X"
    if len(text) == 15 and text.isdigit():
        fix = "15-digit numbers of the old form are no longer accepted; use the 18-character number"
    elif text[-1:] == "x":
        fix = "write the last X as a capital"
    message = f"{len(text)} characters instead of 18" if len(text) != 18 else "a character is no digit"
    message_zh = f"长度为 {len(text)} 位，应为 18 位" if len(text) != 18 else "含有非数字字符"
    return PartFinding(part, False, text, f"{rule}.form", message, message_zh, fix=fix)


def date_and_check(text: str, *, today: date | None, part: str, rule: str) -> list[PartFinding]:
    """Findings on characters 7 to 14 (a day) and 18 (MOD 11-2) of a text whose form is right."""
    born = birth_date(text)
    day_ok = born is not None and (today is None or born <= today)
    expected = mod_11_2(text[:17])
    check_ok = expected == text[17]
    return [
        PartFinding(
            part,
            day_ok,
            text[6:14],
            f"{rule}.date",
            "date of birth exists" if day_ok else "no such date of birth",
            "出生日期有效" if day_ok else "出生日期不存在或不合理",
            fix=None if day_ok else "compare digits 7 to 14 with the source",
        ),
        PartFinding(
            part,
            check_ok,
            text[17],
            f"{rule}.check",
            "check character is right" if check_ok else f"check character {text[17]} should be {expected}",
            "校验码正确" if check_ok else f"校验码 {text[17]} 应为 {expected}",
            fix=None if check_ok else "compare the number with the source; one character at least is wrong",
        ),
    ]


def parse(text: str, *, field: str = "citizen") -> CitizenNumber:
    """Take a citizen number apart.

    Raises:
        InvalidInput: a part is wrong; the message names it.
    """
    wrong = first_error(check_report(text, part=field))
    if wrong is not None:
        raise InvalidInput(f"{field}: {wrong.message}", code=wrong.rule, field=field, fix=wrong.fix)
    born = birth_date(text)
    assert born is not None
    return CitizenNumber(text[:6], born, text[14:17], text[17])
