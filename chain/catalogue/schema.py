"""JSON Schema (draft 2020-12) of the fields of a certificate type."""

from __future__ import annotations

from typing import Any

from chain.catalogue import items
from chain.catalogue.dates import OPEN_ENDED
from chain.catalogue.model import CertificateType, DerivedAnswer, Field
from chain.identifiers import holder_codes

_DATE = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def json_schema(kind: CertificateType) -> dict[str, Any]:
    """Schema of one certificate's fields in canonical form; formats beyond patterns are checked by the rules only."""
    comment = {"$comment": "the type code lies in a test range"} if kind.code_status == "test" else {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": kind.uri,
        "title": kind.en,
        "description": kind.zh,
        **comment,
        "type": "object",
        "properties": {field.name: _property(field) for field in kind.fields}
        | {answer.name: _answer(answer) for answer in kind.derived},
        "required": [field.name for field in kind.fields if field.required],
        "additionalProperties": False,
    }


def _answer(answer: DerivedAnswer) -> dict[str, Any]:
    rule = f"{answer.rule} of {answer.field}"
    return {"title": answer.en, "description": answer.zh, "type": "boolean", "$comment": rule}


def _property(field: Field) -> dict[str, Any]:
    head = {"title": field.en, "description": field.zh}
    if field.derive.startswith("constant:"):
        return head | {"type": "string", "const": field.derive.partition(":")[2]}
    if field.kind == "date":
        return head | _DATE
    if field.kind == "date-or-open":
        return head | {"anyOf": [_DATE, {"const": OPEN_ENDED}]}
    if field.kind == "amount":
        return head | {"type": "string", "pattern": r"^[A-Z]{3} (?:0|[1-9][0-9]{0,15})\.[0-9]{2}$"}
    if field.kind == "enum":
        return head | {"type": "string", "enum": list(field.values)}
    if field.kind == "holder-code-type":
        return head | {"type": "string", "enum": [holder_codes.kind(slug).code for slug in field.holder_kinds]}
    if field.kind == "uscc":
        return head | {"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}
    out: dict[str, Any] = head | {"type": "string", "minLength": field.min_length, "maxLength": field.max_length}
    if field.kind == "items":
        out["pattern"] = items.pattern(field.values)
    if field.pattern is not None:
        out["pattern"] = f"^(?:{field.pattern})$"
    if field.kind == "holder-code" and field.holder_kind is not None:
        out["$comment"] = holder_codes.kind(field.holder_kind).name_en
    return out
