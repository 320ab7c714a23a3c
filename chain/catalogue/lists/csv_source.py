"""CSV files as spreadsheets and databases in China write them: UTF-8 or GB18030, comma, tab or semicolon."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chain.identifiers.characters import PRIVATE_TO_STANDARD
from chain.kernel.errors import InvalidInput

DELIMITERS = (",", "\t", ";")
_GB18030_2022 = str.maketrans(PRIVATE_TO_STANDARD)
"""The interpreter decodes by GB 18030-2000; since GB 18030-2022 these codes are standard characters."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvText:
    """A decoded CSV file.

    Attributes:
        text: all of it.
        encoding: ``utf-8``, ``utf-8-sig``, ``utf-16`` or ``gb18030``.
        forced_delimiter: what a first line ``sep=;`` says, or None. That line counts as row 1.
    """

    text: str
    encoding: str
    forced_delimiter: str | None


def decode(data: bytes) -> CsvText:
    """Decode a CSV file: byte order mark first, then strict UTF-8, then strict GB18030. Nothing is guessed.

    Raises:
        InvalidInput: none of them fits; the message says where.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        text, encoding = _strictly(data[3:], "utf-8"), "utf-8-sig"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = _strictly(data, "utf-16"), "utf-16"
    else:
        try:
            text, encoding = data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError as first:
            try:
                text, encoding = data.decode("gb18030").translate(_GB18030_2022), "gb18030"
            except UnicodeDecodeError as second:
                line = data[: second.start].count(b"\n") + 1
                raise InvalidInput(
                    f"neither UTF-8 (byte {first.start}) nor GB18030 (byte {second.start}, line {line})",
                    code="list.encoding",
                    field="file",
                    fix="save the list again as CSV UTF-8, or as xlsx",
                ) from second
    if "\0" in text:
        raise InvalidInput(
            "the file holds zero bytes: it is no CSV file",
            code="list.form",
            field="file",
            fix="save the list as CSV UTF-8 or xlsx",
        )
    match = _SEPARATOR_LINE.match(text)
    return CsvText(text, encoding, match[1] if match else None)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the mark at the start says {encoding}, but byte {error.start} is not",
            code="list.encoding",
            field="file",
            fix="save the list again as CSV UTF-8, or as xlsx",
        ) from error


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends; ``StringIO`` would hold the whole text once more, at four bytes a character."""
    return (match[0] for match in _LINE.finditer(text))


def rows_of(source: CsvText, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Row number (as a spreadsheet shows it: a cell with line breaks is one row) and cells.

    Raises:
        InvalidInput: a quote is never closed, or stands where none may.
    """
    reader = csv.reader(_lines(source.text), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if number == 1 and source.forced_delimiter is not None:
                continue
            yield number, cells
    except csv.Error as error:
        raise InvalidInput(
            f"row {number + 1} (line {reader.line_num}): {_explain(str(error))}",
            code="list.csv",
            field="file",
            fix='quote a cell that holds " and double each quote in it, or save the list as xlsx',
        ) from error


def _explain(error: str) -> str:
    if "end of data" in error:
        return "a quote is opened and never closed"
    if "expected after" in error:
        return "a quote stands in the middle of a quoted cell"
    if "field larger" in error:
        return "a cell is longer than 131,072 characters; perhaps a quote is never closed"
    return error
