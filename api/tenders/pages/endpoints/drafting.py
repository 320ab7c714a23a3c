"""The notice builder: a form becomes a draft for the officer's own device; nothing is kept, nothing is signed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.accounts.principals import Principal
from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere
from api.service.context import Service
from api.service.languages import language_of
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, ruled
from api.tenders import query
from api.tenders.pages.drafting import MOST_LOTS, Shape, draft_from, keys_in_force, look_at_draft
from api.tenders.pages.placing import at_fields, placed
from api.tenders.pages.showing import telling
from chain.tenders.notice import NoticeFinding
from chain.tenders.notice.standing import place_of
from chain.tenders.notice.template import blank
from chain.tenders.notice.template import render as as_text

router = APIRouter(route_class=PageRoute)
_DRAFTING = anywhere(Role.PROCUREMENT, scope=Scope.TENDERS)


@router.get("/tenders/new", **ruled(_DRAFTING))
def show_builder(request: Request, service: Here, caller: Caller) -> Response:
    """An empty form, for as many lots and envelopes as the address says."""
    return _form(request, service, caller, dict(request.query_params), None)


@router.post("/tenders/new", **ruled(_DRAFTING))
async def preview_draft(request: Request, service: Here, caller: Caller) -> Response:
    """Look at what was filled in, or give it out as a draft; nothing of it is kept."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    draft = draft_from(given)
    if given.get("do") == "download":
        headers = {"Content-Disposition": 'attachment; filename="draft.toml"', "Cache-Control": "no-store"}
        text = as_text(draft, language_of(request))
        return Response(text.encode(), media_type="application/toml; charset=utf-8", headers=headers)
    findings = await run_in_threadpool(_look, service, draft)
    return await run_in_threadpool(_form, request, service, caller, given, findings)


def _look(service: Service, draft: Mapping[str, Any]) -> tuple[NoticeFinding, ...]:
    with service.tenders.chain() as chain:
        place = place_of(chain.ledger, chain.ledger.tenders() + 1)
        return look_at_draft(draft, place)


def _form(
    request: Request,
    service: Service,
    caller: Principal,
    given: Mapping[str, str],
    findings: tuple[NoticeFinding, ...] | None,
) -> Response:
    shape = Shape.of(given)
    known = dict(query.bureaus(service.engine))
    mine = [(code, known.get(code, "")) for code in sorted(caller.bureaus(Role.PROCUREMENT))]
    usual = blank(shape.category, lots=shape.lots, envelopes=shape.envelopes, demo=shape.demo)
    places = None if findings is None else [placed(one, shape.lots) for one in findings]
    return render(
        request, "tenders/new.html", words="board", given=given, shape=shape, usual=usual, most=MOST_LOTS,
        bureaus=mine, keys=keys_in_force(service.engine, service.clock()), findings=places,
        faults=at_fields(places or ()),
        h=telling(language_of(request)),
    )  # fmt: skip


__all__ = ["router"]
