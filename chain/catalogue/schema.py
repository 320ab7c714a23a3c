"""JSON Schema (draft 2020-12) of a certificate type: of what its certificates say, and of a row that an API takes.

A schema says what JSON Schema can say. What it cannot, our rules judge besides: check characters, the day a date means,
the order of dates, whether a code is of the document named beside it, which characters may stand in a name, and the
answers that follow from a field.
"""

from __future__ import annotations

from typing import Any, Literal

from chain.catalogue import items
from chain.catalogue.amounts import NAMES_ZH
from chain.catalogue.dates import OPEN_ENDED
from chain.catalogue.examples import example_of, example_row
from chain.catalogue.model import CertificateType, DerivedAnswer, Field
from chain.identifiers import holder_codes

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SAMPLE_BUREAU = "示例市市场监督管理局"
_DATE = {
    "type": "string",
    "format": "date",
    "pattern": "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
}
_USCC = "^[0-9A-HJ-NP-RT-UW-Y]{18}$"
_NO_EDGE = r"^[^ \t\r\n\u00a0\u3000](?:[^\r\n]*[^ \t\r\n\u00a0\u3000])?$"
_NO_EDGE_LINES = r"^[^ \t\r\n\u00a0\u3000](?:[\s\S]*[^ \t\r\n\u00a0\u3000])?$"


Form = Literal["certificate", "row"]


def schema_of(kind: CertificateType, form: Form = "certificate") -> dict[str, Any]:
    """Schema of what certificates of ``kind`` say, or (``row``) of what an API takes for one of them."""
    return json_schema(kind) if form == "certificate" else row_schema(kind)


def json_schema(kind: CertificateType) -> dict[str, Any]:
    """Schema of one certificate's fields and answers in canonical form, with an example that validates."""
    example = kind.complete(example_row(kind), bureau_name=_SAMPLE_BUREAU)
    return {
        **_head(kind, kind.uri),
        "properties": {field.name: _property(kind, field) for field in kind.fields}
        | {answer.name: _answer(answer, example.get(answer.name)) for answer in kind.derived},
        "required": [field.name for field in kind.fields if field.required],
        "additionalProperties": False,
        "examples": [example],
    }


def row_schema(kind: CertificateType) -> dict[str, Any]:
    """Schema of one row that an API takes: the fields a list brings, canonical, and perhaps version and serial."""
    fields = {
        "title": "fields",
        "description": "字段",
        "type": "object",
        "properties": {field.name: _property(kind, field) for field in kind.list_fields},
        "required": [field.name for field in kind.list_fields if field.required],
        "additionalProperties": False,
    }
    version = {
        "title": "version of the certificate",
        "description": "版本号",
        "type": "string",
        "pattern": "^(?!000)[0-9]{3}$",
        "default": "001",
        "examples": ["001"],
    }
    serial = {
        "title": "serial of the identifier; from the number if absent",
        "description": "流水号",
        "type": "string",
        "pattern": "^[0-9A-Z]{7,32}$",
        "examples": ["0000001"],
    }
    return {
        **_head(kind, f"{kind.uri}:row"),
        "properties": {"fields": fields, "version": version, "serial": serial},
        "required": ["fields"],
        "additionalProperties": False,
        "examples": [{"fields": example_row(kind)}],
    }


def _head(kind: CertificateType, uri: str) -> dict[str, Any]:
    comment = {"$comment": "the type code lies in a test range"} if kind.code_status == "test" else {}
    return {
        "$schema": DIALECT,
        "$id": uri,
        "title": kind.en,
        "description": kind.zh,
        **comment,
        "type": "object",
    }


def _answer(answer: DerivedAnswer, example: object) -> dict[str, Any]:
    rule = f"{answer.rule} of {answer.field}"
    shown = {} if example is None else {"examples": [example]}
    return {"title": answer.en, "description": answer.zh, "type": "boolean", "$comment": rule, **shown}


def _property(kind: CertificateType, field: Field) -> dict[str, Any]:
    head = {"title": field.en, "description": field.zh}
    if field.derive == "bureau-name":
        return head | _value(field) | {"examples": [_SAMPLE_BUREAU]}
    return head | _value(field) | {"examples": [example_of(kind, field)]}


def _value(field: Field) -> dict[str, Any]:
    if field.derive.startswith("constant:"):
        return {"type": "string", "const": field.derive.partition(":")[2]}
    if field.kind == "date":
        return _DATE
    if field.kind == "date-or-open":
        return {"type": "string", "anyOf": [_DATE, {"const": OPEN_ENDED}]}
    if field.kind == "amount":
        return {"type": "string", "pattern": rf"^(?:{'|'.join(NAMES_ZH)}) (?:0|[1-9][0-9]{{0,14}})\.[0-9]{{2}}$"}
    if field.kind == "enum":
        return {"type": "string", "enum": list(field.values)}
    if field.kind == "holder-code-type":
        return {"type": "string", "enum": [holder_codes.kind(slug).code for slug in field.holder_kinds]}
    if field.kind == "uscc":
        return {"type": "string", "pattern": _USCC}
    out: dict[str, Any] = {"type": "string", "minLength": field.min_length, "maxLength": field.max_length}
    if field.kind == "items":
        out["pattern"] = items.pattern(field.values)
    elif field.pattern is not None:
        out["pattern"] = f"^(?:{field.pattern})$"
    elif field.kind == "holder-code" and field.holder_kind == "uscc":
        out["pattern"] = _USCC
    elif field.kind in ("code", "holder-code"):
        out["pattern"] = r"^[^\sa-z]+$"
    else:
        out["pattern"] = _NO_EDGE_LINES if field.lines else _NO_EDGE
    if field.kind == "holder-code" and field.holder_kind is not None:
        out["$comment"] = holder_codes.kind(field.holder_kind).name_en
    return out
