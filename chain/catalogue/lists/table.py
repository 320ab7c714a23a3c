"""The state while the rows of a list go by: values, duplicates, and what only the whole list shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chain.catalogue.codes import lost_digits
from chain.catalogue.lists.cells import shown
from chain.catalogue.lists.columns import Plan
from chain.catalogue.lists.heading import EXAMPLE
from chain.catalogue.lists.model import Finding, Findings, Limits, Row
from chain.catalogue.lists.packed import PackedRows
from chain.catalogue.lists.texts import problem
from chain.catalogue.model import CertificateType
from chain.catalogue.problems import Problem
from chain.catalogue.rules import check_row
from chain.identifiers import parse
from chain.kernel.errors import InvalidInput

_BLANK = " \t\r\n\u00a0\u3000\u200b\ufeff"
_TO_BE_WATCHED = frozenset(_BLANK + "#=")
"""A cell that begins so may be blank, or a formula."""


@dataclass(slots=True)
class Table:
    """Rows so far.

    Attributes:
        kind: certificate type.
        plan: how the columns are read.
        findings: where faults go.
        limits: bounds.
        rows: rows that may be issued.
        count: rows seen that are not empty.
    """

    kind: CertificateType
    plan: Plan
    findings: Findings
    limits: Limits
    rows: PackedRows = field(default_factory=PackedRows)
    count: int = 0
    _keys: dict[tuple[str, str], int] = field(default_factory=dict)
    _serials: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, number: int, cells: Sequence[Any]) -> None:
        """Judge one row.

        Raises:
            InvalidInput: more rows than allowed.
        """
        if not any(cells) or not any(shown(cell).strip(_BLANK) for cell in cells):
            return
        self.count += 1
        if cells[0] == EXAMPLE:
            self._add(number, "", EXAMPLE, problem("row.example"))
            return
        if self.count > self.limits.rows:
            raise InvalidInput(
                f"more than {self.limits.rows} rows", code="list.size", field="file", fix="split the list"
            )
        width = self.plan.width
        if len(cells) > width and any(shown(cell).strip(_BLANK) for cell in cells[width:]):
            extra = next(shown(cell) for cell in cells[width:] if shown(cell).strip(_BLANK))
            self._add(number, "", extra, problem("row.width", here=len(cells), wanted=width))
            return
        values, good = self._values(number, cells)
        stated = values.pop("version", None)
        version, given = stated or "001", values.pop("serial", None)
        identifier = values.pop("identifier", None)
        for name, found in check_row(self.kind, values):
            self._add(number, name, values[name], found)
            good = good and found.level == "warning"
        certificate_number = values.get(self.kind.number_field)
        if certificate_number is None:
            return
        if identifier is not None:
            known = parse(identifier, foreign=True)
            if stated not in (None, known.version):
                self._add(
                    number, "identifier", identifier,
                    problem("identifier.other-version", here=known.version, there=stated),
                )  # fmt: skip
                return
            version, given = known.version, known.serial
        try:
            serial = self.kind.serial_of(values, given)
        except InvalidInput:
            self._add(number, self.kind.number_field, certificate_number, problem("identifier.serial"))
            return
        good = self._unique(number, certificate_number, serial, version, identifier) and good
        if good and self.plan.complete:
            self.rows.append(Row(number, values, version, serial, identifier))

    def _values(self, number: int, cells: Sequence[Any]) -> tuple[dict[str, str], bool]:
        values: dict[str, str] = {}
        good = True
        width, limit = len(cells), self.limits.cell
        notes: list[Problem] = []
        for part in self.plan.parts:
            raw = cells[part.index] if part.index < width else ""
            known = part.known.get(raw) if type(raw) is str else None
            if known is not None:
                if part.keep:
                    values[part.name] = known
                continue
            if type(raw) is str and raw and len(raw) <= limit and raw[0] not in _TO_BE_WATCHED:
                value = part.reader(raw, notes)
            else:
                value = part.read(raw, notes, limit)
            if notes:
                for found in notes:
                    self._add(number, part.name, shown(raw), found, part.heading)
                if value is None:
                    good = good and not any(found.level == "error" for found in notes)
                elif part.keep:
                    values[part.name] = value
                notes = []
            elif value is not None:
                if part.keep:
                    values[part.name] = value
                if len(part.known) < part.remember and type(raw) is str:
                    part.known[raw] = value
        return values, good

    def _unique(self, number: int, certificate_number: str, serial: str, version: str, identifier: str | None) -> bool:
        first = self._keys.setdefault((certificate_number, version), number)
        rule = "row.duplicate"
        if first == number:
            # Identifiers given elsewhere differ in more than serial and version.
            key = (serial, version) if identifier is None else (identifier, "")
            first = self._serials.setdefault(key, number)
            rule = "row.serial" if identifier is None else "row.identifier"
        if first == number:
            return True
        found = lost_digits(certificate_number) or problem(rule, first=first, serial=serial)
        self._add(number, self.kind.number_field, certificate_number, found, other_row=first)
        return False

    def _add(
        self, row: int, name: str, value: str, about: Problem, heading: str | None = None, other_row: int | None = None
    ) -> None:
        if heading is None:
            heading = next((part.heading for part in self.plan.parts if part.name == name), "")
        self.findings.add(
            Finding.of(about, row=row, column=heading, field=name or None, value=value, other_row=other_row)
        )

    def finish(self) -> None:
        """Judge the list as a whole."""
        if not self.count:
            self.findings.add(Finding.of(problem("list.rows"), row=0, column="", field=None, value=""))
        self._shorter_numbers()

    def _shorter_numbers(self) -> None:
        """Numbers one to three digits shorter than the others, most of which begin with 0: zeros were lost."""
        name = self.kind.number_field
        numbers = ((row.number, row.fields[name]) for row in self.rows)
        digits = [(row, value) for row, value in numbers if value.isdigit()]
        if len(digits) < 5:
            return
        length, often = Counter(len(value) for _row, value in digits).most_common(1)[0]
        zeros = sum(1 for _row, value in digits if len(value) == length and value[0] == "0")
        if often < 0.8 * len(digits) or zeros < 0.5 * often:
            return
        for row, value in digits:
            if length - 3 <= len(value) < length:
                self._add(
                    row, name, value, problem("number.leading-zero", level="warning", here=len(value), wanted=length)
                )
