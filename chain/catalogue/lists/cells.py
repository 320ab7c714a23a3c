"""Cells of a spreadsheet that are not text: what a field may make of them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from chain.catalogue.codes import FIX, FIX_ZH
from chain.catalogue.dates import read_serial_day
from chain.catalogue.model import Field
from chain.catalogue.problems import Problem

_CODES = frozenset({"code", "uscc", "holder-code"})
_DATES = frozenset({"date", "date-or-open"})
ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""What a spreadsheet shows where a formula failed."""


def shown(cell: object) -> str:
    """A cell as text for people."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 10**15 <= abs(cell) < 10**60:
        return f"{cell:.0f} ({cell:.6G})"
    if isinstance(cell, float) and cell == cell and abs(cell) < 10**15 and cell == int(cell):
        return str(int(cell))
    return str(cell)


def text_of(cell: object, field: Field | None, notes: list[Problem]) -> str | None:
    """The text that a field's reader should read, or None with the reason in ``notes``.

    Args:
        cell: int, float, bool, date, datetime or time (None and text are handled before).
        field: the field, or None for the columns of version and serial.
        notes: where problems go.
    """
    kind = field.kind if field is not None else "code"
    if isinstance(cell, bool):
        notes.append(Problem("cell.type", "a truth value, not text", "单元格是逻辑值，不是文本", FIX, FIX_ZH))
        return None
    if isinstance(cell, int | float):
        return _number(cell, kind, field, notes)
    if isinstance(cell, datetime | date):
        if kind in _DATES:
            return shown(cell)
        text, zh = "the spreadsheet turned this value into a date", "电子表格把该值变成了日期"
        notes.append(Problem("cell.date", text, zh, FIX, FIX_ZH))
        return None
    notes.append(Problem("cell.type", f"a {type(cell).__name__}, not text", "单元格不是文本", FIX, FIX_ZH))
    return None


def _number(cell: int | float, kind: str, field: Field | None, notes: list[Problem]) -> str | None:
    if isinstance(cell, float) and (cell != cell or abs(cell) == float("inf")):
        notes.append(Problem("cell.type", "not a finite number", "不是有效数值", FIX, FIX_ZH))
        return None
    whole = cell == int(cell)
    if kind in _DATES:
        if whole and 19_000_101 <= cell <= 21_991_231:
            return str(int(cell))
        return read_serial_day(float(cell), notes)
    if kind in _CODES:
        if abs(cell) >= 10**15:
            message = f"stored as a number of {len(str(abs(int(cell))))} digits, of which a spreadsheet keeps only 15"
            zh = f"以数值保存的 {len(str(abs(int(cell))))} 位数，电子表格只保留前 15 位"
            notes.append(Problem("number.precision", message, zh, FIX, FIX_ZH))
            return None
        if not whole:
            notes.append(Problem("number.float", "stored as a number with decimals", "以小数保存", FIX, FIX_ZH))
            return None
        if field is not None:
            message = "stored as a number: zeros at its start would be lost"
            notes.append(
                Problem("number.as-number", message, "以数值保存，开头的 0 可能已丢失", FIX, FIX_ZH, "warning")
            )
        return str(int(cell))
    if whole:
        return str(int(cell))
    return f"{Decimal(repr(cell)):f}"
