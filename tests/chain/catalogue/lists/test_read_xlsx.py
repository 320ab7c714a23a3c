from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from chain.catalogue import get_type
from chain.catalogue.lists import Limits, ListReport, read_list
from chain.kernel.errors import InvalidInput, YinxinError
from scripts.samples.lists import CHINESE, FIELDS, companies, csv_bytes, xlsx_bytes

LICENCE = get_type("business-licence")
SAMPLES = companies(6, seed=4)
SOUND = xlsx_bytes([CHINESE, *(sample.values for sample in SAMPLES)])


def read(data: bytes, **options: Any) -> ListReport:
    return read_list(data, LICENCE, **options)


def with_cell(field: str, value: Any) -> bytes:
    cells: list[Any] = list(SAMPLES[0].values)
    cells[FIELDS.index(field)] = value
    return xlsx_bytes([CHINESE, cells])


def test_it_reads_as_the_csv_file_does() -> None:
    report = read(SOUND)
    assert report.ok
    assert (report.form, report.encoding) == ("xlsx", "名单")
    assert report.digest == read(csv_bytes([CHINESE, *(sample.values for sample in SAMPLES)], "utf-8")).digest


@pytest.mark.parametrize(
    ("field", "value", "read_as", "rules"),
    [
        ("certificateIssuedDate", date(2026, 1, 5), "2026-01-05", []),
        ("certificateIssuedDate", datetime(2026, 1, 5), "2026-01-05", []),  # noqa: DTZ001
        ("certificateIssuedDate", 20260105, "2026-01-05", []),
        ("certificateIssuedDate", 46027, "2026-01-05", ["date.serial"]),
        ("certificateNumber", 440100202600, "440100202600", ["number.as-number"]),
    ],
)
def test_typed_cells(field: str, value: Any, read_as: str, rules: list[str]) -> None:
    report = read(with_cell(field, value))
    assert report.ok, report.findings
    assert report.rows[0].fields[field] == read_as
    assert [one.rule for one in report.findings] == rules


@pytest.mark.parametrize(
    ("field", "value", "rule", "shown"),
    [
        ("certificateNumber", 4.4e17, "number.precision", "440000000000000000 (4.4E+17)"),
        ("certificateNumber", 4401002026000001, "number.precision", "4401002026000001 (4.401E+15)"),
        ("certificateHolderCode", 9.1440100000000e17, "number.precision", "914401000000000000 (9.14401E+17)"),
        ("certificateNumber", 440100.5, "number.float", "440100.5"),
        ("certificateNumber", datetime(2026, 1, 5), "cell.date", "2026-01-05"),  # noqa: DTZ001
        ("KZ_domicile", True, "cell.type", "True"),
        ("KZ_domicile", "#N/A", "cell.error", "#N/A"),
        ("certificateIssuedDate", 3, "date.form", "3"),
        ("certificateIssuedDate", datetime(2026, 1, 5, 8, 30), "date.time", "2026-01-05 08:30:00"),  # noqa: DTZ001
        ("KZ_registeredCapital", 500, "amount.unit", "500"),
    ],
)
def test_damaged_cells_are_named_as_what_they_are(field: str, value: Any, rule: str, shown: str) -> None:
    report = read(with_cell(field, value))
    assert not report.ok
    (found,) = report.errors
    assert (found.row, found.field, found.rule, found.value) == (2, field, rule, shown)


def test_merged_title_and_heading_cells() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    upper: list[Any] = list(CHINESE)
    upper[7:9] = ["有效期", None]
    lower: list[Any] = [None] * len(CHINESE)
    lower[7:9] = ["起始日期", "截止日期"]
    for row in (["营业执照名单"], upper, lower, SAMPLES[0].values):
        sheet.append(list(row))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=12)
    sheet.merge_cells(start_row=2, start_column=8, end_row=2, end_column=9)
    for column in (1, 2, 3):
        sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
    out = io.BytesIO()
    book.save(out)
    report = read(out.getvalue())
    assert report.ok, report.findings
    assert (report.heading_row, report.rows[0].number) == (3, 4)


def _book(*sheets: tuple[str, str]) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, state in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in ([title], CHINESE, SAMPLES[0].values):
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_first_visible_sheet_or_the_named_one_is_read() -> None:
    data = _book(("隐藏", "hidden"), ("一", "visible"), ("二", "visible"))
    assert read(data).encoding == "一"
    assert read(data, sheet="二").encoding == "二"
    with pytest.raises(InvalidInput) as caught:
        read(data, sheet="三")
    assert caught.value.code == "list.sheet"


def _rewritten(change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


class TestHostileFiles:
    def test_a_bomb_is_refused_before_it_is_unpacked(self) -> None:
        data = _rewritten(lambda name, content: b" " * 40_000_000 if name.endswith("styles.xml") else content)
        with pytest.raises(InvalidInput) as caught:
            read(data)
        assert caught.value.code == "list.bomb"

    def test_too_much_in_all_is_refused(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            read(SOUND, limits=Limits(unpacked_bytes=1_000))
        assert caught.value.code == "list.bomb"

    def test_a_document_type_is_refused(self) -> None:
        evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
        data = _rewritten(lambda name, content: evil if name.endswith(("sharedStrings.xml", "styles.xml")) else content)
        with pytest.raises(InvalidInput) as caught:
            read(data)
        assert caught.value.code == "list.bomb"

    def test_a_zip_that_is_no_workbook_is_refused(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            package.writestr("a.txt", "x")
        with pytest.raises(InvalidInput) as caught:
            read(out.getvalue())
        assert caught.value.code == "list.form"

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
    def test_broken_parts_are_refused(self, part: str) -> None:
        with pytest.raises(InvalidInput):
            read(_rewritten(lambda name, content: content[: len(content) // 2] if name == part else content))

    def test_a_cell_far_away_costs_nothing(self) -> None:
        def far(name: str, content: bytes) -> bytes:
            if not name.endswith("sheet1.xml"):
                return content
            return content.replace(b"</sheetData>", b'<row r="99999"><c r="XFD99999"><v>1</v></c></row></sheetData>')

        report = read(_rewritten(far))
        assert report.row_count == len(SAMPLES)
        assert report.ok

    @settings(max_examples=40)
    @given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
    def test_a_changed_byte_gives_a_report_or_a_reason(self, place: int, change: int) -> None:
        data = bytearray(SOUND)
        data[place] ^= change
        fix: str | None = "none needed"
        try:
            read(bytes(data))
        except YinxinError as error:
            fix = error.fix
        assert fix


def test_the_sample_writer_gives_the_same_bytes_each_time() -> None:
    assert xlsx_bytes([CHINESE, *(sample.values for sample in SAMPLES)]) == SOUND
    assert load_workbook(io.BytesIO(SOUND)).active is not None
