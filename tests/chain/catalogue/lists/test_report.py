from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from chain.catalogue import get_type
from chain.catalogue.lists import ListReport, read_list, write_report
from chain.catalogue.lists.report import Language, guarded
from chain.kernel.errors import InvalidInput
from scripts.samples.lists import CHINESE, companies, csv_bytes, damaged

LICENCE = get_type("business-licence")


@pytest.fixture(scope="module")
def report() -> ListReport:
    rows = [cells for _rule, cells in damaged()]
    return read_list(csv_bytes([CHINESE, *rows], "utf-8"), LICENCE, filename="名单|[x](y).csv")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".md"])
def test_every_finding_is_in_the_report(report: ListReport, tmp_path: Path, ending: str, language: Language) -> None:
    path = write_report(report, tmp_path / f"报告{ending}", language=language)
    if ending == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        assert len(rows) == len(report.findings) + 1
        assert all(len(row) == 8 for row in rows)
    elif ending == ".xlsx":
        sheet = load_workbook(path).active
        assert sheet is not None
        assert sheet.max_row == len(report.findings) + 1
    else:
        text = path.read_text("utf-8")
        assert text.count("\n| ") == len(report.findings) + 2
        assert "名单\\|\\[x\\]" in text


def test_no_cell_of_a_report_is_a_formula(report: ListReport, tmp_path: Path) -> None:
    path = write_report(report, tmp_path / "a.csv")
    cells = [cell for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")) for cell in row]
    assert '\'=HYPERLINK("http://example.invalid","x")' in cells
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
    sheet = load_workbook(write_report(report, tmp_path / "a.xlsx")).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "|x", "＝1"])
def test_guarded(text: str) -> None:
    assert guarded(text).startswith("'")
    assert guarded("示例") == "示例"


def test_another_ending_is_refused(report: ListReport, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        write_report(report, tmp_path / "a.pdf")


def test_a_sound_list_says_so(tmp_path: Path) -> None:
    sound = read_list(csv_bytes([CHINESE, *(one.values for one in companies(3))], "utf-8"), LICENCE)
    assert "可以签发" in write_report(sound, tmp_path / "a.md").read_text("utf-8")
    assert "may be issued" in write_report(sound, tmp_path / "b.md", language="en").read_text("utf-8")
