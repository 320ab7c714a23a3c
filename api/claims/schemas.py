"""JSON shapes of activation codes, claims and bindings."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy.engine import Row

from api.claims.bindings import BindingRow
from api.service.shapes import SAMPLE_IDENTIFIER, CertificateName, Hex, Shape, Time, hex_of, time_of


class ActivationRequest(Shape):
    """Certificates whose holders are to get an activation code by letter."""

    certificates: list[CertificateName] = Field(
        description="identifiers or numbers", min_length=1, max_length=1000, examples=[[SAMPLE_IDENTIFIER]]
    )


class ActivationView(Shape):
    """A wish for an activation code. The code itself goes out by letter and never comes here."""

    number: int = Field(examples=[7])
    state: str = Field(description="waiting, complete (the letter is written) or refused", examples=["waiting"])
    fault: str | None = Field(None, description="why the signer refused", examples=[None])
    at: Time

    @classmethod
    def of(cls, row: Row[Any]) -> ActivationView:
        """From a row of ``activations``."""
        return cls(number=row.id, state=row.state, fault=row.fault, at=time_of(row.at))


class Activations(Shape):
    """Wishes for activation codes."""

    items: list[ActivationView]


class ClaimView(Shape):
    """A claim, or the end of a binding, on its way to the ledger."""

    digest: Hex
    kind: str = Field(description="bind or end", examples=["bind"])
    state: str = Field(description="waiting, signed, anchored, complete or refused", examples=["complete"])
    code: str | None = Field(None, description="of a refusal", examples=["claim.code"])
    fault: str | None = Field(None, description="of a refusal, for people", examples=[None])
    binding: str | None = Field(
        None, description="the binding, base64url, once it is anchored: the holder keeps it", examples=[None]
    )

    @classmethod
    def of(cls, row: Row[Any], binding: str | None = None) -> ClaimView:
        """From a row of ``claims``."""
        return cls(
            digest=hex_of(row.digest),
            kind=row.kind,
            state=row.state,
            code=row.fault_code,
            fault=row.fault,
            binding=binding,
        )


class EndRequest(Shape):
    """Why the bureau ends a binding."""

    reason: str = Field(min_length=1, max_length=500, examples=["持证人报告手机遗失"])


class BindingView(Shape):
    """A device that is or was bound to a certificate."""

    n: int = Field(description="1 for the first device", examples=[1])
    digest: Hex
    key: Hex
    since_block: int = Field(examples=[1203])
    since: Time
    until_block: int | None = Field(None, examples=[None])
    until: Time | None = None
    ended_by: str | None = Field(None, description="replaced, holder or bureau", examples=[None])

    @classmethod
    def of(cls, row: BindingRow) -> BindingView:
        """From the register."""
        return cls(
            n=row.n,
            digest=hex_of(row.digest),
            key=hex_of(row.key),
            since_block=row.since_block,
            since=time_of(row.since),
            until_block=row.until_block,
            until=time_of(row.until),
            ended_by=row.ended_by,
        )


class Bindings(Shape):
    """Devices of a certificate, first to last."""

    items: list[BindingView]
