"""The schemas of OCDS 1.1.5 with the extensions that our releases use, from this room's own files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

BASE = "https://standard.open-contracting.org/schema/1__1__5/"
RELEASE, RELEASE_PACKAGE, RECORD_PACKAGE = (
    BASE + name for name in ("release-schema.json", "release-package-schema.json", "record-package-schema.json")
)

_REGISTERED = "https://raw.githubusercontent.com/open-contracting-extensions/"
EXTENSIONS: Mapping[str, str] = {
    "bids": _REGISTERED + "ocds_bid_extension/v1.1.5/extension.json",
    "lots": _REGISTERED + "ocds_lots_extension/v1.1.5/extension.json",
    "enquiries": _REGISTERED + "ocds_enquiry_extension/v1.1.5/extension.json",
    "bidOpening": _REGISTERED + "ocds_bidOpening_extension/master/extension.json",
}
"""The registered extensions, as packages declare them."""

LEDGER = "ledger"
"""Our own extension; where its files lie is said by whoever publishes."""


@cache
def extended() -> Mapping[str, Mapping[str, Any]]:
    """The three schemas by ``id``; the release schema with every extension's patch."""
    release = _read("release-schema.json")
    for name in (*EXTENSIONS, LEDGER):
        release = patched(release, extension(name))
    return {
        RELEASE: release,
        RELEASE_PACKAGE: _read("release-package-schema.json"),
        RECORD_PACKAGE: _read("record-package-schema.json"),
    }


def standard() -> Mapping[str, Mapping[str, Any]]:
    """The three schemas by ``id``, without extensions."""
    names = ("release-schema.json", "release-package-schema.json", "record-package-schema.json")
    return {BASE + name: _read(name) for name in names}


def extension(name: str) -> dict[str, Any]:
    """The patch of an extension."""
    return _read(f"extensions/{name}.json")


def metadata() -> dict[str, Any]:
    """``extension.json`` of our own extension."""
    return _read("extension.json")


def patched(value: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7386), as the standard applies extensions."""
    if not isinstance(patch, dict):
        return patch
    out = dict(value) if isinstance(value, dict) else {}
    for name, part in patch.items():
        if part is None:
            out.pop(name, None)
        else:
            out[name] = patched(out.get(name), part)
    return out


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("schema", name).read_text(encoding="utf-8"))
    return found
