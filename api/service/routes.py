"""What happens around every endpoint, in this order: who is it, may she, how often, noted, done once, tagged.

Every route is a :class:`ServiceRoute` and has a :class:`api.accounts.rules.Rule`; one without does not start.
"""

from __future__ import annotations

import inspect
import logging
import uuid
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from api.accounts.access import principal_of
from api.accounts.principals import Principal
from api.accounts.rules import EXTENSION, NotSignedIn, Rule, Where
from api.audit.log import note_begun, note_ended
from api.service import idempotency
from api.service.context import Service, service_of
from api.service.cookies import secret_for_call
from api.service.problems import NotAsBefore, documented, fault, of_error, problem, status_of
from api.service.rates import RATED, Rates, address_of
from api.service.spool import spooled
from chain.kernel.encoding import sha256
from chain.kernel.errors import YinxinError

log = logging.getLogger("yinxin.service")
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_OF_THE_BODY = ("content-length", "content-type")
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


GUARDED = "x-yinxin-if-match"
"""Marks operations that :func:`as_before` guards."""


def ruled(
    rule: Rule, *, guarded: bool = False, responses: dict[int | str, dict[str, Any]] | None = None, **extra: Any
) -> dict[str, Any]:
    """Arguments for a router's decorator: the rule, and the errors that follow from it.

    Args:
        rule: who may call.
        guarded: the endpoint honours If-Match (:func:`as_before`).
        responses: what else it answers, such as :func:`bytes_of`, by status.
        extra: more members for the operation's description (``requestBody`` and the like).
    """
    statuses = [400, 401, 404, 409, 413, 422, 429, 500, 503]
    if rule.where is not Where.PUBLIC:
        statuses.append(403)
    if guarded:
        statuses.append(412)
    members: dict[str, Any] = {EXTENSION: rule.as_dict(), **extra}
    if rule.where is Where.PUBLIC:
        members["security"] = [{}, {"token": []}]
    if guarded:
        members[GUARDED] = True
    return {"openapi_extra": members, "responses": {**documented(*sorted(statuses)), **(responses or {})}}


def bytes_of(*media_types: str, status: int = 200, description: str = "the bytes") -> dict[int | str, dict[str, Any]]:
    """Entry of ``responses`` for an endpoint whose very bytes count; of JSON it is the value that has a schema."""
    schemas = {
        kind: {"type": "object"} if kind == "application/json" else {"type": "string", "format": "binary"}
        for kind in media_types
    }
    content = {kind: {"schema": schema} for kind, schema in schemas.items()}
    return {status: {"description": description, "content": content}}


class ServiceRoute(APIRoute):
    """A route with a rule. The function's name is its operation; the docstring's first line is its summary."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        found = Rule.of(more.get("openapi_extra"))
        if found is None:
            raise TypeError(f"{path}: every endpoint has a rule (api.service.routes.ruled)")
        self.rule = found
        name = more.get("name") or endpoint.__name__
        more["operation_id"] = more.get("operation_id") or name
        more["summary"] = more.get("summary") or (inspect.getdoc(endpoint) or "").partition("\n")[0].rstrip(".")
        super().__init__(path, endpoint, **more)
        self.changes = bool((self.methods or set()) & _CHANGES)
        if self.changes and not (found.noted or self.methods == {"POST"}):
            raise TypeError(f"{path}: what changes something is noted in the audit log")

    def get_route_handler(self) -> _Handler:
        """The endpoint with all that stands around it."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            request.state.number = getattr(request.state, "number", None) or str(uuid.uuid4())
            try:
                return await self._answer(request, inner)
            except YinxinError as error:
                return of_error(request, error)
            except (HTTPException, RequestValidationError):
                raise
            except Exception:
                log.exception("fault", extra={"data": {"request": request.state.number, "operation": self.name}})
                return fault(request)

        return handler

    async def _answer(self, request: Request, inner: _Handler) -> Response:
        service = service_of(request)
        rates: Rates = request.app.state.rates
        now = service.clock()
        try:
            principal = await self._who(service, request, now)
        except NotSignedIn:
            rates.take(address_of(request))
            raise
        request.state.principal = principal
        if not getattr(request.state, RATED, False):
            rates.take(principal.account if principal else address_of(request))
        bureau = request.path_params.get("bureau")
        self.rule.check(principal, bureau, _whole(request.path_params.get("tender")))
        if not self.changes:
            return _tagged(request, await inner(request))
        key = request.headers.get(idempotency.HEADER) if self.rule.repeats else None
        if key is None:
            return await self._noted(service, request, inner, principal, bureau)
        async with spooled(request) as (again, digest):
            return await self._once(service, again, inner, principal, bureau, key, digest)

    async def _once(
        self,
        service: Service,
        request: Request,
        inner: _Handler,
        principal: Principal | None,
        bureau: str | None,
        key: str,
        digest: bytes,
    ) -> Response:
        owner = f"{principal.account}" if principal else f"anonymous {address_of(request)}"
        now = service.clock()
        fingerprint = sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode() + digest)
        once = await run_in_threadpool(
            idempotency.begin, service.engine, owner, key, fingerprint,
            owner=request.state.number, now=now, alive=service.alive,
        )  # fmt: skip
        if isinstance(once, idempotency.Kept):
            return once.response()
        try:
            response = await self._noted(service, request, inner, principal, bureau)
        except YinxinError as error:
            response = of_error(request, error)
        except BaseException:
            await run_in_threadpool(once.forget)
            raise
        if not isinstance(response, StreamingResponse):
            await run_in_threadpool(once.keep, response, now)
        return response

    async def _noted(
        self, service: Service, request: Request, inner: _Handler, principal: Principal | None, bureau: str | None
    ) -> Response:
        if not self.rule.noted:
            return await inner(request)
        entry = await run_in_threadpool(
            note_begun,
            service.engine,
            at=service.clock(),
            account=principal.account if principal else None,
            bureau=bureau if bureau in service.bureaus else "",
            operation=self.operation_id or self.name,
            request=request.state.number,
        )
        outcome = 500
        try:
            response = await inner(request)
            outcome = response.status_code
            return response
        except YinxinError as error:
            outcome = status_of(error)
            raise
        except RequestValidationError:
            outcome = 422
            raise
        except HTTPException as error:
            outcome = error.status_code
            raise
        finally:
            subject = getattr(request.state, "subject", "")
            await run_in_threadpool(
                note_ended, service.engine, entry, at=service.clock(), outcome=outcome, subject=subject
            )

    async def _who(self, service: Service, request: Request, now: int) -> Principal | None:
        header = request.headers.get("Authorization")
        if header is None:
            shown = secret_for_call(request)
            return None if shown is None else await self._by_secret(service, shown, now)
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise NotSignedIn(
                "Authorization has another form", field="Authorization", fix="send Authorization: Bearer TOKEN"
            )
        return await self._by_secret(service, secret.strip(), now)

    async def _by_secret(self, service: Service, secret: str, now: int) -> Principal:
        return await run_in_threadpool(principal_of, service.engine, secret, now=now)


def _whole(text: object) -> int | None:
    """The number that a part of the path is, or None."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 17 else None


def _tagged(request: Request, response: Response) -> Response:
    """A strong ETag over the bytes; 304 if the caller has them."""
    if response.status_code != 200 or isinstance(response, StreamingResponse) or not hasattr(response, "body"):
        return response
    tag = etag_of(bytes(response.body))
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if tag in (one.strip() for one in request.headers.get("If-None-Match", "").split(",")):
        # All but what describes the body: a browser takes these for its copy, the policy of a page among them.
        kept = {name: value for name, value in response.headers.items() if name not in _OF_THE_BODY}
        return Response(None, 304, kept)
    return response


def etag_of(body: bytes) -> str:
    """ETag of a body: 128 bits of its SHA-256."""
    return f'"{sha256(body).hex()[:32]}"'


def as_before(request: Request, current: Callable[[], bytes]) -> None:
    """Honour If-Match: go on only if the resource is still what the caller saw.

    Args:
        request: the request.
        current: makes the body that GET would answer now.

    Raises:
        NotAsBefore: it has changed since.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if etag_of(current()) not in (one.strip() for one in wanted.split(",")):
        raise NotAsBefore(
            "this has changed since you looked at it", field="If-Match", fix="look at it again, then decide again"
        )


def about(request: Request, subject: str) -> None:
    """Say in the audit log what an act was about: a number such as ``batch 12``, never a name or identifier."""
    request.state.subject = subject


def _current(request: Request) -> Principal:
    found: Principal | None = request.state.principal
    if found is None:
        raise NotSignedIn("this needs a signed-in account", field="Authorization", fix="POST /v1/sessions")
    return found


def _perhaps(request: Request) -> Principal | None:
    found: Principal | None = request.state.principal
    return found


Caller = Annotated[Principal, Depends(_current)]
"""Who asks, where the rule demands that somebody does."""

PerhapsCaller = Annotated[Principal | None, Depends(_perhaps)]
"""Who asks, or None."""

Here = Annotated[Service, Depends(service_of)]
"""The service."""

__all__ = [
    "GUARDED",
    "Caller",
    "Here",
    "PerhapsCaller",
    "ServiceRoute",
    "about",
    "as_before",
    "bytes_of",
    "etag_of",
    "problem",
    "ruled",
]
