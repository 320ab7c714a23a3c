"""The roll call of the key that a tender names: how it stands, and a key holder's answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_tender
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Shape
from api.tenders.query import tender_row
from api.tenders.schemas import TenderNumber
from chain.kernel.canonical import canonical
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.holding.roll_call import Presence, Roll, pass_on, present_roll

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])


class RollView(Shape):
    """A roll call that key holders answer now, each by a signature of the share."""

    ceremony: int = Field(description="whose key the tender names", examples=[3])
    counter: int = Field(description="of the roll call: 1, 2, 3 …", examples=[1])
    threshold: int = Field(description="how many open together", examples=[3])
    present: list[int] = Field(description="key holders whose shares signed rightly", examples=[[1, 4]])
    wrong: list[int] = Field(description="in whose names only wrong signatures lie on the board", examples=[[]])
    absent: list[int] = Field(description="of whom nothing came", examples=[[2, 3, 5]])
    complete: bool = Field(description="it stands on the ledger", examples=[False])


class PresenceBody(Shape):
    """A key holder's answer as `yinxin keyholder roll-call` makes it (docs/formats/key-holders.md)."""

    format: Literal["yinxin-roll-call-1"] = Field(examples=["yinxin-roll-call-1"])
    ceremony: int = Field(ge=1, le=2**53 - 1, examples=[3])
    counter: int = Field(ge=1, le=2**32 - 1, examples=[1])
    key_holder: int = Field(description="number in the roster", ge=1, le=255, examples=[1])
    signature: str = Field(description="the share's, base64url", max_length=64, examples=["g" * 64])


@router.get("/tenders/{tender}/roll-call", **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS)))
def show_roll_call(service: Here, tender: TenderNumber) -> RollView:
    """The roll call of the tender's key holders that is under way, or would be begun now."""
    with _key(service, tender) as (ledger, ceremony):
        return _view(present_roll(ledger, service.tenders.board, ceremony))


@router.post(
    "/tenders/{tender}/roll-call",
    **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS, noted=True, repeats=True)),
)
def answer_roll_call(service: Here, tender: TenderNumber, body: PresenceBody) -> RollView:
    """Leave a key holder's answer on the board; refused unless it is the signature of that share.

    The same again changes nothing. Once enough have answered, the worker puts the roll call on the ledger.
    """
    note = Presence.from_bytes(canonical(body.model_dump(by_alias=True)))
    with _key(service, tender) as (ledger, ceremony):
        return _view(pass_on(ledger, service.tenders.board, ceremony, note))


@contextmanager
def _key(service: Service, tender: int) -> Iterator[tuple[TenderLedger, int]]:
    with service.engine.connect() as connection:
        ceremony = tender_row(connection, tender).ceremony
    with service.tenders.chain() as chain:
        yield chain.ledger, ceremony


def _view(roll: Roll) -> RollView:
    return RollView(
        ceremony=roll.ceremony, counter=roll.counter, threshold=roll.threshold, present=list(roll.present),
        wrong=list(roll.wrong), absent=list(roll.absent), complete=roll.complete,
    )  # fmt: skip


__all__ = ["router"]
