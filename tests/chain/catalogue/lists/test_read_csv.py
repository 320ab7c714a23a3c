from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.catalogue import get_type
from chain.catalogue.lists import Finding, Limits, ListReport, read_list
from chain.kernel.errors import InvalidInput, NotFound, YinxinError
from scripts.samples.lists import CHINESE, FIELDS, STANDARD, companies, csv_bytes

LICENCE = get_type("business-licence")
SAMPLES = companies(12, seed=3)


def read(data: bytes, **options: object) -> ListReport:
    return read_list(data, LICENCE, **options)  # type: ignore[arg-type]


def one(report: ListReport, rule: str) -> Finding:
    found = [finding for finding in report.findings if finding.rule == rule]
    assert len(found) == 1, report.findings
    return found[0]


def changed(field: str, value: str, *, row: int = 1) -> bytes:
    samples = [sample if place != row else sample.with_value(field, value) for place, sample in enumerate(SAMPLES)]
    return csv_bytes([CHINESE, *(sample.values for sample in samples)], "utf-8")


class TestForms:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_encodings_and_delimiters_are_told_and_make_no_difference(self, encoding: str, delimiter: str) -> None:
        plain = read(csv_bytes([CHINESE, *(sample.values for sample in SAMPLES)], "utf-8"))
        report = read(csv_bytes([CHINESE, *(sample.values for sample in SAMPLES)], encoding, delimiter=delimiter))
        assert report.ok
        assert (report.encoding, report.delimiter) == (encoding, delimiter)
        assert report.rows == plain.rows
        assert report.digest == plain.digest

    def test_a_first_line_sep_is_obeyed_and_counted(self) -> None:
        data = b"sep=;\r\n" + csv_bytes([CHINESE, SAMPLES[0].values], "utf-8", delimiter=";")
        report = read(data)
        assert report.ok
        assert (report.heading_row, report.rows[0].number) == (2, 3)

    @pytest.mark.parametrize("headings", [CHINESE, STANDARD, FIELDS], ids=["labels", "pinyin", "names"])
    def test_headings_may_be_labels_pinyin_or_names(self, headings: tuple[str, ...]) -> None:
        report = read(csv_bytes([headings, *(sample.values for sample in SAMPLES)], "utf-8"))
        assert report.ok
        assert [column.field for column in report.columns] == list(FIELDS)

    def test_headings_may_be_english_and_in_any_order(self) -> None:
        order = list(range(len(FIELDS)))[::-1]
        headings = [LICENCE.field(FIELDS[place]).en.title() for place in order]
        rows = [[sample.values[place] for place in order] for sample in SAMPLES]
        report = read(csv_bytes([headings, *rows], "utf-8"))
        assert report.ok
        assert report.digest == read(csv_bytes([CHINESE, *(sample.values for sample in SAMPLES)], "utf-8")).digest

    def test_title_lines_above_the_heading_and_blank_lines_are_passed_over(self) -> None:
        rows = [
            ["营业执照签发名单"],
            [],
            ["制表：示例局", "2026年"],
            CHINESE,
            SAMPLES[0].values,
            [],
            ["", " "],
            SAMPLES[1].values,
        ]
        report = read(csv_bytes(rows, "utf-8"))
        assert report.ok
        assert report.heading_row == 4
        assert [row.number for row in report.rows] == [5, 8]

    def test_a_heading_of_two_lines_is_understood(self) -> None:
        upper = list(CHINESE)
        lower = [""] * len(CHINESE)
        upper[7], upper[8] = "有效期", ""
        lower[7], lower[8] = "起始日期", "截止日期"
        report = read(csv_bytes([upper, lower, SAMPLES[0].values], "utf-8"))
        assert report.ok, report.findings
        assert report.heading_row == 2

    def test_a_row_number_is_that_of_the_spreadsheet_even_after_cells_with_line_breaks(self) -> None:
        first = SAMPLES[0].with_value("KZ_businessScope", "一\n二\n三")
        bad = SAMPLES[1].with_value("KZ_domicile", "")
        report = read(csv_bytes([CHINESE, first.values, bad.values], "utf-8"))
        assert one(report, "cell.empty").row == 3
        assert report.rows[0].fields["KZ_businessScope"] == "一\n二\n三"

    def test_version_and_serial_columns(self) -> None:
        rows = [[*CHINESE, "版本号", "流水号"], [*SAMPLES[0].values, "2", "A1234567"], [*SAMPLES[1].values, "", ""]]
        report = read(csv_bytes(rows, "utf-8"))
        assert [(row.version, row.serial) for row in report.rows] == [
            ("002", "A1234567"),
            ("001", SAMPLES[1].values[0]),
        ]

    def test_the_unit_may_stand_in_the_heading(self) -> None:
        headings = ["注册资本（万元）" if name == "注册资本" else name for name in CHINESE]
        report = read(csv_bytes([headings, SAMPLES[0].with_value("KZ_registeredCapital", "500").values], "utf-8"))
        assert report.rows[0].fields["KZ_registeredCapital"] == "CNY 5000000.00"

    def test_gb18030_is_read_by_its_edition_of_2022(self) -> None:
        sample = SAMPLES[0].with_value("KZ_legalRepresentative", "@@示例")
        data = csv_bytes([CHINESE, sample.values], "gb18030").replace(b"@@", b"\xfe\x59\xfe\x51")
        assert read(data).rows[0].fields["KZ_legalRepresentative"] == "\u9fb4\U00020087示例"

    def test_a_file_is_read_by_path(self, tmp_path: Path) -> None:
        path = tmp_path / "名单.csv"
        path.write_bytes(csv_bytes([CHINESE, SAMPLES[0].values], "gb18030"))
        report = read_list(path, LICENCE)
        assert report.filename == "名单.csv"
        with pytest.raises(NotFound):
            read_list(tmp_path / "none.csv", LICENCE)
        with pytest.raises(YinxinError):
            read_list(tmp_path, LICENCE)


class TestFindings:
    @pytest.mark.parametrize(
        ("field", "value", "rule"),
        [
            ("certificateNumber", "4.4E+17", "number.scientific"),
            ("certificateNumber", "4.40101E+17", "number.scientific"),
            ("certificateNumber", "440100202600.0", "number.float"),
            ("certificateHolderCode", "914401000000900000", "number.precision"),
            ("certificateHolderCode", "91440100000000", "uscc.form"),
            ("certificateHolderName", "示\u200b例公司", "text.invisible"),
            ("KZ_legalRepresentative", "张示例1", "name.character"),
            ("KZ_registeredCapital", "500", "amount.unit"),
            ("certificateIssuedDate", "1/2/2026", "date.ambiguous"),
            ("certificateExpiringDate", "1990-01-01", "date.order"),
            ("KZ_domicile", "", "cell.empty"),
            ("KZ_domicile", "#REF!", "cell.error"),
            ("KZ_domicile", "########", "cell.error"),
            ("KZ_domicile", "=1+1", "cell.formula"),
            ("KZ_domicile", "路" * 201, "text.length"),
            ("KZ_businessScope", "业" * 8_001, "cell.size"),
        ],
    )
    def test_row_column_value_and_rule_are_named(self, field: str, value: str, rule: str) -> None:
        report = read(changed(field, value))
        found = one(report, rule)
        assert not report.ok
        assert (found.row, found.field, found.level) == (3, field, "error")
        assert found.column == CHINESE[FIELDS.index(field)]
        assert found.value == (value if len(value) <= 80 else value[:79] + "…")
        assert found.message
        assert found.message_zh
        assert report.row_count == 12
        assert [row.number for row in report.rows] == [2, *range(4, 14)]

    @pytest.mark.parametrize(
        ("field", "value", "rule", "read_as"),
        [
            ("certificateNumber", "'4401002026000002", "code.quoted", "4401002026000002"),
            ("certificateNumber", '="4401002026000002"', "code.quoted", "4401002026000002"),
            ("certificateNumber", "４４０１００２０２６０００００２", "code.width", "4401002026000002"),
            ("certificateNumber", " 4401002026000002\u00a0", "text.edge", "4401002026000002"),
            ("KZ_legalRepresentative", "示例•样本", "name.dot-other", "示例·样本"),
            ("certificateIssuedDate", "46027", "date.serial", "2026-01-05"),
        ],
    )
    def test_what_is_put_right_is_warned_of(self, field: str, value: str, rule: str, read_as: str) -> None:
        report = read(changed(field, value))
        assert one(report, rule).level == "warning"
        assert report.ok
        assert report.rows[1].fields[field] == read_as

    def test_duplicates_name_both_rows(self) -> None:
        report = read(changed("certificateNumber", SAMPLES[0].values[0], row=5))
        found = one(report, "row.duplicate")
        assert (found.row, found.other_row, found.value) == (7, 2, SAMPLES[0].values[0])
        assert "row 2" in found.message
        assert "第 2 行" in found.message_zh

    def test_numbers_that_became_equal_by_lost_digits_are_named_as_that(self) -> None:
        rows = [sample.with_value("certificateNumber", "440100202600001000").values for sample in SAMPLES[:2]]
        found = one(read(csv_bytes([CHINESE, *rows], "utf-8")), "number.precision")
        assert (found.row, found.other_row) == (3, 2)

    def test_the_same_number_with_another_version_is_no_duplicate(self) -> None:
        rows = [[*CHINESE, "版本号"], [*SAMPLES[0].values, "001"], [*SAMPLES[0].values, "002"]]
        assert read(csv_bytes(rows, "utf-8")).ok

    def test_numbers_that_give_one_serial_are_reported(self) -> None:
        rows = [
            SAMPLES[0].with_value("certificateNumber", "A123456-1"),
            SAMPLES[1].with_value("certificateNumber", "A12345-61"),
        ]
        found = one(read(csv_bytes([CHINESE, *(row.values for row in rows)], "utf-8")), "row.serial")
        assert (found.row, found.other_row) == (3, 2)

    def test_lost_zeros_at_the_start_are_suspected(self) -> None:
        samples = [
            sample.with_value("certificateNumber", f"00440100{place:04d}") for place, sample in enumerate(SAMPLES)
        ]
        samples[4] = samples[4].with_value("certificateNumber", "4401000004")
        report = read(csv_bytes([CHINESE, *(sample.values for sample in samples)], "utf-8"))
        found = one(report, "number.leading-zero")
        assert (found.row, found.level) == (6, "warning")

    def test_an_unquoted_comma_is_found_by_the_width_of_the_row(self) -> None:
        data = (
            csv_bytes([CHINESE, SAMPLES[0].values], "utf-8") + ",".join([*SAMPLES[1].values, "多出"]).encode() + b"\r\n"
        )
        found = one(read(data), "row.width")
        assert (found.row, found.value) == (3, "多出")

    def test_findings_beyond_the_limit_are_counted(self) -> None:
        rows = [sample.with_value("KZ_domicile", "").values for sample in SAMPLES]
        report = read(csv_bytes([CHINESE, *rows], "utf-8"), limits=Limits(findings=5))
        assert (len(report.findings), report.findings_left_out) == (5, 7)
        assert not report.ok


class TestColumns:
    def test_a_missing_column_is_reported_once_and_nothing_may_be_issued(self) -> None:
        rows = [(*sample.values[:10], sample.values[11]) for sample in SAMPLES]
        report = read(csv_bytes([[*CHINESE[:10], CHINESE[11]], *rows], "utf-8"))
        found = one(report, "column.missing")
        assert (found.row, found.field) == (1, "KZ_domicile")
        assert report.rows == ()
        assert report.row_count == 12

    def test_a_misspelt_column_is_suggested(self) -> None:
        headings = ["法定代表入" if name == "法定代表人" else name for name in CHINESE]
        report = read(csv_bytes([headings, SAMPLES[0].values], "utf-8"))
        assert "法定代表入" in one(report, "column.missing").message
        assert one(report, "column.unknown").column == "法定代表入"

    def test_two_columns_for_one_field_are_an_error(self) -> None:
        report = read(csv_bytes([[*CHINESE, "企业名称"], [*SAMPLES[0].values, "别名"]], "utf-8"))
        found = one(report, "column.duplicate")
        assert found.column == "企业名称"
        assert not report.ok

    def test_unknown_columns_warn_and_running_numbers_do_not(self) -> None:
        report = read(csv_bytes([["序号", *CHINESE, "电话"], ["1", *SAMPLES[0].values, "020"]], "utf-8"))
        assert report.ok
        assert one(report, "column.unknown").column == "电话"

    def test_a_derived_column_must_say_what_is_derived(self) -> None:
        headings = [*CHINESE, "证照名称", "持证主体代码类型", "登记机关"]
        good = read(csv_bytes([headings, [*SAMPLES[0].values, "营业执照", "统一社会信用代码", "某局"]], "utf-8"))
        assert good.ok
        assert one(good, "column.unused").column == "登记机关"
        assert "certificateName" not in good.rows[0].fields
        bad = read(csv_bytes([headings, [*SAMPLES[0].values, "食品经营许可证", "111", ""]], "utf-8"))
        assert bad.rules["field.constant"] == 2


class TestRefusedFiles:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "list.empty"),
            (b"\xef\xbb\xbf\r\n", "list.empty"),
            (b"\xff\xff\x80\x80 not text \xff", "list.encoding"),
            (b"\xef\xbb\xbf\xff\xff", "list.encoding"),
            (b"\xff\xfea", "list.encoding"),
            (b"a,b\x00c\n", "list.form"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "list.form"),
            (b"PK\x03\x04 no zip", "list.form"),
            ("甲,乙,丙\n1,2,3\n".encode(), "list.heading"),
            ('证照编号,名称\n"4401'.encode(), "list.csv"),
            ("证照编号，名称，统一社会信用代码\n".encode(), "list.heading"),
            ("證照編號,名稱".encode("big5"), "list.heading"),
        ],
    )
    def test_the_reason_and_the_fix_are_said(self, data: bytes, code: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            read(data)
        assert caught.value.code == code
        assert caught.value.fix

    @pytest.mark.parametrize(
        "limits", [Limits(file_bytes=100), Limits(rows=3), Limits(columns=5)], ids=["bytes", "rows", "columns"]
    )
    def test_limits_are_said(self, limits: Limits) -> None:
        with pytest.raises(InvalidInput) as caught:
            read(csv_bytes([CHINESE, *(sample.values for sample in SAMPLES)], "utf-8"), limits=limits)
        assert caught.value.code == "list.size"

    def test_a_list_without_rows_is_not_ok(self) -> None:
        report = read(csv_bytes([CHINESE], "utf-8"))
        assert not report.ok
        assert one(report, "list.rows").row == 0


class TestDigest:
    def test_it_ignores_name_form_and_columns_but_not_values(self) -> None:
        plain = read(csv_bytes([CHINESE, *(sample.values for sample in SAMPLES)], "utf-8"), filename="a.csv")
        other = read(
            csv_bytes([["序号", *STANDARD], *(["1", *sample.values] for sample in SAMPLES)], "gb18030"),
            filename="b.csv",
        )
        assert plain.digest == other.digest
        assert plain.file_digest != other.file_digest
        assert read(changed("KZ_domicile", "广州市示例路")).digest != plain.digest


@given(st.binary(max_size=400))
def test_any_bytes_give_a_report_or_a_reason(data: bytes) -> None:
    fix: str | None = "none needed"
    try:
        read(data)
    except YinxinError as error:
        fix = error.fix
    assert fix


@given(st.lists(st.lists(st.text(max_size=12), min_size=12, max_size=12), max_size=4))
def test_any_cells_give_a_report(cells: list[list[str]]) -> None:
    try:
        report = read(csv_bytes([CHINESE, *cells], "utf-8"))
    except (YinxinError, UnicodeEncodeError):
        return
    assert len(report.rows) <= report.row_count
    for row in report.rows:
        assert set(row.fields) == {field.name for field in LICENCE.list_fields}
