"""Which language a reader has: by address, cookie, browser. Pages speak it, and so do errors to pages' programs."""

from __future__ import annotations

from fastapi import Request

from chain.words import LANGUAGES

COOKIE = "yinxin_language"
TAGS = {"zh": "zh-CN", "en": "en"}
"""BCP 47, for ``lang`` attributes."""


def asked(request: Request) -> str | None:
    """The language that the address asks for (``?lang=``), or None."""
    found = request.query_params.get("lang")
    return found if found in LANGUAGES else None


def language_of(request: Request) -> str:
    """``zh`` or ``en``: by the address, the cookie, the browser's own setting; Chinese if none says."""
    kept = request.cookies.get(COOKIE)
    return asked(request) or (kept if kept in LANGUAGES else None) or _accepted(request.headers.get("Accept-Language"))


def _accepted(header: str | None) -> str:
    """By ``Accept-Language`` (RFC 9110, section 12.5.4): the first of ours in order of preference."""
    best = (0.0, "zh")
    for part in (header or "").split(","):
        tag, _, weight = part.strip().partition(";")
        primary = tag.partition("-")[0].lower()
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if primary in LANGUAGES and quality > best[0]:
            best = (quality, primary)
    return best[1]


__all__ = ["COOKIE", "TAGS", "asked", "language_of"]
