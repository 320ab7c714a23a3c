"""JSON Schema of every type: never stricter than our rules, and as strict where JSON Schema can say it."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from chain.catalogue import CertificateType, Problem, all_types, check_fields, get_type, load_type, schema_of
from chain.catalogue.lists import read_list
from scripts.samples.kinds import SAMPLE_KINDS
from scripts.samples.lists import CHINESE, companies, csv_bytes
from tests.support.guarantee import HEADING, as_json, row, second

GUARANTEE = load_type(as_json(second()))
KINDS = (*all_types(), GUARANTEE)
BUREAU = "示例市市场监督管理局"

EXPRESSIBLE = frozenset(
    {"text.length", "text.pattern", "enum.value", "field.constant", "field.missing", "field.unknown", "field.text",
     "answer.form", "amount.form", "date.form", "uscc.form"}
)  # fmt: skip
"""Rules that a schema can say, so that it must refuse what they refuse."""

DAMAGES: tuple[Any, ...] = (
    "", " ", " 前有空格", "后有空格 ", "行\n行", "x" * 5_000, "2024/5/6", "2024-13-01", "2024-02-30", "20240506",
    "CNY 5", "QQQ 5.00", "CNY 5000000.00", "5000000", "长期", "abc", "914401000000000191", "914401000000000190",
    "91440100000000019I", 12, True, None, ["a"], "999",
)  # fmt: skip


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, validate_formats=True)


def sound(kind: CertificateType) -> list[dict[str, str]]:
    """Rows of invented holders, as the reader of lists gives them."""
    if kind is GUARANTEE:
        heading, rows = HEADING, [row(number) for number in range(1, 40)]
    elif kind.slug in SAMPLE_KINDS:
        heading, rows = SAMPLE_KINDS[kind.slug].chinese, SAMPLE_KINDS[kind.slug].rows(60)
    else:
        heading, rows = tuple(CHINESE), [sample.values for sample in companies(60)]
    report = read_list(csv_bytes([heading, *rows], "utf-8"), kind)
    assert report.ok
    return [dict(one.fields) for one in report.rows]


def errors(kind: CertificateType, whole: dict[str, Any]) -> list[Problem]:
    return [problem for _name, problem in check_fields(kind, whole) if problem.level == "error"]


def names(kinds: tuple[CertificateType, ...]) -> list[str]:
    return [kind.slug for kind in kinds]


@pytest.mark.parametrize("kind", KINDS, ids=names(KINDS))
class TestEveryType:
    def test_it_is_a_schema_whose_examples_validate(self, kind: CertificateType) -> None:
        for form in ("certificate", "row"):
            schema = schema_of(kind, form)  # type: ignore[arg-type]
            assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
            judge = validator(schema)
            assert schema["examples"]
            assert all(judge.is_valid(example) for example in schema["examples"])
        for name, part in schema_of(kind)["properties"].items():
            assert part["title"]
            assert part["description"], name
            assert part["title"] != part["description"], name
            assert all(validator(part).is_valid(example) for example in part["examples"]), name

    def test_sound_certificates_and_rows_pass(self, kind: CertificateType) -> None:
        whole, rows = validator(schema_of(kind)), validator(schema_of(kind, "row"))
        for values in sound(kind):
            complete = kind.complete(values, bureau_name=BUREAU)
            assert errors(kind, complete) == []
            assert whole.is_valid(complete), list(whole.iter_errors(complete))
            assert rows.is_valid({"fields": values, "version": "002", "serial": "A000001"})

    def test_damaged_ones_are_refused_by_both_or_by_our_rules_alone(self, kind: CertificateType) -> None:
        judge, (values, *_) = validator(schema_of(kind)), sound(kind)
        complete: dict[str, Any] = kind.complete(values, bureau_name=BUREAU)
        refused = 0
        for name in [*complete, "KZ_unknown"]:
            for damage in DAMAGES:
                damaged = {**complete, name: damage}
                if damage is None:
                    damaged.pop(name)
                found = errors(kind, damaged)
                by_schema = not judge.is_valid(damaged)
                refused += by_schema
                if by_schema:
                    assert found, (name, damage, "the schema is stricter than the rules")
                if EXPRESSIBLE & {problem.rule for problem in found}:
                    assert by_schema, (name, damage, found)
        assert refused > 8 * len(complete), "the damages reach the schema"


def test_a_row_has_its_own_version_and_serial_and_no_derived_field() -> None:
    kind = get_type("construction-qualification")
    judge = validator(schema_of(kind, "row"))
    (values, *_) = sound(kind)
    assert judge.is_valid({"fields": values})
    for odd in (
        {"fields": values, "version": "000"},
        {"fields": values, "version": "1"},
        {"fields": values, "serial": "short"},
        {"fields": {**values, "certificateName": kind.zh}},
        {"fields": {**values, "grade_at_least_2": True}},
        {"fields": values, "other": 1},
        values,
    ):
        assert not judge.is_valid(odd), odd
