"""What key holders have to sign that something be drawn in a lot, and their shares, passed on to the board."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_tender
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Hex, Shape
from api.tenders.query import lot_row, tender_row
from api.tenders.schemas import LotNumber, TenderNumber
from chain.evaluation.committee.shares import DrawShare, draws_topic
from chain.evaluation.committee.signing import Waiting, waiting_in
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict
from chain.tenders.holding.ceremonies import opening_key
from chain.tenders.holding.partials import Partial, check_partials

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])


class WaitingDraw(Shape):
    """Something that counts by the rules and waits for the key holders' signature (docs/formats/draw.md)."""

    kind: Literal["draw", "tie", "float"] = Field(description="experts, the order of equal bids, or the float point")
    counter: int = Field(examples=[1])
    subject: Hex = Field(description="SHA-256 of what is drawn from: the paper below, or the notice")
    paper: str | None = Field(
        None, description="of a draw or a tie, canonical JSON", examples=['{"format":"yinxin-tie-1","places":[1,2]}']
    )
    reasons: str | None = Field(
        None, description="of a draw: why places are excluded", examples=['{"format":"yinxin-draw-reasons-1"}']
    )


class DrawsView(Shape):
    """What waits in a lot; nothing before its opening."""

    waiting: list[WaitingDraw]


class DrawShareBody(Shape):
    """A key holder's share in a draw as `yinxin keyholder draw` makes it."""

    format: Literal["yinxin-draw-share-1"] = Field(examples=["yinxin-draw-share-1"])
    key_holder: int = Field(description="number in the roster", ge=1, le=255, examples=[1])
    message: Hex = Field(description="digest of the draw's message")
    signature: str = Field(description="partial signature over it, base64url", max_length=64, examples=["g" * 64])


@router.get("/tenders/{tender}/lots/{lot}/draws", **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS)))
def show_draws(service: Here, tender: TenderNumber, lot: LotNumber) -> DrawsView:
    """What counts and waits in a lot, with the papers that say what is drawn. Every one of them is public."""
    return DrawsView(waiting=[_view(one) for one in _waiting(service, tender, lot)])


@router.post(
    "/tenders/{tender}/lots/{lot}/draw-shares",
    status_code=204,
    **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS, noted=True, repeats=True)),
)
def relay_draw_share(service: Here, tender: TenderNumber, lot: LotNumber, body: DrawShareBody) -> None:
    """Pass a key holder's share in a draw on to the board, if what it signs counts and waits.

    A signature that is not that key holder's is refused. The same again changes nothing.
    """
    data = canonical(body.model_dump(by_alias=True))
    share = DrawShare.from_bytes(data)
    waiting = _waiting(service, tender, lot)
    found = next((one for one in waiting if one.message.digest() == share.message), None)
    if found is None:
        raise Conflict(
            "nothing of this lot waits for that signature", code="draw.none", field="message",
            fix="look again; what is completed needs no further share",
        )  # fmt: skip
    with service.engine.connect() as connection:
        ceremony = tender_row(connection, tender).ceremony
    with service.tenders.chain() as chain:
        key = opening_key(chain.ledger, service.tenders.board, ceremony)
    check_partials(key, share.key_holder, [Partial("signature", share.message, share.signature)], code="draw.share")
    topic = draws_topic(tender, lot, found.kind, found.counter)
    service.tenders.board.post(topic, f"holder-{share.key_holder}", data)


def _waiting(service: Service, tender: int, lot: int) -> tuple[Waiting, ...]:
    with service.engine.connect() as connection:
        lot_row(connection, tender, lot)
    with service.tenders.chain() as chain:
        return waiting_in(chain.ledger, service.tenders.board, tender, lot)


def _view(one: Waiting) -> WaitingDraw:
    return WaitingDraw(
        kind=one.kind, counter=one.counter, subject=hex0x(one.message.subject),
        paper=one.paper.decode() if one.paper else None, reasons=one.reasons.decode() if one.reasons else None,
    )  # fmt: skip


__all__ = ["router"]
