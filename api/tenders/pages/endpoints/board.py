"""The public board: every tender, found by text and filters, a page at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.accounts.roles import Role
from api.accounts.rules import public
from api.service.languages import language_of
from api.service.pages.rendering import is_piece, render
from api.service.pages.routes import PageRoute
from api.service.routes import Here, PerhapsCaller, ruled
from api.tenders import query
from api.tenders.pages.board import CATEGORIES, CLOSINGS, STATES, Asked, listed
from api.tenders.pages.showing import telling
from api.tenders.pages.telling import TONES

router = APIRouter(route_class=PageRoute)
_Word = Annotated[str, Query(max_length=32)]


@router.get("/tenders", **ruled(public()))
def show_board(
    request: Request,
    service: Here,
    caller: PerhapsCaller,
    text: Annotated[str, Query(max_length=200)] = "",
    state: _Word = "",
    category: _Word = "",
    closing: _Word = "",
    bureau: _Word = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The board. A filter that does not exist chooses nothing, so that an old link still leads somewhere."""
    asked = Asked(
        text.strip(),
        state if state in STATES else "",
        category if category in CATEGORIES else "",
        closing if closing in CLOSINGS else "",
        bureau,
        page,
    )
    language, now = language_of(request), service.clock()
    found = listed(service.engine, asked, language=language, now=now)
    template = "tenders/found.html" if is_piece(request) else "tenders/board.html"
    return render(
        request, template, words="board", asked=asked, lines=found.lines, total=found.total,
        pages=found.pages, states=tuple(STATES), closings=tuple(CLOSINGS), bureaus=query.bureaus(service.engine),
        now=now, h=telling(language), tones=TONES,
        may_publish=caller is not None and caller.holds((Role.PROCUREMENT,)),
    )  # fmt: skip


__all__ = ["router"]
