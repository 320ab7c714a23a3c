"""Reading JSON that a stranger sent.

The decoder goes one level deeper into the machine's stack for each level of nesting, and stops at Python's recursion
limit. A library for elliptic curves raises that limit a hundredfold for the whole process, so that some ten thousand
brackets would end it. Hence nesting is bounded here, before anything is decoded.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

_DEEPEST = 2_000
_ROUNDS = 24
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def read_json(data: bytes) -> Any:
    """The value of some JSON.

    Raises:
        ValueError: not JSON, or nested thousands of levels deep.
    """
    if data.count(b"[") + data.count(b"{") > _DEEPEST and _may_be_deep(data):
        raise ValueError("nested too deeply")
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _may_be_deep(data: bytes) -> bool:
    """True unless the nesting is surely below the bound.

    Texts are taken out, then each round takes away the innermost pairs of brackets. A nest of depth d loses at most one
    level a round, so what is left after some rounds bounds the depth.
    """
    bare = _TEXT.sub(b"", data)
    if b'"' in bare:
        return True  # a text without end: no JSON, and what follows it cannot be told from brackets
    left = bare.translate(None, _NOT_BRACKETS)
    for _ in range(_ROUNDS):
        if len(left) <= _DEEPEST:
            return False
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return len(left) > _DEEPEST
