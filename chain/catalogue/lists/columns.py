"""The plan by which rows are read: which column is read how. And what is wrong with the heading itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as slot
from typing import Any

from chain.catalogue.codes import clean_code
from chain.catalogue.lists.cells import ERRORS, text_of
from chain.catalogue.lists.heading import IDENTIFIER, SERIAL, VERSION, Heading, is_ignored
from chain.catalogue.lists.model import Finding, Findings, Stock
from chain.catalogue.lists.texts import problem
from chain.catalogue.model import CertificateType, Field
from chain.catalogue.problems import Problem
from chain.catalogue.rules import Reader, reader_of
from chain.identifiers import check_report, holder_codes
from chain.kernel.errors import NotFound

_REPEATING = frozenset({"date", "date-or-open", "amount", "enum", "items", "holder-code-type"})
_BLANK = " \t\r\n\u00a0\u3000\u200b\ufeff"
_VERSION = re.compile(r"[Vv]?([0-9]{1,3})\Z")
_SERIAL = re.compile(r"[0-9A-Z]{7,32}\Z")


@dataclass(slots=True)
class Part:
    """How one column is read.

    Attributes:
        index: position of the column.
        name: field name, or ``version``, ``serial`` or ``identifier``.
        heading: as in the file.
        field: the field, or None for version, serial and identifier.
        reader: reads its text.
        required: an empty cell is an error.
        keep: its values go into the row.
        remember: how many texts and their canonical values to keep in ``known``.
        known: texts seen before that read without a problem.
    """

    index: int
    name: str
    heading: str
    field: Field | None
    reader: Reader
    required: bool
    keep: bool = True
    remember: int = 0
    known: dict[str, str] = slot(default_factory=dict)

    def read(self, raw: Any, notes: list[Problem], limit: int) -> str | None:
        """The canonical value of a cell; None if it is empty or wrong (then ``notes`` says why)."""
        if raw is None or (type(raw) is str and not raw.strip(_BLANK)):
            if self.required:
                notes.append(problem("identifier.missing" if self.name == IDENTIFIER else "cell.empty"))
            return None
        text = raw if type(raw) is str else text_of(raw, self.field, notes)
        if text is None:
            return None
        if len(text) > limit:
            notes.append(problem("cell.size", length=len(text), most=limit))
            return None
        if text[0] in "#=" and (trouble := _formula_trouble(text)) is not None:
            notes.append(trouble)
            return None
        return self.reader(text, notes)


@dataclass(slots=True)
class Plan:
    """How rows are read.

    Attributes:
        parts: the columns that are read.
        width: number of columns in the heading.
        complete: every required column is there.
    """

    parts: tuple[Part, ...]
    width: int
    complete: bool


def plan_of(kind: CertificateType, heading: Heading, stock: Stock | None = None) -> Plan:
    """The plan for a heading; the first of two columns for one field counts."""
    parts: dict[str, Part] = {}
    for column in heading.columns:
        if column.field is None or column.field in parts:
            continue
        name = column.field
        if name == IDENTIFIER:
            if stock is not None:
                required = not stock.mint_missing
                parts[name] = Part(
                    column.index, name, column.heading, None, _identifier_reader(kind, stock.bureau), required
                )
            continue
        if name in (VERSION, SERIAL):
            reader: Callable[..., str | None] = _read_version if name == VERSION else _read_serial
            parts[name] = Part(column.index, name, column.heading, None, reader, required=False)
            continue
        one = kind.field(name)
        if one.source == "list":
            short = one.kind == "person-name" or (one.kind == "text" and one.max_length <= 60)
            remember = 50_000 if one.kind in _REPEATING else 2_000 if short else 0
            reader = reader_of(one, unit=column.unit)
            parts[name] = Part(column.index, name, column.heading, one, reader, one.required, remember=remember)
        elif one.derive.startswith("constant:"):
            reader = _constant_reader(one.derive.partition(":")[2])
            parts[name] = Part(
                column.index, name, column.heading, one, reader, required=False, keep=False, remember=100
            )
    wanted = {one.name for one in kind.list_fields if one.required}
    ordered = [parts[one.name] for one in kind.fields if one.name in parts]
    ordered += [parts[name] for name in (VERSION, SERIAL, IDENTIFIER) if name in parts]
    return Plan(tuple(ordered), len(heading.columns), wanted <= parts.keys())


def judge_columns(kind: CertificateType, heading: Heading, findings: Findings, stock: Stock | None = None) -> None:
    """Report columns that are missing, unknown, double, or not needed."""

    def report(column: str, name: str | None, about: Problem) -> None:
        findings.add(Finding.of(about, row=heading.row, column=column, field=name, value=column))

    seen: dict[str, str] = {}
    unknown: list[str] = []
    for column in heading.columns:
        if column.field is None or (column.field == IDENTIFIER and stock is None):
            if column.heading and not is_ignored(column.heading):
                unknown.append(column.heading)
            continue
        if column.field in seen:
            first = seen[column.field]
            zh, en = _label(kind, column.field)
            report(
                column.heading,
                column.field,
                problem("column.duplicate", first=first, second=column.heading, zh=zh, en=en),
            )
            continue
        seen[column.field] = column.heading
        if column.field not in (VERSION, SERIAL, IDENTIFIER) and kind.field(column.field).derive == "bureau-name":
            report(column.heading, column.field, problem("column.unused", level="warning"))
    for one in kind.list_fields:
        if one.required and one.name not in seen:
            near = difflib.get_close_matches(one.zh, unknown, n=1, cutoff=0.5)
            hint = (f"; perhaps {near[0]} is meant", f"；是否为“{near[0]}”") if near else ("", "")
            report("", one.name, problem("column.missing", zh=one.zh, en=one.en, hint=hint[0], hint_zh=hint[1]))
    if stock is not None and not stock.mint_missing and IDENTIFIER not in seen:
        zh, en = _label(kind, IDENTIFIER)
        report("", IDENTIFIER, problem("column.missing", zh=zh, en=en, hint="", hint_zh=""))
    for name in unknown:
        report(name, None, problem("column.unknown", level="warning"))


def _label(kind: CertificateType, name: str) -> tuple[str, str]:
    if name in (VERSION, SERIAL, IDENTIFIER):
        return {VERSION: ("版本号", "version"), SERIAL: ("流水号", "serial"), IDENTIFIER: ("证照标识", "identifier")}[
            name
        ]
    one = kind.field(name)
    return one.zh, one.en


def _formula_trouble(text: str) -> Problem | None:
    if text in ERRORS or not text.strip("#"):
        return problem("cell.error")
    if text[0] == "=" and not text.startswith('="'):
        return problem("cell.formula")
    return None


def _constant_reader(constant: str) -> Reader:
    def read(text: str, notes: list[Problem]) -> str | None:
        plain = text.strip(_BLANK)
        try:
            same = plain == constant or holder_codes.kind(constant).name_zh == plain
        except NotFound:
            same = False
        if not same:
            notes.append(problem("field.constant", value=constant))
            return None
        return constant

    return read


def _read_version(text: str, notes: list[Problem]) -> str | None:
    match = _VERSION.match(text.strip(_BLANK))
    if match is None or not int(match[1]):
        notes.append(
            Problem(
                "identifier.version",
                "not a version between 001 and 999",
                "版本号应为 001 至 999",
                "001 is the first",
                "首版为 001",
            )
        )
        return None
    return match[1].zfill(3)


def _read_serial(text: str, notes: list[Problem]) -> str | None:
    value = clean_code(text, notes)
    if value is None:
        return None
    if not _SERIAL.match(value):
        notes.append(problem("identifier.serial"))
        return None
    return value


def _identifier_reader(kind: CertificateType, bureau: str) -> Reader:
    """Reads identifiers given earlier, as they are: they are signed and printed elsewhere already."""

    def read(text: str, notes: list[Problem]) -> str | None:
        value = text.strip(_BLANK)
        pieces = value.split(".")
        own = len(pieces) == 10 and pieces[6] == bureau
        found = [one for one in check_report(value, foreign=not own) if not one.ok]
        for one in found:
            notes.append(Problem(one.rule, one.message, one.message_zh, one.fix or "", "", one.level))
        if any(one.level == "error" for one in found):
            return None
        if pieces[5] != kind.code:
            notes.append(problem("identifier.other-type", here=pieces[5]))
            return None
        return value

    return read
