"""Files go out within a bounded time: whoever reads too slowly is cut off, and holds nothing any longer."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from chain.kernel.errors import Unavailable

log = logging.getLogger("yinxin.custody")
GRACE = 60.0
"""Seconds that every download has."""
SLOWEST = 64 * 1024
"""Bytes a second, on the average, below which a download is cut off."""
_ITSELF = "http.response.pathsend"
"""Extension by which the server would read and send the file itself, with nobody to look at the time."""


class CutOff(Unavailable):
    """A download that took too long; the connection ends before the file does."""

    code = "custody.slow_reader"


class BoundedFile(FileResponse):
    """A file, within :data:`GRACE` seconds and what it takes at :data:`SLOWEST`.

    Args:
        path: of the file.
        size: its bytes.
        filename: what a browser calls it.
    """

    def __init__(self, path: Path, size: int, filename: str) -> None:
        super().__init__(path, media_type="application/octet-stream", filename=filename)
        self._within = GRACE + size / SLOWEST

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. Raises CutOff, after which the server closes the connection."""
        extensions = {name: one for name, one in (scope.get("extensions") or {}).items() if name != _ITSELF}
        try:
            async with asyncio.timeout(self._within):
                await super().__call__({**scope, "extensions": extensions}, receive, send)
        except TimeoutError as error:
            log.info("download cut off", extra={"data": {"within": round(self._within)}})
            raise CutOff("read too slowly", field="digest", fix="fetch it again over a better connection") from error
