"""Segments of the local store: CARv1 files that hold many blobs and are written once.

A blob's *region* is its blocks in a row, root first. Removing a blob overwrites its region in place with zeros under
the (dag-cbor) CIDs of those zeros, so that the file stays a valid archive and says by itself what is blank.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from chain.documents import cids
from chain.documents.car import car_header, car_section
from chain.documents.cids import DAG_CBOR, DAG_PB, read_varint
from chain.kernel.errors import Damaged, InvalidInput

HEADER = car_header(())
_BLANK = bytes((1, DAG_CBOR, 0x12, 0x20))


@dataclass(frozen=True, slots=True)
class Region:
    """Where a blob lies.

    Attributes:
        cid: binary CID of the blob's root, 36 bytes.
        start: first byte of its root's section.
        end: byte after its last section.
    """

    cid: bytes
    start: int
    end: int


def region_bytes(data: bytes) -> tuple[bytes, list[bytes]]:
    """Binary CID and the sections, root first, of a blob."""
    if len(data) <= cids.CHUNK:
        cid = b"\x01\x55\x12\x20" + sha256(data).digest()
        return cid, [car_section(cid, data)]
    blocks = cids.file_blocks(data)
    return blocks[0].cid, [car_section(block.cid, block.data) for block in blocks]


def sections(region: bytes) -> Iterator[tuple[bytes, memoryview, int]]:
    """(binary CID, bytes, end offset) of each section, unchecked. Raises Damaged if the framing is broken."""
    view = memoryview(region)
    place = 0
    try:
        while place < len(region):
            size, start = read_varint(view, place)
            place = start + size
            if size < 36 or place > len(region):
                raise ValueError
            yield bytes(view[start : start + 36]), view[start + 36 : place], place
    except (IndexError, ValueError) as error:
        raise Damaged("a segment's framing is broken", code="store.segment") from error


def read_blob(region: bytes, cid: bytes) -> bytes | None:
    """The blob's bytes, every block hashed; None if the region was blanked.

    Raises:
        Damaged: the region holds something else.
    """
    blocks: dict[bytes, memoryview] = {}
    blank = False
    for found, data, _ in sections(region):
        if found[:4] == _BLANK:
            blank = True
            continue
        cids.check_block(found, data)
        blocks[found] = data
    if cid not in blocks:
        if blank:
            return None
        raise Damaged(f"blob {cids.read_cid(cid)} is not where the index says", code="store.segment")
    if cid[1] != DAG_PB:
        return bytes(blocks[cid])
    out = bytearray()
    _collect(cid, blocks, out)
    return bytes(out)


def _collect(cid: bytes, blocks: dict[bytes, memoryview], out: bytearray) -> None:
    if cid not in blocks:
        raise Damaged(f"block {cids.read_cid(cid)} is missing in its segment", code="store.segment")
    if cid[1] != DAG_PB:
        out += blocks[cid]
        return
    try:
        children = cids.read_file_node(bytes(blocks[cid]))
    except InvalidInput as error:
        raise Damaged("a block is no file node", code="store.segment") from error
    for child, _ in children:
        _collect(child, blocks, out)


def blank(region: bytes) -> bytes:
    """Bytes of the same length and framing that hold zeros under their own CIDs."""
    out = bytearray(region)
    for _, data, end in list(sections(region)):
        zeros = bytes(len(data))
        out[end - len(data) - 36 : end] = _BLANK + sha256(zeros).digest() + zeros
    return bytes(out)


def scan(path: Path) -> Iterator[Region]:
    """Regions of a segment file that are not blank, by its framing alone (blocks are checked when read).

    Raises:
        Damaged: the framing is broken.
    """
    with path.open("rb") as stream:
        if stream.read(len(HEADER)) != HEADER:
            raise Damaged(f"{path.name} is no segment", code="store.segment")
        place = len(HEADER)
        pending: Region | None = None
        left = 0
        while head := stream.read(8 + 36):
            try:
                size, start = read_varint(head, 0)
            except (IndexError, ValueError) as error:
                raise Damaged(f"{path.name}: framing broken at byte {place}", code="store.segment") from error
            cid = head[start : start + 36]
            end = place + start + size
            if len(cid) < 36 or size < 36 or end > os.fstat(stream.fileno()).st_size:
                raise Damaged(f"{path.name}: framing broken at byte {place}", code="store.segment")
            if left:
                left -= 1
                pending = Region(pending.cid, pending.start, end) if pending else None
            elif cid[:4] == _BLANK:
                pending = None
            else:
                pending = Region(cid, place, end)
                if cid[1] == DAG_PB:
                    stream.seek(place + start + 36)
                    left = _blocks_below(stream.read(size - 36))
            if not left and pending is not None:
                yield pending
                pending = None
            place = end
            stream.seek(place)


def _blocks_below(root: bytes) -> int:
    """Number of blocks under a file's root."""
    try:
        content = sum(size for _, size in cids.read_file_node(root))
    except InvalidInput as error:
        raise Damaged("a block is no file node", code="store.segment") from error
    level = -(-content // cids.CHUNK)
    total = level
    while level > 1:
        level = -(-level // cids.LINKS)
        total += level
    return total - 1
