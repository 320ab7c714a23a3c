"""The pages that run in people's browsers: files built from ``web/`` (``make web``), read once, each with its headers.

Names under ``/assets/`` carry a digest of the content and may be kept for ever; the page and the service worker are
asked for again every time. The page's policy lets it load and ask nothing but this service, and run no code but its own
files (CSP level 3, Trusted Types); WebAssembly runs only in workers whose policy allows it: those that read codes and
take digests.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chain.kernel.errors import NotFound, Unavailable

BUILT = Path(__file__).resolve().parents[3] / "build" / "web" / "site"
"""Where ``make web`` puts them in a checkout."""

PAGE_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types yinxin"
)
"""Content-Security-Policy of the pages."""
READER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""Of the workers that read codes, take digests and open bids: a worker's policy comes with its own script."""
_COMPUTING = ("reader-", "hash-worker-", "seal-worker-", "sheet-worker-")
SERVICE_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
"""Of the service worker, and of the worker that takes part in ceremonies: they only fetch what the page would."""
_FETCHING = ("sw.js", "ceremony-worker-")
PERMISSIONS = "camera=(self), microphone=(), geolocation=(), usb=(), payment=(), clipboard-read=(self)"
"""Permissions-Policy of the pages."""

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
"""Ending to media type; files with other endings are not served."""
_PACKED = frozenset({".html", ".js", ".css", ".wasm", ".webmanifest", ".svg", ".json"})
_FOR_EVER = "public, max-age=31536000, immutable"
_EVERY_TIME = "no-cache"


@dataclass(frozen=True)
class SiteFile:
    """One file with what is sent before it.

    Attributes:
        body: its bytes.
        packed: the same as gzip; None where that saves nothing.
        headers: all but length and encoding.
    """

    body: bytes
    packed: bytes | None
    headers: dict[str, str]


@cache
def site(folder: Path = BUILT) -> dict[str, SiteFile]:
    """Every file of the built site by its path below the folder, such as ``assets/scan-4F2A.js``.

    Raises:
        Unavailable: the pages are not built.
    """
    found = {
        path.relative_to(folder).as_posix(): _file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in KINDS
    }
    if "verify.html" not in found:
        raise Unavailable("the pages are not built here", code="service.no_pages", fix="make web builds them")
    return found


def file_of(name: str, folder: Path = BUILT) -> SiteFile:
    """One file of the site. Raises NotFound, Unavailable."""
    found = site(folder).get(name)
    if found is None:
        raise NotFound(
            "no such file", code="page.unknown", field="name", fix="load the page again; it names its files itself"
        )
    return found


@cache
def _names(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(file_of("names.json", folder).body)
    return found


def address_of_asset(name: str, folder: Path = BUILT) -> str:
    """Where a built file is found, by the name it has in scripts/web/bundles.mjs, such as ``page``.

    Raises:
        Unavailable: the pages are not built, or are older than this page.
    """
    found = _names(folder).get(name)
    if found is None:
        raise Unavailable(f"the pages are built without {name}", code="service.no_pages", fix="make web builds them")
    return found


def parts_of_asset(name: str, folder: Path = BUILT) -> tuple[str, ...]:
    """What that program imports before it runs, to be asked for together with it. Raises Unavailable."""
    return tuple(_parts(folder).get(name, ()))


@cache
def _parts(folder: Path) -> dict[str, list[str]]:
    listed = site(folder).get("parts.json")
    if listed is None:
        raise Unavailable("the pages are older than this service", code="service.no_pages", fix="make web builds them")
    found: dict[str, list[str]] = json.loads(listed.body)
    return found


def _file(path: Path) -> SiteFile:
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0) if path.suffix in _PACKED else None
    headers = {
        "Content-Type": KINDS[path.suffix],
        "Cache-Control": _FOR_EVER if path.parent.name == "assets" else _EVERY_TIME,
        "Vary": "Accept-Encoding",
    }
    if path.suffix == ".html":
        headers |= {
            "Content-Security-Policy": PAGE_POLICY,
            "Permissions-Policy": PERMISSIONS,
            "Cross-Origin-Opener-Policy": "same-origin",
        }
    elif path.name.startswith(_FETCHING) and path.suffix == ".js":
        headers |= {"Content-Security-Policy": SERVICE_WORKER_POLICY}
    elif path.name.startswith(_COMPUTING) and path.suffix == ".js":
        headers |= {"Content-Security-Policy": READER_POLICY}
    return SiteFile(body, packed if packed is not None and len(packed) < len(body) else None, headers)
