"""List templates: what a clerk fills in reads without a finding; the example row is never issued."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from chain.catalogue import CertificateType, all_types, load_type
from chain.catalogue.lists import read_list
from chain.catalogue.lists.heading import names_of, normalised
from chain.catalogue.lists.template import (
    CHOICES,
    HELP,
    LIST,
    example_cells,
    headings,
    template_csv,
    template_xlsx,
    write_template,
)
from chain.kernel.errors import InvalidInput
from scripts.samples.kinds import SAMPLE_KINDS
from tests.support.guarantee import as_json, second

KINDS = (*all_types(), load_type(as_json(second())))


def filled(kind: CertificateType, first_cell: str | None) -> bytes:
    """The template with its example row written over, as a person does."""
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(kind)))
    sheet = book[LIST]
    sheet.cell(2, 1).value = first_cell
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS, ids=[kind.slug for kind in KINDS])
class TestEveryType:
    def test_a_filled_template_reads_without_a_finding(self, kind: CertificateType, tmp_path: Path) -> None:
        report = read_list(filled(kind, "1"), kind)
        assert (report.ok, report.findings, len(report.rows)) == (True, (), 1)
        write_template(kind, tmp_path / "list.csv")
        data = (tmp_path / "list.csv").read_bytes()
        assert data == template_csv(kind)
        heading, example = data.decode("utf-8-sig").split("\r\n")[:2]
        report = read_list(f"{heading}\r\n1,{example.partition(',')[2].partition(',')[2]}".encode(), kind)
        assert (report.ok, report.findings, len(report.rows)) == (True, (), 1)

    @pytest.mark.parametrize("form", [template_xlsx, template_csv])
    def test_the_example_row_is_refused_clearly(self, kind: CertificateType, form: object) -> None:
        assert callable(form)
        report = read_list(form(kind), kind)
        assert [(one.rule, one.row) for one in report.findings] == [("row.example", 2)]
        assert not report.ok
        assert "删除" in report.findings[0].fix_zh
        assert report.rows == ()

    def test_codes_are_text_and_choices_can_be_picked(self, kind: CertificateType) -> None:
        book = openpyxl.load_workbook(io.BytesIO(template_xlsx(kind)))
        assert book.sheetnames == [LIST, HELP, CHOICES]
        sheet = book[LIST]
        assert tuple(cell.value for cell in sheet[1]) == headings(kind)
        assert tuple(cell.value for cell in sheet[2]) == example_cells(kind)
        for place in range(1, len(headings(kind)) + 1):
            letter = openpyxl.utils.get_column_letter(place)
            assert sheet.column_dimensions[letter].number_format == "@"
            assert sheet.cell(2, place).number_format == "@"
        picks = {str(pick.sqref).split("2:")[0]: pick.formula1 for pick in sheet.data_validations.dataValidation}
        wanted = [field for field in kind.list_fields if field.kind in ("enum", "holder-code-type")]
        assert len(picks) == len(wanted)
        for field in wanted:
            letter = openpyxl.utils.get_column_letter(headings(kind).index(field.zh) + 1)
            first, last = picks[letter].split("!")[1].replace("$", "").split(":")
            values = [row[0].value for row in book[CHOICES][f"{first}:{last}"]]
            assert len(values) == len(field.values or field.holder_kinds)
            assert all(values)

    def test_every_column_is_explained_in_both_languages(self, kind: CertificateType) -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(template_xlsx(kind)))[HELP]
        lines = list(sheet.iter_rows(values_only=True))[1:]
        assert [line[0] for line in lines] == [field.zh for field in kind.list_fields]
        assert all(line[1] and line[3] and line[4] for line in lines)
        for line, field in zip(lines, kind.list_fields, strict=True):
            assert all(value in str(line[5]) for value in field.values)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        write_template(KINDS[0], tmp_path / "list.xls")
    assert caught.value.code == "template.form"
    with pytest.raises(InvalidInput) as caught:
        write_template(KINDS[0], tmp_path / "nowhere" / "list.csv")
    assert caught.value.code == "template.file"


def test_the_samples_of_a_type_fit_its_template() -> None:
    """Rows of another source, pasted below the template's headings, are the same rows."""
    kind = next(kind for kind in KINDS if kind.slug == "food-trade-licence")
    sample = SAMPLE_KINDS[kind.slug]
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(kind)))
    book[LIST].delete_rows(2)
    report = read_list(_pasted(book, sample.rows(5), sample.chinese, kind), kind)
    assert report.ok
    assert len(report.rows) == 5


def _pasted(
    book: openpyxl.Workbook, rows: list[tuple[str, ...]], given: tuple[str, ...], kind: CertificateType
) -> bytes:
    names = names_of(kind)
    order = [names[normalised(name)] for name in given]
    for number, row in enumerate(rows, 2):
        for field, value in zip(order, row, strict=True):
            column = headings(kind).index(kind.field(field).zh) + 1
            book[LIST].cell(number, column, value).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
