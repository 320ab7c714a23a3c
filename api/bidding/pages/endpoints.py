"""The bidder's room. Who asks for it is nobody's business: it needs no account, and nothing is written down."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.accounts.rules import public
from api.service.pages.policy import origin_of
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.pages.site import address_of_asset
from api.service.routes import Here, ruled
from api.tenders.books import newest_book
from api.tenders.query import one
from api.tenders.schemas import TenderNumber
from chain.kernel.encoding import hex0x, unhex0x
from chain.tenders.notice import Notice, read_notice

router = APIRouter(route_class=PageRoute)


@router.get("/tenders/{tender}/bid", **ruled(public()), summary="The bidder's room")
def show_bid_room(request: Request, service: Here, tender: TenderNumber) -> Response:
    """The frame of the room. Its program believes nothing of what stands in it that the ledger does not say."""
    digest = one(service.engine, tender).notice
    notice = read_notice(service.tenders.board.get(unhex0x(digest, size=32, field="notice")))
    with service.engine.connect() as connection:
        book = newest_book(connection)
    workers = {name: f"{name}-worker" for name in ("seal", "cipher", "hash", "device")}
    data = {
        "tender": tender, "book": hex0x(book), "notice": digest,
        "scripts": {name: address_of_asset(asset) for name, asset in workers.items()},
    }  # fmt: skip
    return render(request, "bidding/bid.html", words="bidroom", connect=custodian_origins(notice), data=data)


def custodian_origins(notice: Notice) -> list[str]:
    """Scheme and host of a notice's custodians, for the policy of a page that fetches sealed files or brings them."""
    return sorted({origin for one in notice.custodians if (origin := origin_of(one.url))})


__all__ = ["custodian_origins", "router"]
