from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.catalogue.amounts import display, read_amount
from chain.catalogue.codes import clean_code, lost_digits
from chain.catalogue.dates import read_date, read_date_or_open, read_serial_day
from chain.catalogue.problems import Problem
from chain.catalogue.text import clean_text


def rules(notes: list[Problem]) -> list[str]:
    return [one.rule for one in notes]


class TestDates:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-01-05",
            "2026/1/5",
            "2026/01/05",
            "2026.1.5",
            "2026-1-5",
            "2026年1月5日",
            "2026年01月05日",
            "20260105",
            "２０２６年１月５日",
            "2026-01-05 00:00:00",
            "2026/1/5 0:00",
        ],
    )
    def test_one_day_in_many_forms(self, text: str) -> None:
        notes: list[Problem] = []
        assert read_date(text, notes) == "2026-01-05"
        assert not notes

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("5/1/2026", "date.ambiguous"),
            ("05-01-26", "date.ambiguous"),
            ("2026-02-30", "date.day"),
            ("2026-13-01", "date.day"),
            ("1899-12-31", "date.day"),
            ("2026-01-05 08:30", "date.time"),
            ("三十年", "date.form"),
            ("2026-01", "date.form"),
            ("长期", "date.form"),
            ("", "date.form"),
            ("9999999", "date.form"),
        ],
    )
    def test_what_is_no_day_is_refused(self, text: str, rule: str) -> None:
        notes: list[Problem] = []
        assert read_date(text, notes) is None
        assert rules(notes) == [rule]

    def test_a_day_number_is_read_with_a_warning(self) -> None:
        notes: list[Problem] = []
        assert read_date("46027", notes) == "2026-01-05"
        assert [one.level for one in notes] == ["warning"]
        assert read_serial_day(1.5, notes) is None

    @pytest.mark.parametrize("text", ["长期", "永久", "长期有效", "long-term"])
    def test_no_end(self, text: str) -> None:
        assert read_date_or_open(text, []) == "长期"

    @given(
        st.dates(min_value=__import__("datetime").date(1900, 1, 1), max_value=__import__("datetime").date(2199, 12, 31))
    )
    def test_canonical_days_stay(self, day: object) -> None:
        assert read_date(str(day), []) == str(day)

    @given(st.text(max_size=30))
    def test_any_text_gets_a_day_or_a_reason(self, text: str) -> None:
        notes: list[Problem] = []
        assert (read_date(text, notes) is None) == any(one.level == "error" for one in notes)


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            ("500万元人民币", "CNY 5000000.00"),
            ("500万人民币元", "CNY 5000000.00"),
            ("500.000000万", "CNY 5000000.00"),
            ("5,000,000元", "CNY 5000000.00"),
            ("￥5,000,000.00", "CNY 5000000.00"),
            ("人民币伍佰万元整", "CNY 5000000.00"),
            ("五百万元", "CNY 5000000.00"),
            ("壹仟贰佰叁拾万元整", "CNY 12300000.00"),
            ("十万元", "CNY 100000.00"),
            ("壹仟零伍拾元整", "CNY 1050.00"),
            ("1.5亿元", "CNY 150000000.00"),
            ("100万美元", "USD 1000000.00"),
            ("USD 100.50", "USD 100.50"),
            ("50万 港币", "HKD 500000.00"),
            ("CNY 5000000.00", "CNY 5000000.00"),
            ("12345.67元", "CNY 12345.67"),
            ("５００万元", "CNY 5000000.00"),
            ("0元", "CNY 0.00"),
        ],
    )
    def test_readings(self, text: str, canonical: str) -> None:
        notes: list[Problem] = []
        assert read_amount(text, notes) == canonical
        assert not notes

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("500", "amount.unit"),
            ("5E+06", "number.scientific"),
            ("若干元", "amount.form"),
            ("千千元", "amount.form"),
            ("五五元", "amount.form"),
            ("一百千元", "amount.form"),
            ("1,00元", "amount.form"),
            ("500万元人民币美元", "amount.form"),
            ("人民币500万美元", "amount.currency"),
            ("0.001元", "amount.size"),
            ("99999999亿元", "amount.size"),
            ("-5元", "amount.form"),
            ("", "amount.form"),
        ],
    )
    def test_refusals(self, text: str, rule: str) -> None:
        notes: list[Problem] = []
        assert read_amount(text, notes) is None
        assert rules(notes) == [rule]

    @pytest.mark.parametrize(
        ("unit", "canonical"), [("万元", "CNY 5000000.00"), ("万美元", "USD 5000000.00"), ("元", "CNY 500.00")]
    )
    def test_the_heading_may_state_the_unit(self, unit: str, canonical: str) -> None:
        assert read_amount("500", [], unit=unit) == canonical

    @given(st.integers(0, 10**16), st.sampled_from(["CNY", "USD", "HKD"]))
    def test_canonical_amounts_stay(self, cents: int, currency: str) -> None:
        text = f"{currency} {cents // 100}.{cents % 100:02d}"
        notes: list[Problem] = []
        assert read_amount(text, notes) == text
        assert display(text)
        assert display(text, "en").startswith(currency)

    @given(st.integers(1, 10**9))
    def test_what_is_displayed_can_be_read_again(self, yuan: int) -> None:
        canonical = f"CNY {yuan}.00"
        assert read_amount(display(canonical), []) == canonical

    @given(st.text("0123456789.,万元亿一二十百千人民币美 Ee+-", max_size=14))
    def test_any_text_gets_an_amount_or_a_reason(self, text: str) -> None:
        notes: list[Problem] = []
        assert (read_amount(text, notes) is None) == bool(notes)


class TestText:
    @pytest.mark.parametrize(
        ("text", "value", "rule"),
        [
            (" 示例 ", "示例", "text.edge"),
            ("示例\u00a0", "示例", "text.edge"),
            ("\ufeff示例", "示例", "text.edge"),
            ("示\u3000例", "示 例", "text.space"),
            ("示  例", "示 例", "text.space"),
            ("示\n例", "示 例", "text.lines"),
            ("e\u0301", "\u00e9", "text.form"),
        ],
    )
    def test_what_is_put_right_is_said(self, text: str, value: str, rule: str) -> None:
        notes: list[Problem] = []
        assert clean_text(text, notes) == value
        assert rules(notes) == [rule]
        assert notes[0].level == "warning"

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("示\u200b例", "text.invisible"),
            ("示\u202e例", "text.bidi"),
            ("示\ue000例", "text.private-use"),
            ("示\x01例", "text.control"),
            ("示\ufffd例", "text.replacement"),
        ],
    )
    def test_what_cannot_be_put_right_is_refused(self, text: str, rule: str) -> None:
        notes: list[Problem] = []
        assert clean_text(text, notes) is None
        assert rules(notes) == [rule]

    def test_lines_may_stand_where_allowed(self) -> None:
        notes: list[Problem] = []
        assert clean_text("一\r\n二", notes, lines=True) == "一\n二"
        assert not notes

    @given(st.text(max_size=80), st.booleans())
    def test_cleaned_text_stays(self, text: str, lines: bool) -> None:
        value = clean_text(text, [], lines=lines)
        if value:
            notes: list[Problem] = []
            assert clean_text(value, notes, lines=lines) == value
            assert not notes


class TestCodes:
    @pytest.mark.parametrize(
        ("text", "value", "rule"),
        [
            ("４４０１Ａ", "4401A", "code.width"),
            ("'4401", "4401", "code.quoted"),
            ('="0044"', "0044", "code.quoted"),
            ("4401a", "4401A", "code.small"),
            ("4401 ", "4401", "text.edge"),
        ],
    )
    def test_what_is_put_right_is_said(self, text: str, value: str, rule: str) -> None:
        notes: list[Problem] = []
        assert clean_code(text, notes) == value
        assert rules(notes) == [rule]

    @pytest.mark.parametrize(("text", "lost"), [("4.4E+17", 16), ("4.40101E+17", 12), ("4E+17", 17), ("4.4010e17", 13)])
    def test_a_shortened_number_is_named_with_what_was_lost(self, text: str, lost: int) -> None:
        notes: list[Problem] = []
        assert clean_code(text, notes) is None
        assert rules(notes) == ["number.scientific"]
        assert f"{lost} of them are lost" in notes[0].message
        assert f"{lost} 位已丢失" in notes[0].message_zh

    @pytest.mark.parametrize("text", ["4401002026000001.0", "440100.00"])
    def test_a_number_with_decimals_is_named(self, text: str) -> None:
        notes: list[Problem] = []
        assert clean_code(text, notes) is None
        assert rules(notes) == ["number.float"]

    @pytest.mark.parametrize("text", ["12E5", "1234E567", "3E10A"])
    def test_a_code_that_merely_looks_so_stands(self, text: str) -> None:
        assert clean_code(text, []) == text

    def test_lost_digits(self) -> None:
        assert lost_digits("440100190001010000") is not None
        assert lost_digits("440100190001010") is None
        assert lost_digits("440100190001010006") is None
