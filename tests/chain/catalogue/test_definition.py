"""Definitions: strict, of one form, and what a next version may not change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chain.catalogue import (
    Catalogue,
    Retirement,
    changes_between,
    check_proposal,
    load_type,
    read_definition,
    read_type_document,
)
from chain.catalogue.definition import LIMIT
from chain.catalogue.registry import TYPES
from chain.kernel.canonical import canonical
from chain.kernel.errors import Conflict, InvalidInput, Refused
from tests.support.guarantee import as_json, definition, field, second

FIRST = load_type(as_json(definition()))
HAS_FIRST = Catalogue([FIRST])

Edit = Callable[[dict[str, Any]], object]


def edited(edit: Edit, raw: dict[str, Any] | None = None) -> bytes:
    raw = raw or definition()
    edit(raw)
    return as_json(raw)


@pytest.mark.parametrize("path", sorted(TYPES.glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_type_could_have_been_proposed(path: Any) -> None:
    found = read_definition(path.read_bytes())
    assert read_type_document(found.document) == found


def test_however_it_is_written_it_is_one_document() -> None:
    a, b = read_definition(as_json(definition())), read_definition(json.dumps(definition()).encode())
    assert a == b
    assert a.document == canonical(definition())
    with pytest.raises(InvalidInput) as caught:
        read_type_document(as_json(definition()))
    assert caught.value.code == "canonical.form"


@pytest.mark.parametrize(
    ("edit", "code", "place"),
    [
        (lambda raw: raw.update(format="yinxin-certificate-type-2"), "catalogue.format", "format"),
        (lambda raw: raw.pop("holder"), "catalogue.format", "type"),
        (lambda raw: raw["fields"][3].update(kind="blob"), "catalogue.format", "fields[3].kind"),
        (lambda raw: raw["fields"][3].update(colour="red"), "catalogue.format", "fields[3]"),
        (lambda raw: raw.update(version=0), "catalogue.type", "version"),
        (lambda raw: raw.update(statusMaxAge=1), "catalogue.type", "statusMaxAge"),
        (lambda raw: raw["fields"][1].update(pattern="BH\\d{8}"), "catalogue.pattern", "fields[1].pattern"),
        (lambda raw: raw["fields"][1].update(pattern="(?=B)BH[0-9]{8}"), "catalogue.pattern", "fields[1].pattern"),
        (lambda raw: raw["fields"][1].update(pattern="(BH"), "catalogue.type", "certificateNumber"),
        (lambda raw: raw["fields"][1].pop("example"), "catalogue.example", "fields[1].example"),
        (lambda raw: raw["fields"][9].update(example="x\u202ey"), "catalogue.example", "fields[9].example"),
        (lambda raw: raw.update(faceFields=["certificateNumber"]) or raw["fields"][1].update(maxLength=46),
         "catalogue.type", "certificateNumber"),
        (lambda raw: raw["derived"][0].update(rule="one-of:别的"), "catalogue.answer", "derived"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_its_fix(edit: Edit, code: str, place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_definition(edited(edit))
    assert (caught.value.code, caught.value.field) == (code, place)
    assert caught.value.fix


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b" " * (LIMIT + 1), b'{"format":1}'])
def test_what_is_no_definition_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_definition(data)
    with pytest.raises(InvalidInput):
        read_type_document(data)


def test_a_retirement_has_one_form_and_a_reason() -> None:
    end = Retirement("11440100000000001FT05", 1, "停办")
    assert read_type_document(end.document) == end
    for odd in ({"reason": ""}, {"reason": "x" * 2_001}, {"version": "1"}, {"version": True}, {"more": 1}):
        with pytest.raises(InvalidInput):
            read_type_document(canonical({**json.loads(end.document), **odd}))


class TestNextVersion:
    def test_a_first_version_is_told_field_by_field(self) -> None:
        told = check_proposal(Catalogue(), FIRST)
        assert {f"fields.{one.name}" for one in FIRST.fields} <= {one.place for one in told}
        assert all(one.zh and one.en and not one.breaks for one in told)

    def test_what_may_change_is_told_in_both_languages(self) -> None:
        raw = second(zh="投标担保", statusMaxAge=3_600)
        raw["fields"][9]["required"] = False
        raw["derived"].append(
            {"name": "is_conditional", "field": "KZ_guaranteeKind", "rule": "one-of:有条件", "zh": "有条件", "en": "c"}
        )
        told = {one.place: one for one in check_proposal(HAS_FIRST, load_type(as_json(raw)))}
        assert set(told) == {
            "zh", "status_max_age", "fields.KZ_beneficiary.required", "fields.KZ_guaranteeKind.values",
            "fields.KZ_tenderNumber", "derived.is_conditional",
        }  # fmt: skip
        assert told["zh"].zh == "中文名称：投标保函 → 投标担保"
        assert told["zh"].en == "name in Chinese: 投标保函 → 投标担保"
        assert "[见索即付, 有条件] → [见索即付, 有条件, 独立]" in told["fields.KZ_guaranteeKind.values"].en

    @pytest.mark.parametrize(
        ("edit", "place"),
        [
            (lambda raw: raw.update(slug="tender-bond"), "slug"),
            (lambda raw: raw.update(numberField="KZ_tenderNumber") or raw["fields"][12].update(required=True),
             "number_field"),
            (lambda raw: raw["fields"][9].update(kind="text"), "fields.KZ_beneficiary.kind"),
            (lambda raw: raw["fields"].pop(9), "fields.KZ_beneficiary"),
            (lambda raw: raw["fields"].insert(9, field("KZ_first", "先", "first", "text", required=False)),
             "fields.KZ_beneficiary"),
            (lambda raw: raw["derived"][0].update(rule="one-of:有条件"), "derived.is_unconditional"),
            (lambda raw: raw.update(holder="person") or raw["fields"][4].update(kind="person-name") or
             raw["fields"][5].update(kind="holder-code", holderKind="citizen") or
             raw.update(faceFields=["KZ_guaranteeAmount"]), "holder"),
        ],
    )  # fmt: skip
    def test_what_would_break_certificates_is_refused_with_the_reason(self, edit: Edit, place: str) -> None:
        with pytest.raises(Refused) as caught:
            check_proposal(HAS_FIRST, load_type(edited(edit, second())))
        assert caught.value.code == "catalogue.breaks"
        assert place in caught.value.message
        assert caught.value.fix
        assert any(one.breaks for one in changes_between(FIRST, load_type(edited(edit, second()))))

    @pytest.mark.parametrize("version", [1, 3])
    def test_the_version_is_the_next_one(self, version: int) -> None:
        with pytest.raises(Conflict) as caught:
            check_proposal(HAS_FIRST, load_type(as_json(second() | {"version": version})))
        assert (caught.value.field, caught.value.fix) == ("version", "write 2")

    def test_a_version_that_changes_nothing_is_none(self) -> None:
        with pytest.raises(Conflict) as caught:
            check_proposal(HAS_FIRST, load_type(as_json(definition(version=2))))
        assert caught.value.code == "catalogue.same"

    def test_a_code_of_another_type_is_a_version_of_that_one(self) -> None:
        raw = definition(version=2, code="11440100000000001FT02")
        with pytest.raises(Refused):
            check_proposal(Catalogue(), load_type(as_json(raw)))
