"""A type that exists only by proposal: a bank's e-guarantee 电子保函, and holders that do not exist."""

from __future__ import annotations

import json
from typing import Any

from chain.identifiers import uscc

CODE = "11440100000000001FT05"
SLUG = "tender-guarantee"
HEADING = (
    "保函编号", "出具日期", "申请人", "统一社会信用代码", "生效日期", "失效日期", "受益人", "保函金额", "保函种类",
)  # fmt: skip


def field(name: str, zh: str, en: str, kind: str, **more: Any) -> dict[str, Any]:
    """One field of a definition."""
    return {"name": name, "zh": zh, "en": en, "kind": kind, **more}


def definition(**changes: Any) -> dict[str, Any]:
    """Version 1, perhaps with other members."""
    return {
        "format": "yinxin-certificate-type-1",
        "slug": SLUG,
        "code": CODE,
        "codeStatus": "test",
        "version": 1,
        "zh": "投标保函",
        "en": "tender guarantee",
        "holder": "organisation",
        "numberField": "certificateNumber",
        "effectiveField": "certificateEffectiveDate",
        "expiringField": "certificateExpiringDate",
        "faceFields": ["certificateHolderCode", "KZ_guaranteeAmount", "KZ_guaranteeKind"],
        "derived": [
            {
                "name": "is_unconditional", "field": "KZ_guaranteeKind", "rule": "one-of:见索即付",
                "zh": "见索即付", "en": "payable on demand",
            }
        ],
        "orderRules": [
            {
                "earlier": "certificateEffectiveDate", "later": "certificateExpiringDate",
                "zh": "生效日期不得晚于失效日期", "en": "the effective date must not be after the expiring date",
            }
        ],
        "fields": [
            field("certificateName", "证照名称", "name", "text", source="derived", derive="constant:投标保函"),
            field(
                "certificateNumber", "保函编号", "number", "code", minLength=10, maxLength=10,
                pattern="BH[0-9]{8}", patternEn="BH and 8 digits", patternZh="应为 BH 和 8 位数字",
                example="BH00000001",
            ),
            field(
                "certificateIssuingAuthorityName", "出具银行", "bank", "organisation-name",
                source="derived", derive="bureau-name",
            ),
            field("certificateIssuedDate", "出具日期", "date of issue", "date"),
            field("certificateHolderName", "申请人", "applicant", "organisation-name", minLength=2, maxLength=120),
            field("certificateHolderCode", "申请人代码", "applicant's code", "uscc", aliases=["统一社会信用代码"]),
            field(
                "certificateHolderCodeType", "持证主体代码类型", "holder code type", "text",
                source="derived", derive="constant:001",
            ),
            field("certificateEffectiveDate", "生效日期", "effective date", "date"),
            field("certificateExpiringDate", "失效日期", "expiring date", "date"),
            field("KZ_beneficiary", "受益人", "beneficiary", "organisation-name"),
            field("KZ_guaranteeAmount", "保函金额", "amount", "amount"),
            field("KZ_guaranteeKind", "保函种类", "kind", "enum", values=["见索即付", "有条件"]),
        ],
        **changes,
    }  # fmt: skip


def second(**changes: Any) -> dict[str, Any]:
    """Version 2: one more kind, one more field."""
    raw = definition(version=2, **changes)
    raw["fields"][11]["values"] = ["见索即付", "有条件", "独立"]
    raw["fields"].append(field("KZ_tenderNumber", "招标编号", "tender number", "code", maxLength=40, required=False))
    return raw


def as_json(raw: dict[str, Any]) -> bytes:
    """A definition as somebody would write it: indented, not canonical."""
    return json.dumps(raw, ensure_ascii=False, indent=2).encode()


def row(number: int, *, until: str = "2061-03-31", kind: str = "见索即付") -> tuple[str, ...]:
    """One row of a list."""
    code = uscc.make("91", "440100", f"{number:08d}")
    name = f"广州示例{number:04d}号建筑有限公司"
    return (
        f"BH{number:08d}", "2024-01-05", name, code, "2024-01-05", until, "示例市公共资源交易中心",
        "50万元人民币", kind,
    )  # fmt: skip
