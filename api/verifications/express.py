"""The short way to a verdict: usual requests from nobody in particular are answered before routing, from memory.

What stands around every request (metrics, log, limits) stays around these, too, and so does the rate of their address.
Whatever is not usual, or not in memory, goes on to the endpoint, which answers the same request in the same way.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.observed import VERDICTS
from api.service.problems import TooMany
from api.service.rates import RATED, Rates, address_of
from api.verifications.checker import Checker
from api.verifications.schemas import MAX_INPUT, view_of

_OURS = frozenset({b"authorization", b"idempotency-key"})
"""Headers that make a request unusual."""


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The usual body; whatever is not exactly this is left to the endpoint, which says what is wrong with it."""

    input: str


_read = msgspec.json.Decoder(_Asked).decode


class Express:
    """ASGI middleware.

    Args:
        app: what stands below.
        path: of the endpoint.
        checker: gives the checker of this process.
    """

    def __init__(self, app: ASGIApp, *, path: str, checker: Callable[[FastAPI], Checker]) -> None:
        self._app = app
        self._path = path
        self._checker = checker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"] != self._path or not _is_usual(scope):
            await self._app(scope, receive, send)
            return
        rates: Rates = scope["app"].state.rates
        try:
            rates.take(address_of(Request(scope)))
        except TooMany:
            await self._app(scope, receive, send)  # which finds the same
            return
        scope.setdefault("state", {})[RATED] = True
        seen, body = await _body(receive)
        answer = None if body is None else self._answer(scope["app"], body)
        if answer is None:
            await self._app(scope, seen, send)
            return
        scope["route"] = self
        headers = [(b"content-length", str(len(answer)).encode()), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    @property
    def path(self) -> str:
        """The endpoint's, for metrics and log."""
        return self._path

    def _answer(self, app: FastAPI, body: bytes) -> bytes | None:
        try:
            data = _read(body).input.encode()
        except (msgspec.MsgspecError, UnicodeError):
            return None
        if not 0 < len(data) <= MAX_INPUT:
            return None
        found = self._checker(app).check_at_once(data, at=None)
        if found is None:
            return None
        VERDICTS.labels(found.verdict.value).inc()
        return view_of(found)


def _is_usual(scope: Scope) -> bool:
    if scope["method"] != "POST" or scope["query_string"]:
        return False
    kind, length = b"", False
    for name, value in scope["headers"]:
        if name in _OURS:
            return False
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = True
    return length and kind.partition(b";")[0].strip().lower() == b"application/json"


async def _body(receive: Receive) -> tuple[Receive, bytes | None]:
    """The body, and a receive that gives everything anew; None if the client left or sent too much."""
    messages: list[Message] = []
    fault: HTTPException | None = None
    try:
        while True:
            message = await receive()
            messages.append(message)
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
    except HTTPException as error:  # from Limits: the body is longer than it said
        fault = error
    left = iter(messages)

    async def again() -> Message:
        for one in left:
            return one
        if fault is not None:
            raise fault
        return await receive()

    if fault is not None or messages[-1]["type"] != "http.request":
        return again, None
    return again, b"".join(one.get("body", b"") for one in messages)
