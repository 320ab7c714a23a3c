"""What a block header says of itself: number, time, hash, parent. Pure, from its RLP (Yellow Paper, 4.3 and B).

A header is a flat list of byte strings, so no more of RLP is read here than that; the hash is over all bytes, so any
other reading of the same bytes would be of another block.
"""

from __future__ import annotations

from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput
from chain.kernel.ports import BlockRef

LARGEST = 16_384
_PARENT, _NUMBER, _TIME = 0, 8, 11


def read_header(data: bytes) -> tuple[BlockRef, bytes]:
    """The block of a header and its parent's hash, 32 bytes. Raises InvalidInput."""
    fields = _strings(data)
    if len(fields) <= _TIME or len(fields[_PARENT]) != 32:
        raise _bad("too few fields")
    return BlockRef(_number(fields[_NUMBER]), keccak(data), _number(fields[_TIME])), fields[_PARENT]


def _strings(data: bytes) -> list[bytes]:
    if not 0 < len(data) <= LARGEST or data[0] < 0xC0:
        raise _bad("no list")
    start, length = _span(data, 0, 0xC0)
    if start + length != len(data):
        raise _bad("bytes left over")
    out, at = [], start
    while at < len(data):
        if data[at] < 0x80:
            out.append(data[at : at + 1])
            at += 1
        elif data[at] < 0xC0:
            begin, size = _span(data, at, 0x80)
            if begin + size > len(data):
                raise _bad("ends early")
            out.append(data[begin : begin + size])
            at = begin + size
        else:
            raise _bad("a list within the list")
    return out


def _span(data: bytes, at: int, base: int) -> tuple[int, int]:
    """Where the content of an item begins, and its length."""
    short = data[at] - base
    if short < 56:
        return at + 1, short
    more = short - 55
    return at + 1 + more, int.from_bytes(data[at + 1 : at + 1 + more], "big")


def _number(data: bytes) -> int:
    if len(data) > 8 or data[:1] == b"\0":
        raise _bad("a number in another form")
    return int.from_bytes(data, "big")


def _bad(why: str) -> InvalidInput:
    return InvalidInput(f"block header: {why}", code="header.form", field="header")
