"""Cleaning of text values: what is normalised, and what is refused."""

from __future__ import annotations

import re
import unicodedata

from chain.catalogue.problems import Problem
from chain.identifiers.characters import FAULT_TEXT, describe, fault, fix_for

_MARKS = "，。、；：（）《》“”‘’！？·—…【】〔〕"
_PLAIN = re.compile(rf"[!-~\u4e00-\u9fff{_MARKS}](?:[ -~\u4e00-\u9fff{_MARKS}]*[!-~\u4e00-\u9fff{_MARKS}])?\Z")
_EDGE = " \t\r\n\u00a0\u3000\u202f\u205f\u200b\u2060\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_INNER_SPACE = re.compile("[\t\u00a0\u3000\u2000-\u200a\u202f\u205f]")
_LINES = re.compile(r"[ \t]*(?:\r\n|\r|\n|\u2028|\u2029)[ \t]*")


def clean_text(text: str, notes: list[Problem], *, lines: bool = False) -> str | None:
    """Text without stray spaces, in Unicode form C, or None with the reason in ``notes``.

    Args:
        text: as in the cell.
        notes: where problems go.
        lines: line breaks may stand; otherwise each becomes a space, with a warning.
    """
    if _PLAIN.match(text) and "  " not in text:
        return text
    value = strip(text, notes)
    broken = _LINES.sub("\n" if lines else " ", value)
    if broken != value and not lines:
        notes.append(_warning("text.lines", "line breaks became spaces", "换行已改为空格"))
    value = broken
    spaced = re.sub(" {2,}", " ", _INNER_SPACE.sub(" ", value))
    if spaced != value:
        notes.append(
            _warning(
                "text.space", "odd or repeated spaces became one plain space", "特殊或重复的空格已改为一个普通空格"
            )
        )
        value = spaced
    composed = unicodedata.normalize("NFC", value)
    if composed != value:
        notes.append(_warning("text.form", "brought to Unicode form C", "已转换为 Unicode 规范形式 C"))
        value = composed
    for place, character in enumerate(value, 1):
        trouble = fault(character)
        if trouble is not None and not (lines and character == "\n"):
            notes.append(character_problem(character, place, trouble))
            return None
    return value


def strip(text: str, notes: list[Problem]) -> str:
    """``text`` without spaces and invisible characters at its ends, with a warning if any stood there."""
    value = text.strip(_EDGE)
    if value != text:
        notes.append(
            _warning(
                "text.edge", "spaces or invisible characters at the ends were removed", "已去除首尾空格或不可见字符"
            )
        )
    return value


def character_problem(character: str, place: int, trouble: str) -> Problem:
    """The problem of a character that may not stand."""
    text, text_zh = FAULT_TEXT[trouble]
    shown = describe(character)
    return Problem(
        f"text.{trouble}",
        f"character {place} ({shown}) {text}",
        f"第 {place} 个字符（{shown}）是{text_zh}",
        fix_for(character, trouble),
        "请删除该字符或重新录入",
    )


def _warning(rule: str, message: str, message_zh: str) -> Problem:
    return Problem(rule, message, message_zh, level="warning")
