"""What everybody may see of tenders and ceremonies, signed in or not."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.accounts.rules import public
from api.service.context import Service
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from api.service.shapes import SAMPLE_BUREAU
from api.tenders import papers, query
from api.tenders.schemas import (
    CeremonyNumber,
    CeremonyView,
    LotNumber,
    PaperDigest,
    Places,
    TenderNumber,
    Tenders,
    TenderView,
    Timeline,
)
from api.tenders.shown import phase_of
from chain.kernel.encoding import unhex0x
from chain.kernel.json_reader import read_json

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])

_LARGEST = 64 * 2**20
_PhaseQuery = Literal[
    "bidding", "closed", "opened", "reviewed", "price-closed", "price-opened", "candidates", "awarded", "contracted",
    "failed", "cancelled",
]  # fmt: skip


@router.get("/tenders", **ruled(public()))
def list_tenders(
    service: Here,
    limit: Limit = 50,
    cursor: Cursor = None,
    phase: Annotated[_PhaseQuery | None, Query(description="with a lot in this phase", examples=["bidding"])] = None,
    category: Annotated[
        Literal["goods", "works", "services"] | None, Query(description="what is bought", examples=["goods"])
    ] = None,
    bureau: Annotated[str | None, Query(max_length=18, description="of this bureau", examples=[SAMPLE_BUREAU])] = None,
    text: Annotated[
        str | None, Query(max_length=200, description="words of titles or the bureau's name", examples=["家具"])
    ] = None,
) -> Tenders:
    """Tenders, newest first, as indexed from the ledger."""
    chosen = query.Chosen((phase_of(phase),) if phase else (), category, bureau, text)
    found = query.find(service.engine, chosen, after=after(cursor), limit=limit + 1)
    kept, following = cut(found, limit, lambda line: line.number)
    return Tenders(items=kept, next=following)


@router.get("/tenders/{tender}", **ruled(public()))
def show_tender(service: Here, tender: TenderNumber) -> TenderView:
    """One tender: deadlines, papers, lots, and what comes next. Of bids nothing is told before the opening."""
    return query.one(service.engine, tender)


@router.get("/tenders/{tender}/timeline", **ruled(public()))
def show_tender_timeline(service: Here, tender: TenderNumber, limit: Limit = 50, cursor: Cursor = None) -> Timeline:
    """What happened, each event with its transaction and block. Events of bids are told once their lot is open."""
    found, places = query.timeline(service.engine, tender, after=after(cursor), limit=limit + 1)
    kept, following = cut(list(zip(found, places, strict=True)), limit, lambda pair: pair[1])
    return Timeline(items=[moment for moment, _ in kept], next=following)


@router.get(
    "/tenders/{tender}/papers/{digest}",
    response_class=Response,
    **ruled(public(), responses=bytes_of("application/octet-stream", "application/json")),
)
def show_tender_paper(service: Here, tender: TenderNumber, digest: PaperDigest) -> Response:
    """A public paper that the chain or the notice names. It is hashed before it is sent; hash it again yourself."""
    wanted = unhex0x(digest, size=32, field="digest")
    with service.engine.connect() as connection:
        papers.check_public(connection, service.tenders.board, tender, wanted)
    return _paper(service, wanted)


@router.get(
    "/tenders/{tender}/lots/{lot}/opening",
    response_class=Response,
    **ruled(public(), responses=bytes_of("application/json", "application/octet-stream")),
)
def show_opening(service: Here, tender: TenderNumber, lot: LotNumber) -> Response:
    """The newest opening record of a lot, as the officer put it on record; 404 before there is one."""
    with service.engine.connect() as connection:
        wanted = papers.opening_record(connection, tender, lot)
    return _paper(service, wanted)


@router.get("/tenders/{tender}/lots/{lot}/places", **ruled(public()))
def list_places(service: Here, tender: TenderNumber, lot: LotNumber) -> Places:
    """The places of a lot, bids and decoys alike, once its first envelope is open; 404 before."""
    return Places(items=query.places(service.engine, tender, lot))


@router.get("/ceremonies/{ceremony}", **ruled(public()))
def show_ceremony(service: Here, ceremony: CeremonyNumber) -> CeremonyView:
    """A key ceremony: its rounds, its members and how far each is, the key in force."""
    return query.ceremony(service.engine, ceremony)


def _paper(service: Service, digest: bytes) -> Response:
    data = service.tenders.board.get(digest, limit=_LARGEST)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    try:
        read_json(data)
    except ValueError:
        headers["Content-Disposition"] = "attachment"
        return Response(data, media_type="application/octet-stream", headers=headers)
    return Response(data, media_type="application/json", headers=headers)


__all__ = ["router"]
