"""Signing in and out by name and password: the same functions as ``POST /v1/sessions``, a cookie instead of an answer.

Where several people share a counter, the next one signs in over the one before her: one form, and the place is kept.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from api.accounts import access
from api.accounts.rules import NotSignedIn, public
from api.service.cookies import drop, keep
from api.service.pages.faults import SIGN_IN
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.routes import Here, PerhapsCaller, about, ruled

router = APIRouter(route_class=PageRoute)
_Next = Annotated[str, Query(alias="next", max_length=2000)]
_NextField = Annotated[str, Form(alias="next", max_length=2000)]


def own_place(address: str) -> str:
    """The address if it is a place of this service, else the first page: nobody is led elsewhere by a link to us."""
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


@router.get(SIGN_IN, **ruled(public()))
def show_sign_in(request: Request, following: _Next = "/") -> Response:
    """Where one signs in."""
    return _page(request, own_place(following))


@router.post(SIGN_IN, **ruled(public(noted=True)))
def sign_in_here(
    request: Request,
    service: Here,
    caller: PerhapsCaller,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    following: _NextField = "/",
) -> Response:
    """Sign in; whoever was signed in at this browser is signed out."""
    place = own_place(following)
    seconds = service.settings.session_hours * 3600
    now = service.clock()
    try:
        issued = access.sign_in(service.engine, name, password, now=now, seconds=seconds)
    except NotSignedIn:
        return _page(request, place, name=name, wrong=True)
    if caller is not None:
        access.end_token(service.engine, caller.account, caller.token, now=now)
    about(request, f"account {issued.principal.account}")
    response = _go(place)
    keep(request, response, issued.secret, seconds=seconds, public_url=service.settings.public_url)
    return response


@router.post("/sign-out", **ruled(public(noted=True)))
def sign_out_here(service: Here, caller: PerhapsCaller) -> Response:
    """Sign out; the session ends here and everywhere."""
    if caller is not None:
        access.end_token(service.engine, caller.account, caller.token, now=service.clock())
    response = _go("/")
    drop(response)
    return response


def _page(request: Request, following: str, *, name: str = "", wrong: bool = False) -> Response:
    return render(
        request,
        "service/sign_in.html",
        status=401 if wrong else 200,
        personal=True,
        following=following,
        name=name,
        wrong=wrong,
        tries=access.LOCK_AFTER,
        minutes=access.LOCK_SECONDS // 60,
    )


def _go(place: str) -> Response:
    return RedirectResponse(place, 303, {"Cache-Control": "no-store"})


__all__ = ["own_place", "router"]
