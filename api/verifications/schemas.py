"""JSON shapes of verifications and of the public index."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field

from api.service.shapes import SAMPLE_BUREAU, SAMPLE_DIGEST, SAMPLE_IDENTIFIER, Hex, Shape, Time, hex_of
from chain.credentials.verification import Verification
from chain.kernel.ports import LeafPlace

VerdictName = Literal[
    "VALID", "SUSPENDED", "REVOKED", "CANCELLED", "LAPSED", "TRANSFERRED", "SUPERSEDED", "EXPIRED", "NOT_YET_VALID",
    "FORGED", "UNTRUSTED_ISSUER", "UNKNOWN", "CANNOT_CHECK",
]  # fmt: skip


MAX_INPUT = 900_000
"""Characters of what is to be checked."""


class VerificationRequest(Shape):
    """What is to be checked."""

    input: str = Field(
        description="digits from the QR code (or the whole address in it), an SD-JWT, an evidence bundle as text, or, "
        "for those who may look certificates up, an identifier",
        min_length=1,
        max_length=MAX_INPUT,
        examples=[SAMPLE_IDENTIFIER],
    )
    at: Time | None = Field(None, description="judge by this time in the past instead of now")

    model_config = Shape.model_config | {"str_max_length": MAX_INPUT}


class BundleRequest(Shape):
    """Which certificate. It travels in the body, so that no address names it."""

    identifier: str = Field(
        description="certificate identifier (GB/T 36904)",
        pattern=r"^1\.2\.156\.3005\.2\.[0-9A-Za-z.]{20,120}$",
        examples=[SAMPLE_IDENTIFIER],
    )


class StepView(Shape):
    """One of the seven steps."""

    n: int = Field(ge=1, le=7, examples=[4])
    name: str = Field(examples=["anchor"])
    result: Literal["VALID", "INVALID", "ERROR", "SKIPPED"] = Field(examples=["VALID"])
    detail: str = Field(examples=["the bureau anchored it as number 4 of this lane"])
    detail_zh: str = Field(examples=["颁发机构已将其锚定上链"])


class VerificationView(Shape):
    """The answer."""

    verdict: VerdictName = Field(examples=["VALID"])
    authentic: bool | None = Field(
        None, description="the named bureau issued exactly this; null: could not be told", examples=[True]
    )
    in_force: bool | None = Field(
        None, description="it may be relied on at that time; null: could not be told", examples=[True]
    )
    status_as_of: Time | None = Field(None, description="time of the block at which the status was read")
    steps: list[StepView] = Field(min_length=7, max_length=7)
    certificate: dict[str, Any] = Field(
        description="what was shown, and what the registry adds; see docs/verification.md",
        examples=[{"identifier": SAMPLE_IDENTIFIER, "bureau": {"uscc": SAMPLE_BUREAU}}],
    )


def view_of(one: Verification) -> bytes:
    """The JSON of :class:`VerificationView`, written at once; a test holds the two together."""
    plain = one.as_dict()
    for step, found in zip(plain["steps"], one.steps, strict=True):
        step["detailZh"] = found.detail("zh")
    return msgspec.json.encode(plain)


class PlaceView(Shape):
    """Where a certificate is anchored, as this index claims; check it against the ledger."""

    bureau: str = Field(examples=[SAMPLE_BUREAU])
    lane: str = Field(examples=["11100000MB0143028R001"])
    sequence: int = Field(examples=[4])
    jwt_digest: Hex
    stamp_digest: Hex
    record_digest: Hex
    index: int = Field(description="position of the leaf from 0", examples=[17])
    size: int = Field(description="leaves of the tree", examples=[500])
    path: list[Hex] = Field(description="inclusion path (RFC 9162), leaf side first", examples=[[SAMPLE_DIGEST]])

    @classmethod
    def of(cls, place: LeafPlace) -> PlaceView:
        """From an index."""
        return cls(
            bureau=place.bureau,
            lane=place.lane,
            sequence=place.sequence,
            jwt_digest=hex_of(place.parts.jwt),
            stamp_digest=hex_of(place.parts.stamp),
            record_digest=hex_of(place.parts.record),
            index=place.index,
            size=place.size,
            path=[hex_of(node) for node in place.path],
        )
