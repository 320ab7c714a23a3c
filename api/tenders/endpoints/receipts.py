"""Is this receipt true? Its steps, checked as `yinxin bid verify-receipt` does on one's own device."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from api.accounts.rules import public
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Hex, Shape, Time, hex_of, time_of
from api.tenders.query import tender_row
from api.tenders.schemas import TenderNumber
from chain.kernel.errors import InvalidInput
from chain.ledger.tenders import ReceiptProofs
from chain.tenders.bidding.receipt import LARGEST, ReceiptCheck, verify_receipt
from chain.words.catalogue import LANGUAGES

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])


class ReceiptRequest(Shape):
    """A receipt to be checked."""

    receipt: str = Field(
        min_length=1, max_length=LARGEST, description="the receipt's text, as it is in its file",
        examples=['{"format":"yinxin-bid-receipt-1"}'],
    )  # fmt: skip


class StepWords(Shape):
    """What a step found, in both languages."""

    zh: str = Field(examples=["回执格式正确。"])
    en: str = Field(examples=["It is a receipt in its only form."])


class ReceiptStep(Shape):
    """One step of the check."""

    name: str = Field(description="form, place, signature, custody, event, witness", examples=["form"])
    result: str = Field(description="VALID, INVALID, ERROR or SKIPPED", examples=["VALID"])
    text: StepWords


class ReceiptVerdict(Shape):
    """What came of it. ERROR: it could not be told, such as when no witness has signed for the block yet."""

    result: Literal["VALID", "INVALID", "ERROR"] = Field(examples=["VALID"])
    kind: str | None = Field(None, description="submit, withdraw or move", examples=["submit"])
    act: Hex | None = Field(None, description="hash of what was signed")
    version: int | None = Field(None, examples=[1])
    block: int | None = Field(None, examples=[1203])
    time: Time | None = Field(None, description="of the block")
    steps: list[ReceiptStep]

    @classmethod
    def of(cls, check: ReceiptCheck) -> ReceiptVerdict:
        """From the check. Nothing is told of places: how many there are is not for the service to say."""
        signed = None if check.receipt is None else check.receipt.signed
        block = None if check.event is None else check.event.block
        return cls(
            result=str(check.result),
            kind=None if signed is None else signed.kind,
            act=None if signed is None else hex_of(signed.act.hash()),
            version=None if signed is None else signed.version,
            block=None if block is None else block.number,
            time=None if block is None else time_of(block.time),
            steps=[
                ReceiptStep(
                    name=step.name, result=str(step.result),
                    text=StepWords(**{language: step.detail(language) for language in LANGUAGES}),
                )
                for step in check.steps
            ],
        )  # fmt: skip


@router.post("/tenders/{tender}/receipt-check", **ruled(public(repeats=True)))
def check_receipt(service: Here, tender: TenderNumber, body: ReceiptRequest) -> ReceiptVerdict:
    """Check a bid's receipt against the trust root and the ledger. Nothing of it is kept or noted.

    Whoever would rather tell nobody of the bid checks it alone: `yinxin bid verify-receipt`.
    """
    with service.engine.connect() as connection:
        tender_row(connection, tender)
    root = service.ledger.trust_root
    found = verify_receipt(body.receipt.encode(), ReceiptProofs(root), block_on_ledger=lambda n: _hash_of(service, n))
    if found.receipt is not None and found.receipt.signed.tender != tender:
        raise InvalidInput(
            f"this receipt is of tender {found.receipt.signed.tender}", code="receipt.other_tender", field="receipt",
            fix="ask about that one",
        )  # fmt: skip
    return ReceiptVerdict.of(found)


def _hash_of(service: Service, number: int) -> bytes | None:
    """Hash of a final block; None if none of that number is final."""
    with service.tenders.chain() as chain:
        return chain.hash_of(number) if number <= chain.ledger.block.number else None


__all__ = ["router"]
