"""The types besides the business licence, and that a further one is a data file and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chain.catalogue import TEST_RANGE, CertificateType, all_types, get_type, load_type, load_types
from chain.catalogue.lists import read_list
from chain.catalogue.lists.heading import _headings, normalised
from chain.catalogue.registry import TYPES
from chain.identifiers import citizen, parse
from chain.kernel.errors import InvalidInput
from scripts.samples.kinds import SAMPLE_KINDS
from scripts.samples.lists import csv_bytes

SLUGS = sorted(SAMPLE_KINDS)


def raw(slug: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TYPES / f"{slug}.json").read_text("utf-8"))
    return found


class TestEveryType:
    @pytest.mark.parametrize("kind", all_types(), ids=lambda kind: kind.slug)
    def test_is_labelled_and_follows_the_standard(self, kind: CertificateType) -> None:
        assert len(kind.face_fields) <= 4
        assert kind.number_field == "certificateNumber"
        for field in kind.fields:
            assert re.search("[\u4e00-\u9fff]", field.zh)
            assert field.en.isascii()
            assert (field.pinyin is not None) != field.name.startswith("KZ_")
        names = {field.pinyin for field in kind.fields if field.pinyin}
        assert names == {"ZZMC", "ZZBH", "ZZBFJG", "ZZBFRQ", "CZZT", "CZZTDM", "CZZTDMLX", "ZZYXQQSRQ", "ZZYXQJZRQ"}

    @pytest.mark.parametrize("kind", all_types(), ids=lambda kind: kind.slug)
    def test_no_heading_means_two_fields(self, kind: CertificateType) -> None:
        owners: dict[str, str] = {}
        for field in kind.fields:
            for heading in _headings(field):
                assert owners.setdefault(normalised(heading), field.name) == field.name, heading

    @pytest.mark.parametrize("kind", all_types(), ids=lambda kind: kind.slug)
    def test_its_schema_describes_every_field(self, kind: CertificateType) -> None:
        schema = kind.json_schema()
        assert list(schema["properties"]) == [one.name for one in kind.fields] + [one.name for one in kind.derived]
        assert schema["required"] == [one.name for one in kind.fields if one.required]

    def test_schema_patterns_match_what_lists_give(self) -> None:
        for slug in SLUGS:
            kind, samples = get_type(slug), SAMPLE_KINDS[slug]
            properties = kind.json_schema()["properties"]
            for row in read_list(csv_bytes([samples.chinese, *samples.rows(60)], "utf-8"), kind).rows:
                for name, value in row.fields.items():
                    pattern = properties[name].get("pattern")
                    assert pattern is None or re.search(pattern, value), (name, value)
                    assert value in properties[name].get("enum", [value])


class TestTestRange:
    def test_only_a_code_known_in_practice_is_called_assigned(self) -> None:
        assert {kind.slug: kind.code_status for kind in all_types()} == {
            "business-licence": "assigned",
            **dict.fromkeys(SLUGS, "test"),
        }
        assert all(kind.code.startswith(TEST_RANGE) == (kind.code_status == "test") for kind in all_types())

    @pytest.mark.parametrize(
        "change", [{"codeStatus": "assigned"}, {"code": "11100000000013338W009"}, {"codeStatus": "perhaps"}], ids=str
    )
    def test_a_code_that_says_otherwise_is_refused(self, change: dict[str, str]) -> None:
        with pytest.raises(InvalidInput):
            load_type(json.dumps(raw("food-trade-licence") | change).encode())

    def test_its_identifiers_and_schema_show_it(self) -> None:
        kind = get_type("food-trade-licence")
        assert TEST_RANGE in kind.uri
        assert "test range" in kind.json_schema()["$comment"]


class TestPersons:
    KIND = get_type("constructor-practising-certificate")

    def report(self, **cells: str) -> list[tuple[str, str]]:
        samples = SAMPLE_KINDS[self.KIND.slug]
        row = dict(zip(samples.chinese, samples.rows(1)[0], strict=True)) | cells
        report = read_list(csv_bytes([list(row), list(row.values())], "utf-8"), self.KIND)
        return [(one.column, one.rule) for one in report.findings if one.level == "error"]

    @pytest.mark.parametrize(
        ("document", "code"),
        [
            ("居民身份证", "440100190001010006"),
            ("111", "11010519491231002X"),
            ("护照", "E00000001"),
            ("回乡证", "H00000001"),
            ("台湾居民来往大陆通行证", "00000001"),
            ("港澳台居民居住证", "81000019000101000" + citizen.compute("81000019000101000")),
            ("外国人永久居留身份证", "XXX110000010100"),
        ],
    )
    def test_a_holder_may_be_named_by_any_of_six_documents(self, document: str, code: str) -> None:
        assert self.report(证件类型=document, 证件号码=code) == []

    @pytest.mark.parametrize(
        ("document", "code", "rule"),
        [
            ("居民身份证", "440100190001010007", "citizen.check"),
            ("居民身份证", "E00000001", "citizen.form"),
            ("普通护照", "E0", "text.length"),
            ("回乡证", "440100190001010006", "hk-macau-travel-permit.form"),
            ("港澳台居民居住证", "440100190001010006", "hmt-residence-permit.region"),
        ],
    )
    def test_the_number_is_judged_by_the_document_named(self, document: str, code: str, rule: str) -> None:
        assert self.report(证件类型=document, 证件号码=code) == [("证件号码", rule)]

    @pytest.mark.parametrize("document", ["统一社会信用代码", "001", "驾驶证"])
    def test_another_document_is_refused(self, document: str) -> None:
        assert self.report(证件类型=document) == [("证件类型", "holder-code.kind")]

    def test_without_the_document_nothing_is_guessed(self) -> None:
        samples = SAMPLE_KINDS[self.KIND.slug]
        at = samples.chinese.index("证件类型")
        rows = [samples.chinese, samples.rows(1)[0]]
        report = read_list(csv_bytes([[*row[:at], *row[at + 1 :]] for row in rows], "utf-8"), self.KIND)
        assert [one.rule for one in report.errors] == ["column.missing"]

    @pytest.mark.parametrize(
        "face", [["certificateHolderCode"], ["certificateHolderName"], ["KZ_birthDate"], ["KZ_quaCertNum"]], ids=str
    )
    def test_nothing_about_a_person_may_stand_in_the_stamp(self, face: list[str]) -> None:
        with pytest.raises(InvalidInput):
            load_type(json.dumps(raw(self.KIND.slug) | {"faceFields": face}).encode())

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("certificateHolderCode", {"holderKind": "citizen"}),
            ("certificateHolderCode", {"holderKindFrom": "nothing"}),
            ("certificateHolderCode", {"holderKindFrom": "KZ_gender"}),
            ("certificateHolderCode", {"kind": "uscc", "holderKindFrom": None}),
            ("certificateHolderCodeType", {"required": False}),
            ("certificateHolderCodeType", {"holderKinds": []}),
            ("certificateHolderName", {"kind": "organisation-name"}),
            ("KZ_gender", {"ranks": ["甲"]}),
            ("KZ_gender", {"valueAliases": {"M": "甲"}}),
            ("KZ_specSub", {"values": ["建筑工程（含）"]}),
            ("KZ_specSub", {"values": ["建筑、工程"]}),
        ],
        ids=str,
    )
    def test_a_type_that_contradicts_itself_is_refused(self, name: str, change: dict[str, Any]) -> None:
        changed = raw(self.KIND.slug)
        next(one for one in changed["fields"] if one["name"] == name).update(change)
        with pytest.raises(InvalidInput):
            load_type(json.dumps(changed).encode())


def test_a_further_type_is_a_file_and_nothing_else(tmp_path: Path) -> None:
    """An angling permit nobody ever asked for, with answers of all three rules, from its file to a draft."""
    from chain.issuing import draft_of

    other = raw("constructor-practising-certificate") | {
        "slug": "angling-permit",
        "code": f"{TEST_RANGE}99",
        "zh": "示例垂钓证",
        "en": "sample angling permit",
        "faceFields": ["KZ_waters", "KZ_rodClass"],
        "orderRules": [],
        "derived": [
            {
                "name": "scope_contains_river",
                "field": "KZ_waters",
                "rule": "contains:河流",
                "zh": "含河流",
                "en": "river",
            },
            {
                "name": "rod_at_least_b",
                "field": "KZ_rodClass",
                "rule": "at-least:乙",
                "zh": "乙以上",
                "en": "B or above",
            },
            {"name": "is_class_c", "field": "KZ_rodClass", "rule": "one-of:丙", "zh": "丙类", "en": "class C"},
        ],
    }
    other["fields"] = [one for one in other["fields"] if not one["name"].startswith("KZ_")] + [
        {"name": "KZ_waters", "zh": "水域", "en": "waters", "kind": "items", "values": ["河流", "湖泊"]},
        {
            "name": "KZ_rodClass", "zh": "钓具等级", "en": "class of rod", "kind": "enum", "values": ["甲", "乙", "丙"],
            "ranks": ["甲", "乙", "丙"], "valueAliases": {"A": "甲"},
        },
    ]  # fmt: skip
    next(one for one in other["fields"] if one["name"] == "certificateNumber").update(
        {"pattern": "[0-9]{8}", "minLength": 8, "maxLength": 8}
    )
    (tmp_path / "angling-permit.json").write_text(json.dumps(other), encoding="utf-8")

    kind = get_type("示例垂钓证", among=load_types(tmp_path))
    heading = ["证照编号", "姓名", "证件类型", "证件号码", "水域", "钓具等级", "有效期自", "有效期至", "发证日期"]
    dates = ["2026-01-05", "2027-01-04", "2026-01-05"]
    rows = [
        ["00000001", "张示例", "居民身份证", "440100190001010006", "河流、湖泊", "A", *dates],
        ["00000002", "李示例", "护照", "E00000001", "湖泊", "丙", *dates],
    ]
    report = read_list(csv_bytes([heading, *rows], "utf-8"), kind)
    assert report.ok, report.errors
    drafts = [
        draft_of(kind.complete(row.fields, bureau_name="广州市示例局"), kind, "11440100000000001F", serial=row.serial)
        for row in report.rows
    ]
    assert [parse(draft.identifier).type_code for draft in drafts] == [kind.code] * 2
    assert [[draft.fields[one.name] for one in kind.derived] for draft in drafts] == [
        [True, True, False],
        [False, False, True],
    ]
