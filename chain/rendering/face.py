"""What a printed certificate says: fields with their labels, by the catalogue, from what its credential discloses.

What is printed is disclosed in the embedded bundle, and nothing else is: whoever reads the file learns what stands on
the page. Withheld are a natural person's code (citizen number, passport), which no window needs to see to compare a
face, the code that says what kind of code that is, and derived answers, which are there to be shown instead of a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from chain.catalogue import CertificateType, Field
from chain.kernel.clock import CHINA

NAME, NUMBER, BUREAU, ISSUED, HOLDER = (
    "certificateName",
    "certificateNumber",
    "certificateIssuingAuthorityName",
    "certificateIssuedDate",
    "certificateHolderName",
)
_CODE, _CODE_TYPE = "certificateHolderCode", "certificateHolderCodeType"
_LONG = 36
"""Characters from which a value is set across the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """One printed field: name, labels, value as people read it, and whether it takes the page's width."""

    name: str
    zh: str
    en: str
    value: str
    long: bool = False


@dataclass(frozen=True, slots=True)
class ReprintMark:
    """That a page is a reprint.

    Attributes:
        number: the how manieth of its certificate, from 1.
        at: when it was noted, seconds since 1970 UTC.
    """

    number: int
    at: int


@dataclass(frozen=True, slots=True)
class Face:
    """All that stands on the pages of one certificate, besides its QR code.

    Attributes:
        slug: the type's name, which also names its template.
        title_zh, title_en: the type's names.
        identifier: GB/T 36904 text.
        number, holder, bureau, issued: fields with a place of their own; None where absent.
        rows: the other fields, in the type's order.
    """

    slug: str
    title_zh: str
    title_en: str
    identifier: str
    number: Row | None
    holder: Row | None
    bureau: Row | None
    issued: Row | None
    rows: tuple[Row, ...]

    def texts(self) -> list[tuple[str, str]]:
        """Every text that is drawn, with the field that is to blame for it."""
        special = [row for row in (self.number, self.holder, self.bureau, self.issued) if row is not None]
        return [
            ("type", self.title_zh + self.title_en),
            *((row.name, row.zh + row.en + row.value) for row in (*special, *self.rows)),
        ]

    def as_dict(self) -> dict[str, Any]:
        """The face as plain data, for the template."""
        return asdict(self)


def printed_names(kind: CertificateType) -> tuple[str, ...]:
    """Names of the fields that a page of this type prints, and so discloses, in the type's order."""
    return tuple(one.name for one in kind.fields if not _withheld(one, kind))


def _withheld(field: Field, kind: CertificateType) -> bool:
    if field.name == _CODE_TYPE or field.kind == "holder-code-type":
        return True
    return kind.holder == "person" and (field.name == _CODE or field.kind == "holder-code")


def make_face(kind: CertificateType, identifier: str, fields: Mapping[str, Any]) -> Face:
    """The face of one certificate.

    Args:
        kind: its type, in the version it was made by.
        identifier: GB/T 36904 text.
        fields: canonical values by name; those that are not printed are passed over.
    """
    rows = {name: _row(kind, name, fields[name]) for name in printed_names(kind) if name in fields}
    own = (NAME, NUMBER, BUREAU, ISSUED, HOLDER)
    others = tuple(row for name, row in rows.items() if name not in own)
    title = rows[NAME].value if NAME in rows else kind.zh
    return Face(
        kind.slug,
        title,
        kind.en,
        identifier,
        rows.get(NUMBER),
        rows.get(HOLDER),
        rows.get(BUREAU),
        rows.get(ISSUED),
        others,
    )


def _row(kind: CertificateType, name: str, value: Any) -> Row:
    field = kind.field(name)
    shown = kind.display(name, value) if isinstance(value, (str, bool)) else str(value)
    return Row(name, field.zh, field.en, shown, len(shown) > _LONG or "\n" in shown)


def day_zh(at: int) -> str:
    """The day in China, such as 2026年1月5日."""
    moment = datetime.fromtimestamp(at, UTC).astimezone(CHINA)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def day_en(at: int) -> str:
    """The same day as 2026-01-05."""
    return datetime.fromtimestamp(at, UTC).astimezone(CHINA).date().isoformat()
