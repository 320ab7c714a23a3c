"""Lists become batches; batches go their way."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.engine import Row
from starlette.concurrency import run_in_threadpool

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.batches import (
    FINAL,
    NumbersTaken,
    batch,
    create_batch,
    drafts_for_issue,
    drafts_for_successors,
    recall,
)
from api.certificates.issuing import count_unsealed
from api.certificates.office import Office
from api.certificates.query import batch_page
from api.certificates.schemas import Batches, BatchRequest, BatchState, BatchView, ListOutcome, Operation, TakenView
from api.service.context import Service
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Caller, Here, ServiceRoute, about, as_before, ruled
from api.service.shapes import Bureau, Number
from chain.catalogue.lists import Limits, ListReport, read_list, read_rows
from chain.issuing.contents import Draft
from chain.kernel.errors import Unavailable

router = APIRouter(prefix="/v1/bureaus/{bureau}", route_class=ServiceRoute, tags=["batches"])

_PREPARING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.BATCHES, noted=True, repeats=True)
_UPLOADING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.BATCHES, noted=True, repeats=True, large=True)
_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.BATCHES)
_FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
"""One media type for all: what a file is, is told from its bytes."""
_NOTHING_NEW: dict[int | str, dict[str, Any]] = {
    200: {"model": ListOutcome, "description": "Nothing new: faults, a dry run, or a list known already"}
}
_POLL = 0.5
_RECALL_WAIT = 10.0

_Type = Annotated[
    str,
    Query(alias="type", max_length=64, description="certificate type, by slug or code", examples=["business-licence"]),
]
_Name = Annotated[str, Query(min_length=1, max_length=200, description="name of the list", examples=["2026-11.xlsx"])]
_DryRun = Annotated[bool, Query(description="judge every row and stop", examples=[False])]
_Reason = Annotated[str, Query(max_length=500, description="for renew and change: why", examples=["更名"])]
_Operation = Annotated[Operation, Query(description="what becomes of the rows", examples=["issue"])]
_Sheet = Annotated[
    str | None, Query(max_length=64, description="sheet of an xlsx file; the first if none", examples=["Sheet1"])
]


@router.post("/lists", status_code=201, **ruled(_UPLOADING, responses=_NOTHING_NEW, requestBody=_FILE))
async def upload_list(
    request: Request,
    response: Response,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    kind: _Type,
    name: _Name = "list",
    operation: _Operation = "issue",
    reason: _Reason = "",
    dry_run: _DryRun = False,
    sheet: _Sheet = None,
) -> ListOutcome:
    """Upload a list (CSV in UTF-8 or GB18030, or xlsx) as the body.

    A list without faults becomes a batch that waits for the second person (201). One with faults becomes nothing:
    the answer (200) says what is wrong in which row. The same list again answers its batch (200).
    """
    office = service.office(bureau)
    with tempfile.TemporaryDirectory(prefix="yinxin-list-") as folder:
        file = Path(folder) / "list"
        with file.open("wb") as sink:
            async for chunk in request.stream():
                sink.write(chunk)

        def read() -> ListReport:
            limits = Limits(file_bytes=service.settings.upload_limit)
            return read_list(file, office.catalogue.find(kind), filename=name, sheet=sheet, limits=limits)

        outcome = await run_in_threadpool(
            take, office.acting(caller.name, maker=caller.address), read, kind, operation, name, reason, dry_run
        )
    return _answer(request, response, outcome)


@router.post("/batches", status_code=201, **ruled(_PREPARING, responses=_NOTHING_NEW))
def make_batch(
    request: Request, response: Response, service: Here, caller: Caller, bureau: Bureau, body: BatchRequest
) -> ListOutcome:
    """Send rows as JSON; they are judged like a list's, and answered alike."""
    office = service.office(bureau)
    kind = office.catalogue.find(body.type)
    outcome = take(
        office.acting(caller.name, maker=caller.address),
        lambda: read_rows(body.rows, kind, name=body.name),
        kind.code,
        body.operation,
        body.name,
        body.reason,
        body.dry_run,
    )
    return _answer(request, response, outcome)


def take(
    office: Office,
    read: Callable[[], ListReport],
    type_code: str,
    operation: str,
    name: str,
    reason: str,
    dry_run: bool,
) -> ListOutcome:
    """Judge a list and make a batch of it, unless it has faults or this is a dry run.

    Args:
        office: of whoever asks (:meth:`Office.acting`).
        read: reads and judges the rows.
        type_code: of all rows.
        operation: issue, renew or change.
        name: what to call the list.
        reason: for renew and change: why.
        dry_run: judge and stop.
    """
    report = read()
    if not report.ok:
        return ListOutcome.of(report, accepted=False)
    kind = office.catalogue.find(type_code)
    drafts: Iterable[Draft] = (
        drafts_for_issue(office, report.rows, kind)
        if operation == "issue"
        else drafts_for_successors(office, report.rows, kind)
    )
    if dry_run:
        for _ in drafts:  # made and let go: what cannot be made is told now
            pass
        return ListOutcome.of(report, accepted=True)
    try:
        number, new = create_batch(
            office,
            drafts,
            kind,
            operation=operation,
            source=name,
            reason=reason,
            row_numbers=[row.number for row in report.rows],
        )
    except NumbersTaken as error:
        taken = [
            TakenView(row=one.row, number=one.number, batch=one.batch, identifier=one.identifier)
            for one in error.taken[:1000]
        ]
        return ListOutcome.of(report, accepted=False, taken=taken)
    return ListOutcome.of(report, accepted=True, known=not new, batch=BatchView.of(batch(office, number)))


def _answer(request: Request, response: Response, outcome: ListOutcome) -> ListOutcome:
    if outcome.batch is not None:
        about(request, f"batch {outcome.batch.number}")
        response.headers["Location"] = f"/v1/bureaus/{outcome.batch.bureau}/batches/{outcome.batch.number}"
    if outcome.batch is None or outcome.known:
        response.status_code = 200
    return outcome


@router.get("/batches", **ruled(_LOOKING))
def list_batches(
    service: Here,
    bureau: Bureau,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[BatchState | None, Query(description="only in this state", examples=["waiting"])] = None,
) -> Batches:
    """Batches, newest first."""
    found = batch_page(service.office(bureau), state=state, after=after(cursor), limit=limit + 1)
    kept, following = cut(found, limit, lambda row: int(row.id))
    return Batches(items=[BatchView.of(row) for row in kept], next=following)


@router.get("/batches/{number}", **ruled(_LOOKING))
def show_batch(service: Here, bureau: Bureau, number: Number) -> BatchView:
    """One batch, and how far it is."""
    return _view(service, bureau, number)


def _view(service: Service, bureau: str, number: int) -> BatchView:
    office = service.office(bureau)
    row = batch(office, number)
    return BatchView.of(row, done_of(office, row))


def _viewed(service: Here, bureau: Bureau, number: Number) -> BatchView:
    """Asked for before a stream begins, while a batch that does not exist can still be answered by 404."""
    return _view(service, bureau, number)


def done_of(office: Office, row: Row[Any]) -> int | None:
    """How many certificates of a batch are made; None before and without any."""
    if row.state in ("waiting", "recalled"):
        return None
    return int(row.size - count_unsealed(office, row.id)) if row.state == "released" else int(row.size)


@router.get("/batches/{number}/events", response_class=EventSourceResponse, **ruled(_LOOKING))
async def follow_batch(
    service: Here,
    bureau: Bureau,
    number: Number,
    _known: Annotated[BatchView, Depends(_viewed)],
) -> AsyncIterator[ServerSentEvent]:
    """Follow a batch by server-sent events.

    Each event `batch` has the batch as data; the stream ends once it is complete or recalled.
    """
    last = None
    # When the caller goes away, the response that this feeds ends it; asking for that here, too, would be a second
    # reader of the same connection, which the server then takes for closed.
    while True:
        try:
            view = await run_in_threadpool(_view, service, bureau, number)
        except Unavailable:
            # A database that is busy for a moment is no reason to break off.
            await asyncio.sleep(_POLL)
            continue
        if view != last:
            yield ServerSentEvent(event="batch", data=view.model_dump(by_alias=True, mode="json"))
            last = view
        if view.state in FINAL:
            return
        await asyncio.sleep(_POLL)


@router.post("/batches/{number}/recall", **ruled(_PREPARING, guarded=True))
def recall_batch(request: Request, service: Here, caller: Caller, bureau: Bureau, number: Number) -> BatchView:
    """Take back a batch whose root is not signed yet; its numbers are free again. If-Match guards it."""
    about(request, f"batch {number}")
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    as_before(request, lambda: _view(service, bureau, number).model_dump_json(by_alias=True).encode())
    with office.writing():
        recall(office, number, wait=_RECALL_WAIT)
    return _view(service, bureau, number)


__all__ = ["done_of", "router", "take"]
