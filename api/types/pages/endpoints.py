"""Types and proposals: a list, one version with its fields, a form for the next one, and how far a proposal is."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.pages.room import LOOKING, show
from api.service.context import Service
from api.service.pages.faults import Told
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Bureau, Number
from api.types.pages.drafts import next_definition
from api.types.service import propose_type, recall_type, retire_type, type_act, type_acts_of
from chain.catalogue.definition import LIMIT
from chain.kernel.errors import Conflict, InvalidInput, Refused

router = APIRouter(prefix="/console/{bureau}/types", route_class=PageRoute)

_PROPOSING = in_bureau(Role.OFFICER, scope=Scope.TYPES, noted=True)
_RECALL_WAIT = 10.0
_PROPOSALS = 50
STEPS = ("waiting", "signed", "anchored", "active")
"""The way of a proposal, in order."""
_Slug = Annotated[str, Path(min_length=2, max_length=64)]
_Version = Annotated[int, Path(ge=1, le=999)]


@router.get("", **ruled(LOOKING))
def show_types(request: Request, service: Here, bureau: Bureau) -> Response:
    """The certificate types that the bureau may issue under, with list templates; and proposals of late."""
    office = service.office(bureau)
    catalogue = office.catalogue
    found = [(kind, catalogue.is_active(kind)) for kind in catalogue.every()]
    proposals = type_acts_of(office)[:_PROPOSALS]
    return show(
        request, service, bureau, "types", "types/types.html", found=found, proposals=proposals,
        names={kind.code: kind for kind, _ in found},
    )  # fmt: skip


@router.get("/new", **ruled(in_bureau(Role.OFFICER, scope=Scope.TYPES)))
def show_proposal_form(
    request: Request,
    service: Here,
    bureau: Bureau,
    like: Annotated[str, Query(alias="from", max_length=64)] = "",
) -> Response:
    """Where a type is proposed; ``from`` names the type whose next version it is to be."""
    office = service.office(bureau)
    text = next_definition(office, office.catalogue.versions(like)[-1]) if like else ""
    return _form(request, service, bureau, text, "")


@router.post("/proposals", **ruled(_PROPOSING))
def propose_here(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    definition: Annotated[str, Form(max_length=LIMIT)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Propose a type, or the next version of one; it waits for the second person."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    try:
        proposed = propose_type(office, definition.encode(), reason=reason)
    except (InvalidInput, Conflict, Refused) as error:
        return _form(request, service, bureau, definition, reason, Told.of(error))
    about(request, f"type proposal {proposed.act}")
    return _to_proposal(bureau, proposed.act)


def _form(
    request: Request, service: Service, bureau: str, text: str, reason: str, told: Told | None = None
) -> Response:
    kinds = {kind.code: kind for kind in service.office(bureau).catalogue.every()}.values()
    return show(
        request, service, bureau, "types", "types/new.html", status=200 if told is None else told.status,
        text=text, reason=reason, told=told, kinds=kinds, limit=LIMIT,
    )  # fmt: skip


@router.get("/proposals/{number}", **ruled(LOOKING))
def show_proposal_page(request: Request, service: Here, bureau: Bureau, number: Number) -> Response:
    """One proposal: the text as it would go on the ledger, and how far it is."""
    return _proposal(request, service, bureau, number)


@router.post("/proposals/{number}/recall", **ruled(_PROPOSING))
def recall_proposal_here(request: Request, service: Here, caller: Caller, bureau: Bureau, number: Number) -> Response:
    """Take a proposal back that is not signed yet."""
    about(request, f"type proposal {number}")
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    try:
        with office.writing(patience=_RECALL_WAIT):
            recall_type(office, number, wait=_RECALL_WAIT)
    except Refused as error:
        return _proposal(request, service, bureau, number, Told.of(error))
    return _to_proposal(bureau, number)


def _proposal(request: Request, service: Service, bureau: str, number: int, told: Told | None = None) -> Response:
    act = type_act(service.office(bureau), number)
    text = json.dumps(json.loads(act.document), ensure_ascii=False, indent=1)
    return show(
        request, service, bureau, "types", "types/proposal.html", piece="types/proposal_state.html",
        status=200 if told is None else told.status, act=act, text=text, steps=STEPS, told=told,
    )  # fmt: skip


@router.get("/{slug}/{version}", **ruled(LOOKING))
def show_type_page(request: Request, service: Here, bureau: Bureau, slug: _Slug, version: _Version) -> Response:
    """One version of a type: its fields, and the end of it."""
    return _type(request, service, bureau, slug, version)


@router.post("/{slug}/{version}/retire", **ruled(_PROPOSING))
def retire_type_here(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    slug: _Slug,
    version: _Version,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Ask that nothing more be issued or renewed under a version; it waits for the second person."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    try:
        proposed = retire_type(office, slug, version, reason=reason)
    except (InvalidInput, Conflict, Refused) as error:
        return _type(request, service, bureau, slug, version, reason, Told.of(error))
    about(request, f"type proposal {proposed.act}")
    return _to_proposal(bureau, proposed.act)


def _type(
    request: Request, service: Service, bureau: str, slug: str, version: int, reason: str = "", told: Told | None = None
) -> Response:
    catalogue = service.office(bureau).catalogue
    kind = catalogue.find(slug, version)
    return show(
        request, service, bureau, "types", "types/type.html", status=200 if told is None else told.status,
        kind=kind, active=catalogue.is_active(kind), reason=reason, told=told,
    )  # fmt: skip


def _to_proposal(bureau: str, number: int) -> Response:
    place = f"/console/{bureau}/types/proposals/{number}"
    return RedirectResponse(place, 303, {"Cache-Control": "no-store"})
