"""Tenders as open contracting data (OCDS 1.1.5): package and record of each, a feed of releases, all in one file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.accounts.rules import public
from api.service.paging import Cursor, Limit, after
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from api.tenders.opendata import KEPT_SECONDS
from api.tenders.schemas import TenderNumber
from chain.contracting.ocds import extension_files, to_bytes
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url

router = APIRouter(prefix="/v1/ocds", route_class=ServiceRoute, tags=["tenders"])
_HEADERS = {"Cache-Control": f"public, max-age={KEPT_SECONDS}", "X-Content-Type-Options": "nosniff"}
_INDEX_SPAN = 2**16
_File = Annotated[
    Literal["extension.json", "release-schema.json"],
    Path(description="a file of our own extension", examples=["extension.json"]),
]


@router.get(
    "/tenders/{tender}/releases", response_class=Response, **ruled(public(), responses=bytes_of("application/json"))
)
def show_releases(service: Here, tender: TenderNumber) -> Response:
    """Every release of a tender as one release package; at most a minute old."""
    return _json(service.opendata.published().package(tender).releases)


@router.get(
    "/tenders/{tender}/record", response_class=Response, **ruled(public(), responses=bytes_of("application/json"))
)
def show_record(service: Here, tender: TenderNumber) -> Response:
    """The record package of a tender: its releases, and what they come to."""
    return _json(service.opendata.published().package(tender).record)


@router.get("/releases", response_class=Response, **ruled(public(), responses=bytes_of("application/json")))
def list_releases(service: Here, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The feed: releases of all tenders in the chain's order, `limit` a page, from `cursor` on.

    `next` is the cursor of what follows and is there on the last page, too: ask with it again for what is new.
    """
    start = after(cursor)
    found = service.opendata.published().after((start // _INDEX_SPAN, start % _INDEX_SPAN), limit)
    last = found[-1][0][0] * _INDEX_SPAN + found[-1][0][1] if found else start
    return _json({"releases": [one.value for _, one in found], "next": b64url(canonical([last]))})


@router.get("/packages.jsonl.gz", response_class=Response, **ruled(public(), responses=bytes_of("application/gzip")))
def show_packages(service: Here) -> Response:
    """Everything: the release package of every tender, one a line, as one gzip file."""
    named = {**_HEADERS, "Content-Disposition": 'attachment; filename="packages.jsonl.gz"'}
    return Response(service.opendata.published().lines(), media_type="application/gzip", headers=named)


@router.get("/extension/{file}", response_class=Response, **ruled(public(), responses=bytes_of("application/json")))
def show_extension(service: Here, file: _File) -> Response:
    """Our own extension, as packages declare it."""
    return Response(extension_files()[file], media_type="application/json", headers=_HEADERS)


def _json(value: Any) -> Response:
    return Response(to_bytes(value), media_type="application/json", headers=_HEADERS)


__all__ = ["router"]
