"""Bureaus, anchors, status heads and blobs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from api.accounts.rules import public
from api.indexer.tables import ledger_anchors, ledger_statuses
from api.service.context import Service
from api.service.paging import Cursor, Limit, Page, after, cut
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from api.service.shapes import SAMPLE_BUREAU, Bureau, Hex, Shape, Time, hex_of, time_of
from chain.documents.cids import cid_of_sha256, parse_cid
from chain.kernel.errors import NotFound

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["ledger"])

SAMPLE_CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
_SAMPLE_LANE = "11100000MB0143028R001"


class BureauView(Shape):
    """A bureau, by the registry on the ledger."""

    code: str = Field(examples=[SAMPLE_BUREAU])
    name: str = Field(description="legal name", examples=["示例市市场监督管理局"])
    registered: Time
    types: list[str] = Field(description="type codes it was ever accredited for", examples=[[_SAMPLE_LANE]])
    suspended: bool = Field(description="it may not issue now", examples=[False])
    successor: str | None = Field(None, description="bureau that answers for it now", examples=[None])


class Bureaus(Shape):
    """The bureaus of this service."""

    items: list[BureauView]


class AnchorView(Shape):
    """An anchor on the ledger."""

    lane: str = Field(examples=[_SAMPLE_LANE])
    sequence: int = Field(examples=[4])
    root: Hex
    size: int = Field(examples=[500])
    manifest_digest: Hex
    manifest: str = Field(description="CID of the public manifest's first document", examples=[SAMPLE_CID])
    head: Hex
    block: int = Field(examples=[1203])
    time: Time
    transaction: Hex


class Anchors(Page):
    """Anchors of a bureau, oldest first."""

    items: list[AnchorView]


class StatusHeadView(Shape):
    """One anchored state of a status list."""

    list: str = Field(examples=["s0001"])
    digest: Hex
    head: Hex
    previous_head: Hex
    block: int = Field(examples=[1203])
    time: Time
    transaction: Hex


class StatusHeads(Page):
    """Anchored states of a bureau's status lists, oldest first."""

    items: list[StatusHeadView]


@router.get("/bureaus", **ruled(public()))
def list_bureaus(service: Here) -> Bureaus:
    """The bureaus of this service, as the registry on the ledger has them."""
    return Bureaus(items=[view for code in service.bureaus if (view := _bureau(service, code)) is not None])


@router.get("/bureaus/{bureau}", **ruled(public()))
def show_bureau(service: Here, bureau: Bureau) -> BureauView:
    """One bureau."""
    service.office(bureau)
    view = _bureau(service, bureau)
    if view is None:
        raise NotFound(
            f"the registry knows no bureau {bureau}", code="bureau.unknown", field="bureau", fix="register it"
        )
    return view


def _bureau(service: Service, code: str) -> BureauView | None:
    facts, now = service.facts(code)
    if facts is None:
        return None
    return BureauView(
        code=facts.uscc,
        name=facts.name,
        registered=time_of(facts.registered_at),
        types=sorted(facts.accreditations),
        suspended=any(period.holds(now) for period in facts.suspensions),
        successor=facts.successor,
    )


@router.get("/bureaus/{bureau}/anchors", **ruled(public()))
def list_anchors(
    service: Here,
    bureau: Bureau,
    limit: Limit = 50,
    cursor: Cursor = None,
    lane: Annotated[str | None, Query(max_length=32, description="only this lane", examples=[_SAMPLE_LANE])] = None,
) -> Anchors:
    """Anchors of the bureau as indexed from the ledger, by block."""
    table = ledger_anchors
    query = select(table).order_by(table.c.block_number, table.c.lane, table.c.sequence)
    if lane is not None:
        query = query.where(table.c.lane == lane)
    rows, following = _slice(service, bureau, query, after(cursor), limit)
    return Anchors(
        items=[
            AnchorView(
                lane=row.lane,
                sequence=row.sequence,
                root=hex_of(row.root),
                size=row.size,
                manifest_digest=hex_of(row.manifest_digest),
                manifest=cid_of_sha256(bytes(row.manifest_digest)),
                head=hex_of(row.head),
                block=row.block_number,
                time=time_of(row.block_time),
                transaction=hex_of(row.transaction),
            )
            for row in rows
        ],
        next=following,
    )


@router.get("/bureaus/{bureau}/status-heads", **ruled(public()))
def list_status_heads(service: Here, bureau: Bureau, limit: Limit = 50, cursor: Cursor = None) -> StatusHeads:
    """Every anchored state of the bureau's status lists, by block: what was in force on any day can be told from it."""
    table = ledger_statuses
    query = select(table).order_by(table.c.block_number, table.c.id)
    rows, following = _slice(service, bureau, query, after(cursor), limit)
    return StatusHeads(
        items=[
            StatusHeadView(
                list=row.list,
                digest=hex_of(row.digest),
                head=hex_of(row.head),
                previous_head=hex_of(row.previous_head),
                block=row.block_number,
                time=time_of(row.block_time),
                transaction=hex_of(row.transaction),
            )
            for row in rows
        ],
        next=following,
    )


def _slice(service: Service, bureau: str, query: Any, offset: int, limit: int) -> tuple[list[Any], str | None]:
    """Rows from an offset: these tables only grow at the end, so an offset stays where it is."""
    with service.office(bureau).engine.connect() as connection:
        rows = connection.execute(query.offset(offset).limit(limit + 1)).all()
    return cut(rows, limit, lambda _row: offset + limit)


@router.get("/blobs/{cid}", response_class=Response, **ruled(public(), responses=bytes_of("application/octet-stream")))
def show_blob(
    service: Here,
    cid: Annotated[
        str, Path(pattern=r"^b[a-z2-7]{20,100}$", description="CID, version 1, base32", examples=[SAMPLE_CID])
    ],
) -> Response:
    """Stored bytes: encrypted records, manifests, status lists. The CID is recomputed before they are sent."""
    parse_cid(cid)
    for bureau in service.bureaus:
        try:
            data = service.office(bureau).store.get(cid)
        except NotFound:
            continue
        return Response(data, media_type="application/octet-stream")
    raise NotFound(f"no blob {cid} here", code="blob.unknown", field="cid", fix="ask another store")
