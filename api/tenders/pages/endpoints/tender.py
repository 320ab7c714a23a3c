"""A tender for everybody: its page, its opening while it happens, every fact of it on the chain."""

from __future__ import annotations

import time
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from sqlalchemy import Engine
from starlette.responses import Response

from api.accounts.principals import Principal
from api.accounts.roles import Role
from api.accounts.rules import public
from api.service.context import Service
from api.service.languages import language_of
from api.service.pages.rendering import is_piece, render
from api.service.pages.routes import PageRoute
from api.service.routes import Here, PerhapsCaller, ruled
from api.tenders.endpoints.receipts import ReceiptVerdict
from api.tenders.pages.room import Room, room
from api.tenders.pages.showing import Way, values
from api.tenders.schemas import TenderNumber
from chain.kernel.clock import parse_moment
from chain.tenders.bidding.receipt import LARGEST

router = APIRouter(route_class=PageRoute)
FACTS = 50
"""Facts on a page of the timeline."""
_EVERY, _EVERY_CLOSE = 15, 2
"""Seconds between two looks at an opening; the shorter one while something is due."""
_FRESH = 1.0
"""Seconds for which a look at an opening serves everybody who watches it."""


class Glances:
    """Rooms as they were a moment ago: a hundred watchers of an opening cost as much as one."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Engine, dict[int, tuple[float, Room]]] = WeakKeyDictionary()

    def look(self, service: Service, tender: int) -> Room:
        """A tender, at most :data:`_FRESH` seconds old. Raises NotFound."""
        moment = time.monotonic()
        fresh = {one: kept for one, kept in self._kept.get(service.engine, {}).items() if moment - kept[0] < _FRESH}
        if tender in fresh:
            return fresh[tender][1]
        found = room(service.engine, service.tenders.board, tender, now=service.clock())
        self._kept[service.engine] = fresh | {tender: (time.monotonic(), found)}
        return found


_GLANCES = Glances()


@router.get("/tenders/{tender}", **ruled(public()))
def show_tender_page(
    request: Request,
    service: Here,
    caller: PerhapsCaller,
    tender: TenderNumber,
    asked: Annotated[bool, Query(description="a question was just sent")] = False,
) -> Response:
    """A tender: what it is, its rules and papers, what happened, what comes next."""
    return tender_page(request, service, caller, tender, asked_now=asked)


def tender_page(
    request: Request,
    service: Service,
    caller: Principal | None,
    tender: int,
    *,
    asked_now: bool = False,
    receipt: ReceiptVerdict | None = None,
) -> Response:
    """The page itself, and what an act on it gave."""
    found = room(service.engine, service.tenders.board, tender, now=service.clock())
    return render(
        request, "tenders/tender.html", words="board", **values(found, language_of(request)),
        **_part(request, found, caller), **receipt_values(receipt), asked_now=asked_now,
    )  # fmt: skip


def receipt_values(receipt: ReceiptVerdict | None) -> dict[str, Any]:
    """What the form for receipts is given, and the answer to one."""
    at = parse_moment(receipt.time) if receipt is not None and receipt.time else None
    return {"receipt": receipt, "receipt_at": at, "receipt_most": LARGEST}


def _part(request: Request, found: Room, caller: Principal | None) -> dict[str, Any]:
    """What this reader may do beyond reading."""
    if caller is None:
        return {"rooms": (), "may_follow": False, "following": False}
    known = {getattr(route, "path", "") for route in request.app.routes}
    number, bureau = found.number, str(found.facts.row.bureau)
    leads = caller.holds((Role.PROCUREMENT,), bureau) or caller.is_appointed((Role.PROCUREMENT, Role.AGENT), number)
    watches = caller.is_appointed((Role.SUPERVISOR,), number)
    wanted = (
        ("control", leads),
        ("supervision", watches or caller.holds((Role.AUDITOR,), bureau)),
        ("audit", leads or watches or caller.holds((Role.AUDITOR,), bureau)),
    )
    return {
        "rooms": tuple(
            Way(f"/tenders/{number}/{word}", word)
            for word, may in wanted
            if may and f"/tenders/{{tender}}/{word}" in known
        ),
        "may_follow": caller.holds((Role.BIDDER,)) and not leads,
        "following": caller.is_appointed((Role.BIDDER,), number),
    }


@router.get("/tenders/{tender}/opening", **ruled(public()))
def show_opening_page(
    request: Request,
    service: Here,
    tender: TenderNumber,
    seen: Annotated[str, Query(max_length=32, description="mark of what is shown already")] = "",
) -> Response:
    """The opening as it happens 不见面开标. 204 if nothing has changed since what was seen."""
    found = _GLANCES.look(service, tender)
    given = values(found, language_of(request))
    if seen and seen == given["mark"]:
        return Response(None, 204, {"Cache-Control": "no-store"})
    near = found.now > found.facts.row.deadline - 60
    template = "tenders/live_piece.html" if is_piece(request) else "tenders/opening.html"
    return render(request, template, words="board", every=_EVERY_CLOSE if near else _EVERY, **given)


@router.get("/tenders/{tender}/timeline", **ruled(public()))
def show_timeline_page(
    request: Request, service: Here, tender: TenderNumber, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """Every fact of a tender on the chain, newest first."""
    found = room(service.engine, service.tenders.board, tender, now=service.clock())
    events = tuple(reversed(found.facts.events))
    first = (page - 1) * FACTS
    return render(
        request, "tenders/timeline.html", words="board", **values(found, language_of(request)),
        events=events[first : first + FACTS], page=page, pages=-(-len(events) // FACTS),
    )  # fmt: skip


__all__ = ["receipt_values", "router", "tender_page"]
