"""The board over HTTP: papers by digest, notes under a topic. It shows one folder, and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.custody.bodies import SMALL, read_body
from api.custody.endpoints import Here
from api.custody.releases import may_be_left
from api.service.rates import address_of
from chain.kernel.encoding import b64url, unb64url
from chain.tenders.board import LARGEST_NOTE, LARGEST_PAPER, FolderBoard, check_topic

router = APIRouter()
_PAGE = 8 * 2**20
"""Bytes of notes after which a page ends."""


@router.post("/board/papers", status_code=201)
async def put_paper(request: Request, counter: Here) -> dict[str, str]:
    """Leave a paper; its digest."""
    custodian, size = counter.custodian, _stated(request, LARGEST_PAPER)
    custodian.quotas.take_bytes(address_of(request), "board", size, custodian.clock())
    data = await _body(request, counter, LARGEST_PAPER)
    await run_in_threadpool(custodian.room.take, len(data))
    digest = await run_in_threadpool(FolderBoard(counter.custodian.shelf).put, data)
    return {"digest": b64url(digest)}


@router.get("/board/papers/{digest}")
async def get_paper(digest: str, request: Request, counter: Here) -> Response:
    """The paper with that digest."""
    wanted = unb64url(digest, field="digest")
    custodian, read = counter.custodian, FolderBoard(counter.custodian.shelf).get
    if await run_in_threadpool(_is_small, custodian.shelf, wanted):
        data = await run_in_threadpool(read, wanted, limit=SMALL)
    else:
        with custodian.quotas.large(address_of(request), "read"):
            data = await run_in_threadpool(read, wanted, limit=LARGEST_PAPER)
    return Response(data, media_type="application/octet-stream")


@router.post("/board/notes/{topic:path}", status_code=201)
async def post_note(topic: str, name: str, request: Request, counter: Here) -> dict[str, bool]:
    """Leave a note."""
    check_topic(topic, name)
    custodian, size = counter.custodian, _stated(request, LARGEST_NOTE)
    await run_in_threadpool(may_be_left, custodian, topic)
    custodian.quotas.take_note(address_of(request), topic, size, custodian.clock())
    data = await _body(request, counter, LARGEST_NOTE)
    await run_in_threadpool(custodian.room.take, len(data))
    await run_in_threadpool(FolderBoard(counter.custodian.shelf).post, topic, name, data)
    return {"left": True}


@router.get("/board/notes/{topic:path}")
def get_notes(topic: str, counter: Here, after: Annotated[int, Query(ge=0, le=2**31)] = 0) -> dict[str, Any]:
    """Notes from the one after number ``after`` on; ``next`` is where to go on, or null."""
    notes = FolderBoard(counter.custodian.shelf).notes(topic, after=after)
    page, more = _page(notes)
    return {"notes": page, "next": after + len(page) if more else None}


def _page(notes: Iterator[tuple[str, bytes]]) -> tuple[list[dict[str, str]], bool]:
    page: list[dict[str, str]] = []
    size = 0
    for name, data in notes:
        if page and size + len(data) > _PAGE:
            return page, True
        page.append({"name": name, "content": b64url(data)})
        size += len(data)
    return page, False


def _is_small(shelf: Path, digest: bytes) -> bool:
    try:
        return (shelf / "papers" / digest.hex()[:2] / digest.hex()).stat().st_size <= SMALL
    except OSError:
        return True  # there is none


def _stated(request: Request, limit: int) -> int:
    stated = request.headers.get("Content-Length", "0")
    return min(int(stated), limit) if stated.isascii() and stated.isdigit() and len(stated) < 16 else 0


async def _body(request: Request, counter: Here, limit: int) -> bytes:
    if _stated(request, limit) <= SMALL:
        return bytes(await read_body(request, limit))
    with counter.custodian.quotas.large(address_of(request), "write"):
        return bytes(await read_body(request, limit))
