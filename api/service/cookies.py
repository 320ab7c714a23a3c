"""The pages' session: the same row and secret as a bearer token, kept by the browser in a cookie no script can read.

The cookie counts on page routes, and under ``/v1`` only where a page of this service asks and says so by the header
``X-Yinxin-Page: 1``, which no form of another site can send.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from api.accounts.rules import Forbidden
from api.service.origin import is_own

COOKIE = "yinxin_session"
HEADER = "X-Yinxin-Page"
FIELD = "form_token"
FORM_HEADER = "X-Yinxin-Form"


def secret_of(request: Request) -> str | None:
    """The secret in the cookie, or None."""
    return request.cookies.get(COOKIE) or None


def secret_for_call(request: Request) -> str | None:
    """The secret that a page's own call to ``/v1`` carries; None for every other call.

    Raises:
        Forbidden: the call says that a page makes it, and it comes from elsewhere.
    """
    secret = secret_of(request)
    if secret is None or request.headers.get(HEADER) != "1":
        return None
    if not is_own(request):
        raise Forbidden(
            "this call does not come from a page of this service",
            code="access.origin",
            field=HEADER,
            fix="call with Authorization: Bearer TOKEN, or from this service's own page",
        )
    return secret


def form_token(secret: str | None) -> str:
    """What forms of a session carry: it can be worked out only by who has the secret. Empty without a session."""
    if secret is None:
        return ""
    digest = hmac.new(secret.encode(), b"yinxin form 1", sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def check_form(request: Request) -> None:
    """Let a form pass or refuse it: it comes from a page of ours, and from this very session.

    Raises:
        Forbidden: from elsewhere, or made in a session that has ended since.
    """
    if not is_own(request):
        raise Forbidden(
            "this form was sent from another site", code="access.origin", field="Origin", fix="open the page here"
        )
    wanted = form_token(secret_of(request))
    if not wanted:
        return
    given = request.headers.get(FORM_HEADER)
    if given is None:
        found = (await request.form()).get(FIELD)
        given = found if isinstance(found, str) else ""
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise Forbidden(
            "this form belongs to a session that has ended",
            code="access.form",
            field=FIELD,
            fix="open the page again and send the form from there",
        )


def keep(request: Request, response: Response, secret: str, *, seconds: int, public_url: str) -> None:
    """Give the browser the session."""
    response.set_cookie(
        COOKIE, secret, max_age=seconds, path="/", httponly=True, samesite="strict",
        secure=_is_https(request, public_url),
    )  # fmt: skip


def drop(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def _is_https(request: Request, public_url: str) -> bool:
    """By https here, or behind a gateway that speaks https under the address by which people know the service."""
    if request.url.scheme == "https":
        return True
    known = urlsplit(public_url)
    return known.scheme == "https" and known.netloc.lower() == request.headers.get("Host", "").lower()


__all__ = [
    "COOKIE",
    "FIELD",
    "FORM_HEADER",
    "HEADER",
    "check_form",
    "drop",
    "form_token",
    "keep",
    "secret_for_call",
    "secret_of",
]
