"""What pages of other origins may read: what depends on nobody who asks.

A verifier saved as a file has no origin, one on another host has another; both need evidence that proves itself.
Browsers hand it over only with this header. No credentials go with such a request, and no token may be added to it.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVIDENCE = re.compile(
    r"/v1/(?:(?:stamps|credentials|status-lists|blobs)/[^/]+|trust-root|trust-snapshot|ledger-calls)\Z", re.ASCII
)
"""Paths of the service's public evidence."""
EVERYTHING = re.compile("")
"""Every path: for a server without accounts, cookies and tokens."""
_ANYWHERE = (b"access-control-allow-origin", b"*")


class CrossOrigin:
    """Answers preflights for paths that are open, and marks their answers as fit for every origin.

    Args:
        app: what answers.
        paths: those that are open; matched at the path's beginning.
        methods: that a page may use there.
        headers: that it may send.
    """

    def __init__(
        self, app: ASGIApp, *, paths: re.Pattern[str], methods: str = "GET, POST", headers: str = "content-type"
    ) -> None:
        self._app = app
        self._paths = paths
        self._preflight = [
            _ANYWHERE,
            (b"access-control-allow-methods", methods.encode("ascii")),
            (b"access-control-allow-headers", headers.encode("ascii")),
            (b"access-control-max-age", b"600"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not self._paths.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": self._preflight})
            await send({"type": "http.response.body", "body": b""})
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), _ANYWHERE]}
            await send(message)

        await self._app(scope, receive, marked)


__all__ = ["EVERYTHING", "EVIDENCE", "CrossOrigin"]
