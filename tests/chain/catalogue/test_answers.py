"""Derived answers: what each rule means, what a type may declare, and that an answer and its field never disagree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.catalogue import CertificateType, all_types, check_answers, check_fields, get_type, load_type
from chain.catalogue.items import granted, read_items, split
from chain.catalogue.lists import read_list
from chain.catalogue.problems import Problem
from chain.catalogue.registry import TYPES
from chain.kernel.errors import InvalidInput
from scripts.samples.kinds import SAMPLE_KINDS
from scripts.samples.lists import csv_bytes

BUILDER = get_type("construction-qualification")
FOOD = get_type("food-trade-licence")
CONSTRUCTOR = get_type("constructor-practising-certificate")
NEW = [BUILDER, CONSTRUCTOR, FOOD]


def whole(kind: CertificateType, count: int = 40) -> list[dict[str, str | bool]]:
    samples = SAMPLE_KINDS[kind.slug]
    report = read_list(csv_bytes([samples.chinese, *samples.rows(count)], "utf-8"), kind)
    assert report.ok
    return [kind.complete(row.fields, bureau_name="广州市示例局") for row in report.rows]


class TestRules:
    @pytest.mark.parametrize(
        ("grade", "expected"),
        [
            ("特级", (True, True, True)),
            ("一级", (True, True, True)),
            ("二级", (False, True, True)),
            ("三级", (False, False, True)),
            ("不分等级", (False, False, False)),
        ],
    )
    def test_at_least(self, grade: str, expected: tuple[bool, ...]) -> None:
        found = BUILDER.answers({"KZ_qualificationGrade": grade})
        assert tuple(found.values()) == expected
        assert list(found) == ["grade_at_least_1", "grade_at_least_2", "grade_at_least_3"]

    def test_one_of(self) -> None:
        assert BUILDER.answers({"KZ_qualificationSequence": "施工总承包"}) == {"is_general_contractor": True}
        assert BUILDER.answers({"KZ_qualificationSequence": "专业承包"}) == {"is_general_contractor": False}

    @pytest.mark.parametrize(
        ("scope", "hot", "raw", "bulk"),
        [
            ("热食类食品制售", True, False, False),
            ("热食类食品制售（简单制售）；生食类食品制售", True, True, False),
            ("半成品制售（不含生食类食品制售；不含热食类食品制售）", False, False, False),
            ("散装食品（含冷藏冷冻食品、含散装熟食）销售", False, False, True),
            ("散装食品和预包装食品销售", False, False, True),
            ("预包装食品销售", False, False, False),
        ],
    )
    def test_contains_reads_whole_items_and_nothing_in_brackets(
        self, scope: str, hot: bool, raw: bool, bulk: bool
    ) -> None:
        found = FOOD.answers({"KZ_businessItems": scope})
        assert (
            found["scope_contains_hot_food"],
            found["scope_contains_raw_food"],
            found["scope_contains_bulk_food_sale"],
        ) == (hot, raw, bulk)

    def test_without_the_field_there_is_no_answer(self) -> None:
        assert BUILDER.answers({}) == {}


class TestItems:
    VALUES = frozenset(FOOD.field("KZ_businessItems").values)

    def test_separators_and_brackets_have_one_form(self) -> None:
        notes: list[Problem] = []
        text = "热食类食品制售(简单制售)、冷食类食品制售,自制饮品制售;"
        assert read_items(self.VALUES, False, text, notes) == "热食类食品制售（简单制售）；冷食类食品制售；自制饮品制售"
        assert not notes

    @given(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, unique=True), st.sampled_from("；;、，,\n"))
    def test_canonical_items_stay_and_grant_what_they_name(self, names: list[str], separator: str) -> None:
        canonical = read_items(self.VALUES, True, separator.join(names), [])
        assert canonical is not None
        assert read_items(self.VALUES, True, canonical, []) == canonical
        assert granted(canonical) == set(names)

    @given(st.text("热食类食品制售（）()；、含 \n", max_size=30))
    def test_any_text_gets_items_or_a_reason(self, text: str) -> None:
        notes: list[Problem] = []
        value = read_items(self.VALUES, True, text, notes)
        assert (value is None) == any(one.level == "error" for one in notes)

    @pytest.mark.parametrize("text", ["（", "）", "（（a））", "a（b；c"])
    def test_brackets_must_match(self, text: str) -> None:
        assert split(text) is None


class TestCertificates:
    @pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.slug)
    def test_every_certificate_carries_every_answer_and_passes(self, kind: CertificateType) -> None:
        for fields in whole(kind):
            answers = {one.name for one in kind.derived}
            assert answers <= fields.keys()
            assert all(isinstance(fields[name], bool) for name in answers)
            assert [one for one in check_fields(kind, fields) if one[1].level == "error"] == []

    @pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.slug)
    def test_every_answer_is_yes_for_some_and_no_for_others(self, kind: CertificateType) -> None:
        certificates = whole(kind, 300)
        for answer in kind.derived:
            given = {fields[answer.name] for fields in certificates}
            assert given == {True, False} or answer.name in ("grade_at_least_3",), answer.name

    @pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.slug)
    def test_each_answer_turned_round_contradicts_its_field(self, kind: CertificateType) -> None:
        fields = whole(kind, 1)[0]
        for answer in kind.derived:
            turned = {**fields, answer.name: not fields[answer.name]}
            assert [(name, one.rule) for name, one in check_answers(kind, turned)] == [
                (answer.name, "answer.contradiction")
            ]
            assert "answer.contradiction" in [one.rule for _name, one in check_fields(kind, turned)]

    @pytest.mark.parametrize("value", ["true", 1, None, "是"])
    def test_an_answer_is_true_or_false(self, value: object) -> None:
        fields: dict[str, object] = {**whole(BUILDER, 1)[0], "grade_at_least_2": value}
        assert [one.rule for _name, one in check_answers(BUILDER, fields)] == ["answer.form"]

    def test_shown_alone_or_left_out_it_is_no_problem(self) -> None:
        assert check_answers(BUILDER, {"grade_at_least_2": True}) == []
        fields = whole(BUILDER, 1)[0]
        del fields["grade_at_least_2"]
        assert check_fields(BUILDER, fields) == []

    def test_the_business_licence_has_none(self) -> None:
        licence = get_type("business-licence")
        assert licence.derived == ()
        assert licence.answers({"KZ_companyType": "x"}) == {}

    def test_a_list_neither_needs_nor_brings_answers(self) -> None:
        samples = SAMPLE_KINDS[BUILDER.slug]
        heading = [*samples.chinese, "grade_at_least_1", "主项资质等级不低于二级"]
        report = read_list(csv_bytes([heading, [*samples.rows(1)[0], "true", "是"]], "utf-8"), BUILDER)
        assert report.ok
        assert [one.rule for one in report.findings] == ["column.unknown"] * 2
        assert not {one.name for one in BUILDER.derived} & report.rows[0].fields.keys()

    def test_labels_and_values_for_people(self) -> None:
        assert BUILDER.label("grade_at_least_2") == "主项资质等级不低于二级"
        assert BUILDER.label("grade_at_least_2", "en") == "main qualification of grade 2 or above"
        assert (BUILDER.display("grade_at_least_2", True), BUILDER.display("grade_at_least_2", False, "en")) == (
            "是",
            "no",
        )
        assert CONSTRUCTOR.display("certificateHolderCodeType", "516") == "港澳居民来往内地通行证"

    def test_the_schema_describes_them_and_needs_none(self) -> None:
        for kind in all_types():
            schema = kind.json_schema()
            for answer in kind.derived:
                assert schema["properties"][answer.name]["type"] == "boolean"
                assert answer.name not in schema["required"]


class TestDeclarations:
    @pytest.mark.parametrize(
        "change",
        [
            {"rule": "at-least:甲级"},
            {"rule": "at-least:不分等级"},
            {"rule": "at-least"},
            {"rule": "one-of:甲级"},
            {"rule": "one-of:"},
            {"rule": "contains:二级"},
            {"rule": "older-than:18"},
            {"rule": ""},
            {"field": "certificateExpiringDate"},
            {"field": "certificateHolderName"},
            {"field": "KZ_registeredCapital"},
            {"field": "nothing"},
            {"name": "KZ_qualificationGrade"},
            {"name": "grade_at_least_2"},
            {"name": "Grade"},
            {"zh": ""},
        ],
        ids=str,
    )
    def test_what_a_field_cannot_answer_is_refused(self, change: dict[str, Any]) -> None:
        raw: dict[str, Any] = json.loads((TYPES / "construction-qualification.json").read_text("utf-8"))
        raw["derived"][0] |= change
        with pytest.raises(InvalidInput):
            load_type(json.dumps(raw).encode())
