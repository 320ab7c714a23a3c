"""Numbers of passports, travel permits, residence permits and permanent residence cards.

Forms follow the issuing administrations' published numbering rules. Where a document has a check character that
is published (residence permits, the permanent residence card of 2023: MOD 11-2) it is enforced; for the others only
the form can be judged.
"""

from __future__ import annotations

import re
from datetime import date

from chain.identifiers import citizen
from chain.identifiers.findings import PartFinding

_CHINESE_PASSPORT = re.compile(r"(?:[GE][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DSP][0-9]{8}|(?:DE|SE|PE)[0-9]{7})\Z")
_FOREIGN_PASSPORT = re.compile(r"(?=[A-Z0-9]*[0-9])[A-Z0-9]{5,15}\Z")
_HK_MACAU_PERMIT = re.compile(r"[HM](?:[0-9]{8}|[0-9]{10})\Z")
_TAIWAN_PERMIT = re.compile(r"(?:[0-9]{8}|[0-9]{10}(?:\([A-Z0-9]\)|[A-Z])?)\Z")
_RESIDENT_CARD_OLD = re.compile(r"[A-Z]{3}[0-9]{12}\Z")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]\Z")


def _verdict(
    part: str, ok: bool, text: str, rule: str, right: str, right_zh: str, wrong: str, wrong_zh: str, fix: str
) -> PartFinding:
    if ok:
        return PartFinding(part, True, text, rule, right, right_zh)
    return PartFinding(part, False, text, rule, wrong, wrong_zh, fix=fix)


def passport(text: str, *, today: date | None = None, part: str = "passport") -> list[PartFinding]:
    """A Chinese passport (E or G and 8 digits, E, a letter and 7 digits, …) or a foreign one."""
    ok = _FOREIGN_PASSPORT.match(text) is not None
    chinese = _CHINESE_PASSPORT.match(text) is not None
    return [
        _verdict(
            part,
            ok,
            text,
            "passport.form",
            "form of a Chinese passport" if chinese else "plausible passport number",
            "中国护照号码形式" if chinese else "护照号码形式合理",
            "not 5 to 15 digits and capitals with a digit among them",
            "护照号码应为 5 至 15 位数字或大写字母",
            "copy the number from the data page, without spaces",
        )
    ]


def hk_macau_travel_permit(text: str, *, today: date | None = None, part: str = "permit") -> list[PartFinding]:
    """Mainland travel permit for Hong Kong and Macau residents: H or M, then 8 digits (10 on older cards)."""
    return [
        _verdict(
            part,
            _HK_MACAU_PERMIT.match(text) is not None,
            text,
            "hk-macau-travel-permit.form",
            "H or M and 8 or 10 digits",
            "H 或 M 加 8 位或 10 位数字",
            "not H or M and 8 or 10 digits",
            "应为 H 或 M 加 8 位数字（旧卡 10 位）",
            "copy the number from the card, capital letter first",
        )
    ]


def taiwan_travel_permit(text: str, *, today: date | None = None, part: str = "permit") -> list[PartFinding]:
    """Mainland travel permit for Taiwan residents: 8 digits, or 10 digits with or without a letter (older papers)."""
    return [
        _verdict(
            part,
            _TAIWAN_PERMIT.match(text) is not None,
            text,
            "taiwan-travel-permit.form",
            "8 digits, or 10 digits with or without a letter",
            "8 位数字，或 10 位数字（可带字母）",
            "neither 8 digits nor 10 digits with or without a letter",
            "应为 8 位数字，或 10 位数字（可带括号内字母）",
            "copy the number from the card",
        )
    ]


def hmt_residence_permit(text: str, *, today: date | None = None, part: str = "permit") -> list[PartFinding]:
    """Residence permit for Hong Kong (810000), Macau (820000) or Taiwan (830000) residents; GB 11643 form."""
    rule = "hmt-residence-permit"
    if not _EIGHTEEN.match(text):
        return [citizen.form_finding(text, part, rule)]
    region = _verdict(
        part,
        text[:6] in citizen.PERMIT_REGIONS,
        text[:6],
        f"{rule}.region",
        "region of a residence permit",
        "居住证地址码",
        "does not begin with 810000, 820000 or 830000",
        "地址码应为 810000、820000 或 830000",
        "a citizen number belongs under the kind of citizen numbers",
    )
    return [region, *citizen.date_and_check(text, today=today, part=part, rule=rule)]


def foreign_permanent_resident(text: str, *, today: date | None = None, part: str = "card") -> list[PartFinding]:
    """Permanent residence card: since December 2023 9 and 17 characters (MOD 11-2), before 3 letters and 12 digits."""
    rule = "foreign-permanent-resident"
    if _EIGHTEEN.match(text):
        first = _verdict(
            part,
            text[0] == "9",
            text[0],
            f"{rule}.form",
            "card of 2023",
            "2023 版证件号码",
            "an 18-character number must begin with 9",
            "18 位号码首位应为 9",
            "a citizen number belongs under the kind of citizen numbers",
        )
        return [first, *citizen.date_and_check(text, today=today, part=part, rule=rule)]
    old = _RESIDENT_CARD_OLD.match(text) is not None
    day_ok = old and _short_day(text[7:13])
    form = _verdict(
        part,
        old,
        text,
        f"{rule}.form",
        "card before 2023",
        "2023 年以前的证件号码",
        "neither 18 characters that begin with 9 nor 3 letters and 12 digits",
        "应为以 9 开头的 18 位号码，或 3 位字母加 12 位数字",
        "copy the number from the card",
    )
    if not old:
        return [form]
    day = _verdict(
        part,
        day_ok,
        text[7:13],
        f"{rule}.date",
        "date of birth exists",
        "出生日期有效",
        "no such date of birth",
        "出生日期不存在",
        "compare digits 5 to 10 after the letters with the card",
    )
    return [form, day]


def _short_day(text: str) -> bool:
    for century in (1900, 2000):
        try:
            date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
        except ValueError:
            continue
        return True
    return False
