"""Strict encodings: each byte string has exactly one accepted text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from hashlib import file_digest
from hashlib import sha256 as _sha256
from pathlib import Path

from chain.kernel.errors import InvalidInput

_TO_PLAIN, _TO_URL = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def sha256(data: bytes) -> bytes:
    """SHA-256 (FIPS 180-4), 32 bytes."""
    return _sha256(data).digest()


def sha256_file(path: Path) -> tuple[bytes, int]:
    """SHA-256 of a file, 32 bytes, and its size, read once and in pieces. Raises OSError."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").digest(), stream.tell()


def b64url(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str, *, field: str = "base64url") -> bytes:
    """Inverse of :func:`b64url`; refuses padding, foreign characters and unused trailing bits.

    Raises:
        InvalidInput: the text is not the one canonical form of its bytes.
    """
    try:
        raw = text.encode("ascii")
        plain = binascii.a2b_base64(raw.translate(_TO_PLAIN) + b"==="[: -len(raw) % 4])
        if binascii.b2a_base64(plain, newline=False).translate(_TO_URL).rstrip(b"=") == raw:
            return plain
        data = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(f"{field}: not base64url", code="encoding.base64url", field=field) from error
    if b64url(data) != text:
        raise InvalidInput(f"{field}: not canonical base64url", code="encoding.base64url", field=field)
    return data


def unb64url_digests(texts: Sequence[str]) -> tuple[bytes, ...] | None:
    """Many digests at once: 32 bytes of each text, or None if one is not the canonical base64url of 32 bytes.

    43 characters and a zero make 33 bytes, the last of which is zero exactly if no unused bit is set.
    """
    raw = "A".join([*texts, ""]).encode("utf-8", "replace")
    if len(raw) != 44 * len(texts) or raw.translate(None, _ALPHABET) or raw[43::44].translate(None, b"A"):
        return None
    if set(map(len, texts)) - {43}:
        return None
    data = binascii.a2b_base64(raw.translate(_TO_PLAIN))
    if data[32::33].translate(None, b"\0"):
        return None
    return tuple([data[at : at + 32] for at in range(0, len(data), 33)])


def hex0x(data: bytes) -> str:
    """Lower-case hexadecimal with the prefix 0x."""
    return "0x" + data.hex()


def unhex0x(text: str, *, size: int | None = None, field: str = "hex") -> bytes:
    """Inverse of :func:`hex0x`; refuses capitals, odd lengths and, if given, another size in bytes."""
    data = _unhex(text) if isinstance(text, str) else None
    if data is None:
        raise InvalidInput(f"{field}: not lower-case 0x hexadecimal", code="encoding.hex", field=field)
    if size is not None and len(data) != size:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of {size}", code="encoding.hex", field=field)
    return data


def _unhex(text: str) -> bytes | None:
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        return None
    return data if text == "0x" + data.hex() else None  # fromhex takes capitals and blanks, too
