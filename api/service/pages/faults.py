"""Errors as pages: what is wrong and what to do, in the reader's language. Who is not signed in is led to ``/sign-in``.

htmx gets the same as a note, which it puts above the page (``#fault`` of the frame).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.accounts.rules import NotSignedIn
from api.service.pages.rendering import here, is_piece, render
from api.service.problems import status_of
from chain.kernel.errors import YinxinError

SIGN_IN = "/sign-in"
_TOLD = (400, 403, 404, 405, 409, 412, 413, 422, 429, 503)
"""Statuses with words of their own in chain/words/pages.json; all others are told as 500."""


@dataclass(frozen=True)
class Told:
    """What a page says of an error.

    Attributes:
        status: of HTTP.
        code: stable name of the error.
        detail: what is wrong, in English, as programs get it; may be empty.
        field: the input at fault, or None.
        fix: what to do, or None.
    """

    status: int
    code: str
    detail: str = ""
    field: str | None = None
    fix: str | None = None

    @property
    def words(self) -> int:
        """Under which status the words stand."""
        return self.status if self.status in _TOLD else 500

    @classmethod
    def of(cls, error: YinxinError) -> Told:
        """Of a domain error."""
        return cls(status_of(error), error.code, error.message, error.field, error.fix)


def show(request: Request, told: Told) -> Response:
    """The error as a page, or as a note for htmx."""
    template = "service/fault_note.html" if is_piece(request) else "service/fault.html"
    response = render(request, template, status=told.status, told=told, number=request.state.number, personal=True)
    if told.status in (429, 503):
        response.headers["Retry-After"] = "1"
    return response


def fault_page(request: Request, error: YinxinError) -> Response:
    """A domain error."""
    if isinstance(error, NotSignedIn):
        return to_sign_in(request)
    return show(request, Told.of(error))


def invalid_page(request: Request, error: RequestValidationError) -> Response:
    """Input that has not even the right form."""
    first = error.errors()[0]
    field = str(first["loc"][-1]) if first["loc"] else None
    return show(request, Told(422, "request.invalid", str(first["msg"]), field))


def http_page(request: Request, error: HTTPException) -> Response:
    """A refusal of the frame itself, such as a body that is too long."""
    return show(request, Told(error.status_code, "request", str(error.detail)))


def broken_page(request: Request) -> Response:
    """A fault of ours: it says where to look, and nothing else."""
    return show(request, Told(500, "internal"))


def to_sign_in(request: Request) -> Response:
    """Lead to where one signs in; whoever does comes back to the place she wanted."""
    place = here(request)
    if is_piece(request):
        # The piece is no place to come back to; the page around it is.
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        place = shown.path + (f"?{shown.query}" if shown.query else "")
    elif request.method != "GET":
        place = urlsplit(request.headers.get("Referer", "")).path
    address = f"{SIGN_IN}?next={quote(place or '/', safe='/')}"
    if is_piece(request):
        return Response(None, 204, {"HX-Redirect": address})
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def install(app: FastAPI) -> None:
    """Let people who type a wrong address get a page; programs, and everything under ``/v1``, get what they got."""
    usual = app.exception_handlers[HTTPException]

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        wants = "text/html" in request.headers.get("Accept", "")
        if error.status_code == 404 and wants and not request.url.path.startswith("/v1/"):
            return show(request, Told(404, "request.path"))
        return await usual(request, error)  # type: ignore[misc, no-any-return]

    app.add_exception_handler(HTTPException, on_http)


__all__ = ["SIGN_IN", "Told", "broken_page", "fault_page", "http_page", "install", "invalid_page", "show", "to_sign_in"]
