"""Compact JWS (RFC 7515 section 7.1) with ES256, in one form only: shared by credential and status list token."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from chain.credentials.es256 import P256Signer, well_formed
from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""base64url (RFC 4648 section 5)."""

TO_URL = bytes.maketrans(b"+/", b"-_")
TO_PLAIN = bytes.maketrans(b"-_", b"+/")


def b64(data: bytes) -> bytes:
    """base64url without padding, as ASCII bytes."""
    return b2a_base64(data, newline=False).translate(TO_URL).rstrip(b"=")


def unb64(text: bytes) -> bytes | None:
    """Bytes of unpadded base64url whose alphabet was checked before; None if it is not the canonical text."""
    tail = len(text) & 3
    if tail == 1:
        return None
    data = a2b_base64(text.translate(TO_PLAIN) + b"==="[: -tail & 3])
    # With a known alphabet only unused bits of the last character can differ.
    return data if not tail or b64(data[1 - tail :]) == text[-tail:] else None


@lru_cache(maxsize=256)
def header_prefix(thumbprint: bytes, typ: str) -> bytes:
    """The encoded protected header and its dot. Keys in canonical order: alg, kid, typ."""
    return b64(f'{{"alg":"ES256","kid":"{b64url(thumbprint)}","typ":"{typ}"}}'.encode()) + b"."


def sign_compact(payload: bytes, typ: str, signer: P256Signer) -> tuple[bytes, bytes]:
    """The JWS over ``payload`` as ASCII bytes, and its SHA-256.

    Args:
        payload: ASCII without ``>``, ``?`` and ``~``: only those give rise to the characters in which base64url
            differs from base64, so that nothing has to be translated.
        typ: media type for the header.
        signer: holds the key.
    """
    signed = header_prefix(signer.thumbprint, typ) + b2a_base64(payload, newline=False).rstrip(b"=")
    hashed = sha256(signed)
    end = b"." + b64(signer.sign(hashed.digest()))
    hashed.update(end)
    return signed + end, hashed.digest()


@dataclass(frozen=True, slots=True)
class CompactJws:
    """A JWS whose form was checked, but for its payload; its signature was not verified.

    Attributes:
        thumbprint: of the key named in the header, 32 bytes.
        payload: its bytes, which the caller must hold to its canonical form.
        digest: SHA-256 of header.payload, what was signed.
        signature: r ‖ s, 64 bytes, in range, low s.
    """

    thumbprint: bytes
    payload: bytes
    digest: bytes
    signature: bytes


def read_compact(raw: bytes, typ: str, what: str) -> CompactJws:
    """Check the form of a JWS: strict base64url, exact header, low-S signature.

    Raises:
        InvalidInput: any other form; codes begin with ``what``.
    """
    parts = raw.split(b".")
    if len(parts) != 3 or not all(parts) or raw.translate(None, ALPHABET) != b"..":
        raise InvalidInput(f"{what}: not header.payload.signature in base64url", code=f"{what}.form")
    payload, signature = unb64(parts[1]), unb64(parts[2])
    if payload is None or signature is None:
        raise InvalidInput(f"{what}: not canonical base64url", code="encoding.base64url")
    thumbprint = _read_header(parts[0], typ, what)
    if not well_formed(signature):
        raise InvalidInput(f"{what}: signature is not in its low-S form", code=f"{what}.signature", field="signature")
    signed = raw[: len(parts[0]) + 1 + len(parts[1])]
    return CompactJws(thumbprint, payload, sha256(signed).digest(), signature)


@lru_cache(maxsize=256)
def _read_header(encoded: bytes, typ: str, what: str) -> bytes:
    data = unb64url(encoded.decode("ascii"), field=f"{what}.header")
    header = read_canonical(data, what=f"{what} header", limit=512)
    if not isinstance(header, dict):
        raise InvalidInput(f"{what}: header is no object", code=f"{what}.header", field="header")
    if header.get("alg") != "ES256":
        raise InvalidInput(
            f"{what}: algorithm {header.get('alg')!r} instead of ES256", code=f"{what}.algorithm", field="alg"
        )
    if set(header) != {"alg", "kid", "typ"} or header["typ"] != typ or not isinstance(header["kid"], str):
        raise InvalidInput(
            f'{what}: header must be exactly alg "ES256", kid and typ "{typ}"', code=f"{what}.header", field="header"
        )
    thumbprint = unb64url(header["kid"], field="kid")
    if len(thumbprint) != 32:
        raise InvalidInput(f"{what}: kid is no SHA-256 thumbprint", code=f"{what}.header", field="kid")
    return thumbprint
