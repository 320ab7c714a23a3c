"""Reads a list: finds the heading, validates every row, and says what is wrong where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain as joined
from itertools import islice
from pathlib import Path
from typing import Any

from chain.catalogue.lists import csv_source, xlsx_source
from chain.catalogue.lists.cells import shown
from chain.catalogue.lists.columns import judge_columns, plan_of
from chain.catalogue.lists.heading import Heading, find_heading
from chain.catalogue.lists.model import Findings, Limits, ListReport, Stock
from chain.catalogue.lists.table import Table
from chain.catalogue.model import CertificateType
from chain.kernel.errors import InvalidInput, NotFound

_Rows = Iterator[tuple[int, Sequence[Any]]]


def read_list(
    source: Path | bytes,
    kind: CertificateType,
    *,
    filename: str | None = None,
    sheet: str | None = None,
    limits: Limits | None = None,
    stock: Stock | None = None,
) -> ListReport:
    """Read a list of certificates to be issued. Nothing is issued; every row is judged.

    Args:
        source: a CSV or xlsx file, or its bytes. What it is, is told by its content, not by its name.
        kind: certificate type of all rows.
        filename: what to call the list in the report; the path's own name by default.
        sheet: sheet of an xlsx file; the first visible one by default.
        limits: bounds, if others than the default.
        stock: the list is of existing certificates, and its column 证照标识 (identifier) is read.

    Returns:
        Rows that may be issued, and findings. Issue only if ``report.ok``.

    Raises:
        NotFound: no such file.
        InvalidInput: the file as a whole cannot be read: encoding, damage, a limit, no heading.
    """
    limits = limits or Limits()
    data, name = _bytes_of(source, limits)
    name = filename or name
    digest = sha256(data).digest()
    if data.startswith(b"PK\x03\x04"):
        form, delimiter = "xlsx", ""
        rows: _Rows
        encoding, rows = xlsx_source.open_sheet(data, limits, sheet)
        heading, rows = _heading_of(kind, rows, limits)
    elif data.startswith(xlsx_source.OLD_EXCEL):
        raise InvalidInput(
            "an old Excel or WPS file (xls, et) cannot be read",
            code="list.form",
            field="file",
            fix="save it as xlsx or CSV UTF-8",
        )
    else:
        form = "csv"
        text = csv_source.decode(data)
        data = b""  # the text is all that is needed now
        encoding = text.encoding
        delimiter, heading, rows = _csv_heading(kind, text, limits)
    if heading is None:
        raise _no_heading(kind)
    findings = Findings(limits.findings)
    judge_columns(kind, heading, findings, stock)
    table = Table(kind, plan_of(kind, heading, stock), findings, limits)
    for number, cells in rows:
        table.take(number, cells)
    table.finish()
    return ListReport(
        type_code=kind.code,
        filename=name,
        form=form,
        encoding=encoding,
        delimiter=delimiter,
        heading_row=heading.row,
        columns=heading.columns,
        row_count=table.count,
        rows=table.rows,
        findings=tuple(sorted(findings.kept, key=lambda one: one.row)),
        findings_left_out=findings.left_out,
        file_digest=digest,
    )


def _bytes_of(source: Path | bytes, limits: Limits) -> tuple[bytes, str | None]:
    name = None
    if isinstance(source, Path):
        name = source.name
        try:
            size = source.stat().st_size
            data = source.read_bytes() if size <= limits.file_bytes else b""
        except OSError as error:
            raise NotFound(f"{source}: {error.strerror or 'cannot be read'}", code="list.file", field="file") from error
    else:
        data, size = source, len(source)
    if size > limits.file_bytes:
        raise InvalidInput(
            f"{size} bytes, at most {limits.file_bytes}", code="list.size", field="file", fix="split the list"
        )
    if not data.strip(b"\xef\xbb\xbf \r\n\t"):
        raise InvalidInput("the file is empty", code="list.empty", field="file", fix="check which file was saved")
    return data, name


def _heading_of(kind: CertificateType, rows: _Rows, limits: Limits) -> tuple[Heading | None, _Rows]:
    first = list(islice(rows, limits.heading_within))
    for _number, cells in first:
        if len(cells) > limits.columns and any(shown(cell) for cell in cells[limits.columns :]):
            raise InvalidInput(
                f"{len(cells)} columns, at most {limits.columns}",
                code="list.size",
                field="file",
                fix="delete other columns",
            )
    heading = find_heading(kind, first)
    if heading is None:
        return None, rows
    return heading, joined((row for row in first if row[0] > heading.row), rows)


def _csv_heading(kind: CertificateType, text: csv_source.CsvText, limits: Limits) -> tuple[str, Heading | None, _Rows]:
    best: tuple[str, Heading] | None = None
    trouble: InvalidInput | None = None
    delimiters = (text.forced_delimiter,) if text.forced_delimiter else csv_source.DELIMITERS
    for delimiter in delimiters:
        try:
            heading, _rest = _heading_of(kind, csv_source.rows_of(text, delimiter), limits)
        except InvalidInput as error:
            trouble = trouble or error
            continue
        if heading is not None and (best is None or heading.matched > best[1].matched):
            best = delimiter, heading
    if best is None:
        if trouble is not None:
            raise trouble
        return ",", None, iter(())
    delimiter, heading = best
    return delimiter, heading, (row for row in csv_source.rows_of(text, delimiter) if row[0] > heading.row)


def _no_heading(kind: CertificateType) -> InvalidInput:
    wanted = "、".join(one.zh for one in kind.list_fields if one.required)
    return InvalidInput(
        f"no row names the columns of {kind.zh} ({kind.en})",
        code="list.heading",
        field="file",
        fix=f"the first row must name the columns: {wanted}; if text looks garbled, save the list as CSV UTF-8 or xlsx",
    )
