"""Names of holders and persons, and their masked form for stamps.

A name may hold rare characters (CJK Unified Ideographs and Extensions A to I), the separating dot ``·`` (U+00B7) of
names transcribed into Chinese, and at most two scripts, never mixed within one word except with Han. Other dots are
normalised with a warning; invisible, private and direction-changing characters are refused; the result is in Unicode
normalisation form C.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from chain.identifiers._name_texts import TEXTS
from chain.identifiers.characters import FAULT_TEXT, describe, fault, fix_for, script
from chain.identifiers.findings import Level, PartFinding, first_error
from chain.kernel.errors import InvalidInput

NameKind = Literal["person", "organisation"]

DOT = "\u00b7"
"""The one separating dot, 间隔号."""

OTHER_DOTS = frozenset("\u2022\u2027\u2219\u22c5\u30fb\uff65\uff0e\u00b8\u1427\u25cf\u2024\u16eb\u0387")
"""Dots that stand for the separating dot in data seen in practice."""

MAX_LENGTH = 200
"""Longest name accepted, in characters."""

MASK_MAX = 24
"""Longest masked name, in characters."""

_SIMPLE = re.compile("[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)*\\Z")
_SIMPLE_ORGANISATION = re.compile("[\u4e00-\u9fff0-9A-Za-z()（）]+(?: [\u4e00-\u9fff0-9A-Za-z().（）]+)*\\Z")
_SPACES = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_DOT = re.compile(" *· *")
_HAN = "[\u3400-\u9fff\U00020000-\U000323af]"
_DOT_BETWEEN_HAN = re.compile(rf"(?<={_HAN})[.](?={_HAN})")
_SPACE_BETWEEN_HAN = re.compile(rf"(?<={_HAN}) +(?={_HAN})")
_KANA = frozenset({"HIRAGANA", "KATAKANA"})
_PERSON_MARKS = " ·'’‘ʻ-.\u0f0b\u0f0c"
_WORDS = re.compile(r"[\s·(),，、（）\[\]&.\-/]+")

_SURNAMES = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 "
    "赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 "
    "司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 "
    "宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 "
    "公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 "
    "贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 纳兰 歐陽 司馬 "
    "東方 諸葛 尉遲 皇甫"
)
COMPOUND_SURNAMES = frozenset(_SURNAMES.split())
"""Surnames of two characters."""


@dataclass(frozen=True, slots=True)
class NameReport:
    """What a check of a name found.

    Attributes:
        value: the name in its canonical form (meaningful only without errors).
        findings: what was wrong or was changed; empty if nothing.
    """

    value: str
    findings: tuple[PartFinding, ...]

    @property
    def ok(self) -> bool:
        """True if the name may stand, perhaps with warnings."""
        return first_error(self.findings) is None


def check_name(name: str, kind: NameKind = "person") -> NameReport:
    """Judge and normalise a name.

    Args:
        name: as given.
        kind: of a natural person, or of an organisation (which may have digits, brackets and the like).
    """
    simple = _SIMPLE if kind == "person" else _SIMPLE_ORGANISATION
    if len(name) <= MAX_LENGTH and simple.match(name):
        return NameReport(name, ())
    findings: list[PartFinding] = []
    value = _normalised(name, kind, findings)
    if not value:
        findings.append(_finding("name.empty", name))
        return NameReport(value, tuple(findings))
    if len(value) > MAX_LENGTH:
        findings.append(_finding("name.length", value[:40], length=len(value), most=MAX_LENGTH))
    for place, character in enumerate(value, 1):
        wrong = _judge_character(character, place, kind)
        if wrong is not None:
            findings.append(wrong)
    if first_error(findings) is None:
        _judge_scripts(value, findings)
        _judge_dots(value, findings)
    return NameReport(value, tuple(findings))


def require_name(name: str, kind: NameKind = "person", *, field: str = "name") -> str:
    """The canonical form of ``name``.

    Raises:
        InvalidInput: the name may not stand.
    """
    report = check_name(name, kind)
    wrong = first_error(report.findings)
    if wrong is not None:
        raise InvalidInput(f"{field}: {wrong.message}", code=wrong.rule, field=field, fix=wrong.fix)
    return report.value


def _judge_character(character: str, place: int, kind: NameKind) -> PartFinding | None:
    trouble = fault(character)
    if trouble is not None:
        shown = describe(character)
        text, text_zh = FAULT_TEXT[trouble]
        return PartFinding(
            "name",
            False,
            shown,
            f"name.{trouble}",
            f"character {place} ({shown}) {text}",
            f"第 {place} 个字符（{shown}）是{text_zh}",
            fix=fix_for(character, trouble),
        )
    if 0x2E80 <= ord(character) <= 0x2FDF:
        plain = unicodedata.normalize("NFKC", character)
        instead = f": {plain}" if plain != character else ""
        shown = describe(character)
        return _finding("name.radical", shown, place=place, shown=shown, instead=instead)
    if kind == "person" and not _may_stand_in_person(character):
        shown = describe(character)
        return _finding("name.character", shown, place=place, shown=shown)
    return None


def _may_stand_in_person(character: str) -> bool:
    if character in _PERSON_MARKS:
        return True
    return unicodedata.category(character)[0] in "LM" or script(character) == "HAN"


def _normalised(name: str, kind: NameKind, findings: list[PartFinding]) -> str:
    value = unicodedata.normalize("NFC", name)
    if value != name:
        findings.append(_finding("name.form", name, level="warning"))
    dotted = "".join(DOT if character in OTHER_DOTS else character for character in value)
    if kind == "person":
        dotted = _DOT_BETWEEN_HAN.sub(DOT, dotted)
    if dotted != value:
        findings.append(_finding("name.dot-other", name, level="warning"))
        value = dotted
    spaced = _SPACES.sub(" ", value).strip(" ")
    spaced = _AROUND_DOT.sub(DOT, spaced)
    if kind == "person":
        spaced = _SPACE_BETWEEN_HAN.sub("", spaced)
    if spaced != value:
        findings.append(_finding("name.space", name, level="warning"))
    return spaced


def _judge_scripts(value: str, findings: list[PartFinding]) -> None:
    seen: set[str] = set()
    for word in _WORDS.split(value):
        here = {"KANA" if name in _KANA else name for name in map(script, word) if name != "COMMON"}
        foreign = here - {"HAN"}
        if "UNKNOWN" in here:
            findings.append(_finding("name.script", word, level="warning", shown=word))
        elif len(foreign) > 1:
            scripts = " and ".join(sorted(name.title() for name in foreign))
            findings.append(_finding("name.mixed", word, shown=word, scripts=scripts))
        seen |= here
    if len(seen) > 2:
        findings.append(_finding("name.scripts", value, count=len(seen)))


def _judge_dots(value: str, findings: list[PartFinding]) -> None:
    if value.startswith(DOT) or value.endswith(DOT) or DOT * 2 in value:
        findings.append(_finding("name.dot", value))


def _finding(rule: str, value: str, *, level: Level = "error", **about: object) -> PartFinding:
    message, message_zh, fix = TEXTS[rule]
    return PartFinding(
        "name",
        False,
        value,
        rule,
        message.format(**about),
        message_zh.format(**about),
        level=level,
        fix=fix.format(**about) if fix else None,
    )


def mask_name(name: str, kind: NameKind = "person") -> str:
    """The form a stamp carries: enough to match against a person or a plate, at most 24 characters.

    Persons: the surname stays, each further character becomes ``*`` (at most 3): 张*, 欧阳**. With dots the first part
    stays: 阿卜杜拉·*. In other scripts the first letter of each of the first two words stays: J** S**.
    Organisations: the first 4 and the last 4 characters stay around ``***``; of names of up to 10 characters the
    first 2 and the last 2 around ``**``; of names of up to 4 the first around ``*``.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        return "*"
    return _mask_organisation(name) if kind == "organisation" else _mask_person(name)


def _mask_person(name: str) -> str:
    if DOT in name:
        first = name.split(DOT, maxsplit=1)[0].strip()
        if not first:
            return "*"
        return (first[: MASK_MAX - 2].rstrip() if script(first[0]) == "HAN" else _head(first, 1) + "**") + DOT + "*"
    if script(name[0]) == "HAN":
        letters = "".join(word for word in name.split() if script(word[0]) == "HAN")
        if len(letters) == 1:
            return "*"
        surname = 2 if len(letters) > 2 and letters[:2] in COMPOUND_SURNAMES else 1
        return letters[:surname] + "*" * min(3, len(letters) - surname)
    return " ".join(_head(word, 1) + "**" for word in name.split()[:2])


def _mask_organisation(name: str) -> str:
    if len(name) <= 4:
        return _head(name, 1) + "*" * max(1, min(3, len(name) - 1))
    if len(name) <= 10:
        return _head(name, 2) + "**" + _tail(name, 2)
    return _head(name, 4) + "***" + _tail(name, 4)


def _head(text: str, count: int) -> str:
    """First ``count`` characters and the combining marks that belong to the last of them (at most 4)."""
    end = count
    while end < len(text) and end < count + 4 and unicodedata.category(text[end])[0] == "M":
        end += 1
    return text[:end].rstrip()


def _tail(text: str, count: int) -> str:
    """Last ``count`` characters, beginning no earlier than needed and never with a combining mark."""
    start = len(text) - count
    while start < len(text) and unicodedata.category(text[start])[0] == "M":
        start += 1
    return text[start:].lstrip()


def mask_code(code: str, kind: str = "citizen") -> str:
    """A holder code for people to compare by: of a unified social credit code 4 characters at each end stay, of a
    personal document one at each end. The length stays."""
    keep = 4 if kind in ("uscc", "001") else 1
    if len(code) <= 2 * keep:
        return "*" * len(code)
    return code[:keep] + "*" * (len(code) - 2 * keep) + code[-keep:]
