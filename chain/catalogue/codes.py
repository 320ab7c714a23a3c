"""Cleaning of codes and numbers that are text: full-width forms, and the marks of damage a spreadsheet leaves."""

from __future__ import annotations

import re
import unicodedata

from chain.catalogue.problems import Problem
from chain.catalogue.text import character_problem, strip
from chain.identifiers.characters import fault

_PLAIN = re.compile(r"[0-9A-Z]+\Z")
_SCIENTIFIC = re.compile(r"[+-]?([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,3})\Z")
_SCIENTIFIC_MARK = re.compile(r"[+-]?[0-9](?:\.[0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}\Z")
_FLOAT = re.compile(r"[0-9]+\.0+\Z")
_FORMULA_TEXT = re.compile(r'="(.*)"\Z', re.DOTALL)

FIX = "format the column as text, then copy the value again from the source"
FIX_ZH = "请先将该列设为文本格式，再从来源重新录入"


def clean_code(text: str, notes: list[Problem], *, brackets: bool = False) -> str | None:
    """A code in capitals without spaces, or None with the reason in ``notes``.

    Full-width letters and digits, small letters, a leading apostrophe and the spreadsheet's ``="…"`` are normalised
    with a warning. Damage that cannot be undone is refused and named.

    Args:
        text: as in the cell.
        notes: where problems go.
        brackets: full-width brackets belong to the code and become plain ones without a warning.
    """
    if _PLAIN.match(text):
        return text
    value = strip(text, notes)
    wrapped = _FORMULA_TEXT.match(value)
    if wrapped is not None or (value[:1] in "'’‘" and len(value) > 1):
        value = wrapped[1] if wrapped is not None else value[1:]
        notes.append(_warning("code.quoted", "a spreadsheet's text mark was removed", "已去除电子表格的文本标记"))
    if brackets:
        value = value.replace("（", "(").replace("）", ")")
    if not value.isascii():
        value = _narrowed(value, notes)
    damage = damaged_number(value)
    if damage is not None:
        notes.append(damage)
        return None
    if value != value.upper():
        notes.append(_warning("code.small", "small letters became capitals", "小写字母已改为大写"))
        value = value.upper()
    for place, character in enumerate(value, 1):
        trouble = fault(character)
        if trouble is not None:
            notes.append(character_problem(character, place, trouble))
            return None
    return value


def damaged_number(text: str) -> Problem | None:
    """The problem of a code that a spreadsheet turned into a number, or None."""
    if _SCIENTIFIC_MARK.match(text):
        match = _SCIENTIFIC.match(text)
        assert match is not None
        digits = match[1] + (match[2] or "")
        length = int(match[3]) + 1
        lost = max(0, length - len(digits))
        return Problem(
            "number.scientific",
            f"{text} is what a spreadsheet made of a number of {length} digits; {lost} of them are lost",
            f"{text} 是电子表格对一个 {length} 位数的缩写，其中 {lost} 位已丢失",
            FIX,
            FIX_ZH,
        )
    if _FLOAT.match(text):
        return Problem(
            "number.float", f"{text} was saved as a number with decimals", f"{text} 被保存成了小数", FIX, FIX_ZH
        )
    return None


def lost_digits(text: str) -> Problem | None:
    """The problem of a long code whose digits after the fifteenth are all zero, as spreadsheets leave them, or None."""
    if len(text) > 15 and text.isascii() and text.isdigit() and not text[15:].strip("0"):
        return Problem(
            "number.precision",
            f"the last {len(text) - 15} digits are zero: spreadsheets keep only 15 digits of a number",
            f"末 {len(text) - 15} 位为 0：电子表格的数值只保留 15 位",
            FIX,
            FIX_ZH,
        )
    return None


def _narrowed(value: str, notes: list[Problem]) -> str:
    narrow = "".join(
        unicodedata.normalize("NFKC", character) if "\uff01" <= character <= "\uff5e" else character
        for character in value
    )
    if narrow != value:
        notes.append(_warning("code.width", "full-width characters became plain ones", "全角字符已改为半角"))
    return narrow


def _warning(rule: str, message: str, message_zh: str) -> Problem:
    return Problem(rule, message, message_zh, FIX, FIX_ZH, "warning")
