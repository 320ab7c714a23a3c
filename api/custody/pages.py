"""Which pages may talk to a custodian: all of them. A bidder seals in a browser, on a page of whichever service.

Nothing here depends on who asks: there are no accounts, no cookies and no tokens, and a page of another origin learns
no more than any other program. So every page may read every answer, and may send the headers that uploads need.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANYWHERE = (b"access-control-allow-origin", b"*")
_PREFLIGHT = [
    _ANYWHERE,
    (b"access-control-allow-methods", b"GET, POST, PUT"),
    (b"access-control-allow-headers", b"content-type, content-digest"),
    (b"access-control-max-age", b"600"),
]


class FromPages:
    """Answers preflights, and marks answers as fit for every origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), _ANYWHERE]}
            await send(message)

        await self._app(scope, receive, marked)


__all__ = ["FromPages"]
