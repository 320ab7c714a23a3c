"""Canonical JSON (RFC 8785) for the values our formats use, and a reader that refuses every other form.

Allowed values: None, bool, int within ±(2^53-1), str without lone surrogates, list, dict with str keys.
Floating-point numbers are refused: no format of ours carries one, so their shortest form never matters.
"""

from __future__ import annotations

from typing import Any

import msgspec

from chain.kernel.errors import InvalidInput

_MAX = 2**53 - 1
_encoder = msgspec.json.Encoder(order="sorted")


def _check(value: Any, path: str) -> bool:
    """True if keys must be re-sorted by UTF-16 units (a key outside the BMP was seen)."""
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, str):
        return False
    if isinstance(value, int):
        if not -_MAX <= value <= _MAX:
            raise InvalidInput(f"{path}: integer beyond 2^53-1", code="canonical.integer", field=path)
        return False
    if isinstance(value, list | tuple):
        odd = False
        for index, item in enumerate(value):
            odd |= _check(item, f"{path}[{index}]")
        return odd
    if isinstance(value, dict):
        odd = False
        for key, item in value.items():
            if not isinstance(key, str):
                raise InvalidInput(f"{path}: key {key!r} is not text", code="canonical.key", field=path)
            if not key.isascii():
                odd = True
            odd |= _check(item, f"{path}.{key}")
        return odd
    raise InvalidInput(f"{path}: {type(value).__name__} has no canonical form", code="canonical.type", field=path)


def _utf16_sorted(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _utf16_sorted(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_utf16_sorted(item) for item in value]
    return value


_plain = msgspec.json.Encoder()


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of ``value``.

    Raises:
        InvalidInput: a float, an integer beyond 2^53-1, a key that is not text, or a lone surrogate.
    """
    try:
        if _check(value, "$"):
            return _plain.encode(_utf16_sorted(value))
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise InvalidInput("text holds a lone surrogate", code="canonical.text") from error


def read_canonical(data: bytes, *, what: str = "document", limit: int = 16 * 2**20) -> Any:
    """Parse JSON that must already be in its canonical form.

    Raises:
        InvalidInput: too large, not JSON, or any byte differs from the canonical form.
    """
    if len(data) > limit:
        raise InvalidInput(f"{what}: larger than {limit} bytes", code="canonical.size")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"{what}: not JSON ({error})", code="canonical.json") from error
    if canonical(value) != data:
        raise InvalidInput(f"{what}: not in canonical form (RFC 8785)", code="canonical.form")
    return value
