"""Issuing, reading and presenting credentials."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials.credential import (
    CredentialContent,
    arrange,
    issue_credential,
    issue_credentials,
    parse_credential,
    verify_signature,
)
from chain.kernel.canonical import canonical
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput
from tests.chain.credentials.samples import (
    BUREAU,
    CONTENT,
    EXPIRES,
    FIELDS,
    IDENTIFIER,
    INDEX,
    LICENCE,
    LIST,
    NOT_BEFORE,
    credential,
    signer,
)

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
KEYS = TEXT.filter(lambda key: key not in ("_sd", "_sd_alg", "..."))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.from_regex(r"KZ_[A-Za-z0-9_]{1,20}", fullmatch=True)


class TestIssuing:
    def test_what_was_said_is_read_again(self) -> None:
        parsed = parse_credential(credential().text)
        assert verify_signature(parsed, signer().public_key)
        assert dict(parsed.fields) == FIELDS
        assert list(parsed.fields) == sorted(FIELDS)
        assert parsed.identifier == IDENTIFIER
        assert (parsed.bureau, parsed.certificate_type) == (BUREAU, LICENCE)
        assert (parsed.not_before, parsed.expires) == (NOT_BEFORE, EXPIRES)
        assert (parsed.status_list, parsed.status_index) == (LIST, INDEX)
        assert parsed.key_thumbprint == signer().thumbprint
        assert parsed.hidden == 0
        assert parsed.jwt == credential().jwt
        assert parsed.jwt_digest == credential().jwt_digest == sha256(credential().jwt.encode()).digest()

    def test_payload_is_canonical_json_of_the_claims_that_are_always_visible(self) -> None:
        raw = unb64url(credential().jwt.split(".")[1])
        claims = json.loads(raw)
        assert canonical(claims) == raw
        assert len(claims.pop("_sd")) == len(FIELDS)
        assert len(claims.pop("certificateIdentifier")["_sd"]) == 1
        assert claims == {
            "_sd_alg": "sha-256",
            "exp": EXPIRES,
            "iss": f"urn:uscc:{BUREAU}",
            "nbf": NOT_BEFORE,
            "status": {"status_list": {"idx": INDEX, "uri": f"urn:yinxin:status:{BUREAU}:{LIST}"}},
            "vct": f"urn:yinxin:certificate:{LICENCE}:1",
        }
        assert parse_credential(credential().text).payload == json.loads(raw)

    def test_nothing_disclosable_stands_in_the_signed_part(self) -> None:
        raw = unb64url(credential().jwt.split(".")[1]).decode()
        for name, value in FIELDS.items():
            assert name not in raw
            assert len(str(value)) < 6 or str(value) not in raw
        assert IDENTIFIER not in raw

    def test_salts_are_long_and_never_come_again(self) -> None:
        salts: set[str] = set()
        for _ in range(20):
            for text in issue_credential(CONTENT, signer()).disclosures:
                salt = json.loads(unb64url(text))[0]
                assert len(unb64url(salt)) >= 16
                salts.add(salt)
        assert len(salts) == 20 * (len(FIELDS) + 1)

    def test_without_end_there_is_no_exp(self) -> None:
        parsed = parse_credential(issue_credential(replace(CONTENT, expires=None), signer()).text)
        assert parsed.expires is None
        assert "exp" not in parsed.payload

    def test_without_fields(self) -> None:
        parsed = parse_credential(issue_credential(replace(CONTENT, fields={}), signer()).text)
        assert dict(parsed.fields) == {}
        assert parsed.identifier == IDENTIFIER
        assert verify_signature(parsed, signer().public_key)

    def test_derived_answers_are_fields_like_others(self) -> None:
        fields = {**FIELDS, "grade_at_least_2": True, "grade": 1, "KZ_scope": ["a", {"b": None}]}
        parsed = parse_credential(issue_credential(replace(CONTENT, fields=fields), signer()).text)
        shown = parse_credential(parsed.present(["grade_at_least_2"]))
        assert dict(shown.fields) == {"grade_at_least_2": True}
        assert shown.hidden == len(fields) - 1

    @given(st.dictionaries(NAMES, JSON, max_size=8))
    def test_any_values(self, fields: dict[str, Any]) -> None:
        parsed = parse_credential(issue_credential(replace(CONTENT, fields=fields), signer()).text)
        assert dict(parsed.fields) == fields

    def test_names_with_dots_rare_characters_and_two_scripts(self) -> None:
        fields = {
            "certificateHolderName": "阿依古丽·𠮷示例 (Sample-Ltd.)",
            "KZ_odd": '"\\\x00\x1f\u2028\ud7ff\U0010ffff',
        }
        parsed = parse_credential(issue_credential(replace(CONTENT, fields=fields), signer()).text)
        assert dict(parsed.fields) == fields


class TestIssuingMany:
    def test_each_is_as_if_issued_alone(self) -> None:
        contents = [replace(CONTENT, status_index=index, fields={**FIELDS, "KZ_n": str(index)}) for index in range(70)]
        issued = issue_credentials(contents, signer())
        assert len(issued) == 70
        for content, one in zip(contents, issued, strict=True):
            parsed = parse_credential(one.text)
            assert dict(parsed.fields) == content.fields
            assert (parsed.status_index, parsed.identifier) == (content.status_index, IDENTIFIER)
            assert one.jwt_digest == parsed.jwt_digest
            assert verify_signature(parsed, signer().public_key)

    def test_fields_may_differ(self) -> None:
        contents = [CONTENT, replace(CONTENT, fields={"KZ_a": 1}), replace(CONTENT, fields={}), CONTENT]
        issued = issue_credentials(contents, signer())
        assert [dict(parse_credential(one.text).fields) for one in issued] == [FIELDS, {"KZ_a": 1}, {}, FIELDS]

    def test_none(self) -> None:
        assert issue_credentials([], signer()) == []

    def test_one_bad_row_names_its_field(self) -> None:
        wrong: dict[str, Any] = {**FIELDS, "KZ_domicile": 1.5}
        contents = [CONTENT, replace(CONTENT, fields=wrong)]
        with pytest.raises(InvalidInput):
            issue_credentials(contents, signer())
        contents = [CONTENT, replace(CONTENT, fields={**FIELDS, "KZ_domicile": "长" * 8000})]
        with pytest.raises(InvalidInput) as caught:
            issue_credentials(contents, signer())
        assert caught.value.field == "KZ_domicile"


class TestRefusedContent:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"bureau": "11440100000000001I"}, "credential.bureau"),
            ({"bureau": "1144010000000000"}, "credential.bureau"),
            ({"bureau": BUREAU + "\n"}, "credential.bureau"),
            ({"certificate_type": "short"}, "credential.identifier"),
            ({"identifier": IDENTIFIER[:-2]}, "credential.identifier"),
            ({"identifier": IDENTIFIER.replace("R001", "R002")}, "credential.identifier"),
            ({"identifier": "urn:oid:" + IDENTIFIER}, "credential.identifier"),
            ({"not_before": -1}, "credential.time"),
            ({"not_before": 1.5}, "credential.time"),
            ({"not_before": True}, "credential.time"),
            ({"expires": NOT_BEFORE}, "credential.time"),
            ({"expires": 253402300800}, "credential.time"),
            ({"status_list": ""}, "credential.status"),
            ({"status_list": "a:b"}, "credential.status"),
            ({"status_list": "表"}, "credential.status"),
            ({"status_list": "x" * 33}, "credential.status"),
            ({"status_index": -1}, "credential.status"),
            ({"status_index": 2**22}, "credential.status"),
            ({"status_index": True}, "credential.status"),
            ({"fields": {"iss": "x"}}, "credential.reserved"),
            ({"fields": {"exp": 1}}, "credential.reserved"),
            ({"fields": {"status": 1}}, "credential.reserved"),
            ({"fields": {"_sd": []}}, "credential.reserved"),
            ({"fields": {"cnf": {}}}, "credential.reserved"),
            ({"fields": {"value": "x"}}, "credential.reserved"),
            ({"fields": {"certificateIdentifier": "x"}}, "credential.reserved"),
            ({"fields": {"...": "x"}}, "credential.field_name"),
            ({"fields": {"名称": "x"}}, "credential.field_name"),
            ({"fields": {"a" * 65: "x"}}, "credential.field_name"),
            ({"fields": {"": "x"}}, "credential.field_name"),
            ({"fields": {f"f{number}": "" for number in range(97)}}, "credential.fields"),
            ({"fields": {"a": "x" * 20_000}}, "credential.size"),
            ({"fields": {f"f{number}": "x" * 8000 for number in range(20)}}, "credential.size"),
            ({"fields": {"a": {"_sd": ["x"]}}}, "credential.value"),
            ({"fields": {"a": [{"b": {"...": "x"}}]}}, "credential.value"),
            ({"fields": {"a": [[[[[[[["deep"]]]]]]]]}}, "credential.value"),
            ({"fields": {"a": 1.5}}, "canonical.type"),
            ({"fields": {"a": 2**53}}, "canonical.integer"),
            ({"fields": {"a": "\ud800"}}, "canonical.text"),
            ({"fields": {"a": b"bytes"}}, "canonical.type"),
        ],
    )
    def test_names_the_rule(self, change: dict[str, Any], code: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            issue_credential(replace(CONTENT, **change), signer())
        assert caught.value.code == code

    def test_the_error_names_the_field(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            issue_credential(replace(CONTENT, fields={"ok": "x", "KZ_long": "长" * 8000}), signer())
        assert caught.value.field == "KZ_long"


class TestPresenting:
    def test_only_what_is_asked(self) -> None:
        shown = parse_credential(parse_credential(credential().text).present(["certificateHolderName", "KZ_domicile"]))
        assert set(shown.fields) == {"certificateHolderName", "KZ_domicile"}
        assert shown.identifier is None
        assert shown.hidden == len(FIELDS) - 2
        assert verify_signature(shown, signer().public_key)
        assert shown.jwt_digest == credential().jwt_digest

    def test_everything_is_the_issued_text(self) -> None:
        parsed = parse_credential(credential().text)
        assert parsed.present([*FIELDS, "certificateIdentifier"]) == credential().text

    def test_nothing(self) -> None:
        shown = parse_credential(parse_credential(credential().text).present([]))
        assert shown.text == credential().jwt + "~"
        assert dict(shown.fields) == {}
        # What can't be hidden is still there.
        assert (shown.bureau, shown.certificate_type, shown.status_index) == (BUREAU, LICENCE, INDEX)
        assert (shown.not_before, shown.expires) == (NOT_BEFORE, EXPIRES)

    def test_the_identifier_is_asked_for_by_the_claims_name(self) -> None:
        shown = parse_credential(parse_credential(credential().text).present(["certificateIdentifier"]))
        assert shown.identifier == IDENTIFIER

    def test_a_presentation_of_a_presentation(self) -> None:
        first = parse_credential(parse_credential(credential().text).present(["KZ_domicile", "KZ_establishmentDate"]))
        assert set(parse_credential(first.present(["KZ_domicile"])).fields) == {"KZ_domicile"}
        with pytest.raises(InvalidInput) as caught:
            first.present(["certificateHolderName"])
        assert caught.value.code == "credential.not_disclosed"
        assert caught.value.field == "certificateHolderName"

    @pytest.mark.parametrize("name", ["value", "iss", "nothing"])
    def test_what_is_no_disclosed_field(self, name: str) -> None:
        with pytest.raises(InvalidInput):
            parse_credential(credential().text).present([name])

    @given(st.sets(st.sampled_from([*sorted(FIELDS), "certificateIdentifier"])))
    def test_any_choice_has_one_form(self, names: set[str]) -> None:
        text = parse_credential(credential().text).present(names)
        shown = parse_credential(text)
        assert shown.present(names) == text
        assert set(shown.fields) | ({"certificateIdentifier"} if shown.identifier else set()) == names


class TestArranging:
    def test_other_orders_become_ours(self) -> None:
        jwt, *disclosures, _ = credential().text.split("~")
        assert arrange("~".join([jwt, *disclosures[::-1], ""])) == credential().text
        assert arrange(credential().text) == credential().text
        assert arrange(jwt + "~") == jwt + "~"

    @pytest.mark.parametrize("text", ["", "~", "a~", "a.b.c~", "a.b.c~x~y", "名.b.c~", credential().text + "x"])
    def test_what_is_no_credential_stays_as_it_was(self, text: str) -> None:
        assert arrange(text) == text


def test_content_is_not_changed_by_issuing() -> None:
    fields = dict(FIELDS)
    content = CredentialContent(BUREAU, LICENCE, IDENTIFIER, NOT_BEFORE, EXPIRES, LIST, INDEX, fields)
    first = issue_credential(content, signer())
    assert fields == FIELDS
    assert issue_credential(content, signer()).text != first.text
