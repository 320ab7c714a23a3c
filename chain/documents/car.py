"""CARv1 archives, written and read strictly (IPLD "CARv1").

A header in dag-cbor ``{"roots": [CID…], "version": 1}``, then sections of (length, CID, block). Every block is
hashed when read; roots must be present; nothing may follow the last section.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from chain.documents.cids import Block, check_block, read_cid, read_varint, varint
from chain.kernel.errors import InvalidInput

MAX_SECTION = 4 << 20
"""Longest section that is read, in bytes: larger than any block of ours."""

_MAX_HEADER = 1 << 16
_LINK = b"\xd8\x2a\x58\x25\x00"
_CID_SIZE = 36


def car_header(roots: Sequence[bytes]) -> bytes:
    """The header for these binary CIDs, with its length in front."""
    body = b"\xa2\x65roots" + _cbor_array(len(roots)) + b"".join(_LINK + root for root in roots) + b"\x67version\x01"
    return varint(len(body)) + body


def car_section(cid: bytes, data: bytes) -> bytes:
    """One block with its length and binary CID in front."""
    return varint(_CID_SIZE + len(data)) + cid + data


def write_car(roots: Sequence[bytes], blocks: Iterable[tuple[bytes, bytes]], out: BinaryIO) -> int:
    """Write an archive of (binary CID, bytes) and return its size in bytes.

    Raises:
        InvalidInput: a root is not among the blocks.
        Damaged: a block is not what its CID says.
    """
    size = out.write(car_header(roots))
    missing = set(roots)
    for cid, data in blocks:
        check_block(cid, data)
        missing.discard(cid)
        size += out.write(car_section(cid, data))
    if missing:
        raise InvalidInput("a root of the archive is not among its blocks", code="car.root")
    return size


def read_car(source: BinaryIO) -> tuple[tuple[bytes, ...], Iterator[tuple[bytes, bytes]]]:
    """Roots, and an iterator over (binary CID, bytes) that checks every block.

    Raises (also while iterating):
        InvalidInput: not CARv1 in its one form, cut off, or a root is missing.
        Damaged: a block is not what its CID says.
    """
    size = _length(source)
    if size is None or size > _MAX_HEADER:
        raise InvalidInput("not a CARv1 archive", code="car.header")
    roots = _roots(_exactly(source, size))
    return roots, _sections(source, roots)


def batch_root(cids: Iterable[bytes]) -> Block:
    """A dag-cbor list of links that one recursive pin can hold a batch by."""
    listed = list(cids)
    data = _cbor_array(len(listed)) + b"".join(_LINK + cid for cid in listed)
    return Block(b"\x01\x71\x12\x20" + sha256(data).digest(), data, len(data), 0)


def read_batch_root(data: bytes) -> list[bytes]:
    """Inverse of :func:`batch_root`. Raises InvalidInput if ``data`` is anything else."""
    step = len(_LINK) + _CID_SIZE
    count, rest = divmod(len(data), step)  # what is left over is the array's head, 1 to 5 bytes
    head, links = data[:rest], [data[rest + index * step :][:step] for index in range(count)]
    if head != _cbor_array(count) or any(link[: len(_LINK)] != _LINK for link in links):
        raise InvalidInput("not a batch root", code="car.batch")
    return [read_cid(link[len(_LINK) :]).raw for link in links]


def _sections(source: BinaryIO, roots: tuple[bytes, ...]) -> Iterator[tuple[bytes, bytes]]:
    missing = set(roots)
    while (size := _length(source)) is not None:
        if not _CID_SIZE <= size <= MAX_SECTION:
            raise InvalidInput(f"a section of {size} bytes", code="car.section")
        section = _exactly(source, size)
        cid = read_cid(section[:_CID_SIZE]).raw
        data = section[_CID_SIZE:]
        check_block(cid, data)
        missing.discard(cid)
        yield cid, data
    if missing:
        raise InvalidInput("a root of the archive is not among its blocks", code="car.root")


def _roots(header: bytes) -> tuple[bytes, ...]:
    for count in range(len(header) // (len(_LINK) + _CID_SIZE) + 1):
        prefix = b"\xa2\x65roots" + _cbor_array(count)
        step = len(_LINK) + _CID_SIZE
        if len(header) != len(prefix) + count * step + 9 or not header.startswith(prefix):
            continue
        body = header[len(prefix) : -9]
        roots = tuple(body[index * step + len(_LINK) : (index + 1) * step] for index in range(count))
        if car_header([read_cid(root).raw for root in roots]) == varint(len(header)) + header:
            return roots
    raise InvalidInput("the header of the archive is not CARv1 in its one form", code="car.header")


def _length(source: BinaryIO) -> int | None:
    """The varint at the source's place, or None at its end."""
    raw = b""
    while not raw or raw[-1] & 0x80:
        byte = source.read(1)
        if not byte:
            if raw:
                raise InvalidInput("the archive is cut off", code="car.cut")
            return None
        raw += byte
        if len(raw) > 8:
            raise InvalidInput("a length of the archive is too long", code="car.section")
    try:
        return read_varint(raw, 0)[0]
    except ValueError as error:
        raise InvalidInput("a length of the archive is not in shortest form", code="car.section") from error


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise InvalidInput("the archive is cut off", code="car.cut")
    return data


def _cbor_array(count: int) -> bytes:
    if count < 24:
        return bytes((0x80 | count,))
    for size, lead in ((1, 0x98), (2, 0x99), (4, 0x9A)):
        if count < 1 << 8 * size:
            return bytes((lead,)) + count.to_bytes(size, "big")
    raise InvalidInput("too many links", code="car.links")
