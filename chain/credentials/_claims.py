"""Names and bounds of what a credential, a stamp and a status list say."""

from __future__ import annotations

import re
from typing import Any

from chain.kernel.errors import InvalidInput

MAX_TIME = 253402300799
"""9999-12-31T23:59:59Z."""

MAX_STATUS_INDEX = 2**22 - 1
"""Largest index a credential may carry; whether the list is that long is for the list to say."""

IDENTIFIER_ROOT = "1.2.156.3005.2."
"""Root of GB/T 36904 identifiers, with its dot."""

USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}", re.ASCII)
TYPE_CODE = re.compile(r"[0-9A-Z]{21}", re.ASCII)
LIST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
IDENTIFIER_TAIL = re.compile(
    r"(?P<type>[0-9A-Z]{21})\.(?P<issuer>[0-9A-Z]{6,18})\.(?P<serial>[0-9A-Z]{7,32})\.[0-9]{3}\.[0-9A-Z]", re.ASCII
)
_STATUS_URI = re.compile(r"urn:yinxin:status:([^:]+):([^:]+)", re.ASCII)

ISSUER_PREFIX = "urn:uscc:"
STATUS_PREFIX = "urn:yinxin:status:"
TYPE_PREFIX = "urn:yinxin:certificate:"
TYPE_VERSION = ":1"


def status_uri(bureau: str, name: str) -> str:
    """``urn:yinxin:status:<USCC>:<list>``."""
    return f"{STATUS_PREFIX}{bureau}:{name}"


def read_status_uri(uri: Any, *, field: str) -> tuple[str, str]:
    """USCC and list name of a status list URI."""
    match = _STATUS_URI.fullmatch(uri) if isinstance(uri, str) else None
    if match is None or not USCC.fullmatch(match[1]) or not LIST_NAME.fullmatch(match[2]):
        raise InvalidInput(f"{field}: {uri!r} names no status list", code="credential.status", field=field)
    return match[1], match[2]


def check_bureau(bureau: Any, *, field: str = "bureau") -> str:
    """The USCC, if it has the shape of one (its check character is the registry's and the minting room's concern)."""
    if not isinstance(bureau, str) or not USCC.fullmatch(bureau):
        raise InvalidInput(
            f"{field}: {bureau!r} is no unified social credit code", code="credential.bureau", field=field
        )
    return bureau


def check_type(code: Any, *, field: str = "certificate_type") -> str:
    """The 21-character certificate type code."""
    if not isinstance(code, str) or not TYPE_CODE.fullmatch(code):
        raise InvalidInput(f"{field}: {code!r} is no certificate type code", code="credential.type", field=field)
    return code


def check_list(name: Any, *, field: str = "status_list") -> str:
    """The name of a status list: 1–32 letters, digits, dots, hyphens, underscores."""
    if not isinstance(name, str) or not LIST_NAME.fullmatch(name):
        raise InvalidInput(f"{field}: {name!r} is no list name", code="credential.status", field=field)
    return name


def check_index(index: Any, *, field: str = "status_index") -> int:
    """An index into a status list."""
    if type(index) is not int or not 0 <= index <= MAX_STATUS_INDEX:
        raise InvalidInput(f"{field}: {index!r} is no status index", code="credential.status", field=field)
    return index


def check_times(not_before: Any, expires: Any) -> None:
    """Whole seconds, 1970–9999, and ``expires`` (None: no end) after ``not_before``."""
    if type(not_before) is not int or not 0 <= not_before <= MAX_TIME:
        raise InvalidInput(f"nbf: {not_before!r} is no time in whole seconds", code="credential.time", field="nbf")
    if expires is None:
        return
    if type(expires) is not int or not not_before < expires <= MAX_TIME:
        raise InvalidInput(f"exp: {expires!r} is no time after nbf", code="credential.time", field="exp")


def check_identifier(identifier: Any, certificate_type: str | None) -> str:
    """A GB/T 36904 identifier of that type, by shape; minting and checking its check character lie elsewhere."""
    tail = None
    if isinstance(identifier, str) and identifier.startswith(IDENTIFIER_ROOT):
        tail = IDENTIFIER_TAIL.fullmatch(identifier, len(IDENTIFIER_ROOT))
    if tail is None:
        raise InvalidInput(
            "certificateIdentifier: not a GB/T 36904 identifier", code="credential.identifier", field="identifier"
        )
    if certificate_type is not None and tail["type"] != certificate_type:
        raise InvalidInput(
            f"certificateIdentifier: of type {tail['type']}, not {certificate_type}",
            code="credential.identifier",
            field="identifier",
        )
    return identifier  # type: ignore[no-any-return]
