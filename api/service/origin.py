"""Whether a request comes from a page of this service: what stands between a cookie and other people's sites.

A browser says so itself: ``Sec-Fetch-Site`` (W3C Fetch Metadata, section 2.4) on trustworthy origins, ``Origin``
(RFC 6454) on everything that changes something. A program that sends neither has no cookie to lose and uses a token.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_own(request: Request) -> bool:
    """True if a page of this service made the request.

    A GET that carries neither header passes: a browser of today sends ``Sec-Fetch-Site`` or, over plain http on a local
    network, nothing; what guards such a GET is that no other site may read the answer (CORS).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return request.method in _SAFE
    return _netloc(origin) == request.headers.get("Host", "").lower()


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


__all__ = ["is_own"]
