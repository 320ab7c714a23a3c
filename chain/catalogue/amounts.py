"""Sums of money as people write them, read into ``CNY 5000000.00`` (ISO 4217 code, decimal point, two places)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from chain.catalogue.problems import Problem

NAMES_ZH = {
    "CNY": "人民币", "HKD": "港元", "MOP": "澳门元", "TWD": "新台币", "USD": "美元", "EUR": "欧元", "JPY": "日元",
    "GBP": "英镑", "SGD": "新加坡元", "CAD": "加拿大元", "AUD": "澳大利亚元", "CHF": "瑞士法郎",
}  # fmt: skip
"""Currency code to its name in Chinese."""

_CURRENCIES = {
    **{code: code for code in NAMES_ZH},
    **{name: code for code, name in NAMES_ZH.items()},
    "RMB": "CNY",
    "¥": "CNY",
    "￥": "CNY",
    "港币": "HKD",
    "澳门币": "MOP",
    "加元": "CAD",
    "澳元": "AUD",
}
_UNITS = {"": 1, "元": 1, "圆": 1, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_NAMES = "|".join(sorted(_CURRENCIES, key=len, reverse=True))
_FORM = re.compile(
    rf"(?P<before>{_NAMES})? ?(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|"
    rf"[零〇一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟两]+?)"
    rf" ?(?P<unit>百万|千万|亿|万)? ?(?P<yuan>[元圆])? ?(?P<after>{_NAMES})?(?P<last>[元圆])?整?\Z"
)
_CANONICAL = re.compile(r"[A-Z]{3} (?:0|[1-9][0-9]{0,15})\.[0-9]{2}\Z")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+\Z")
_HAN_DIGITS = dict(
    zip("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖两", (0, 0, *range(1, 10), *range(1, 10), 2), strict=True)
)
_HAN_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_ONE = "[一二三四五六七八九壹贰叁肆伍陆柒捌玖两]"
_NUMERAL = re.compile(rf"(?:{_ONE}[千仟])?[零〇]?(?:{_ONE}[百佰])?[零〇]?(?:{_ONE}?[十拾])?[零〇]?{_ONE}?\Z")
MAX = Decimal(10) ** 15
_known: dict[tuple[str, str], str] = {}

FIX = "write the amount with unit and currency, such as 500万元人民币"
FIX_ZH = "请写明单位和币种，如“500万元人民币”"


def read_amount(text: str, notes: list[Problem], *, unit: str = "") -> str | None:
    """The sum in canonical form, or None with the reason in ``notes``.

    Accepts 500万元人民币, 5,000,000元, 100万美元, 人民币伍佰万元整, CNY 5000000.00. A bare number is taken only if the
    column says its unit.

    Args:
        text: as written.
        notes: where problems go.
        unit: what the column's heading says of all its numbers, such as ``万元`` or ``万美元``.
    """
    known = _known.get((text, unit))
    if known is not None:
        return known
    plain = unicodedata.normalize("NFKC", text).strip()
    if _CANONICAL.match(plain) and plain[:3] in NAMES_ZH:
        return plain
    if _SCIENTIFIC.match(plain):
        message, message_zh = f"{text} is a number that a spreadsheet shortened", f"{text} 是被电子表格缩写的数"
        notes.append(Problem("number.scientific", message, message_zh, FIX, FIX_ZH))
        return None
    match = _FORM.match(plain)
    number = _number(match["number"]) if match else None
    if match is None or number is None:
        notes.append(Problem("amount.form", "not an amount of money", "不是金额", FIX, FIX_ZH))
        return None
    if match["before"] and match["after"] and _CURRENCIES[match["before"]] != _CURRENCIES[match["after"]]:
        notes.append(Problem("amount.currency", "two currencies", "写有两种币种", FIX, FIX_ZH))
        return None
    currency, factor = _currency_and_factor(match, unit)
    if currency is None or factor is None:
        notes.append(Problem("amount.unit", "neither unit nor currency is stated", "未写明单位和币种", FIX, FIX_ZH))
        return None
    value = number * factor
    if value >= MAX or value != value.quantize(Decimal("0.01")):
        notes.append(Problem("amount.size", "too large, or finer than 0.01", "金额过大，或小数位超过分", FIX, FIX_ZH))
        return None
    canonical = f"{currency} {value.quantize(Decimal('0.01')):f}"
    if len(_known) < 50_000:
        _known[text, unit] = canonical
    return canonical


def _currency_and_factor(match: re.Match[str], column: str) -> tuple[str | None, int | None]:
    name = match["before"] or match["after"]
    yuan = bool(match["yuan"] or match["last"])
    if name is None and not yuan and match["unit"] is None and column:
        found = re.fullmatch(rf"(百万|千万|亿|万)?(元|圆)?({_NAMES})?", column)
        if found is None:
            return None, None
        return _CURRENCIES.get(found[3] or "人民币"), _UNITS[found[1] or ""]
    if name is None and not yuan and match["unit"] is None:
        return None, None
    return _CURRENCIES.get(name or "人民币"), _UNITS[match["unit"] or ""]


def _number(text: str) -> Decimal | None:
    if text[0].isascii():
        return Decimal(text.replace(",", ""))
    if _NUMERAL.match(text) is None:
        return None
    total, section, digit = 0, 0, 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        else:
            section += (digit or 1) * _HAN_TENS[character]
            digit = 0
    return Decimal(total + section + digit)


def display(canonical: str, language: str = "zh") -> str:
    """``CNY 5000000.00`` as 500万元人民币 (zh) or CNY 5,000,000.00 (en)."""
    currency, _, number = canonical.partition(" ")
    value = Decimal(number)
    if language != "zh":
        return f"{currency} {value:,.2f}"
    name = NAMES_ZH.get(currency, currency)
    unit = "元" if currency == "CNY" else ""
    tens = value / 10**4
    if value >= 10**4 and tens == tens.quantize(Decimal("0.0001")):
        return f"{tens.normalize():f}万{unit}{name}"
    return f"{value.normalize():f}{unit}{name}"
