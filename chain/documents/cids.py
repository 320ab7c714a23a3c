"""Content identifiers of the profile ``unixfs-v1-2025`` (IPIP-499), computed without any node.

CIDv1, SHA-256, text in lower-case base32 (multibase ``b``). Up to 1 MiB the bytes are one raw block. More are cut
into raw leaves of 1 MiB under UnixFS file nodes (dag-pb) of at most 1024 links, balanced. Only CIDs of this profile
are accepted.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from chain.kernel.errors import Damaged, InvalidInput

CHUNK = 1 << 20
"""Bytes of a leaf."""

LINKS = 1024
"""Links of an inner node, at most."""

RAW = 0x55
DAG_PB = 0x70
DAG_CBOR = 0x71

_PREFIX = {codec: bytes((1, codec, 0x12, 0x20)) for codec in (RAW, DAG_PB, DAG_CBOR)}
_RAW_PREFIX = _PREFIX[RAW]


@dataclass(frozen=True, slots=True)
class Cid:
    """A parsed CIDv1 with SHA-256.

    Attributes:
        codec: RAW, DAG_PB or DAG_CBOR.
        digest: SHA-256 of the block, 32 bytes.
    """

    codec: int
    digest: bytes

    @property
    def raw(self) -> bytes:
        """Binary form, 36 bytes."""
        return _PREFIX[self.codec] + self.digest

    def __str__(self) -> str:
        return _text(self.raw)


@dataclass(frozen=True, slots=True)
class Block:
    """A block and what a parent node must know of it.

    Attributes:
        cid: binary CID, 36 bytes.
        data: the block's bytes.
        total: bytes of the block and all below it (``Tsize`` of a link to it).
        content: bytes of file content below it.
    """

    cid: bytes
    data: bytes
    total: int
    content: int


def _text(raw: bytes) -> str:
    return "b" + base64.b32encode(raw)[:58].decode("ascii").lower()


def cid_of_sha256(digest: bytes) -> str:
    """CID of a file of at most 1 MiB from its SHA-256 (32 bytes)."""
    if len(digest) != 32:
        raise InvalidInput("a SHA-256 has 32 bytes", code="cid.digest")
    return _text(_RAW_PREFIX + digest)


def cids_of_sha256(digests: Sequence[bytes]) -> list[str]:
    """As :func:`cid_of_sha256` for many at a third of the cost."""
    if any(len(digest) != 32 for digest in digests):
        raise InvalidInput("a SHA-256 has 32 bytes", code="cid.digest")
    joined = b"".join([b"\x01\x55\x12\x20%b\0\0\0\0" % digest for digest in digests])  # 40 bytes make 64 characters
    text = base64.b32encode(joined).decode("ascii").lower()
    return ["b" + text[start : start + 58] for start in range(0, len(text), 64)]


def cid_of(data: bytes) -> str:
    """CID of a file with these bytes."""
    if len(data) <= CHUNK:
        return _text(_RAW_PREFIX + sha256(data).digest())
    return _text(root_block(chunked(data)).cid)


def cid_of_pieces(pieces: Iterable[bytes]) -> str:
    """CID of a file whose bytes come in pieces of any size; memory is bounded by one piece and one leaf."""
    return _text(root_block(_rechunk(pieces)).cid)


def cid_of_file(path: Path) -> str:
    """CID of a file on disk, read in pieces."""
    with path.open("rb") as stream:
        return cid_of_pieces(iter(lambda: stream.read(CHUNK), b""))


def parse_cid(text: str, *, field: str = "cid") -> Cid:
    """Parse the one accepted text of a CID.

    Raises:
        InvalidInput: another version, base, codec, hash or spelling.
    """
    try:
        if len(text) != 59 or text[0] != "b" or text != text.lower():
            raise ValueError
        raw = base64.b32decode(text[1:].upper() + "======")
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(f"{field}: not a CIDv1 in base32 with SHA-256", code="cid.form", field=field) from error
    cid = read_cid(raw, field=field)
    if _text(raw) != text:
        raise InvalidInput(f"{field}: not the canonical text of its CID", code="cid.form", field=field)
    return cid


def read_cid(raw: bytes, *, field: str = "cid") -> Cid:
    """Parse a binary CID of 36 bytes. Raises InvalidInput."""
    if len(raw) != 36 or raw[1] not in _PREFIX or raw[:4] != _PREFIX[raw[1]]:
        raise InvalidInput(f"{field}: not a CIDv1 (raw, dag-pb, dag-cbor) with SHA-256", code="cid.form", field=field)
    return Cid(raw[1], raw[4:])


def check_block(cid: bytes, data: bytes | memoryview) -> None:
    """Raise Damaged unless ``data`` hashes to the binary CID ``cid``."""
    if sha256(data).digest() != cid[4:]:
        raise Damaged(f"block {_text(cid)} holds other bytes than its CID says", code="cid.mismatch")


def chunked(data: bytes) -> Iterator[bytes]:
    """Leaves of ``data``; one empty leaf if there are no bytes."""
    for start in range(0, max(len(data), 1), CHUNK):
        yield data[start : start + CHUNK]


def leaf_block(chunk: bytes) -> Block:
    """The raw block of one leaf."""
    return Block(_RAW_PREFIX + sha256(chunk).digest(), chunk, len(chunk), len(chunk))


def file_blocks(data: bytes) -> list[Block]:
    """All blocks of a file, its root first, then its leaves in order, then inner nodes."""
    made: list[Block] = []
    root_block(chunked(data), made)
    return [made[-1], *made[:-1]]


def root_block(chunks: Iterable[bytes], made: list[Block] | None = None) -> Block:
    """The root of a file of these leaves. Every block made is appended to ``made``, the root last.

    Without ``made`` no leaf's bytes are kept.
    """
    level: list[Block] = []
    for chunk in chunks:
        leaf = leaf_block(chunk)
        level.append(leaf if made is not None else Block(leaf.cid, b"", leaf.total, leaf.content))
    if made is not None:
        made.extend(level)
    while len(level) > 1:
        level = [file_node(level[start : start + LINKS]) for start in range(0, len(level), LINKS)]
        if made is not None:
            made.extend(level)
    return level[0]


def file_node(children: list[Block]) -> Block:
    """A UnixFS file node over ``children`` (dag-pb: links first, then data; no names)."""
    content = sum(child.content for child in children)
    unixfs = b"\x08\x02\x18" + varint(content) + b"".join(b"\x20" + varint(child.content) for child in children)
    links = []
    for child in children:
        link = b"\x0a\x24" + child.cid + b"\x12\x00\x18" + varint(child.total)
        links.append(b"\x12" + varint(len(link)) + link)
    data = b"".join(links) + b"\x0a" + varint(len(unixfs)) + unixfs
    cid = _PREFIX[DAG_PB] + sha256(data).digest()
    return Block(cid, data, len(data) + sum(child.total for child in children), content)


def read_file_node(data: bytes) -> list[tuple[bytes, int]]:
    """Children of a file node as (binary CID, content bytes).

    Raises:
        InvalidInput: not exactly what :func:`file_node` writes for these children.
    """
    children: list[tuple[bytes, int]] = []
    totals: list[int] = []
    try:
        place = 0
        while data[place] == 0x12:
            size, place = read_varint(data, place + 1)
            link = data[place : place + size]
            place += size
            if link[:2] != b"\x0a\x24" or link[38:41] != b"\x12\x00\x18":
                raise ValueError
            total, end = read_varint(link, 41)
            if end != len(link):
                raise ValueError
            read_cid(link[2:38])
            children.append((link[2:38], 0))
            totals.append(total)
        if data[place] != 0x0A:
            raise ValueError
        size, place = read_varint(data, place + 1)
        unixfs = data[place:]
        if size != len(unixfs) or unixfs[:3] != b"\x08\x02\x18":
            raise ValueError
        _, place = read_varint(unixfs, 3)
        for index, (cid, _) in enumerate(children):
            if unixfs[place] != 0x20:
                raise ValueError
            content, place = read_varint(unixfs, place + 1)
            children[index] = (cid, content)
    except (IndexError, ValueError) as error:
        raise InvalidInput("not a UnixFS file node of this profile", code="cid.node") from error
    known = list(zip(children, totals, strict=True))
    made = file_node([Block(cid, b"", total, size) for (cid, size), total in known])
    if made.data != data or not children or any(cid[1] == RAW and size != total for (cid, size), total in known):
        raise InvalidInput("not a UnixFS file node of this profile", code="cid.node")
    return children


def varint(value: int) -> bytes:
    """Unsigned LEB128, shortest form."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varint(data: bytes | memoryview, place: int) -> tuple[int, int]:
    """Value and end of the varint at ``place``. Raises ValueError if not in shortest form, IndexError if cut off."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            if shift and not byte:
                raise ValueError("varint not in shortest form")
            return value, place
        shift += 7
        if shift > 56:
            raise ValueError("varint too long")


def _rechunk(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    some = False
    for piece in pieces:
        held += piece
        while len(held) >= CHUNK:
            some = True
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held or not some:
        yield bytes(held)
