"""Certificates of every type: answers are disclosable by themselves, and stamps fit the code on a sheet of paper."""

from __future__ import annotations

import pytest

from chain.catalogue import CertificateType, all_types, get_type
from chain.catalogue.lists import read_list
from chain.credentials.credential import issue_credential, parse_credential
from chain.credentials.stamp import issue_stamp
from chain.credentials.verification.certificate import _fields
from chain.issuing import Draft, Slot, credential_content, draft_of, stamp_content
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import InvalidInput
from chain.rendering.qr import PREFIX_LIMIT, make_code
from scripts.samples.kinds import SAMPLE_KINDS
from scripts.samples.lists import csv_bytes
from tests.support.world import NAME, USCC, signer

NEW = [kind for kind in all_types() if kind.slug in SAMPLE_KINDS]
BUILDER = get_type("construction-qualification")
PREFIX = "HTTPS://YX.EXAMPLE.CN/#"
LAST_SLOT = Slot("s9999", 131_071)
LONGEST: dict[str, dict[str, str]] = {
    "business-licence": {
        "certificateNumber": "4401002026000001999999999",
        "KZ_companyType": "股份有限公司(非上市、自然人投资或控股、国有控股)",
        "KZ_registeredCapital": "CNY 99999999999.99",
        "KZ_establishmentDate": "2020-01-02",
    },
    "construction-qualification": {
        "certificateNumber": "D244999999",
        "KZ_qualificationSequence": "施工总承包",
        "KZ_qualificationCategory": "民航空管工程及机场弱电系统工程",
        "KZ_qualificationGrade": "不分等级",
    },
    "food-trade-licence": {
        "certificateNumber": "JY34401999999999",
        "KZ_operatorType": "集中用餐单位食堂（中央厨房、集体用餐配送单位）",
        "KZ_businessItems": "特殊医学用途配方食品销售；其他婴幼儿配方食品销售；散装食品（含散装熟食）销售",
    },
    "constructor-practising-certificate": {
        "certificateNumber": "粤2442025202699999",
        "KZ_specSub": "建筑工程；公路工程；水利水电工程；市政公用工程；矿业工程；机电工程",
        "KZ_empEnp": "广州示例样本第九千九百九十九号市政公用与水利水电建筑工程集团股份有限公司",
    },
    "bid-guarantee": {
        "certificateNumber": "BH20260000019999999999999",
        "KZ_guaranteeAmount": "CNY 9999999999.99",
        "KZ_ocid": "ocds-abc123-" + "f" * 60,
        "KZ_lot": "全部标段",
    },
    "award-letter": {
        "certificateNumber": "ZB20260000019999999999999",
        "KZ_awardAmount": "CNY 99999999999.99",
        "KZ_ocid": "ocds-abc123-" + "f" * 60,
        "KZ_lot": "全部标段",
    },
    "performance-record": {
        "certificateNumber": "LY20260000019999999999999",
        "KZ_performanceGrade": "不合格",
        "KZ_completedOn": "2026-01-02",
        "KZ_contractNumber": "HT2026-0000-0000-0000-0000-0000-0000-0000",
    },
}
"""The longest values that occur; what a type shares with the others is added below."""


def drafts(kind: CertificateType, count: int) -> list[Draft]:
    samples = SAMPLE_KINDS[kind.slug]
    report = read_list(csv_bytes([samples.chinese, *samples.rows(count)], "utf-8"), kind)
    return [draft_of(kind.complete(row.fields, bureau_name=NAME), kind, USCC, serial=row.serial) for row in report.rows]


@pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.slug)
def test_drafts_with_answers_come_back_from_their_canonical_form(kind: CertificateType) -> None:
    for draft in drafts(kind, 20):
        assert Draft.from_dict(read_canonical(canonical(draft.as_dict()), what="draft")) == draft


@pytest.mark.parametrize("kind", NEW, ids=lambda kind: kind.slug)
def test_an_answer_can_be_shown_without_its_field(kind: CertificateType) -> None:
    draft = drafts(kind, 1)[0]
    issued = issue_credential(credential_content(draft, kind, USCC, LAST_SLOT), signer(1))
    for answer in kind.derived:
        shown = parse_credential(parse_credential(issued.text).present([answer.name]))
        assert dict(shown.fields) == {answer.name: draft.fields[answer.name]}
        assert shown.hidden == len(draft.fields) - 1
        assert draft.fields[answer.field] not in issued.jwt


def test_an_answer_is_shown_with_its_labels() -> None:
    assert _fields({"grade_at_least_2": True}, BUILDER)[0] == {
        "name": "grade_at_least_2",
        "zh": "主项资质等级不低于二级",
        "en": "main qualification of grade 2 or above",
        "value": True,
    }
    assert _fields({"grade_at_least_2": True}, get_type("business-licence"))[0]["zh"] == "grade_at_least_2"


def test_no_draft_is_made_whose_answer_its_field_contradicts() -> None:
    """As when somebody corrects a grade and keeps the old answers."""
    fields = dict(drafts(BUILDER, 1)[0].fields)
    grade = "三级" if fields["grade_at_least_2"] else "一级"
    with pytest.raises(InvalidInput) as caught:
        draft_of({**fields, "KZ_qualificationGrade": grade}, BUILDER, USCC, serial="D244000001")
    assert caught.value.code == "answer.contradiction"
    assert caught.value.field in {one.name for one in BUILDER.derived}
    again = BUILDER.complete({**fields, "KZ_qualificationGrade": grade}, bureau_name=NAME)
    assert draft_of(again, BUILDER, USCC, serial="D244000001").fields["KZ_qualificationGrade"] == grade


@pytest.mark.parametrize("kind", all_types(), ids=lambda kind: kind.slug)
@pytest.mark.parametrize("holder", ["longest", "usual"])
def test_the_worst_stamp_fits_the_code_on_paper(kind: CertificateType, holder: str) -> None:
    """385 bytes, and with the longest prefix QR version 15 at level M."""
    person = kind.holder == "person"
    usual = "欧阳示例甲乙" if person else "广州示例号有限公司"
    longest = "阿卜杜拉依明买买提艾力江阿不都热合曼·示例" if person else "𠮷䶮㙦𣲘示例第九千号建筑工程集团股份𠮷䶮㙦𣲘"
    fields = {
        "certificateHolderName": longest if holder == "longest" else usual,
        "certificateHolderCode": USCC,
        "certificateEffectiveDate": "2020-01-02",
        "certificateExpiringDate": "2050-01-01",
        **LONGEST[kind.slug],
    }
    draft = draft_of(fields, kind, USCC, serial=kind.serial_of(fields), version="999")
    content = stamp_content(draft, kind, USCC, LAST_SLOT, b"\xff" * 32)
    assert len(content.face) == len(kind.face_fields)
    stamp = issue_stamp(content, signer(1))
    assert len(stamp) <= 385
    assert len(PREFIX) == PREFIX_LIMIT == 23
    assert make_code(PREFIX, stamp).version <= 15
