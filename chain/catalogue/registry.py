"""Loads certificate types from their data files and checks them strictly. Adding a type means adding a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from chain.catalogue.answers import compiled
from chain.catalogue.items import granted
from chain.catalogue.model import CertificateType, DerivedAnswer, Field, FieldKind, OrderRule
from chain.identifiers import holder_codes, uscc
from chain.kernel.errors import InvalidInput, NotFound

FORMAT = "yinxin-certificate-type-1"
TYPES = Path(__file__).with_name("types")
"""Folder of the types that ship with the toolkit."""

TEST_RANGE = "11440100000000001FT"
"""Codes that begin so are ours for trying things out: the body before the T is the sample bureau, which does not exist.
A type stands in this range if and only if its file says ``"codeStatus": "test"``."""


class _File(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    format: str
    slug: str
    code: str
    version: int
    zh: str
    en: str
    holder: Literal["organisation", "person"]
    face_fields: list[str]
    number_field: str
    effective_field: str
    fields: list[_FieldFile]
    expiring_field: str | None = None
    order_rules: list[_OrderFile] = []
    derived: list[_DerivedFile] = []
    matters: list[str] = []
    status_max_age: int = 86_400
    code_status: Literal["assigned", "test"] = "assigned"


class _FieldFile(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    name: str
    zh: str
    en: str
    kind: FieldKind
    source: Literal["list", "derived"] = "list"
    derive: str = ""
    required: bool = True
    pinyin: str | None = None
    aliases: list[str] = []
    min_length: int = 1
    max_length: int = 200
    pattern: str | None = None
    pattern_zh: str = ""
    pattern_en: str = ""
    values: tuple[str, ...] = ()
    value_aliases: dict[str, str] = {}
    ranks: tuple[str, ...] = ()
    holder_kind: str | None = None
    holder_kind_from: str | None = None
    holder_kinds: tuple[str, ...] = ()
    unit: str = ""
    lines: bool = False
    personal: bool = False
    example: str = ""


class _OrderFile(msgspec.Struct, forbid_unknown_fields=True):
    earlier: str
    later: str
    zh: str
    en: str


class _DerivedFile(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    field: str
    rule: str
    zh: str
    en: str


_decoder = msgspec.json.Decoder(_File)
_PLACE = re.compile(r" - at `\$\.?([^`]*)`\Z")
_LONGEST_CODE_ON_FACE = 45
"""Characters; texts on a face are cut at as many bytes, codes never (see CertificateType.face)."""


def load_type(source: Path | bytes) -> CertificateType:
    """Read one type file.

    Raises:
        InvalidInput: not of the format, or it contradicts itself; ``field`` names the place.
        NotFound: no such file.
    """
    if isinstance(source, Path):
        try:
            data = source.read_bytes()
        except OSError as error:
            raise NotFound(f"{source}: cannot be read", code="catalogue.file", field=str(source)) from error
    else:
        data = source
    try:
        raw = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        place = _PLACE.search(str(error))
        raise InvalidInput(
            f"certificate type: {error}",
            code="catalogue.format",
            field=(place[1] if place else "") or "type",
            fix="mend it there; docs/catalogue.md says what may stand where",
        ) from error
    if raw.format != FORMAT:
        raise InvalidInput(
            f"unknown format {raw.format!r}", code="catalogue.format", field="format", fix=f"write {FORMAT}"
        )
    kind = CertificateType(
        slug=raw.slug,
        code=raw.code,
        version=raw.version,
        zh=raw.zh,
        en=raw.en,
        holder=raw.holder,
        fields=tuple(_field(one) for one in raw.fields),
        face_fields=tuple(raw.face_fields),
        number_field=raw.number_field,
        effective_field=raw.effective_field,
        expiring_field=raw.expiring_field,
        order_rules=tuple(OrderRule(one.earlier, one.later, one.zh, one.en) for one in raw.order_rules),
        derived=tuple(DerivedAnswer(one.name, one.field, one.rule, one.zh, one.en) for one in raw.derived),
        matters=tuple(raw.matters),
        status_max_age=raw.status_max_age,
        code_status=raw.code_status,
    )
    _judge(kind)
    return kind


def _field(raw: _FieldFile) -> Field:
    return msgspec.convert(raw, Field, from_attributes=True)


def _refuse(kind: CertificateType, field: str, message: str) -> InvalidInput:
    return InvalidInput(
        f"{kind.slug}: {field}: {message}",
        code="catalogue.type",
        field=field,
        fix=f"mend {field} in the definition: {message}",
    )


def _judge(kind: CertificateType) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,48}[a-z0-9]", kind.slug):
        raise _refuse(kind, "slug", "small letters, digits and hyphens")
    if not re.fullmatch(r"[0-9A-Z]{21}", kind.code) or not uscc.check(kind.code[:18]):
        raise _refuse(kind, "code", "not the 18-character code of a body and 3 characters")
    if kind.code.startswith(TEST_RANGE) != (kind.code_status == "test"):
        raise _refuse(kind, "codeStatus", f"is test for codes that begin with {TEST_RANGE}, and for no others")
    names = [one.name for one in kind.fields]
    if len(set(names)) != len(names):
        raise _refuse(kind, "fields", "a name occurs twice")
    if len(kind.face_fields) > 4 or not set(kind.face_fields) <= set(names):
        raise _refuse(kind, "faceFields", "at most 4 names of fields")
    for role in (kind.number_field, kind.effective_field, kind.holder_name_field, "certificateHolderCode"):
        if role not in names or not kind.field(role).required:
            raise _refuse(kind, role, "is needed as a required field")
    if kind.field(kind.effective_field).kind != "date":
        raise _refuse(kind, "effectiveField", "must be a date")
    if kind.expiring_field is not None and (
        kind.expiring_field not in names or kind.field(kind.expiring_field).kind not in ("date", "date-or-open")
    ):
        raise _refuse(kind, "expiringField", "must be a date")
    for rule in kind.order_rules:
        for name in (rule.earlier, rule.later):
            if name not in names or kind.field(name).kind not in ("date", "date-or-open"):
                raise _refuse(kind, "orderRules", f"{name} is no date of this type")
    if not 60 <= kind.status_max_age <= 31 * 86_400:
        raise _refuse(kind, "statusMaxAge", "between 60 s and 31 days")
    if not 1 <= kind.version <= 9_999:
        raise _refuse(kind, "version", "between 1 and 9999")
    for one in kind.fields:
        _judge_field(kind, one)
    _judge_holder(kind)
    _judge_answers(kind)


def _judge_holder(kind: CertificateType) -> None:
    """The holder's name and code fit the type; besides the masked name nothing about a person stands in the stamp."""
    person = kind.holder == "person"
    if (kind.field(kind.holder_name_field).kind == "person-name") != person:
        raise _refuse(kind, kind.holder_name_field, "is a person-name if persons hold the type, and only then")
    code = kind.field("certificateHolderCode")
    if code.kind not in (("holder-code",) if person else ("uscc", "holder-code")):
        raise _refuse(kind, code.name, "must be a holder-code, or for organisations a uscc")
    source = code.holder_kind_from
    if source is not None:
        names = [one.name for one in kind.fields]
        if source not in names or kind.field(source).kind != "holder-code-type" or not kind.field(source).required:
            raise _refuse(kind, code.name, f"{source} is no required holder-code-type of this type")
    for name in kind.face_fields:
        if kind.field(name).personal or (person and name == code.name):
            raise _refuse(kind, "faceFields", f"{name} is about a person: it may not stand in a stamp")
        if kind.field(name).kind in ("code", "holder-code") and kind.field(name).max_length > _LONGEST_CODE_ON_FACE:
            raise _refuse(kind, name, f"maxLength of a code on the face is at most {_LONGEST_CODE_ON_FACE}")


def _judge_answers(kind: CertificateType) -> None:
    taken = {one.name for one in kind.fields}
    for answer in kind.derived:
        if not re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+", answer.name) or not answer.zh or not answer.en:
            raise _refuse(kind, "derived", f"{answer.name}: small letters joined by _, and both labels, are needed")
        if answer.name in taken:
            raise _refuse(kind, "derived", f"{answer.name} occurs twice")
        if answer.field not in {one.name for one in kind.fields}:
            raise _refuse(kind, "derived", f"{answer.field} is no field of this type")
        taken.add(answer.name)
        compiled(answer.rule, kind.field(answer.field))


def _judge_field(kind: CertificateType, one: Field) -> None:
    if not re.fullmatch(r"(?:KZ_)?[a-z][A-Za-z0-9]{2,47}", one.name) or not one.zh or not one.en:
        raise _refuse(kind, one.name, "a name in camel case (KZ_ before an extension) and both labels are needed")
    derived_well = one.derive == "bureau-name" or re.fullmatch(r"constant:.+", one.derive)
    if (one.source == "derived") != bool(derived_well):
        raise _refuse(kind, one.name, "derive must say constant:<value> or bureau-name, for derived fields only")
    if one.kind in ("enum", "items") and (not one.values or len(set(one.values)) != len(one.values)):
        raise _refuse(kind, one.name, "needs values, each once")
    if one.kind == "items" and any(granted(value) != {value} for value in one.values):
        raise _refuse(kind, one.name, "an item of the vocabulary holds brackets or a separator")
    if not {*one.ranks, *one.value_aliases.values()} <= (set(one.values) if one.kind == "enum" else set()):
        raise _refuse(kind, one.name, "ranks and aliases must name values of the enumeration")
    if one.kind == "holder-code" and (one.holder_kind is None) == (one.holder_kind_from is None):
        raise _refuse(kind, one.name, "a holder code needs holderKind or holderKindFrom, not both")
    if (one.kind == "holder-code-type") != bool(one.holder_kinds):
        raise _refuse(kind, one.name, "a holder code type, and only that, needs holderKinds")
    for slug in (*one.holder_kinds, *([one.holder_kind] if one.holder_kind is not None else [])):
        holder_codes.kind(slug)
    if not 0 < one.min_length <= one.max_length <= 4_000:
        raise _refuse(kind, one.name, "lengths must lie between 1 and 4000")
    if one.pattern is not None:
        try:
            re.compile(one.pattern)
        except re.error as error:
            raise _refuse(kind, one.name, f"pattern: {error}") from error


def load_types(folder: Path) -> tuple[CertificateType, ...]:
    """All types of a folder (``*.json``), by file name.

    Raises:
        InvalidInput: a file is wrong, or two share a slug or code.
    """
    kinds = tuple(load_type(path) for path in sorted(folder.glob("*.json")))
    for attribute in ("slug", "code"):
        seen = [getattr(kind, attribute) for kind in kinds]
        if len(set(seen)) != len(seen):
            raise InvalidInput(f"two certificate types share one {attribute}", code="catalogue.type", field=attribute)
    return kinds


@lru_cache(maxsize=1)
def all_types() -> tuple[CertificateType, ...]:
    """The types that ship with the toolkit."""
    return load_types(TYPES)


def get_type(code_or_slug: str, *, among: Iterable[CertificateType] | None = None) -> CertificateType:
    """The type with that slug, code or Chinese name.

    Raises:
        NotFound: there is none; the fix lists what there is.
    """
    kinds = all_types() if among is None else tuple(among)
    for kind in kinds:
        if code_or_slug in (kind.slug, kind.code, kind.zh):
            return kind
    known = ", ".join(f"{kind.slug} ({kind.zh})" for kind in kinds)
    raise NotFound(f"no certificate type {code_or_slug!r}", code="catalogue.type", field="type", fix=f"one of {known}")
