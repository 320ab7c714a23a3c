"""JSON shapes of certificate types and proposals."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.service.shapes import Hex, Shape, Time, hex_of, time_of
from api.types.service import TypeAct
from chain.catalogue import Catalogue, CertificateType

SAMPLE_CODE = "11100000MB0143028R001"


class TypeView(Shape):
    """One version of a certificate type."""

    code: str = Field(examples=[SAMPLE_CODE])
    slug: str = Field(examples=["business-licence"])
    version: int = Field(examples=[1])
    active: bool = Field(description="certificates may be issued under it, if no newer one is", examples=[True])
    zh: str = Field(examples=["营业执照"])
    en: str = Field(examples=["business licence"])
    holder: str = Field(description="organisation or person", examples=["organisation"])
    code_status: str = Field(
        description="assigned, or test: the code lies in a range for trying", examples=["assigned"]
    )
    face_fields: list[str] = Field(description="shown by the stamp", examples=[["certificateHolderCode"]])
    answers: list[str] = Field(description="derived answers a holder may show", examples=[["grade_at_least_2"]])

    @classmethod
    def of(cls, kind: CertificateType, catalogue: Catalogue, **more: Any) -> Any:
        """From a catalogue."""
        return cls(
            code=kind.code,
            slug=kind.slug,
            version=kind.version,
            active=catalogue.is_active(kind),
            zh=kind.zh,
            en=kind.en,
            holder=kind.holder,
            code_status=kind.code_status,
            face_fields=list(kind.face_fields),
            answers=[one.name for one in kind.derived],
            **more,
        )


class Types(Shape):
    """Certificate types, each in every version."""

    items: list[TypeView]


class FieldView(Shape):
    """One field of a type."""

    name: str = Field(examples=["certificateNumber"])
    zh: str = Field(examples=["证照编号"])
    en: str = Field(examples=["certificate number"])
    kind: str = Field(examples=["code"])
    required: bool = Field(examples=[True])
    source: str = Field(description="list: a row brings it; derived: it is filled in", examples=["list"])


class TypeDetail(TypeView):
    """A version with its fields."""

    fields: list[FieldView]


class AnswerView(Shape):
    """One derived answer of a type."""

    name: str = Field(examples=["grade_at_least_2"])
    zh: str = Field(examples=["等级不低于二级"])
    en: str = Field(examples=["grade 2 or better"])


class OwnType(Shape):
    """A type that a bureau defined itself, as one who asks a holder for its fields needs it."""

    bureau: str = Field(examples=["11440100000000001F"])
    bureau_name: str | None = Field(description="by the registry on the ledger", examples=["示例市市场监督管理局"])
    code: str = Field(examples=["11440100000000001FT01"])
    version: int = Field(examples=[1])
    zh: str = Field(examples=["投标保函"])
    en: str = Field(examples=["tender guarantee"])
    fields: list[FieldView]
    answers: list[AnswerView]


class OwnTypes(Shape):
    """Types that bureaus of this service defined, each in its newest version, by bureau and code."""

    items: list[OwnType]


class DefinitionView(Shape):
    """One version of a type as it is anchored: whoever hashes the document finds it in the ledger's lane ``$types``."""

    version: int = Field(examples=[1])
    sequence: int = Field(description="number in the bureau's lane `$types`", examples=[1])
    document: str = Field(
        description="canonical JSON (RFC 8785), byte for byte", examples=['{"code":"11440100000000001FT01"}']
    )


class Definitions(Shape):
    """The definitions of a type that a bureau anchored, oldest first; none for a type that shipped."""

    items: list[DefinitionView]


class ProposalRequest(Shape):
    """A new type, or the next version of one."""

    definition: dict[str, Any] = Field(
        description="format yinxin-certificate-type-1; see docs/catalogue.md",
        examples=[{"format": "yinxin-certificate-type-1", "slug": "performance-record"}],
    )
    reason: str = Field("", description="the second person reads it", max_length=500, examples=["新增证照类型"])


class RetireRequest(Shape):
    """The end of a version."""

    version: int = Field(ge=1, le=999, examples=[1])
    reason: str = Field(description="it becomes public", min_length=1, max_length=500, examples=["由新版替代"])


class ChangeView(Shape):
    """What a proposal changes."""

    place: str = Field(examples=["fields.KZ_grade"])
    zh: str = Field(examples=["新增字段"])
    en: str = Field(examples=["a new field"])


ProposalState = Literal["waiting", "signed", "anchored", "active", "refused", "recalled"]


class ProposalView(Shape):
    """A proposal on its way."""

    number: int = Field(examples=[2])
    action: str = Field(description="approve or retire", examples=["approve"])
    type: str = Field(examples=[SAMPLE_CODE])
    version: int = Field(examples=[2])
    state: str = Field(description="waiting, signed, anchored, active, refused or recalled", examples=["waiting"])
    operator: str | None = Field(None, examples=["officer-001"])
    reason: str | None = Field(None, examples=["新增证照类型"])
    at: Time
    digest: Hex
    sequence: int | None = Field(None, description="number in the lane `$types`", examples=[1])
    refusal: str | None = Field(None, description="what was said", examples=[None])
    changes: list[ChangeView] = Field(default_factory=list, description="what it brings, where it is new")

    @classmethod
    def of(cls, act: TypeAct, changes: Any = ()) -> ProposalView:
        """From the register."""
        return cls(
            number=act.id,
            action=act.action,
            type=act.code,
            version=act.version,
            state=act.state,
            operator=act.operator or None,
            reason=act.reason or None,
            at=time_of(act.at),
            digest=hex_of(act.digest),
            sequence=act.sequence,
            refusal=act.refusal,
            changes=[ChangeView(place=one.place, zh=one.zh, en=one.en) for one in changes],
        )


class Proposals(Shape):
    """Proposals, newest first."""

    items: list[ProposalView]
