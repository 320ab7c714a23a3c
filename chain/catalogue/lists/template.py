"""Empty lists to fill in: headings, an example row to delete, explanations, and choices to pick from.

In xlsx every column but dates is formatted as text, so that no spreadsheet turns 18 digits into a rounded number. CSV
knows no formats: there a spreadsheet asks at import which columns are text.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from chain.catalogue import amounts
from chain.catalogue.dates import OPEN_ENDED
from chain.catalogue.examples import example_of
from chain.catalogue.lists.heading import EXAMPLE
from chain.catalogue.model import CertificateType, Field
from chain.identifiers import holder_codes
from chain.kernel.errors import InvalidInput

FIRST = "序号"
LIST, HELP, CHOICES = "名单", "说明 help", "取值"
ROWS = 10_000
"""Rows below the heading in which a choice can be picked."""

_KINDS = {
    "text": ("文本", "text"),
    "person-name": ("自然人姓名", "name of a person"),
    "organisation-name": ("单位名称", "name of an organisation"),
    "uscc": ("统一社会信用代码，18 位", "unified social credit code, 18 characters"),
    "holder-code": ("证件号码", "number of the document"),
    "holder-code-type": ("证件类型，请从列表中选择", "kind of document, from the list"),
    "code": ("编号或代码，按文本填写", "number or code, as text"),
    "date": ("日期，如 2026-01-05", "date, such as 2026-01-05"),
    "date-or-open": (f"日期，或“{OPEN_ENDED}”", f"date, or {OPEN_ENDED} for no end"),
    "amount": ("金额，注明单位和币种", "amount with unit and currency"),
    "enum": ("请从列表中选择", "one of the list"),
    "items": ("可多项，以分号隔开", "one or more, with ； between them"),
}


def write_template(kind: CertificateType, path: Path) -> None:
    """Write a template to a .xlsx or .csv file.

    Raises:
        InvalidInput: another ending, or the file cannot be written.
    """
    if path.suffix not in (".xlsx", ".csv"):
        raise InvalidInput(
            f"{path.name}: a template is a .xlsx or .csv file",
            code="template.form",
            field="--out",
            fix="name a file that ends in .xlsx or .csv",
        )
    try:
        path.write_bytes(template_xlsx(kind) if path.suffix == ".xlsx" else template_csv(kind))
    except OSError as error:
        raise InvalidInput(
            f"{path}: {error.strerror}", code="template.file", field="--out", fix="check that the folder exists"
        ) from error


def headings(kind: CertificateType) -> tuple[str, ...]:
    """Headings of a template: 序号, then the label of each field a list brings."""
    return (FIRST, *(field.zh for field in kind.list_fields))


def example_cells(kind: CertificateType) -> tuple[str, ...]:
    """The example row, as a clerk would write it."""
    return (EXAMPLE, *(_cell(field, example_of(kind, field)) for field in kind.list_fields))


def template_csv(kind: CertificateType) -> bytes:
    """Headings and the example row: UTF-8 with a byte order mark, which spreadsheets need."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows((headings(kind), example_cells(kind)))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def template_xlsx(kind: CertificateType) -> bytes:
    """Three sheets: the list, explanations in Chinese and English, and the choices behind the drop-downs."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = LIST
    help_sheet, choices = book.create_sheet(HELP), book.create_sheet(CHOICES)
    for place, (name, cell) in enumerate(zip(headings(kind), example_cells(kind), strict=True), 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(14, 2 * len(name) + 4)
        sheet.column_dimensions[letter].number_format = "@"
        for row, value in ((1, name), (2, cell)):
            written = sheet.cell(row, place, value)
            written.number_format, written.data_type = "@", "s"
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(2, place).font = Font(italic=True, color="808080")
        sheet.cell(2, place).fill = PatternFill("solid", fgColor="FFF2CC")
    sheet.freeze_panes = "B2"
    for place, field in enumerate(kind.list_fields, 2):
        values = _choices(field)
        if field.kind not in ("enum", "holder-code-type"):
            continue
        column = choices.max_column + 1 if choices.cell(1, 1).value else 1
        for row, value in enumerate((field.zh, *values), 1):
            choices.cell(row, column, value).data_type = "s"
        letter, of = get_column_letter(place), get_column_letter(column)
        pick = DataValidation(
            "list", formula1=f"'{CHOICES}'!${of}$2:${of}${len(values) + 1}", allow_blank=not field.required
        )
        pick.error, pick.errorTitle = f"请从列表中选择{field.zh}", field.zh
        pick.add(f"{letter}2:{letter}{ROWS}")
        sheet.add_data_validation(pick)
    for row, line in enumerate(_explanations(kind), 1):
        for place, text in enumerate(line, 1):
            written = help_sheet.cell(row, place, text)
            written.data_type, written.alignment = "s", Alignment(wrap_text=True, vertical="top")
            if row == 1:
                written.font = Font(bold=True)
    for letter, width in zip("ABCDEFG", (20, 30, 10, 34, 34, 60, 28), strict=True):
        help_sheet.column_dimensions[letter].width = width
    choices.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explanations(kind: CertificateType) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = [
        ("列 column", "英文名 in English", "必填 required", "说明", "explanation", "取值 allowed", "示例 example")
    ]
    for field in kind.list_fields:
        zh, en = _KINDS[field.kind]
        if field.pattern:
            zh, en = field.pattern_zh or zh, field.pattern_en or en
        if field.kind in ("text", "code", "items") and not field.pattern:
            zh += f"，{field.min_length} 至 {field.max_length} 个字符"
            en += f", {field.min_length} to {field.max_length} characters"
        allowed = "、".join(_choices(field))
        need = "是 yes" if field.required else "否 no"
        lines.append((field.zh, field.en, need, zh, en, allowed, _cell(field, example_of(kind, field))))
    return lines


def _choices(field: Field) -> tuple[str, ...]:
    if field.kind == "holder-code-type":
        return tuple(holder_codes.kind(slug).name_zh for slug in field.holder_kinds)
    return field.values


def _cell(field: Field, value: str) -> str:
    if field.kind == "amount":
        return amounts.display(value)
    if field.kind == "holder-code-type":
        return holder_codes.kind(value).name_zh
    return value
