"""JSON shapes of what waits for people, and of their decisions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.approvals.service import Content, DraftPage, Given
from api.approvals.waiting import Waiting
from api.service.shapes import SAMPLE_BUREAU, SAMPLE_IDENTIFIER, Hex, Shape, Time, hex_of, time_of
from chain.desk.decisions import SignedDecision
from chain.issuing.contents import Draft
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import InvalidInput
from chain.ledger.decision import Decision

_ADDRESS = "0x52908400098527886e0f7030069857d2e4169ee7"
_SIGNATURE = "0x" + "1b" * 65


class WaitingView(Shape):
    """One thing that waits for a person's decision."""

    reference: str = Field(examples=["batch-12"])
    kind: str = Field(description="release, status, type, unbind or retention", examples=["release"])
    operation: str = Field(examples=["issue"])
    size: int = Field(description="certificates", examples=[500])
    operator: str = Field(description="who asks", examples=["officer-001"])
    at: Time
    type: str | None = Field(None, description="certificate type code", examples=["11100000MB0143028R001"])
    reason: str = Field(examples=[""])

    @classmethod
    def of(cls, one: Waiting) -> WaitingView:
        """From the register."""
        return cls(
            reference=one.reference,
            kind=one.kind,
            operation=one.operation,
            size=one.size,
            operator=one.operator,
            at=time_of(one.at),
            type=one.certificate_type,
            reason=one.reason,
        )


class WaitingList(Shape):
    """What waits, oldest first."""

    items: list[WaitingView]


class DecisionView(Shape):
    """A person's decision, and what became of it."""

    address: str = Field(description="of the person", examples=[_ADDRESS])
    state: str = Field(
        description="sent, while the signer has not looked; counted, granted, refused, failed or rejected",
        examples=["granted"],
    )
    at: Time | None = None
    code: str | None = Field(None, description="why it was rejected or failed", examples=[None])
    message: str | None = Field(None, examples=[None])
    have: int = Field(description="how many people agree so far", examples=[1])
    needed: int = Field(description="how many must; 0 where the signer did not say", examples=[1])

    @classmethod
    def of(cls, one: Given) -> DecisionView:
        """From the desk."""
        return cls(
            address=one.address,
            state=one.state,
            at=time_of(one.at),
            code=one.code or None,
            message=one.message or None,
            have=one.have,
            needed=one.needed,
        )


class Decisions(Shape):
    """Decisions on one request."""

    items: list[DecisionView]


class ApprovalDetail(Shape):
    """A request as a person decides on it.

    Fetch `/content` and hash it: only a digest that you computed yourself says what you sign.
    """

    reference: str = Field(examples=["batch-12"])
    kind: str = Field(description="what rights are written for", examples=["issue"])
    size: int = Field(examples=[500])
    digest: Hex
    lines: list[str] = Field(description="the request in plain words", examples=[["500 × 营业执照 (issue)"]])
    domain: dict[str, Any] = Field(
        description="EIP-712 domain that a decision is signed for",
        examples=[{"name": "Yinxin Decision", "version": "1", "chainId": 790533815989775}],
    )
    types: dict[str, Any] = Field(
        description="EIP-712 types", examples=[{"Decision": [{"name": "bureau", "type": "string"}]}]
    )
    bureau: str = Field(description="USCC that a decision names", examples=[SAMPLE_BUREAU])
    decisions: list[DecisionView]

    @classmethod
    def of(cls, one: Content, decisions: list[Given]) -> ApprovalDetail:
        """From the register."""
        typed = Decision(one.bureau, one.digest, True, "", 0, 0).typed_data(one.domain)
        return cls(
            reference=one.reference,
            kind=one.kind,
            size=one.size,
            digest=hex_of(one.digest),
            lines=list(one.summary.lines),
            domain=typed["domain"],
            types=typed["types"],
            bureau=one.bureau,
            decisions=[DecisionView.of(given) for given in decisions],
        )


class DraftView(Shape):
    """A row as the release names it: its canonical JSON, these members and no other, is what is hashed."""

    identifier: str = Field(examples=[SAMPLE_IDENTIFIER])
    number: str = Field(description="certificate number", examples=["4401002026000001"])
    version: str = Field(examples=["001"])
    not_before: int = Field(description="seconds since 1970", examples=[1769788800])
    expires: int | None = Field(description="first second at which it holds no more", examples=[1864483200])
    fields: dict[str, str | bool] = Field(
        description="fields and derived answers, canonical values",
        examples=[{"certificateHolderName": "示例市长风贸易有限公司"}],
    )
    predecessor: str | None = Field(description="identifier of the certificate it follows", examples=[None])


class ApprovalDrafts(Shape):
    """Some rows of a list that waits."""

    items: list[DraftView]
    next: str | None = Field(None, description="cursor of the next page; null on the last", examples=["WzEyXQ"])
    size: int = Field(description="rows of the whole list", examples=[100_000])
    rows_digest: Hex = Field(description="root over all rows, which the request names in base64url")

    @classmethod
    def of(cls, page: DraftPage, drafts: list[Draft], following: str | None) -> ApprovalDrafts:
        """From the register."""
        return cls(
            items=[DraftView.model_validate(draft.as_dict()) for draft in drafts],
            next=following,
            size=page.size,
            rows_digest=hex_of(page.rows_digest),
        )


class DecisionRequest(Shape):
    """A decision, signed by a person's own key (EIP-712, docs/formats/decision.md), as `yinxin decide` writes it."""

    format: Literal["yinxin-decision-1"] = Field("yinxin-decision-1", examples=["yinxin-decision-1"])
    bureau: str | None = Field(
        None, description="whose signer is to obey; that of the path if left out", examples=[SAMPLE_BUREAU]
    )
    request: Hex = Field(description="SHA-256 of the content that was decided on")
    approve: bool = Field(examples=[True])
    reason: str = Field("", description="the officer reads it", max_length=2_000, examples=[""])
    at: int = Field(ge=0, le=2**53 - 1, description="seconds since 1970", examples=[1769821200])
    not_after: int = Field(ge=0, le=2**53 - 1, description="last moment it may be taken up", examples=[1769824800])
    address: str = Field(pattern=r"^0x[0-9a-fA-F]{40}$", examples=[_ADDRESS])
    signature: str = Field(pattern=r"^0x[0-9a-fA-F]{130}$", examples=[_SIGNATURE])

    def signed(self, bureau: str) -> SignedDecision:
        """As the desk takes it. Raises InvalidInput."""
        if self.bureau not in (None, bureau):
            raise InvalidInput(
                f"the decision names {self.bureau}",
                code="decision.bureau",
                field="bureau",
                fix="hand it in where it belongs",
            )
        return SignedDecision(
            Decision(bureau, unhex0x(self.request, size=32), self.approve, self.reason, self.at, self.not_after),
            unhex0x(self.address.lower(), size=20),
            unhex0x(self.signature.lower(), size=65),
        )
