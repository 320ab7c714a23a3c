"""What pages of other origins may read: public evidence, and nothing that depends on who asks.

A verifier saved as a file has no origin, one on another host has another; both need evidence that proves itself.
Browsers hand it over only with this header. No credentials go with such a request, and no token may be added to it.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN = re.compile(
    r"/v1/(?:(?:stamps|credentials|status-lists|blobs)/[^/]+|trust-root|trust-snapshot|ledger-calls)\Z", re.ASCII
)
_ANYWHERE = (b"access-control-allow-origin", b"*")
_PREFLIGHT = [
    _ANYWHERE,
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"600"),
]


class CrossOrigin:
    """Answers preflights for public evidence, and marks its answers as fit for every origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not _OPEN.match(scope["path"]):
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


__all__ = ["CrossOrigin"]
