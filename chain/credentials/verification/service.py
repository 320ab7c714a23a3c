"""The one door to the network: a configured service that gives bundles by identifier.

Only addresses from the verifier's own configuration are asked, never one that a document names; redirects
are not followed, proxies from the environment are not used, size and time are bounded. What comes back is
untrusted and goes through :func:`.verifier.verify_bundle` like any other bundle.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.parse import urlsplit

from chain.credentials.bundle import MAX_BUNDLE
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput, Unavailable

PATH = "/v1/bundles"
"""After the base address. The identifier goes into the body: addresses end up in logs."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CHUNK = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Leave the redirect as the error it is for us."""


class HttpBundleService:
    """``POST <base>/v1/bundles`` with ``{"identifier": …}``: 200 with the bundle, 404 if there is none.

    Args:
        base: https address from the configuration; http only for this machine.
        timeout: seconds for one look-up, everything included.
        token: shown as ``Authorization: Bearer``, to this address only; none if empty.

    Raises:
        InvalidInput: an address of another kind, or with credentials, a query or a fragment.
    """

    def __init__(self, base: str, *, timeout: float = 5.0, token: str = "") -> None:
        parts = urlsplit(base)
        plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.scheme == "https" or plain) or not parts.hostname:
            raise InvalidInput(
                f"service {base!r} is no https address",
                code="service.address",
                field="verify.services",
                fix="write https://host/path; http is accepted for this machine only",
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise InvalidInput(
                "service address holds a name, password, query or fragment",
                code="service.address",
                field="verify.services",
            )
        self.base = base.rstrip("/")
        self._timeout = timeout
        self._headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._opener = urllib.request.OpenerDirector()
        handlers = (
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _NoRedirect(),
        )
        for handler in handlers:
            self._opener.add_handler(handler)

    def bundle(self, identifier: str) -> bytes | None:
        """The bundle's bytes, or None if the service has none.

        Raises:
            Unavailable: no answer in time, another answer than 200 or 404, or one that is too large.
        """
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked when the service was configured
            self.base + PATH, data=canonical({"identifier": identifier}), headers=self._headers, method="POST"
        )
        deadline = time.monotonic() + self._timeout
        try:
            with self._opener.open(request, timeout=self._timeout) as reply:
                data = b""
                while chunk := reply.read1(_CHUNK):
                    data += chunk
                    if len(data) > MAX_BUNDLE:
                        raise self._failed("its answer is too large")
                    if time.monotonic() > deadline:
                        raise self._failed("its answer took too long")
                return data
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise self._failed(f"it answered {error.code}") from error
        except (urllib.error.URLError, HTTPException, OSError) as error:
            raise self._failed(str(getattr(error, "reason", error) or type(error).__name__)) from error

    def _failed(self, what: str) -> Unavailable:
        return Unavailable(
            f"service {self.base}: {what}", code="service.unavailable", fix="try again, or give the bundle file"
        )
