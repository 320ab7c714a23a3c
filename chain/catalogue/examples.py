"""Example values: what stands in list templates and schemas. Nobody's: codes of a body that does not exist."""

from __future__ import annotations

from chain.catalogue.model import CertificateType, Field
from chain.identifiers import holder_codes

DAY, LAST_DAY = "2026-01-05", "2031-01-04"
_CODES = {"uscc": "914401000000000191", "citizen": "440100190001010006", "passport": "E00000000"}
_TEXT = "示例文字"


def example_of(kind: CertificateType, field: Field) -> str:
    """A canonical value of ``field``: the definition's own, or one by the field's kind.

    It may break the field's own rules where the definition gives none; then
    :func:`chain.catalogue.definition.read_definition` demands one.
    """
    if field.example:
        return field.example
    if field.derive.startswith("constant:"):
        return field.derive.partition(":")[2]
    if field.kind in ("date", "date-or-open"):
        return LAST_DAY if field.name == kind.expiring_field else DAY
    if field.kind == "amount":
        return "CNY 5000000.00"
    if field.kind in ("enum", "items"):
        return field.values[0]
    if field.kind == "holder-code-type":
        return holder_codes.kind(field.holder_kinds[0]).code
    if field.kind in ("uscc", "holder-code"):
        return _CODES.get(_document_of(kind, field), "")
    if field.kind == "person-name":
        return "张示例"
    if field.kind == "organisation-name":
        return "广州示例0001号有限公司"
    if field.kind == "code":
        return "0000001".zfill(field.min_length)[-field.max_length :]
    return (_TEXT * (field.min_length // len(_TEXT) + 1))[: max(field.min_length, min(len(_TEXT), field.max_length))]


def _document_of(kind: CertificateType, field: Field) -> str:
    if field.kind == "uscc":
        return "uscc"
    if field.holder_kind is not None:
        return field.holder_kind
    source = kind.field(field.holder_kind_from or "")
    if source.example:
        return next((slug for slug in source.holder_kinds if holder_codes.kind(slug).code == source.example), "")
    return source.holder_kinds[0]


def example_row(kind: CertificateType) -> dict[str, str]:
    """One whole row of a list: every list field to its example."""
    return {field.name: example_of(kind, field) for field in kind.list_fields}
