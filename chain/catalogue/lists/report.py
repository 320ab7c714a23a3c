"""Writes the outcome of reading a list for a clerk: CSV, xlsx or Markdown, in Chinese or English."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from chain.catalogue.lists.model import Finding, ListReport
from chain.kernel.errors import InvalidInput

Language = Literal["zh", "en"]

_HEADINGS = {
    "zh": ("行号", "列", "值", "级别", "规则", "说明", "处理办法", "相关行"),
    "en": ("row", "column", "value", "level", "rule", "message", "fix", "other row"),
}
_LEVELS = {"zh": {"error": "错误", "warning": "提示"}, "en": {"error": "error", "warning": "warning"}}
_FORMULA = re.compile(r"[=+\-@\t\r\n|%＝＋－＠]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_report(report: ListReport, path: Path, *, language: Language = "zh") -> Path:
    """Write the findings to ``path``; its ending says how: .csv, .xlsx or .md.

    A cell that a spreadsheet could take for a formula begins with an apostrophe.

    Raises:
        InvalidInput: another ending.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        path.write_bytes(_csv(report, language))
    elif ending == ".xlsx":
        _xlsx(report, path, language)
    elif ending == ".md":
        path.write_text(_markdown(report, language), encoding="utf-8")
    else:
        message = f"a report cannot be written as {ending or 'a file without ending'}"
        raise InvalidInput(message, code="report.form", field="path", fix="use .csv, .xlsx or .md")
    return path


def guarded(text: str) -> str:
    """``text`` such that no spreadsheet takes it for a formula."""
    text = _CONTROL.sub("\ufffd", text)
    return "'" + text if _FORMULA.match(text) else text


def _cells(one: Finding, language: Language) -> tuple[str, ...]:
    message, fix = (one.message_zh, one.fix_zh) if language == "zh" else (one.message, one.fix)
    return (
        str(one.row or ""),
        one.column,
        one.value,
        _LEVELS[language][one.level],
        one.rule,
        message or one.message,
        fix or one.fix,
        str(one.other_row or ""),
    )


def _rows(report: ListReport, language: Language) -> Iterator[tuple[str, ...]]:
    yield _HEADINGS[language]
    for one in report.findings:
        yield tuple(guarded(cell) for cell in _cells(one, language))


def _csv(report: ListReport, language: Language) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(_rows(report, language))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(report: ListReport, path: Path, language: Language) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("findings" if language == "en" else "检查结果")
    for letter, width in zip("ABCDEFGH", (8, 22, 34, 8, 24, 52, 44, 8), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    for row in _rows(report, language):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _markdown(report: ListReport, language: Language) -> str:
    errors, warnings = len(report.errors), len(report.warnings)
    name = _plain(report.filename or "-")
    places = {"zh": ("编码", "工作表"), "en": ("encoding", "sheet")}
    place = places[language][report.form == "xlsx"]
    if language == "zh":
        head = [
            f"# 名单检查结果：{name}",
            "",
            f"- 文件形式：{report.form}，{place} {_plain(report.encoding)}，标题在第 {report.heading_row} 行",
            f"- 数据 {report.row_count} 行，可签发 {len(report.rows)} 行；错误 {errors} 处，提示 {warnings} 处",
            f"- 结论：{'可以签发' if report.ok else '请先改正错误，整份名单暂不签发'}",
        ]
    else:
        head = [
            f"# Check of the list {name}",
            "",
            f"- Form: {report.form}, {place} {_plain(report.encoding)}, heading in row {report.heading_row}",
            f"- {report.row_count} rows, {len(report.rows)} may be issued; {errors} errors, {warnings} warnings",
            f"- Outcome: {'may be issued' if report.ok else 'correct the errors first; nothing of the list is issued'}",
        ]
    if report.findings_left_out:
        head.append(
            f"- 另有 {report.findings_left_out} 处未列出"
            if language == "zh"
            else f"- {report.findings_left_out} more are not listed"
        )
    if not report.findings:
        return "\n".join(head) + "\n"
    lines = [*head, "", "| " + " | ".join(_HEADINGS[language]) + " |", "|" + " --- |" * 8]
    for one in report.findings:
        lines.append("| " + " | ".join(_plain(cell) for cell in _cells(one, language)) + " |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    text = _CONTROL.sub("\ufffd", text).replace("\r", " ").replace("\n", " ")
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
