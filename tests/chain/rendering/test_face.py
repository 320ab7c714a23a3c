"""What is printed, and so disclosed, by the catalogue."""

from __future__ import annotations

import pytest

from chain.catalogue import SHIPPED
from chain.rendering.face import day_en, day_zh, make_face, printed_names
from tests.support.papers import IDENTIFIER, face_of, general_type


@pytest.mark.parametrize("slug", ["business-licence", "construction-qualification", "food-trade-licence"])
def test_an_organisation_prints_its_code_but_not_the_kind_of_the_code(slug):
    names = printed_names(SHIPPED.find(slug))
    assert "certificateHolderCode" in names
    assert "certificateHolderCodeType" not in names


def test_a_person_prints_neither_number_nor_its_kind():
    kind = SHIPPED.find("constructor-practising-certificate")
    names = printed_names(kind)
    assert "certificateHolderName" in names
    assert "certificateHolderCode" not in names
    assert "certificateHolderCodeType" not in names
    face = face_of(kind)
    assert all(row.name != "certificateHolderCode" for row in face.rows)


def test_answers_are_not_printed():
    kind = SHIPPED.find("construction-qualification")
    printed = {row.name for row in face_of(kind).rows}
    assert printed.isdisjoint(one.name for one in kind.derived)


def test_every_other_field_of_the_type_is_printed_once():
    for kind in SHIPPED.every():
        face = face_of(kind)
        shown = [row.name for row in (face.number, face.holder, face.bureau, face.issued, *face.rows) if row]
        assert sorted([*shown, "certificateName"]) == sorted(printed_names(kind))


def test_values_are_set_as_people_read_them():
    face = face_of(SHIPPED.find("business-licence"), KZ_registeredCapital="CNY 5000000.00")
    shown = {row.name: row for row in face.rows}
    assert shown["KZ_registeredCapital"].value == "500万元人民币"
    assert "年" in shown["certificateEffectiveDate"].value
    assert shown["certificateEffectiveDate"].en == "effective date"


def test_a_type_of_a_bureau_prints_all_its_fields():
    face = make_face(general_type(12), IDENTIFIER, {"certificateHolderName": "示例", "KZ_item01": "甲"})
    assert face.title_zh == "投标保函（综合）"
    assert [row.value for row in face.rows] == ["甲"]
    assert face.number is None


def test_days_are_those_of_china():
    assert day_zh(1_767_196_799) == "2025年12月31日"
    assert day_en(1_767_196_800) == "2026-01-01"
