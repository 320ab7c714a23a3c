"""Values that list several things, such as the items of a food-trade licence, each of a declared vocabulary.

An item may carry remarks in brackets, anywhere in it: ``散装食品（含冷藏冷冻食品）销售`` is the item ``散装食品销售``.
What stands in brackets is never read as an item, so ``（不含生食类食品制售）`` grants nothing.
"""

from __future__ import annotations

import re

from chain.catalogue.problems import Problem
from chain.catalogue.text import clean_text

SEPARATOR = "；"
"""Stands between items in canonical form."""

_SEPARATORS = "；;、，,\n"
_WIDE = str.maketrans("()", "（）")
_REMARK = re.compile(r"（[^（）]*）")

FIX = "separate items by ；and write each as listed, remarks in brackets"
FIX_ZH = "各项之间用“；”分隔，按所列名称填写，说明写在括号内"


def split(text: str) -> list[str] | None:
    """The items of a text, with their remarks; None if brackets do not match or are nested."""
    found, depth, item = [], 0, ""
    for character in text.translate(_WIDE):
        depth += {"（": 1, "）": -1}.get(character, 0)
        if depth not in (0, 1):
            return None
        if character in _SEPARATORS and not depth:
            found.append(item.strip())
            item = ""
        else:
            item += character
    if depth:
        return None
    found.append(item.strip())
    return [one for one in found if one]


def bare(item: str) -> str:
    """An item without its remarks."""
    return _REMARK.sub("", item).strip()


def granted(text: str) -> frozenset[str]:
    """The items of a canonical text, without remarks; empty if it cannot be read."""
    return frozenset(bare(item) for item in split(text) or ())


def read_items(values: frozenset[str], lines: bool, text: str, notes: list[Problem]) -> str | None:
    """Items in canonical form, separated by ；and in the order given, or None with the reason in ``notes``.

    Args:
        values: the vocabulary.
        lines: line breaks separate items without a warning.
        text: as in the cell.
        notes: where problems go.
    """
    value = clean_text(text, notes, lines=lines)
    if value is None:
        return None
    found = split(value)
    if found is None:
        notes.append(Problem("items.brackets", "brackets do not match, or are nested", "括号不成对或嵌套", FIX, FIX_ZH))
        return None
    names = [bare(item) for item in found]
    unknown = next((name for name in names if name not in values), None)
    if unknown is not None or not found:
        listed = "、".join(sorted(values)[:12])
        shown = unknown or ""
        notes.append(
            Problem(
                "items.value", f"{shown!r} is none of {listed}", f"“{shown}”不在所列项目之中：{listed}", FIX, FIX_ZH
            )
        )
        return None
    if len(set(names)) != len(names):
        notes.append(Problem("items.twice", "an item occurs twice", "有重复的项目", FIX, FIX_ZH))
        return None
    return SEPARATOR.join(found)


def pattern(values: tuple[str, ...]) -> str:
    """Regular expression (ECMA 262) that canonical values match; remarks are let through anywhere.

    It is looser than :func:`read_items`: it does not tell an item twice.
    """
    remark = "(?:（[^（）]*）)*"
    names = "|".join(remark + remark.join(map(re.escape, value)) + remark for value in values)
    return f"^(?:{names})(?:{SEPARATOR}(?:{names}))*$"
