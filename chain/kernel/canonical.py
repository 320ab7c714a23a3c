"""Canonical JSON (RFC 8785) for the values our formats use, and a reader that refuses every other form.

Allowed values: None, bool, int within ±(2^53-1), str without lone surrogates, list, dict with str keys.
Floating-point numbers are refused: no format of ours carries one, so their shortest form never matters.
"""

from __future__ import annotations

from typing import Any

import msgspec

from chain.kernel.errors import InvalidInput
from chain.kernel.json_reader import read_json

_MAX = 2**53 - 1
_encoder = msgspec.json.Encoder(order="sorted")
_PLAIN = frozenset({str, bool, type(None)})
"""What needs no closer look."""

_TEXT = frozenset({str})


def _scan(value: Any) -> bool | None:
    """True if keys must be re-sorted by UTF-16 units, False if not; None if something has no canonical form."""
    if value is None or value is True or value is False:
        return False
    kind = type(value)
    if kind is str:
        return False
    if kind is int:
        return False if -_MAX <= value <= _MAX else None
    odd = False
    if kind is dict:
        if _PLAIN.issuperset(map(type, value.values())) and _TEXT.issuperset(map(type, value)):
            return not "".join(value).isascii()
        for key, item in value.items():
            if type(key) is not str:
                return None
            if not key.isascii():
                odd = True
            if type(item) is not str:
                found = _scan(item)
                if found is None:
                    return None
                odd = odd or found
        return odd
    if kind is list or kind is tuple:
        if _PLAIN.issuperset(map(type, value)):
            return False
        for item in value:
            if type(item) is not str:
                found = _scan(item)
                if found is None:
                    return None
                odd = odd or found
        return odd
    return None


def _fault(value: Any, path: str) -> InvalidInput | None:
    """What :func:`_scan` stumbled over, and where."""
    if value is None or isinstance(value, bool | str):
        return None if value is None or type(value) in (bool, str) else _no_form(value, path)
    if type(value) is int:
        if -_MAX <= value <= _MAX:
            return None
        return InvalidInput(f"{path}: integer beyond 2^53-1", code="canonical.integer", field=path)
    if type(value) is dict:
        for key, item in value.items():
            if type(key) is not str:
                return InvalidInput(f"{path}: key {key!r} is not text", code="canonical.key", field=path)
            found = _fault(item, f"{path}.{key}")
            if found is not None:
                return found
        return None
    if type(value) in (list, tuple):
        for index, item in enumerate(value):
            found = _fault(item, f"{path}[{index}]")
            if found is not None:
                return found
        return None
    return _no_form(value, path)


def _no_form(value: Any, path: str) -> InvalidInput:
    return InvalidInput(f"{path}: {type(value).__name__} has no canonical form", code="canonical.type", field=path)


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
        odd = _scan(value)
        if odd is None:
            raise _fault(value, "$") or _no_form(value, "$")
        return _plain.encode(_utf16_sorted(value)) if odd else _encoder.encode(value)
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
        value = read_json(data)
    except ValueError as error:
        raise InvalidInput(f"{what}: not JSON ({error})", code="canonical.json") from error
    try:
        same = canonical(value) == data
    except RecursionError as error:  # the decoder goes a level deeper than this
        raise InvalidInput(f"{what}: nested too deeply", code="canonical.json") from error
    if not same:
        raise InvalidInput(f"{what}: not in canonical form (RFC 8785)", code="canonical.form")
    return value
