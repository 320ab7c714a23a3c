"""A type definition as it is proposed, approved, anchored: canonical JSON, strict, of one form. And its end.

A definition (format ``yinxin-certificate-type-1``) is public and without personal data. Before anybody is asked to
approve one it must pass more than a file that ships with the toolkit, because nobody tried it yet: its example row is
a sound certificate, and its patterns mean the same to every program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chain.catalogue.examples import example_row
from chain.catalogue.model import CertificateType
from chain.catalogue.registry import FORMAT, load_type
from chain.catalogue.rules import check_fields
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.kernel.json_reader import read_json

RETIREMENT_FORMAT = "yinxin-type-retirement-1"
LIMIT = 256 * 1024
"""Longest definition, bytes."""
MOST_REASON = 2_000

_SAMPLE_BUREAU = "示例市市场监督管理局"
_ODD = re.compile(r"\(\?(?!:)|\\[0-9A-Za-z]|[*+?}]\+")
"""What Python's expressions and those of JSON Schema (ECMA-262) read differently, or one of them not at all."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A certificate type as somebody defined it.

    Attributes:
        kind: the type.
        document: canonical JSON (RFC 8785), which is stored and anchored.
    """

    kind: CertificateType
    document: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the document, 32 bytes; its leaf and its address follow from it."""
        return sha256(self.document)


@dataclass(frozen=True, slots=True)
class Retirement:
    """The end of one version: nothing is issued under it any more.

    Attributes:
        code: type code.
        version: of the definition.
        reason: why; it is public.
    """

    code: str
    version: int
    reason: str

    @property
    def document(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {"format": RETIREMENT_FORMAT, "code": self.code, "version": self.version, "reason": self.reason}
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the document, 32 bytes."""
        return sha256(self.document)


def read_definition(data: bytes) -> Definition:
    """A proposed definition, in whatever form of JSON it was written.

    Raises:
        InvalidInput: too large, not of the format, or it contradicts itself; ``field`` names the place and ``fix`` says
            what to write there.
    """
    if len(data) > LIMIT:
        raise InvalidInput(
            f"a definition of {len(data)} bytes, at most {LIMIT}",
            code="catalogue.size",
            field="type",
            fix="shorten lists of values, or make them texts",
        )
    kind = load_type(data)
    try:
        value: Any = read_json(data)
    except ValueError as error:
        raise InvalidInput(f"certificate type: {error}", code="catalogue.format", field="type") from error
    _judge_patterns(kind)
    _judge_example(kind)
    return Definition(kind, canonical(value))


def read_type_document(data: bytes) -> Definition | Retirement:
    """What lies behind a leaf of the lane ``$types``: one accepted form.

    Raises:
        InvalidInput: neither a definition nor a retirement, or not canonical.
    """
    value = read_canonical(data, what="type document", limit=LIMIT)
    if not isinstance(value, dict) or value.get("format") not in (FORMAT, RETIREMENT_FORMAT):
        raise InvalidInput("type document of unknown format", code="catalogue.format", field="format")
    if value["format"] == FORMAT:
        return read_definition(data)
    kinds = {"format": str, "code": str, "version": int, "reason": str}
    if set(value) != set(kinds) or any(type(value[name]) is not kind for name, kind in kinds.items()):
        raise InvalidInput(
            f"a retirement has just the members {', '.join(kinds)}", code="catalogue.format", field="type"
        )
    check_retirement_reason(value["reason"])
    return Retirement(value["code"], value["version"], value["reason"])


def check_retirement_reason(reason: str) -> None:
    """Refuse an empty reason, or one too long to be read."""
    if not reason.strip() or len(reason) > MOST_REASON:
        raise InvalidInput(
            f"a retirement needs a reason of 1 to {MOST_REASON} characters",
            code="catalogue.reason",
            field="reason",
            fix="say why, without names of persons: it is public",
        )


def _judge_patterns(kind: CertificateType) -> None:
    for place, field in enumerate(kind.fields):
        odd = _ODD.search(field.pattern or "")
        if odd is not None:
            raise InvalidInput(
                f"{field.name}: its pattern holds {odd[0]}, which not every program reads alike",
                code="catalogue.pattern",
                field=f"fields[{place}].pattern",
                fix="use only characters, classes such as [0-9A-Z], (?:…), | and counts; escape only punctuation",
            )


def _judge_example(kind: CertificateType) -> None:
    whole = kind.complete(example_row(kind), bureau_name=_SAMPLE_BUREAU)
    for name, problem in check_fields(kind, whole):
        if problem.level == "error":
            place = next((number for number, field in enumerate(kind.fields) if field.name == name), None)
            raise InvalidInput(
                f"{name}: the example {whole.get(name)!r} {problem.message}",
                code="catalogue.example",
                field="type" if place is None else f"fields[{place}].example",
                fix="give the field an example that its own rules accept",
            )
    try:
        kind.serial_of(example_row(kind))
    except InvalidInput as error:
        raise InvalidInput(error.message, code="catalogue.example", field="numberField", fix=error.fix) from error
