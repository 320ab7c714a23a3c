"""Disclosures (RFC 9901 section 4.2): salted name and value, and the digest that stands for them.

One form: the bytes of a disclosure are the canonical JSON (RFC 8785) of [salt, name, value].

Making and reading work on all disclosures of a credential in one call of C code wherever they can: that
is where most of the time of a pure Python SD-JWT goes.
"""

from __future__ import annotations

import binascii
import os
import struct
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec

from chain.credentials._claims import FIELD_NAME
from chain.credentials._jws import ALPHABET, TO_PLAIN, TO_URL, unb64
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput

IDENTIFIER_CLAIM = "certificateIdentifier"
"""The visible claim that holds the identifier's digest; also its name in presentations."""

IDENTIFIER_VALUE = "value"
"""Name inside the identifier's disclosure."""

MAX_FIELDS = 96
MAX_TEXT = 120 * 1024
MAX_VALUE = 16 * 1024
MAX_DEPTH = 6
MIN_SALT, MAX_SALT = 16, 48

# Never selectively disclosed (RFC 9901 section 4.1, SD-JWT VC section 3.2.2.2), or part of our own structure.
_REGISTERED = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "status", "ttl", "_sd", "_sd_alg")
RESERVED = frozenset((*_REGISTERED, IDENTIFIER_CLAIM, IDENTIFIER_VALUE))
"""Names no field may have."""

_SALT = 18  # bytes: 144 bits, and 24 characters of base64url without a remainder
_STRUCTURAL = frozenset(("_sd", "_sd_alg", "..."))
_ROW = 256  # salt, name and punctuation around a value
_TEXT_ONLY = {str}
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(tuple[str, str, Any])

Row = tuple[str, str, Any]
"""Salt, name, value."""


@dataclass(slots=True)
class Made:
    """Fresh disclosures.

    Attributes:
        listed: digests of the fields, sorted.
        identifier_digest: digest of the identifier's disclosure.
        texts: the disclosures, identifier's first, then in the order of ``listed``.
    """

    listed: list[bytes]
    identifier_digest: bytes
    texts: list[bytes]


@lru_cache(maxsize=1024)
def check_names(names: tuple[str, ...]) -> None:
    """Every name may be a field's.

    Raises:
        InvalidInput: a reserved or ill-formed name, or too many fields.
    """
    if len(names) > MAX_FIELDS:
        raise InvalidInput(f"{len(names)} fields, at most {MAX_FIELDS}", code="credential.fields", field="fields")
    for name in names:
        if name in RESERVED:
            raise InvalidInput(f"{name}: a reserved name", code="credential.reserved", field=name)
        if not FIELD_NAME.fullmatch(name):
            raise InvalidInput(f"{name!r}: not a field name", code="credential.field_name", field=name)


def make_disclosures(identifier: str, fields: Mapping[str, Any]) -> Made:
    """Salt every field and the identifier.

    Raises:
        InvalidInput: a name or value that may not be there.
    """
    names = tuple(fields)
    frame = _frame(names)
    pieces = frame.pieces.copy()
    pieces[1::5] = frame.salts(b2a_base64(os.urandom(frame.entropy), newline=False).translate(TO_URL))
    pieces[3::5] = _encode_values((identifier, *fields.values()), names)
    joined = _base64(b"".join(pieces).split(b"\n"))
    if len(joined) > MAX_TEXT:
        raise InvalidInput(f"fields longer than {MAX_TEXT} characters", code="credential.size", field="fields")
    texts = joined.split(b"~")
    digests = digests_of(texts)
    first = digests.pop(0)
    found = dict(zip(digests, texts[1:], strict=True))
    digests.sort()
    return Made(digests, first, [texts[0], *map(found.__getitem__, digests)])


class _Frame:
    """What all certificates with the same field names share.

    Attributes:
        pieces: five for each disclosure: ``["``, salt, name, value, ``]`` and a line feed; two of them to be filled in.
        entropy: random bytes for all salts.
        salts: cuts their base64url into one salt each.
    """

    __slots__ = ("entropy", "pieces", "salts")

    def __init__(self, names: tuple[str, ...]) -> None:
        check_names(names)
        self.pieces: list[bytes] = []
        for name in (IDENTIFIER_VALUE, *names):
            self.pieces += [b'["', b"", f'","{name}",'.encode("ascii"), b"", b"]\n"]
        self.pieces[-1] = b"]"
        self.entropy = _SALT * (len(names) + 1)
        self.salts: Callable[[bytes], tuple[bytes, ...]] = struct.Struct("24s" * (len(names) + 1)).unpack


_frame = lru_cache(maxsize=256)(_Frame)


def _encode_values(values: tuple[Any, ...], names: tuple[str, ...]) -> list[bytes]:
    """Canonical JSON of each value; ``values`` has the identifier in front."""
    try:
        if set(map(type, values)) == _TEXT_ONLY:
            # Text alone has nothing to sort or refuse, and JSON text holds no line feed.
            found = _encoder.encode_lines(values).split(b"\n")
            found.pop()
        else:
            for value, name in zip(values[1:], names, strict=True):
                _check_value(value, name)
            found = [canonical(value) for value in values]
    except UnicodeEncodeError as error:
        raise InvalidInput("a field holds a lone surrogate", code="canonical.text", field="fields") from error
    if sum(map(len, found)) > MAX_VALUE:
        for value, name in zip(found[1:], names, strict=True):
            if len(value) > MAX_VALUE:
                raise InvalidInput(f"{name}: longer than {MAX_VALUE} bytes", code="credential.size", field=name)
    return found


def read_disclosures(joined: bytes) -> tuple[list[Row], list[bytes]]:
    """Check the form of disclosures; whether their digests are listed is the caller's concern.

    Args:
        joined: the disclosures with ``~`` between, over an alphabet already checked; at least one.

    Returns:
        (salt, name, value) of each, and the base64url digest of each, in the order they came.

    Raises:
        InvalidInput: one is not base64url of the canonical JSON of [salt, name, value], or has a salt under 128 bits.
    """
    # a2b_base64 overlooks padding in excess; what matters is that the values, encoded again, are the same text.
    padded = joined.translate(TO_PLAIN).replace(b"~", b"==~") + b"=="
    try:
        rows = [_decoder.decode(a2b_base64(text)) for text in padded.split(b"~")]
    except binascii.Error as error:
        raise InvalidInput("disclosure: not base64url", code="encoding.base64url", field="disclosure") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            "disclosure: not [salt, name, value]", code="credential.disclosure", field="disclosure"
        ) from error
    lines = _encode(rows)
    if max(map(len, lines)) > MAX_VALUE + _ROW:
        raise InvalidInput(f"a disclosure of more than {MAX_VALUE} bytes", code="credential.size", field="disclosure")
    if _base64(lines) != joined:
        raise InvalidInput(
            "disclosure: not the strict base64url of canonical JSON (RFC 8785)",
            code="canonical.form",
            field="disclosure",
        )
    _check_salts(rows)
    return rows, digests_of(joined.split(b"~"))


def _base64(lines: list[bytes]) -> bytes:
    """base64url of each, with ``~`` between."""
    return b"~".join([b2a_base64(line, newline=False) for line in lines]).translate(TO_URL).replace(b"=", b"")


def _encode(rows: list[Row]) -> list[bytes]:
    """Canonical JSON of each row, values checked."""
    try:
        if {type(row[2]) for row in rows} == _TEXT_ONLY:
            lines = _encoder.encode_lines(rows).split(b"\n")
            lines.pop()
            return lines
        for _, name, value in rows:
            _check_value(value, name)
        return [canonical(row) for row in rows]
    except UnicodeEncodeError as error:
        raise InvalidInput("a field holds a lone surrogate", code="canonical.text", field="fields") from error


def digests_of(texts: list[bytes]) -> list[bytes]:
    """base64url SHA-256 of each: 32 bytes and a zero byte are 44 characters, of which the first 43 are the digest's."""
    raw = b"\0".join([sha256(text).digest() for text in texts]) + b"\0"
    return list(_cut(len(texts))(b2a_base64(raw, newline=False).translate(TO_URL)))


@lru_cache(maxsize=MAX_FIELDS)
def _cut(count: int) -> Callable[[bytes], tuple[bytes, ...]]:
    return struct.Struct("43sx" * count).unpack


def _check_value(value: Any, name: str, depth: int = 0) -> None:
    """A JSON value that no SD-JWT reader takes for structure."""
    if depth > MAX_DEPTH:
        raise InvalidInput(f"{name}: nested too deeply", code="credential.value", field=name)
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in _STRUCTURAL:
                raise InvalidInput(f"{name}: key {key!r} is reserved", code="credential.value", field=name)
            _check_value(item, name, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_value(item, name, depth + 1)


def _check_salts(rows: list[Row]) -> None:
    """A salt is opaque text to other readers; ours is strict base64url of 16 to 48 bytes."""
    salts = [row[0] for row in rows]
    joined = "".join(salts)
    alphabet = joined.isascii() and not joined.encode("ascii").translate(None, ALPHABET)
    if alphabet and set(map(len, salts)) == {24}:
        return
    for salt, name, _ in rows:
        data = unb64(salt.encode("ascii")) if alphabet else None
        if data is None or not MIN_SALT <= len(data) <= MAX_SALT:
            raise InvalidInput(f"{name}: salt is not base64url of 16 to 48 bytes", code="credential.salt", field=name)
