"""Bodies of requests: their length is known beforehand, bounded, and they come at a decent pace or not at all."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request

from api.service.problems import TooLarge
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.json_reader import read_json

SMALL = 64 * 1024
IDLE = 10.0
"""Seconds without a byte, and of grace at the beginning."""
SLOWEST = 16 * 1024
"""Bytes a second, on the average since the beginning."""
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):\Z")


class TooSlow(Refused):
    """The body came too slowly; the connection ends."""

    code = "custody.slow"


async def read_body(
    request: Request, limit: int, *, exactly: int | None = None, pressure: Callable[[], int] = lambda: 1
) -> bytearray:
    """The whole body.

    Args:
        request: the request.
        limit: most bytes.
        exactly: bytes that it must have.
        pressure: how many times faster it must come now.

    Raises:
        TooLarge: longer than ``limit``.
        InvalidInput: no Content-Length, another one than ``exactly``, or the body broke off.
        TooSlow: slower than :data:`SLOWEST`, or than the pressure asks for.
    """
    stated = request.headers.get("Content-Length", "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 15:
        raise InvalidInput(
            "the body's length is not stated", code="request.length", field="Content-Length",
            fix="send the header Content-Length",
        )  # fmt: skip
    length = int(stated)
    if length > limit:
        raise TooLarge(f"the body is longer than {limit} bytes", field="body", fix=f"send at most {limit} bytes")
    if exactly is not None and length != exactly:
        raise InvalidInput(
            f"a body of {length} bytes", code="request.length", field="Content-Length", fix=f"send {exactly} bytes"
        )
    body, began = bytearray(), time.monotonic()
    pieces = request.stream().__aiter__()
    try:
        while True:
            async with asyncio.timeout(IDLE):
                piece = await anext(pieces, None)
            if piece is None:
                break
            body += piece
            if len(body) > length:
                raise TooLarge("the body is longer than it said", field="body", fix="state its length")
            if len(body) < SLOWEST * pressure() * (time.monotonic() - began - IDLE):
                raise _slow()
    except TimeoutError as error:
        raise _slow() from error
    except ClientDisconnect as error:
        raise InvalidInput("the body broke off", code="request.broken", field="body", fix="send it again") from error
    if len(body) != length:
        raise InvalidInput("the body broke off", code="request.broken", field="body", fix="send it again")
    return body


async def read_object(request: Request, names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """A JSON object with exactly these members (any, if None). Raises InvalidInput."""
    try:
        value = read_json(bytes(await read_body(request, SMALL)))
    except ValueError as error:
        raise InvalidInput("the body is no JSON", code="request.json", field="body", fix="send valid JSON") from error
    if not isinstance(value, dict) or (names is not None and set(value) != set(names)):
        wanted = f"exactly {', '.join(names)}" if names else "an object"
        raise InvalidInput("the body has other members", code="request.members", field="body", fix=f"send {wanted}")
    return value


def digest_header(request: Request) -> bytes:
    """SHA-256 of the header Content-Digest (RFC 9530), 32 bytes. Raises InvalidInput."""
    found = _DIGEST.match(request.headers.get("Content-Digest", ""))
    try:
        digest = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        digest = b""
    if len(digest) != 32:
        raise InvalidInput(
            "no SHA-256 of the body is given", code="request.digest", field="Content-Digest",
            fix="send Content-Digest: sha-256=:…:",
        )  # fmt: skip
    return digest


def _slow() -> TooSlow:
    return TooSlow(
        f"slower than {SLOWEST} bytes a second, or than others who wait allow",
        field="body",
        fix="send it again over a better connection",
    )
