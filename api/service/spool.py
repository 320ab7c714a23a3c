"""Read a body once, to know its digest, and give it to the endpoint again: in memory if small, else from a file.

The file has no name and is gone with the request.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import Message

_IN_MEMORY = 2**20
_CHUNK = 2**18


@asynccontextmanager
async def spooled(request: Request) -> AsyncIterator[tuple[Request, bytes]]:
    """The same request with its body still to be read, and the body's SHA-256.

    What :class:`api.service.limits.Limits` raises for a body that is too long passes through.
    """
    digest = hashlib.sha256()
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        async for chunk in request.stream():
            digest.update(chunk)
            await run_in_threadpool(file.write, chunk)
        file.seek(0)
        read = False

        async def receive() -> Message:
            nonlocal read
            if read:
                return await request.receive()
            chunk = await run_in_threadpool(file.read, _CHUNK)
            read = len(chunk) < _CHUNK
            return {"type": "http.request", "body": chunk, "more_body": not read}

        yield Request(request.scope, receive), digest.digest()
