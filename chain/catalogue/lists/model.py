"""What reading a list gives: rows, findings, and how the file was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as slot
from functools import cached_property
from hashlib import sha256

import msgspec

from chain.catalogue.problems import Level, Problem

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Row:
    """One row that may be issued.

    Attributes:
        number: row number as the spreadsheet shows it, from 1; the heading counts.
        fields: field name to canonical value.
        version: version of the certificate, 3 digits.
        serial: serial of its identifier, 7 to 32 digits and capitals.
        identifier: of a certificate that has one already, as it was written; None if one is to be minted.
    """

    number: int
    fields: dict[str, str]
    version: str
    serial: str
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """What a list of existing certificates may bring: they keep their identifiers.

    Attributes:
        bureau: USCC of the bureau whose stock it is. Identifiers in its own name must keep every rule; of others
            wrong check characters are only warned of.
        mint_missing: rows without an identifier get one; otherwise they are refused.
    """

    bureau: str
    mint_missing: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, or one change that was made, in a list.

    Attributes:
        row: row number as the spreadsheet shows it; 0 for the file as a whole.
        column: heading of the column as in the file; empty for the row or file as a whole.
        field: field name of the type, or None.
        value: what the cell holds, at most 80 characters; of personal fields too, so keep reports where lists are kept.
        rule: stable dotted name of the rule, such as ``number.scientific``.
        message: what is wrong, in English.
        message_zh: the same in Chinese.
        fix: what to do, in English.
        fix_zh: what to do, in Chinese.
        level: ``error`` if the row cannot be issued so, ``warning`` if it can.
        other_row: the other row concerned (of duplicates, the first), or None.
    """

    row: int
    column: str
    field: str | None
    value: str
    rule: str
    message: str
    message_zh: str
    fix: str = ""
    fix_zh: str = ""
    level: Level = "error"
    other_row: int | None = None

    @classmethod
    def of(
        cls, about: Problem, *, row: int, column: str, field: str | None, value: str, other_row: int | None = None
    ) -> Finding:
        """A problem at its place."""
        return cls(
            row=row,
            column=column,
            field=field,
            value=value if len(value) <= 80 else value[:79] + "…",
            rule=about.rule,
            message=about.message,
            message_zh=about.message_zh,
            fix=about.fix,
            fix_zh=about.fix_zh,
            level=about.level,
            other_row=other_row,
        )

    def as_dict(self) -> dict[str, str | int]:
        """Plain data for JSON output."""
        out: dict[str, str | int] = {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "rule": self.rule,
            "level": self.level,
            "message": self.message,
            "messageZh": self.message_zh,
        }
        for name, value in (
            ("field", self.field),
            ("fix", self.fix),
            ("fixZh", self.fix_zh),
            ("otherRow", self.other_row),
        ):
            if value:
                out[name] = value
        return out


@dataclass(frozen=True, slots=True)
class Column:
    """How one column was understood.

    Attributes:
        index: position from 0.
        letter: as the spreadsheet calls it, ``A``, ``B`` … ``AA``.
        heading: as in the file.
        field: field name of the type, ``version``, ``serial`` or ``identifier``; None if the column is not used.
        unit: for amounts, unit and currency named in the heading, or empty.
    """

    index: int
    letter: str
    heading: str
    field: str | None
    unit: str = ""


@dataclass(frozen=True)
class ListReport:
    """The outcome of reading a list.

    Attributes:
        type_code: certificate type code.
        filename: name of the file, or None.
        form: ``csv`` or ``xlsx``.
        encoding: of a CSV file: ``utf-8``, ``utf-8-sig``, ``gb18030``, ``utf-16``; of an xlsx file the sheet's name.
        delimiter: of a CSV file; empty for xlsx.
        heading_row: row number of the heading; 0 if none was found.
        columns: how the columns were understood.
        row_count: rows below the heading that are not empty.
        rows: the rows that may be issued, in order.
        findings: faults and changes, by row; at most ``Limits.findings``.
        findings_left_out: how many more there were.
        file_digest: SHA-256 of the file, 32 bytes.
    """

    type_code: str
    filename: str | None
    form: str
    encoding: str
    delimiter: str
    heading_row: int
    columns: tuple[Column, ...]
    row_count: int
    rows: Sequence[Row]
    findings: tuple[Finding, ...]
    findings_left_out: int = 0
    file_digest: bytes = b""

    @property
    def ok(self) -> bool:
        """True if there is a row and no error at all: the list may be issued as a whole."""
        return bool(self.rows) and not self.errors

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that forbid issuing."""
        return tuple(one for one in self.findings if one.level == "error")

    @cached_property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that do not forbid issuing."""
        return tuple(one for one in self.findings if one.level == "warning")

    @cached_property
    def rules(self) -> dict[str, int]:
        """How often each rule was broken, most often first."""
        return dict(Counter(one.rule for one in self.findings).most_common())

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over type and rows in canonical form, 32 bytes.

        It depends on what would be issued and in which order, not on the file's name, form, encoding or columns.
        """
        state = sha256(f"yinxin-list-1\n{self.type_code}\n".encode())
        for row in self.rows:
            kept = [] if row.identifier is None else [row.identifier]
            state.update(_encode([row.version, row.serial, row.fields, *kept]))
            state.update(b"\n")
        return state.digest()

    def summary(self) -> dict[str, object]:
        """Plain data about the whole, without rows and findings."""
        return {
            "type": self.type_code,
            "file": self.filename,
            "form": self.form,
            "encoding": self.encoding,
            "headingRow": self.heading_row,
            "rows": self.row_count,
            "rowsOk": len(self.rows),
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findingsLeftOut": self.findings_left_out,
            "digest": self.digest.hex(),
            "ok": self.ok,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a list may be. Beyond a limit nothing is read and the error says which.

    Attributes:
        file_bytes: size of the file.
        unpacked_bytes: of an xlsx file, size of everything in it when unpacked.
        unpack_ratio: of an xlsx file, how many times larger a part may become when unpacked.
        rows: rows below the heading.
        columns: columns.
        cell: characters in a cell.
        findings: findings kept in the report; the rest is counted.
        heading_within: the heading is looked for in this many first rows.
    """

    file_bytes: int = 64 * 2**20
    unpacked_bytes: int = 512 * 2**20
    unpack_ratio: int = 200
    rows: int = 200_000
    columns: int = 256
    cell: int = 8_000
    findings: int = 20_000
    heading_within: int = 20


@dataclass(slots=True)
class Findings:
    """Collects findings up to a limit."""

    limit: int
    kept: list[Finding] = slot(default_factory=list)
    left_out: int = 0

    def add(self, finding: Finding) -> None:
        """Keep a finding, or count it if there are too many."""
        if len(self.kept) < self.limit:
            self.kept.append(finding)
        else:
            self.left_out += 1


def letter_of(index: int) -> str:
    """``A`` for 0, ``Z`` for 25, ``AA`` for 26."""
    out = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        out = chr(65 + rest) + out
    return out
