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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from operator import lt
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


def make_disclosures(subjects: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Made]:
    """Salt every field, and the identifier, of many certificates at once.

    Args:
        subjects: identifier and fields of each.

    Raises:
        InvalidInput: a name or value that may not be there; then nothing is made.
    """
    names = tuple(subjects[0][1])
    if any(tuple(fields) != names for _, fields in subjects):
        return [made for subject in subjects for made in make_disclosures([subject])]
    frame = _frame(names)
    each = len(names) + 1
    total = each * len(subjects)
    pieces = frame * len(subjects)
    pieces[1::5] = _cut("24s", total)(b2a_base64(os.urandom(_SALT * total), newline=False).translate(TO_URL))
    pieces[3::5] = _encode_values([item for name, fields in subjects for item in (name, *fields.values())], names)
    lines = b"".join(pieces).split(b"\n")
    lines.pop()
    texts = _base64(lines).split(b"~")
    digests = digests_of(texts)
    return [_sorted(digests[at : at + each], texts[at : at + each]) for at in range(0, total, each)]


def _sorted(digests: list[bytes], texts: list[bytes]) -> Made:
    first = digests.pop(0)
    found = dict(zip(digests, texts[1:], strict=True))
    digests.sort()
    return Made(digests, first, [texts[0], *map(found.__getitem__, digests)])


@lru_cache(maxsize=256)
def _frame(names: tuple[str, ...]) -> list[bytes]:
    """Five pieces for each disclosure: ``["``, salt, name, value, ``]`` and a line feed; two of them yet to fill in."""
    check_names(names)
    return [
        piece
        for name in (IDENTIFIER_VALUE, *names)
        for piece in (b'["', b"", f'","{name}",'.encode("ascii"), b"", b"]\n")
    ]


@lru_cache(maxsize=256)
def _cut(form: str, count: int) -> Callable[[bytes], tuple[bytes, ...]]:
    """Cuts bytes into ``count`` equal pieces."""
    return struct.Struct(form * count).unpack


def _encode_values(values: list[Any], names: tuple[str, ...]) -> list[bytes]:
    """Canonical JSON of each value; before the values of each certificate's ``names`` stands its identifier."""
    each = len(names) + 1
    try:
        if set(map(type, values)) == _TEXT_ONLY:
            # Text alone has nothing to sort or refuse, and JSON text holds no line feed.
            found = _encoder.encode_lines(values).split(b"\n")
            found.pop()
        else:
            for place, value in enumerate(values):
                _check_value(value, names[place % each - 1] if place % each else IDENTIFIER_CLAIM)
            found = [canonical(value) for value in values]
    except UnicodeEncodeError as error:
        raise InvalidInput("a field holds a lone surrogate", code="canonical.text", field="fields") from error
    if max(map(len, found)) > MAX_VALUE:
        place = next(place for place, value in enumerate(found) if len(value) > MAX_VALUE)
        name = names[place % each - 1]
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


def ascending(digests: Sequence[str] | Sequence[bytes]) -> bool:
    """Sorted, and none twice."""
    return all(map(lt, digests, digests[1:]))


def digests_of(texts: list[bytes]) -> list[bytes]:
    """base64url SHA-256 of each: 32 bytes and a zero byte are 44 characters, of which the first 43 are the digest's."""
    raw = b"\0".join([sha256(text).digest() for text in texts]) + b"\0"
    return list(_cut("43sx", len(texts))(b2a_base64(raw, newline=False).translate(TO_URL)))


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
