"""Certificate types and their fields. A type is data: see chain/catalogue/types/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from chain.catalogue import amounts, items
from chain.catalogue.answers import Rule, compiled
from chain.catalogue.dates import OPEN_ENDED
from chain.identifiers import holder_codes
from chain.kernel.clock import parse_time
from chain.kernel.errors import InvalidInput

FieldKind = Literal[
    "text", "person-name", "organisation-name", "uscc", "holder-code", "holder-code-type", "code", "date",
    "date-or-open", "amount", "enum", "items",
]  # fmt: skip

_SERIAL = re.compile(r"[0-9A-Z]{7,32}\Z")
_CUT = frozenset({"text", "person-name", "organisation-name", "enum", "items"})
_VERSION = re.compile(r"[0-9]{3}\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a certificate.

    Attributes:
        name: English name of GB/T 36903-2018, or ``KZ_…`` for an extension.
        zh: label in Chinese.
        en: label in English.
        kind: what values look like.
        source: ``list`` if a row brings it, ``derived`` if the issuing tool fills it in.
        derive: for a derived field, where from: ``constant:<value>`` or ``bureau-name``.
        required: a row without it is refused.
        pinyin: abbreviation of GB/T 36903 (``ZZBH``), or None.
        aliases: other column headings by which the field is known.
        min_length: fewest characters.
        max_length: most characters.
        pattern: regular expression a canonical value must match wholly, or None.
        pattern_zh: the pattern in words, Chinese; pattern_en: English.
        values: for an enumeration, its values; for items, the vocabulary.
        value_aliases: for an enumeration, other ways to write a value, to that value.
        ranks: for an enumeration, its values that have a rank, the highest first.
        holder_kind: for a holder code, the slug of its kind, or None if each row says which.
        holder_kind_from: for a holder code of several kinds, the field that says which.
        holder_kinds: for a holder code type, the slugs of the kinds that may be named.
        unit: for an amount, unit and currency of bare numbers, or empty.
        lines: line breaks may stand in the text.
        personal: names or describes a natural person.
        example: a canonical value that stands in templates and schemas; found by kind if empty.
    """

    name: str
    zh: str
    en: str
    kind: FieldKind
    source: Literal["list", "derived"] = "list"
    derive: str = ""
    required: bool = True
    pinyin: str | None = None
    aliases: tuple[str, ...] = ()
    min_length: int = 1
    max_length: int = 200
    pattern: str | None = None
    pattern_zh: str = ""
    pattern_en: str = ""
    values: tuple[str, ...] = ()
    value_aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    ranks: tuple[str, ...] = ()
    holder_kind: str | None = None
    holder_kind_from: str | None = None
    holder_kinds: tuple[str, ...] = ()
    unit: str = ""
    lines: bool = False
    personal: bool = False
    example: str = ""

    def label(self, language: str = "zh") -> str:
        """The label in Chinese (``zh``) or English (``en``)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class OrderRule:
    """Of two dates, ``earlier`` must not lie after ``later``; an open end is after everything.

    Attributes:
        earlier: field name.
        later: field name.
        zh: what is wrong otherwise, in Chinese.
        en: the same in English.
    """

    earlier: str
    later: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DerivedAnswer:
    """An answer a holder may show instead of the value itself, such as grade_at_least_2: true or false.

    Attributes:
        name: name of the disclosure.
        field: field it is computed from.
        rule: how, such as ``at-least:二级``; see :mod:`chain.catalogue.answers`.
        zh: label in Chinese.
        en: label in English.
    """

    name: str
    field: str
    rule: str
    zh: str
    en: str

    def label(self, language: str = "zh") -> str:
        """The label in Chinese (``zh``) or English (``en``)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Validity:
    """When a certificate is in force: from ``not_before`` until just before ``expires``. Seconds since 1970 UTC."""

    not_before: int
    expires: int | None


@dataclass(frozen=True, slots=True)
class CertificateType:
    """One certificate type.

    Attributes:
        slug: our name of it in commands and paths, such as ``business-licence``.
        code: certificate type code of 21 characters; also the lane of its anchors.
        version: version of this definition, 1, 2, 3 …
        zh: name in Chinese.
        en: name in English.
        holder: whether organisations or persons hold it.
        fields: all fields of the certificate, in order.
        face_fields: at most 4 names, shown in the stamp.
        number_field: the field that numbers certificates of this type within a bureau.
        effective_field: date from which it is in force.
        expiring_field: last day on which it is in force, or None if it never ends.
        order_rules: rules across dates.
        derived: answers that may be disclosed instead of values.
        matters: codes of the matters for which it is commonly asked.
        status_max_age: how old a status reading may be before it no longer counts, seconds.
        code_status: ``assigned`` if the code is the one in official use, ``test`` if it lies in our test range.
    """

    slug: str
    code: str
    version: int
    zh: str
    en: str
    holder: Literal["organisation", "person"]
    fields: tuple[Field, ...]
    face_fields: tuple[str, ...]
    number_field: str
    effective_field: str
    expiring_field: str | None
    order_rules: tuple[OrderRule, ...] = ()
    derived: tuple[DerivedAnswer, ...] = ()
    matters: tuple[str, ...] = ()
    status_max_age: int = 86_400
    code_status: Literal["assigned", "test"] = "assigned"
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)
    _rules: dict[str, Rule] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({one.name: one for one in self.fields})
        self._numbers.update({one.name: number for number, one in enumerate(self.fields, 1)})

    @property
    def uri(self) -> str:
        """``urn:yinxin:certificate:<type code>:<version>``, the ``vct`` of its credentials."""
        return f"urn:yinxin:certificate:{self.code}:{self.version}"

    @property
    def list_fields(self) -> tuple[Field, ...]:
        """Fields that a list brings."""
        return tuple(one for one in self.fields if one.source == "list")

    @property
    def holder_name_field(self) -> str:
        """Name of the field with the holder's name."""
        return "certificateHolderName"

    def name(self, language: str = "zh") -> str:
        """The type's name in Chinese (``zh``) or English (``en``)."""
        return self.zh if language == "zh" else self.en

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            InvalidInput: the type has no such field.
        """
        found = self._by_name.get(name)
        if found is None:
            raise InvalidInput(f"{self.slug} has no field {name!r}", code="catalogue.field", field=name)
        return found

    def name_at(self, number: int) -> str | None:
        """Name of the field with that number on a stamp's face: its place in the type, from 1. None if there is none.

        Fields are only ever added at the end, so a number keeps its meaning.
        """
        return self.fields[number - 1].name if 1 <= number <= len(self.fields) else None

    def number_of(self, name: str) -> int:
        """Inverse of :meth:`name_at`. Raises KeyError if the type has no such field."""
        return self._numbers[name]

    def label(self, name: str, language: str = "zh") -> str:
        """The label of a field or derived answer.

        Raises:
            InvalidInput: the type has neither of that name.
        """
        answer = next((one for one in self.derived if one.name == name), None)
        return (answer or self.field(name)).label(language)

    def complete(self, row: Mapping[str, str], *, bureau_name: str) -> dict[str, str | bool]:
        """All that a certificate says, in order: fields of a validated row, derived ones, then derived answers.

        Args:
            row: field name to canonical value, from a list.
            bureau_name: legal name of the bureau, from the registry.
        """
        out: dict[str, str | bool] = {}
        for one in self.fields:
            if one.source == "list":
                if one.name in row:
                    out[one.name] = row[one.name]
            elif one.derive == "bureau-name":
                out[one.name] = bureau_name
            else:
                out[one.name] = one.derive.partition(":")[2]
        if self.derived:
            out |= self.answers(out)
        return out

    def answers(self, fields: Mapping[str, Any]) -> dict[str, bool]:
        """The derived answers, by name; those whose field is absent are absent.

        Args:
            fields: canonical values.
        """
        if len(self._rules) != len(self.derived):
            self._rules.update({one.name: compiled(one.rule, self.field(one.field)) for one in self.derived})
        return {one.name: self._rules[one.name](fields[one.field]) for one in self.derived if one.field in fields}

    def validity(self, fields: Mapping[str, str]) -> Validity:
        """From the start of the effective day in China to the end of the expiring day in China."""
        start = parse_time(fields[self.effective_field], field=self.effective_field)
        last = fields.get(self.expiring_field) if self.expiring_field else None
        if last is None or last == OPEN_ENDED:
            return Validity(start, None)
        following = date.fromisoformat(last) + timedelta(days=1)
        return Validity(start, parse_time(following.isoformat(), field=self.expiring_field or ""))

    def serial_of(self, fields: Mapping[str, str], serial: str | None = None) -> str:
        """Serial of the identifier: ``serial`` if the list gave one, else the digits and capitals of the number.

        A shorter one is filled with zeros on the left to 7 characters.

        Raises:
            InvalidInput: no serial of 7 to 32 digits and capitals comes out.
        """
        source = serial if serial else fields[self.number_field]
        cleaned = re.sub(r"[^0-9A-Z]", "", source.upper())
        cleaned = cleaned.zfill(7) if cleaned else cleaned
        if not _SERIAL.match(cleaned):
            raise InvalidInput(
                f"{self.number_field}: {source!r} gives no serial of 7 to 32 digits and capitals",
                code="identifier.serial",
                field=self.number_field,
                fix="add a column 流水号 (serial) with 7 to 32 digits and capitals",
            )
        return cleaned

    def uniqueness_key(self, bureau: str, number: str, version: str = "001") -> str:
        """What may exist once: bureau, type, number and version, joined by line breaks.

        Raises:
            InvalidInput: the version is not 3 digits.
        """
        if not _VERSION.match(version):
            raise InvalidInput(f"version {version!r} is not 3 digits", code="identifier.version", field="version")
        return "\n".join((bureau, self.code, number, version))

    def face(self, fields: Mapping[str, str], *, longest: int = 45) -> tuple[tuple[str, str], ...]:
        """Name and value of each face field that is there.

        Args:
            fields: canonical values.
            longest: UTF-8 bytes that a text or name may take; a longer one is cut and ends in … (items between two of
                them; codes, dates and amounts never). 45 are fifteen Chinese characters: with it a stamp stays within
                385 bytes.
        """
        out = []
        for name in self.face_fields:
            value = fields.get(name)
            if value is None:
                continue
            kind = self.field(name).kind
            if kind in _CUT and len(value.encode()) > longest:
                short = value.encode()[: longest - 3].decode(errors="ignore").rstrip()
                if kind == "items" and items.SEPARATOR in short:
                    short = short[: short.rindex(items.SEPARATOR) + 1]
                value = short + "…"
            out.append((name, value))
        return tuple(out)

    def display(self, name: str, value: str | bool, language: str = "zh") -> str:
        """A canonical value as people read it: 500万元人民币, 2026年1月5日; in English CNY 5,000,000.00, 2026-01-05.

        Answers are 是 and 否, yes and no; a holder code type is the name of the document.
        """
        if isinstance(value, bool):
            return {"zh": ("否", "是")}.get(language, ("no", "yes"))[value]
        kind = self.field(name).kind
        if kind == "holder-code-type":
            document = holder_codes.kind(value)
            return document.name_zh if language == "zh" else document.name_en
        if kind == "amount":
            return amounts.display(value, language)
        if kind in ("date", "date-or-open"):
            if value == OPEN_ENDED:
                return value if language == "zh" else "no end"
            day = date.fromisoformat(value)
            return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else value
        return value

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of a certificate's fields in canonical form."""
        from chain.catalogue.schema import json_schema

        return json_schema(self)
