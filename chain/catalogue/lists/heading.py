"""Finds the heading of a list and which column is which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from chain.catalogue.lists.model import Column, letter_of
from chain.catalogue.model import CertificateType, Field

VERSION, SERIAL, IDENTIFIER = "version", "serial", "identifier"
_CONTROL = {
    VERSION: ("版本号", "版本", "证照版本", "version"),
    SERIAL: ("流水号", "证照流水号", "标识流水号", "serial"),
    IDENTIFIER: ("证照标识", "电子证照标识", "证照标识码", "identifier", "certificateIdentifier"),
}
_IGNORED = frozenset({"序号", "编码序号", "行号", "no", "no.", "#", "备注", "说明", "remarks"})
EXAMPLE = "示例行，使用前请删除 EXAMPLE ROW, delete before use"
"""First cell of the example row of a template (chain/catalogue/lists/template.py); a row that keeps it is refused."""
_UNIT = re.compile(
    r"[(（\[【]\s*(?:单位[:：])?\s*((?:百万|千万|亿|万)?[元圆]?(?:人民币|美元|港元|港币|欧元|日元|英镑)?)\s*[)）\]】]\Z"
)
_MARKS = re.compile(r"[\s*＊:：_\-]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading as found.

    Attributes:
        row: row number of its last line; data begins below.
        columns: every column, used or not.
        matched: how many columns are fields of the type.
    """

    row: int
    columns: tuple[Column, ...]
    matched: int


def normalised(heading: str) -> str:
    """A heading for comparison: half-width, small letters, without spaces, asterisks, colons and underscores."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", heading)).casefold().strip("\u200b\ufeff'\"")


def names_of(kind: CertificateType) -> dict[str, str]:
    """Normalised heading to field name (or ``version``, ``serial``, ``identifier``), for every known heading."""
    found: dict[str, str] = {}
    for field in kind.fields:
        for name in _headings(field):
            found.setdefault(normalised(name), field.name)
    for control, names in _CONTROL.items():
        for name in names:
            found.setdefault(normalised(name), control)
    return found


def _headings(field: Field) -> list[str]:
    pinyin = [field.pinyin] if field.pinyin else []
    return [
        field.name,
        field.zh,
        field.en,
        f"{field.zh} {field.en}",
        f"{field.zh}({field.en})",
        *pinyin,
        *field.aliases,
    ]


def _resolve(heading: str, names: dict[str, str]) -> tuple[str | None, str]:
    plain = normalised(heading)
    if plain in names:
        return names[plain], ""
    unit = _UNIT.search(unicodedata.normalize("NFKC", heading).strip())
    if unit is not None:
        field = names.get(normalised(unicodedata.normalize("NFKC", heading).strip()[: unit.start()]))
        if field is not None:
            return field, unit[1]
    without = normalised(re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", heading)))
    return names.get(without), ""


def is_ignored(heading: str) -> bool:
    """True for columns such as 序号 that lists carry for people only."""
    return normalised(heading) in _IGNORED


def find_heading(kind: CertificateType, first_rows: Sequence[tuple[int, Sequence[object]]]) -> Heading | None:
    """The heading among the first rows: the row (or two rows, where cells were merged) that names most fields.

    Args:
        kind: the type.
        first_rows: row number and cells.

    Returns:
        None if no row names at least two fields.
    """
    names = names_of(kind)
    best: Heading | None = None
    above: list[str] = []
    for number, cells in first_rows:
        here = [_text(cell) for cell in cells]
        for candidates in _readings(above, here):
            columns = tuple(_column(index, words, names) for index, words in enumerate(candidates))
            matched = len({column.field for column in columns if column.field is not None})
            if matched >= 2 and (best is None or matched > best.matched):
                best = Heading(number, columns, matched)
        above = here
    return best


def _column(index: int, candidates: list[str], names: dict[str, str]) -> Column:
    for heading in candidates:
        field, unit = _resolve(heading, names)
        if field is not None:
            return Column(index, letter_of(index), heading, field, unit)
    return Column(index, letter_of(index), candidates[0] if candidates else "", None)


def _readings(above: list[str], here: list[str]) -> list[list[list[str]]]:
    """Candidates a column: of the row alone, and of it with the row above, for headings of two rows with merged cells.

    Where the lower cell is empty the upper one was merged downwards; where the upper one is empty it may belong to
    the one on its left, merged sideways (有效期 over 起始日期 and 截止日期).
    """
    alone = [[word] if word else [] for word in here]
    if not any(above):
        return [alone]
    width = max(len(above), len(here))
    upper = above + [""] * (width - len(above))
    lower = here + [""] * (width - len(here))
    both = []
    group = ""
    for up, low in zip(upper, lower, strict=True):
        group = up or group
        both.append([low, group + low] if low else [up] if up else [])
    return [alone, both]


def _text(cell: object) -> str:
    return "" if cell is None else re.sub(r"\s+", " ", str(cell)).strip("\u200b\ufeff \u00a0\u3000")
