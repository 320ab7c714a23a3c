"""One custodian's address: bounded answers, the server's own errors, another try after a pause, never for ever."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.json_reader import read_json

if TYPE_CHECKING:
    import urllib3

PATIENCE = 120.0
"""Seconds for which one request is tried again before it is given up."""
ANSWER_LIMIT = 2**20
WHOLE = 300.0
"""Seconds within which an answer must be there whole, however steadily its bytes drip."""
_PIECE = 2**16
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_AGAIN = frozenset({429, 502, 503, 504})
_KINDS: dict[int, type[YinxinError]] = {
    400: InvalidInput, 401: Refused, 403: Refused, 404: NotFound, 405: InvalidInput, 409: Refused, 412: Conflict,
    413: InvalidInput, 415: InvalidInput, 422: InvalidInput, 429: Unavailable, 500: Unavailable,
}  # fmt: skip


def _broken() -> tuple[type[Exception], ...]:
    """What the library raises for a connection that fails or an answer that is none."""
    from urllib3.exceptions import HTTPError

    return HTTPError, HTTPException, OSError, ValueError


class Exchange:
    """Requests to one base address. Every one of them may be sent again without harm.

    Args:
        url: ``http://…`` or ``https://…``, without a password in it.
        timeout: seconds without a byte after which a connection is given up.
        patience: seconds for which a request is tried again.
        waiting: told, before each pause, what went wrong and for how long it waits.
        whole: seconds within which the body of an answer must be there whole.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        patience: float = PATIENCE,
        waiting: Callable[[str, float], None] | None = None,
        whole: float = WHOLE,
    ) -> None:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.query:
            raise InvalidInput(
                f"{url!r} is no address of a custodian", code="custody.address", field="url",
                fix="write http://host:port or https://host",
            )  # fmt: skip
        self.url = url.rstrip("/")
        self._whole = whole
        self._patience, self._waiting = patience, waiting or (lambda _why, _seconds: None)
        self._timeout = timeout

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        import urllib3  # slow to load, and most commands ask no custodian

        timeout = urllib3.Timeout(connect=min(self._timeout, 10.0), read=self._timeout)
        return urllib3.PoolManager(maxsize=8, retries=False, timeout=timeout)

    def json(self, method: str, path: str, body: object = None, *, limit: int = ANSWER_LIMIT) -> dict[str, Any]:
        """The answer to a request with a JSON body, which must be a JSON object."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        data = None if body is None else msgspec.json.encode(body)
        return as_object(self.send(method, path, data, headers, limit=limit))

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = ANSWER_LIMIT,
    ) -> bytes:
        """The body of a good answer.

        Raises:
            NotFound, Refused, Conflict, InvalidInput, Damaged: the server's own error, with its code, field and fix.
            Unavailable: no good answer within the patience.
        """
        with self.opened(method, path, body, headers) as reply:
            data = self._read(reply, limit)
        if len(data) > limit:
            raise Damaged(f"{self.url}: an answer of over {limit} bytes", code="custody.answer", field="url")
        return data

    @contextmanager
    def opened(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """A good answer whose body is still to be read; raises as :meth:`send`."""
        reply = self._try(method, path, body, headers or {})
        try:
            yield reply
        finally:
            reply.drain_conn() if reply.length_remaining == 0 else reply.close()
            reply.release_conn()

    def close(self) -> None:
        """Close the connections."""
        if "_pool" in vars(self):
            self._pool.clear()

    # ------------------------------------------------------------------ inside

    def _try(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        until, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while True:
            try:
                reply = self._pool.request(
                    method, self.url + path, body=body, headers=dict(headers), preload_content=False, redirect=False
                )
                if 200 <= reply.status < 300:
                    return reply
                fault = self._fault(reply)
                if reply.status not in _AGAIN:
                    raise fault
            except _broken() as error:
                fault = self._silent(error)
            wait = pause * random.uniform(0.5, 1.0)  # noqa: S311 - so that many do not come again at once
            if time.monotonic() + wait > until:
                raise fault
            self._waiting(fault.message, wait)
            time.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _read(self, reply: urllib3.BaseHTTPResponse, limit: int) -> bytes:
        """At most one byte more than ``limit``."""
        until, data = time.monotonic() + self._whole, bytearray()
        while len(data) <= limit:
            try:
                piece = reply.read1(min(_PIECE, limit + 1 - len(data)), decode_content=False)
            except _broken() as error:
                raise self._silent(error) from error
            if not piece:
                break
            data += piece
            if time.monotonic() > until:
                raise self._silent(TimeoutError())
        return bytes(data)

    def _silent(self, error: Exception) -> Unavailable:
        return Unavailable(
            f"{self.url}: no answer ({type(error).__name__})", code="custody.unreachable", field="url",
            fix="try again, or another custodian of the notice; what was acknowledged is kept",
        )  # fmt: skip

    def _fault(self, reply: urllib3.BaseHTTPResponse) -> YinxinError:
        try:
            raw = self._read(reply, 2**16)
        except Unavailable:
            raw = b""
        finally:
            reply.close()
        try:
            said = read_json(bytes(raw))
        except ValueError:
            said = {}
        if not isinstance(said, dict):
            said = {}
        kind = _KINDS.get(reply.status, Unavailable)

        def text(name: str) -> str | None:
            value = said.get(name)
            return value[:500] if isinstance(value, str) else None

        return kind(
            text("detail") or f"{self.url}: HTTP {reply.status}", code=text("code") or "custody.status",
            field=text("field"), fix=text("fix"),
        )  # fmt: skip


def as_object(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises Damaged for anything else."""
    try:
        value = read_json(raw)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Damaged("the custodian's answer is no JSON object", code="custody.answer", field="url")
    return value
