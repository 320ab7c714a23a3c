"""Errors over HTTP: ``application/problem+json`` (RFC 9457) with the field at fault and the fix.

In English, as programs know them; to a page's own program (``X-Yinxin-Page``) in the language of the page, by the words
for the code in ``chain/words/faults.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.accounts.rules import Forbidden, NotSignedIn
from api.service.cookies import HEADER
from api.service.languages import TAGS, language_of
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.words import fault_words

MEDIA_TYPE = "application/problem+json"
URN = "urn:yinxin:problem:"


class TooLarge(InvalidInput):
    """The body is larger than this endpoint takes."""

    code = "request.too_large"


class TooMany(Refused):
    """More requests than are taken in this time."""

    code = "request.too_many"


class NotAsBefore(Conflict):
    """If-Match names a state that is gone."""

    code = "request.changed"


_STATUS: tuple[tuple[type[YinxinError], int], ...] = (
    (NotSignedIn, 401),
    (Forbidden, 403),
    (TooLarge, 413),
    (TooMany, 429),
    (NotAsBefore, 412),
    (NotFound, 404),
    (Conflict, 409),
    (Refused, 409),
    (InvalidInput, 422),
    (Unavailable, 503),
    (Damaged, 500),
)
_TITLES = {
    400: "Malformed request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    406: "Not acceptable", 409: "Conflict", 412: "Changed meanwhile", 413: "Too large", 415: "Unsupported media type",
    422: "Invalid input", 429: "Too many requests", 500: "Internal fault", 503: "Unavailable",
}  # fmt: skip


class Fault(BaseModel):
    """One of several faults in a request."""

    field: str = Field(description="place in the request", examples=["body.operation"])
    message: str = Field(examples=["Input should be 'issue', 'renew' or 'change'"])


class Problem(BaseModel):
    """An error, for programs and people (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="urn:yinxin:problem: and the code", examples=["urn:yinxin:problem:batch.unknown"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="what is wrong", examples=["no batch 12"])
    code: str = Field(description="stable name of the error", examples=["batch.unknown"])
    field: str | None = Field(None, description="input at fault", examples=["batch"])
    fix: str | None = Field(None, description="what to do", examples=["GET /v1/bureaus/{bureau}/batches lists them"])
    faults: list[Fault] | None = Field(None, description="where there are several")
    instance: str | None = Field(None, description="number of the request, as in the log", examples=["urn:uuid:0d3f…"])


def status_of(error: YinxinError) -> int:
    """HTTP status of a domain error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(
    request: Request | None,
    status: int,
    detail: str,
    code: str,
    *,
    field: str | None = None,
    fix: str | None = None,
    faults: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The response itself."""
    language = language_of(request) if request is not None and request.headers.get(HEADER) == "1" else "en"
    words = None if language == "en" else fault_words(code, language)
    if words is not None:
        detail, fix, headers = words.what, words.fix, {**(headers or {}), "Content-Language": TAGS[language]}
    body: dict[str, Any] = {
        "type": URN + code,
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    for name, value in (("field", field), ("fix", fix), ("faults", list(faults) or None)):
        if value is not None:
            body[name] = value
    number = getattr(request.state, "number", None) if request is not None else None
    if number is not None:
        body["instance"] = f"urn:uuid:{number}"
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)


def of_error(request: Request, error: YinxinError) -> Response:
    """A domain error as a response."""
    status = status_of(error)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="yinxin"'
    if status in (429, 503):
        headers["Retry-After"] = "1"
    return problem(request, status, error.message, error.code, field=error.field, fix=error.fix, headers=headers)


def too_large(request: Request | None, detail: str) -> Response:
    """The answer to a body that is too long; the connection ends, as the rest of it is not read."""
    return problem(
        request,
        413,
        detail,
        TooLarge.code,
        field="body",
        fix="send lists to /v1/bureaus/{bureau}/lists, and everything else in smaller pieces",
        headers={"Connection": "close"},
    )


def fault(request: Request) -> Response:
    """The answer to a fault of ours: it says where to look, and nothing else."""
    return problem(
        request,
        500,
        "something went wrong here; nothing is said about the request",
        "internal",
        fix="send it again with the same Idempotency-Key; tell the operator the number of this request",
    )


def _methods(request: Request) -> list[str]:
    """What the path takes; the router itself names only those of the first route."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= set(route.methods or ())
    return sorted(found)


def install(app: FastAPI) -> None:
    """Let the application answer every error so."""

    async def on_domain(request: Request, error: Exception) -> Response:
        assert isinstance(error, YinxinError)
        return of_error(request, error)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        fix = "GET /v1/openapi.json describes every path" if error.status_code in (404, 405) else None
        codes = {400: "request.form", 404: "request.path", 405: "request.method", 413: TooLarge.code}
        code = codes.get(error.status_code, "request")
        if error.status_code == 413:
            return too_large(request, str(error.detail))
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(request))
        return problem(request, error.status_code, str(error.detail), code, fix=fix, headers=headers)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [
            {"field": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])} for one in error.errors()
        ][:20]
        if any(one["type"] == "json_invalid" for one in error.errors()):
            return problem(request, 400, "the body is no JSON", "request.json", field="body", fix="send valid JSON")
        first = faults[0]
        return problem(
            request,
            422,
            f"{first['field']}: {first['message']}",
            "request.invalid",
            field=first["field"],
            fix="see the description of this endpoint in /v1/openapi.json",
            faults=faults,
        )

    async def on_fault(request: Request, error: Exception) -> Response:
        return fault(request)

    app.add_exception_handler(Exception, on_fault)
    app.add_exception_handler(YinxinError, on_domain)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Entries of ``responses`` for these statuses."""
    return {
        status: {
            "description": _TITLES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }
