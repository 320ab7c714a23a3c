"""Which script a character belongs to, as far as names need it, and which characters may stand in text at all."""

from __future__ import annotations

import unicodedata

HAN_RANGES = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2EBE0),
    (0x2EBF0, 0x2EE5D),
    (0x30000, 0x323AF),
)
"""CJK Unified Ideographs and Extensions A to I; listed here because the interpreter's tables may be older."""

COMPATIBILITY_UNIFIED = frozenset(
    map(chr, (0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29, 0x3007))
)
"""Twelve unified ideographs that live among the compatibility ones, and 〇."""

_OLD = (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864, 0xE816, 0xE817, 0xE818, 0xE831, 0xE83B, 0xE855)
_NEW = (*range(0x9FB4, 0x9FBC), 0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE)
_OLD_MARKS = (0xE7C7, *range(0xE78D, 0xE797))
_NEW_MARKS = (0x1E3F, 0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A))
PRIVATE_TO_STANDARD = dict(
    zip(map(chr, (*_OLD, *_OLD_MARKS)), map(chr, (*_NEW, *_NEW_MARKS)), strict=True),
)
"""Private-use characters where GB 18030-2000 put 14 ideographs and 11 marks, and their place since GB 18030-2022."""

_NAMES = (
    "LATIN CYRILLIC GREEK ARABIC TIBETAN MONGOLIAN YI HANGUL HIRAGANA KATAKANA THAI DEVANAGARI "
    "LISU LAO MYANMAR HEBREW ARMENIAN GEORGIAN VAI BOPOMOFO BENGALI TAMIL KHMER"
)
_SCRIPTS = frozenset(_NAMES.split())

_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
)
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def is_han(character: str) -> bool:
    """True for a unified ideograph of any extension."""
    if "\u4e00" <= character <= "\u9fff":
        return True
    if character < "\u3000":
        return False
    point = ord(character)
    return any(low <= point <= high for low, high in HAN_RANGES) or character in COMPATIBILITY_UNIFIED


def script(character: str) -> str:
    """``HAN``, ``LATIN`` and the like; ``COMMON`` for digits, marks and punctuation; ``UNKNOWN`` otherwise."""
    if is_han(character):
        return "HAN"
    if unicodedata.category(character)[0] in "PNSZM":
        return "COMMON"
    first = unicodedata.name(character, "?").split()[0].split("-")[0]
    return first if first in _SCRIPTS else "UNKNOWN"


def fault(character: str) -> str | None:
    """Why a character may not stand in any text (a key of :data:`FAULT_TEXT`), or None."""
    if " " <= character <= "~" or "\u4e00" <= character <= "\u9fff":
        return None
    if character in _BIDI:
        return "bidi"
    if character in _INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return "invisible"
    if character == "\ufffd":
        return "replacement"
    if is_han(character):
        return None
    category = unicodedata.category(character)
    if category == "Cf" and 0x180B <= ord(character) <= 0x180F:
        return None
    return {
        "Co": "private-use",
        "Cc": "control",
        "Cs": "surrogate",
        "Cf": "invisible",
        "Cn": "unassigned",
        "Zl": "control",
        "Zp": "control",
    }.get(category)


def describe(character: str) -> str:
    """``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


FAULT_TEXT = {
    "bidi": ("changes the direction of the text", "双向控制符"),
    "invisible": ("is invisible", "不可见字符"),
    "replacement": ("stands for a character lost in an earlier conversion", "转码时丢失的字符"),
    "private-use": ("is private: it looks different or empty on other computers", "私用区字符，在其他电脑上显示不一致"),
    "control": ("is a control character", "控制字符"),
    "surrogate": ("is half a character", "残缺字符"),
    "unassigned": ("is assigned to no character", "未定义字符"),
}


def fix_for(character: str, kind: str) -> str:
    """What to do about a character with that fault."""
    if kind == "private-use":
        standard = PRIVATE_TO_STANDARD.get(character)
        if standard is not None:
            return f"write {standard} ({describe(standard)}), its place in GB 18030-2022"
        return "find the character in GB 18030-2022 and type it again with an input method that knows rare characters"
    if kind == "replacement":
        return "go back to the source file; this one was saved in an encoding that lacks the character"
    return "delete the character, or type the text again"
