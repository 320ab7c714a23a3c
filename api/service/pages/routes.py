"""What stands around every page: as around every endpoint, and the cookie, the check of forms, errors for people."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.accounts.principals import Principal
from api.accounts.rules import NotSignedIn
from api.service.context import Service
from api.service.cookies import check_form, drop, secret_of
from api.service.pages.faults import broken_page, fault_page, http_page, invalid_page
from api.service.routes import ServiceRoute
from chain.kernel.errors import YinxinError

log = logging.getLogger("yinxin.service")
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(ServiceRoute):
    """A route that answers people: in no description of the API, its errors are pages.

    What it takes besides a token is the cookie of :mod:`api.service.cookies`. A form must come from a page of ours and
    carry the session's token. Who is not signed in is led to ``/sign-in`` and comes back from there.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        more["include_in_schema"] = False
        super().__init__(path, endpoint, **more)

    def get_route_handler(self) -> _Handler:
        """The endpoint with all that stands around it."""
        inner = APIRoute.get_route_handler(self)

        async def checked(request: Request) -> Response:
            if self.changes and request.headers.get("Authorization") is None:
                await check_form(request)
            return await inner(request)

        async def handler(request: Request) -> Response:
            request.state.number = getattr(request.state, "number", None) or str(uuid.uuid4())
            try:
                response = await self._answer(request, checked)
            except YinxinError as error:
                response = fault_page(request, error)
            except RequestValidationError as error:
                response = invalid_page(request, error)
            except HTTPException as error:
                response = http_page(request, error)
            except Exception:
                log.exception("fault", extra={"data": {"request": request.state.number, "operation": self.name}})
                response = broken_page(request)
            if getattr(request.state, "session_ended", False) and "set-cookie" not in response.headers:
                drop(response)
            return response

        return handler

    async def _who(self, service: Service, request: Request, now: int) -> Principal | None:
        if request.headers.get("Authorization") is not None:
            return await super()._who(service, request, now)
        secret = secret_of(request)
        if secret is None:
            return None
        try:
            return await self._by_secret(service, secret, now)
        except NotSignedIn:
            # A session that ended is no reason to keep somebody from a public page.
            request.state.session_ended = True
            return None


__all__ = ["PageRoute"]
