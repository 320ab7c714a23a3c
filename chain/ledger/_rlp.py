"""Recursive Length Prefix, strict: one text for one value (Ethereum Yellow Paper, appendix B)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from chain.kernel.errors import InvalidInput

Item: TypeAlias = "bytes | list[Item]"
_DEPTH = 8


def encode(item: bytes | Sequence[object]) -> bytes:
    """RLP of bytes or of nested sequences of bytes."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _prefix(len(item), 0x80) + item
    body = b"".join(encode(part) for part in item)  # type: ignore[arg-type]
    return _prefix(len(body), 0xC0) + body


def encode_int(value: int) -> bytes:
    """The integer as RLP wants it: big-endian without leading zeros; zero is empty. Not yet wrapped in RLP."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def decode(data: bytes, *, what: str = "RLP") -> Item:
    """Inverse of :func:`encode`; refuses anything left over and every form but the shortest.

    Raises:
        InvalidInput: not the one RLP of any value.
    """
    item, end = _item(data, 0, len(data), 0, what)
    if end != len(data):
        raise _bad(what, "bytes left over")
    return item


def as_list(item: Item, what: str) -> list[Item]:
    """The item as a list. Raises InvalidInput."""
    if not isinstance(item, list):
        raise _bad(what, "a list was expected")
    return item


def as_bytes(item: Item, what: str, size: int | None = None) -> bytes:
    """The item as bytes, of ``size`` if given. Raises InvalidInput."""
    if not isinstance(item, bytes) or (size is not None and len(item) != size):
        raise _bad(what, "bytes were expected" if size is None else f"{size} bytes were expected")
    return item


def as_int(item: Item, what: str, limit: int = 2**256) -> int:
    """The item as an integer without leading zeros below ``limit``. Raises InvalidInput."""
    data = as_bytes(item, what)
    value = int.from_bytes(data, "big")
    if data[:1] == b"\0" or value >= limit:
        raise _bad(what, "integer with leading zeros or too large")
    return value


def _bad(what: str, why: str) -> InvalidInput:
    return InvalidInput(f"{what}: {why}", code="rlp.form", field=what)


def _prefix(length: int, base: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    size = encode_int(length)
    return bytes([base + 55 + len(size)]) + size


def _item(data: bytes, at: int, end: int, depth: int, what: str) -> tuple[Item, int]:
    if at >= end:
        raise _bad(what, "ends early")
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    start, stop = _span(data, at, end, what)
    if first < 0xC0:
        text = data[start:stop]
        if len(text) == 1 and text[0] < 0x80:
            raise _bad(what, "a single byte in its long form")
        return text, stop
    if depth >= _DEPTH:
        raise _bad(what, "nested too deeply")
    items: list[Item] = []
    while start < stop:
        item, start = _item(data, start, stop, depth + 1, what)
        items.append(item)
    return items, stop


def _span(data: bytes, at: int, end: int, what: str) -> tuple[int, int]:
    first = data[at]
    base = 0x80 if first < 0xC0 else 0xC0
    length = first - base
    start = at + 1
    if length > 55:
        digits = data[start : start + length - 55]
        start += length - 55
        length = int.from_bytes(digits, "big")
        if not digits or digits[0] == 0 or length < 56:
            raise _bad(what, "a length that is not in its shortest form")
    if start + length > end:
        raise _bad(what, "ends early")
    return start, start + length
