"""No body is read further than it may be long."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.problems import MEDIA_TYPE, URN


class _Over(Exception):
    pass


class Limits:
    """ASGI middleware.

    Args:
        app: what stands below.
        usual: bytes of a body.
        large: bytes of a body on the paths named.
        paths: patterns of paths that take large bodies.
    """

    def __init__(self, app: ASGIApp, *, usual: int, large: int, paths: Sequence[str]) -> None:
        self._app = app
        self._usual = usual
        self._large = large
        self._paths = re.compile("|".join(f"(?:{path})" for path in paths) or r"(?!)")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._large if self._paths.fullmatch(scope["path"]) else self._usual
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > most:
            await _refuse(send, most)
            return
        read = 0
        begun = False

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > most:
                    raise _Over
            return message

        async def watching(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counting, watching)
        except _Over:
            if begun:
                raise
            await _refuse(send, most)


async def _refuse(send: Send, most: int) -> None:
    code = "request.too_large"
    body = msgspec.json.encode(
        {
            "type": URN + code, "title": "Too large", "status": 413, "code": code, "field": "body",
            "detail": f"the body is longer than {most} bytes",
            "fix": "send lists to /v1/bureaus/{bureau}/lists, and everything else in smaller pieces",
        }
    )  # fmt: skip
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
