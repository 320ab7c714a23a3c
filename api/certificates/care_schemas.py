"""JSON shapes of corrections, reprints, holders and retention."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.certificates.corrections import Correction
from api.certificates.reprints import Printed, Reprint
from api.certificates.retention import Due, Run
from api.certificates.schemas import SAMPLE_HOLDER, SAMPLE_NUMBER, BatchView, CertificateView
from api.service.shapes import Shape, Time, time_of
from chain.credentials.stamp import digits


class CorrectionRequest(Shape):
    """What is to be changed."""

    changes: dict[str, str] = Field(
        description="field (name or label) to text; empty takes it away",
        min_length=1,
        max_length=100,
        examples=[{"certificateHolderName": SAMPLE_HOLDER}],
    )
    reason: str = Field(min_length=1, max_length=500, examples=["录入错误"])
    dry_run: bool = Field(False, description="show what would change, and stop", examples=[False])


class ChangedView(Shape):
    """One field that changes."""

    name: str = Field(examples=["certificateHolderName"])
    zh: str = Field(examples=["持证主体"])
    before: str | None = Field(None, examples=["示例一号商贸有限公可"])
    after: str | None = Field(None, examples=[SAMPLE_HOLDER])


class CorrectionOutcome(Shape):
    """A correction, and the batch that makes it."""

    changed: list[ChangedView]
    batch: BatchView | None = Field(None, description="none in a dry run")

    @classmethod
    def of(cls, one: Correction, batch: BatchView | None) -> CorrectionOutcome:
        """From the register."""
        changed = [ChangedView(name=it.name, zh=it.zh, before=it.before, after=it.after) for it in one.changed]
        return cls(changed=changed, batch=batch)


class ReprintRequest(Shape):
    """Why it is printed again."""

    reason: str = Field(min_length=1, max_length=500, examples=["纸质证照损毁"])


class ReprintView(Shape):
    """One reprint."""

    number: int = Field(description="1 for the first of this certificate", examples=[1])
    operator: str = Field(examples=["window-07"])
    reason: str = Field(examples=["纸质证照损毁"])
    at: Time

    @classmethod
    def of(cls, one: Reprint) -> ReprintView:
        """From the register."""
        return cls(number=one.number, operator=one.operator, reason=one.reason, at=time_of(one.at))


class Reprints(Shape):
    """Reprints of a certificate, oldest first."""

    items: list[ReprintView]


class Reprinted(Shape):
    """A reprint with what is printed."""

    reprint: ReprintView
    bundle: str = Field(description="the evidence bundle, canonical JSON as text", examples=['{"format":"…"}'])
    digits: str = Field(description="content of the QR code", examples=["2718281828"])

    @classmethod
    def of(cls, one: Printed) -> Reprinted:
        """From the register."""
        return cls(reprint=ReprintView.of(one.reprint), bundle=one.bundle.decode(), digits=digits(one.stamp))


class HolderRequest(Shape):
    """A holder, by code."""

    holder: str = Field(description="holder code", min_length=1, max_length=64, examples=[SAMPLE_NUMBER])


class HolderView(Shape):
    """What the register has of a holder."""

    certificates: list[CertificateView]
    live: int = Field(description="in force or suspended: an end would end so many", examples=[2])


class EndHolderRequest(HolderRequest):
    """Why everything of a holder ends."""

    cause: Literal["dissolved", "deceased"] = Field(examples=["dissolved"])
    reason: str = Field(min_length=1, max_length=400, examples=["企业注销登记"])
    basis: str = Field(
        "", description="legal basis, such as a decision's number", max_length=200, examples=["示注〔2026〕1号"]
    )
    confirm: int = Field(description="how many live certificates the search showed", ge=1, le=10_000, examples=[2])


class DueView(Shape):
    """A record whose time of keeping is over."""

    certificate: int = Field(description="number in the register", examples=[77])
    status: str = Field(examples=["CANCELLED"])
    since: Time
    years: int = Field(examples=[10])

    @classmethod
    def of(cls, one: Due) -> DueView:
        """From the register."""
        return cls(certificate=one.row.id, status=one.status.name, since=time_of(one.since), years=one.policy.years)


class RetentionDue(Shape):
    """What is due."""

    items: list[DueView]


class RetentionRunView(Shape):
    """A retention run on its way."""

    number: int | None = Field(None, description="null: nothing was due", examples=[1])
    state: str = Field(description="waiting, released, done or refused", examples=["waiting"])
    size: int = Field(description="records", examples=[12])

    @classmethod
    def of(cls, one: Run) -> RetentionRunView:
        """From the register."""
        return cls(number=one.number, state=one.state, size=one.size)
