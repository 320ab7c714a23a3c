"""What a key holder signed for an opening, passed on to the board; never before it may be opened."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_tender
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Hex, Shape
from api.tenders.query import lot_row
from api.tenders.schemas import LotNumber, TenderNumber
from chain.kernel.canonical import canonical
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.tender_facts import Phase
from chain.sealing import Release
from chain.tenders.holding.ceremonies import opening_key
from chain.tenders.holding.partials import Partial, check_partials
from chain.tenders.opening import live_bids, read_story, releases_topic

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])
_SIGNATURE = Annotated[str, Field(max_length=64, examples=["g" * 64])]
EnvelopeNumber = Annotated[int, Path(ge=1, le=2, description="1, or 2 for the price", examples=[1])]
_CLOSED = {1: Phase.CLOSED, 2: Phase.PRICE_CLOSED}


class ReleaseBody(Shape):
    """A key holder's message as `yinxin keyholder release` makes it (docs/formats/opening-key.md)."""

    format: Literal["yinxin-release-1"] = Field(examples=["yinxin-release-1"])
    key_holder: int = Field(description="number in the roster", ge=1, le=255, examples=[1])
    message: Hex = Field(description="digest of the live set's message")
    live_set: _SIGNATURE = Field(description="partial signature over it, base64url")
    bids: list[_SIGNATURE] = Field(
        description="partial signatures over the live bids, in their order", max_length=100_000, examples=[["g" * 64]]
    )


@router.post(
    "/tenders/{tender}/lots/{lot}/envelopes/{envelope}/releases",
    status_code=204,
    **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS, noted=True, repeats=True)),
)
def relay_release(
    service: Here, tender: TenderNumber, lot: LotNumber, envelope: EnvelopeNumber, body: ReleaseBody
) -> None:
    """Pass a key holder's message on to the board, from the opening time on and for the live set on the ledger.

    A message with a signature that is not that key holder's is refused. The same again changes nothing.
    """
    with service.engine.connect() as connection:
        lot_row(connection, tender, lot)
    data = canonical(body.model_dump(by_alias=True))
    release = Release.from_bytes(data)
    _check_due(service, tender, lot, envelope, release)
    service.tenders.board.post(releases_topic(tender, lot, envelope), f"holder-{release.key_holder}", data)


def _check_due(service: Service, tender: int, lot: int, envelope: int, release: Release) -> None:
    with service.tenders.chain() as chain:
        ledger = chain.ledger
        state = ledger.tender(tender)
        if state is None or ledger.lot(tender, lot).phase is not _CLOSED[envelope] or ledger.block.time < state.open_at:
            raise Conflict(
                "this envelope is not to be opened now", code="release.not_due", field="envelope",
                fix="wait until it is closed and its opening time has come; until then show the message to nobody",
            )  # fmt: skip
        live = live_bids(read_story(ledger, tender), ledger.genesis, lot, envelope)
        if release.message != live.message.digest() or len(release.bids) != len(live.bids):
            raise InvalidInput(
                "the message is not over the live set on the ledger", code="release.live_set", field="message",
                fix="make it anew: yinxin keyholder release",
            )  # fmt: skip
        key = opening_key(ledger, service.tenders.board, state.ceremony)
    signed = [Partial("liveSet", release.message, release.live_set)]
    signed += [Partial("bids", bid.digest(), one) for bid, one in zip(live.identities, release.bids, strict=True)]
    check_partials(key, release.key_holder, signed, code="release.share")


__all__ = ["router"]
