"""No body is read further than it may be long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.problems import too_large


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
            await too_large(Request(scope), _words(most))(scope, receive, send)
            return
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > most:
                    raise HTTPException(413, _words(most))
            return message

        await self._app(scope, counting, send)


def _words(most: int) -> str:
    return f"the body is longer than {most} bytes"
