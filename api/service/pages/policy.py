"""What a page may load, ask and run, and who may see it again: the headers of every page made here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), usb=(), payment=(), clipboard-read=()"


def content_policy(connect: Iterable[str] = ()) -> str:
    """Content-Security-Policy (level 3): this service's own files, and no inline code.

    Args:
        connect: origins beside this one that the page's programs talk to, such as ``https://custodian.example``.
    """
    return "; ".join(
        (
            "default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
            "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "worker-src 'self'", "manifest-src 'self'",
            " ".join(("connect-src 'self'", *connect)),
            "require-trusted-types-for 'script'", "trusted-types yinxin default",
        )
    )  # fmt: skip


def headers(*, personal: bool, connect: Iterable[str] = ()) -> dict[str, str]:
    """All of them.

    Args:
        personal: the page shows something to one account only; it is then never kept, not even for "back".
        connect: as for :func:`content_policy`.
    """
    return {
        "Content-Security-Policy": content_policy(connect),
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        # Not "no-referrer": a form would then be sent with "Origin: null", and be taken for a stranger's.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store" if personal else "private, no-cache",
        "Vary": "Cookie, Accept-Language, HX-Request",
    }


def origin_of(url: str) -> str:
    """Scheme and host of an address, for a page's policy; empty for what might say more there than that."""
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an open bracket of IPv6
        return ""
    return f"{parts.scheme}://{parts.netloc}" if _HOST.match(parts.netloc) and parts.scheme in ("http", "https") else ""


__all__ = ["content_policy", "headers", "origin_of"]
