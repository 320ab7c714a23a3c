from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chain.catalogue import CertificateType, all_types, check_fields, get_type, load_type, load_types
from chain.catalogue.registry import TYPES
from chain.identifiers import mint
from chain.kernel.errors import InvalidInput, NotFound

LICENCE = get_type("business-licence")
ROW = {
    "certificateNumber": "4401002026000001",
    "certificateIssuedDate": "2024-05-06",
    "certificateHolderName": "广州示例0001号贸易有限公司",
    "certificateHolderCode": "914401000000000118",
    "certificateEffectiveDate": "2020-01-02",
    "certificateExpiringDate": "2050-01-01",
    "KZ_companyType": "有限责任公司(自然人独资)",
    "KZ_legalRepresentative": "张示例",
    "KZ_registeredCapital": "CNY 5000000.00",
    "KZ_establishmentDate": "2020-01-02",
    "KZ_businessScope": "货物进出口",
    "KZ_domicile": "广州市越秀区示例路1号",
}


def raw() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TYPES / "business-licence.json").read_text(encoding="utf-8"))
    return found


def from_raw(changed: dict[str, Any]) -> CertificateType:
    return load_type(json.dumps(changed).encode())


class TestBusinessLicence:
    def test_it_has_fifteen_fields_and_four_on_its_face(self) -> None:
        assert len(LICENCE.fields) == 15
        assert len(LICENCE.face_fields) == 4
        assert len(LICENCE.list_fields) == 12
        assert LICENCE.uri == "urn:yinxin:certificate:11100000MB0143028R001:1"

    def test_it_is_found_by_slug_code_and_name(self) -> None:
        assert get_type("11100000MB0143028R001") is LICENCE is get_type("营业执照")
        with pytest.raises(NotFound) as caught:
            get_type("fishing-licence")
        assert "business-licence" in (caught.value.fix or "")

    def test_every_field_has_labels_and_names_follow_the_standard(self) -> None:
        for field in LICENCE.fields:
            assert field.label("zh") != field.label("en")
            assert (field.pinyin is not None) != field.name.startswith("KZ_")

    def test_complete_fills_in_what_is_derived(self) -> None:
        whole = LICENCE.complete(ROW, bureau_name="广州市示例局")
        assert list(whole) == [field.name for field in LICENCE.fields]
        assert whole["certificateName"] == "营业执照"
        assert whole["certificateHolderCodeType"] == "001"
        assert whole["certificateIssuingAuthorityName"] == "广州市示例局"

    def test_validity_lasts_to_the_end_of_the_last_day_in_china(self) -> None:
        validity = LICENCE.validity(
            {**ROW, "certificateEffectiveDate": "2026-01-01", "certificateExpiringDate": "2026-01-01"}
        )
        assert validity.not_before == 1_767_196_800
        assert validity.expires == 1_767_196_800 + 86_400
        assert LICENCE.validity({**ROW, "certificateExpiringDate": "长期"}).expires is None

    def test_serials(self) -> None:
        assert LICENCE.serial_of(ROW) == "4401002026000001"
        assert LICENCE.serial_of({"certificateNumber": "S-12(1-1)"}) == "00S1211"
        assert LICENCE.serial_of(ROW, "A234567") == "A234567"
        assert mint(LICENCE.code, "11440100000000001F", LICENCE.serial_of(ROW)).check == "7"
        for number in ("---", "1" * 33):
            with pytest.raises(InvalidInput):
                LICENCE.serial_of({"certificateNumber": number})

    def test_the_uniqueness_key_holds_bureau_type_number_and_version(self) -> None:
        key = LICENCE.uniqueness_key("11440100000000001F", "A1")
        assert key == "11440100000000001F\n11100000MB0143028R001\nA1\n001"
        assert key != LICENCE.uniqueness_key("11440100000000001F", "A1", "002")
        with pytest.raises(InvalidInput):
            LICENCE.uniqueness_key("11440100000000001F", "A1", "2")

    def test_the_face_is_short_and_no_number_is_cut(self) -> None:
        amount = "CNY 999999999999999.00"
        face = dict(LICENCE.face({**ROW, "KZ_companyType": "类" * 60, "KZ_registeredCapital": amount}))
        assert list(face) == list(LICENCE.face_fields)
        assert face["KZ_companyType"] == "类" * 14 + "…"
        assert face["KZ_registeredCapital"] == amount
        assert sum(len(value.encode()) for value in face.values()) <= 95

    def test_values_are_shown_as_people_read_them(self) -> None:
        assert LICENCE.display("KZ_registeredCapital", "CNY 5000000.00") == "500万元人民币"
        assert LICENCE.display("KZ_establishmentDate", "2020-01-02") == "2020年1月2日"
        assert LICENCE.display("certificateExpiringDate", "长期", "en") == "no end"


class TestCheckFields:
    def test_a_whole_certificate_passes(self) -> None:
        whole = LICENCE.complete({**ROW, "certificateHolderCode": "11440100000000001F"}, bureau_name="广州市示例局")
        assert [problem for _name, problem in check_fields(LICENCE, whole) if problem.level == "error"] == []

    @pytest.mark.parametrize(
        ("name", "value", "rule"),
        [
            ("certificateHolderCode", "11440100000000001G", "uscc.check"),
            ("certificateExpiringDate", "2019-01-01", "date.order"),
            ("certificateIssuedDate", "2019-01-01", "date.order"),
            ("certificateIssuedDate", "2024/5/6", "field.form"),
            ("certificateName", "别的证照", "field.constant"),
            ("KZ_domicile", None, "field.missing"),
            ("KZ_unknown", "x", "field.unknown"),
            ("KZ_businessScope", "业" * 4001, "text.length"),
            ("certificateNumber", "44*01002026", "text.pattern"),
        ],
    )
    def test_faults_are_named(self, name: str, value: str | None, rule: str) -> None:
        whole = LICENCE.complete({**ROW, "certificateHolderCode": "11440100000000001F"}, bureau_name="广州市示例局")
        if value is None:
            del whole[name]
        else:
            whole[name] = value
        assert rule in [problem.rule for _name, problem in check_fields(LICENCE, whole)]


class TestSchema:
    def test_it_describes_every_field(self) -> None:
        schema = LICENCE.json_schema()
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == LICENCE.uri
        assert list(schema["properties"]) == [field.name for field in LICENCE.fields]
        assert len(schema["required"]) == 15
        assert schema["properties"]["certificateName"]["const"] == "营业执照"
        assert json.loads(json.dumps(schema)) == schema


class TestTypeFiles:
    def test_adding_a_type_means_adding_a_file(self, tmp_path: Path) -> None:
        other = raw() | {"slug": "other-licence", "code": "11100000MB0143028R002", "zh": "其他证照"}
        (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
        (kind,) = load_types(tmp_path)
        assert get_type("other-licence", among=[*all_types(), kind]) is kind

    def test_two_types_may_not_share_a_code(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / f"{name}.json").write_text(json.dumps(raw() | {"slug": f"{name}-licence"}), encoding="utf-8")
        with pytest.raises(InvalidInput):
            load_types(tmp_path)

    @pytest.mark.parametrize(
        "change",
        [
            {"format": "yinxin-certificate-type-2"},
            {"surprise": 1},
            {"slug": "Business Licence"},
            {"code": "11100000MB0143028R1"},
            {"code": "11100000MB0143029R001"},
            {"faceFields": ["a"]},
            {"faceFields": ["certificateName"] * 5},
            {"numberField": "nothing"},
            {"effectiveField": "certificateName"},
            {"expiringField": "certificateName"},
            {"orderRules": [{"earlier": "x", "later": "y", "zh": "x", "en": "y"}]},
            {"derived": [{"name": "a", "field": "b", "rule": "c", "zh": "d", "en": "e"}]},
            {"statusMaxAge": 1},
            {"version": 0},
            {"fields": []},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_a_type_that_contradicts_itself_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            from_raw(raw() | change)

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": "colour"},
            {"name": "Certificate Name"},
            {"source": "derived"},
            {"pattern": "("},
            {"maxLength": 5_000},
            {"minLength": 9, "maxLength": 8},
            {"kind": "enum"},
            {"zh": ""},
            {"name": "certificateHolderName"},
        ],
        ids=str,
    )
    def test_a_field_that_contradicts_itself_is_refused(self, change: dict[str, Any]) -> None:
        changed = raw()
        changed["fields"][1] |= change
        with pytest.raises(InvalidInput):
            from_raw(changed)

    def test_a_missing_file_is_not_found(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            load_type(tmp_path / "none.json")

    def test_no_json_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            load_type(b"\xff{")
