"""Whole containers: encrypt and decrypt bytes, streams and files.

The header's MAC is keyed by the file key, so a container commits to its key: no second key opens the same file to
another plaintext.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from chain.containers import payload
from chain.containers._primitives import hkdf, hmac_sha256
from chain.containers.header import Header, header_end, read_header, write_covered
from chain.containers.stanza import FILE_KEY_SIZE, Identity, Recipient, Stanza, b64
from chain.kernel.errors import Damaged, InvalidInput

_READ = 1 << 20


def encrypt(plaintext: bytes, *recipients: Recipient) -> bytes:
    """An age v1 file of ``plaintext`` for every recipient.

    Raises:
        InvalidInput: no recipient, or one of them gave no valid stanza.
    """
    head, nonce, key = _begin(recipients)
    return head + nonce + payload.seal(key, plaintext)


def decrypt(data: bytes, identity: Identity) -> bytes:
    """The plaintext of the age v1 file ``data``, which must be nothing but that.

    Raises:
        InvalidInput: not the one accepted form.
        Refused: not meant for this identity.
        Damaged: the header or the payload does not authenticate.
    """
    header = read_header(data)
    file_key = _file_key(header, identity)
    start = header.size + payload.NONCE
    if len(data) < start + payload.TAG:
        raise Damaged("the payload is cut off", code="age.payload")
    key = hkdf(file_key, data[header.size : start], b"payload")
    return payload.open_all(key, memoryview(data)[start:])


def stanzas_of(data: bytes) -> tuple[Stanza, ...]:
    """The stanzas in the header of ``data``, not authenticated. Raises InvalidInput."""
    return read_header(data).stanzas


def encrypt_stream(source: Iterable[bytes], *recipients: Recipient) -> Iterator[bytes]:
    """As :func:`encrypt` for pieces of any size; constant memory."""
    head, nonce, key = _begin(recipients)
    yield head + nonce
    yield from payload.seal_stream(key, source)


def decrypt_stream(source: Iterable[bytes], identity: Identity) -> Iterator[bytes]:
    """As :func:`decrypt` for pieces of any size; constant memory.

    What comes out is authentic piece by piece, but it is whole only if the iterator ends without an error: do not
    act on the pieces before that.
    """
    pieces = iter(source)
    held = bytearray()
    size: int | None = None
    while size is None or len(held) < size + payload.NONCE:
        piece = next(pieces, None)
        if piece is None:
            raise (
                Damaged("the file is cut off", code="age.payload")
                if size
                else InvalidInput("not an age v1 file, or its header is cut off", code="age.header")
            )
        held += piece
        size = header_end(bytes(held[: 1 << 16])) if size is None else size
    header = read_header(bytes(held[:size]))
    file_key = _file_key(header, identity)
    start = header.size + payload.NONCE
    key = hkdf(file_key, bytes(held[header.size : start]), b"payload")
    rest = bytes(held[start:])
    del held
    yield from payload.open_stream(key, _chain(rest, pieces))


def encrypt_file(source: Path, target: Path, *recipients: Recipient) -> None:
    """Encrypt ``source`` into ``target``; ``target`` appears whole or not at all."""
    with source.open("rb") as stream:
        write_whole(target, encrypt_stream(read_pieces(stream), *recipients))


def encrypt_into(target: Path, source: Iterable[bytes], *recipients: Recipient) -> None:
    """As :func:`encrypt_file` for a plaintext that comes in pieces."""
    write_whole(target, encrypt_stream(source, *recipients))


def decrypt_file(source: Path, target: Path, identity: Identity) -> None:
    """Decrypt ``source`` into ``target``; ``target`` appears only after the last byte was authenticated."""
    with source.open("rb") as stream:
        write_whole(target, decrypt_stream(read_pieces(stream), identity))


def read_pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The rest of ``stream`` in pieces of 1 MiB."""
    while piece := stream.read(_READ):
        yield piece


def _begin(recipients: tuple[Recipient, ...]) -> tuple[bytes, bytes, bytes]:
    """Header, payload nonce and payload key of a new container."""
    random = os.urandom(FILE_KEY_SIZE + payload.NONCE)
    file_key, nonce = random[:FILE_KEY_SIZE], random[FILE_KEY_SIZE:]
    stanzas: list[Stanza] = []
    for recipient in recipients:
        stanzas.extend(recipient.wrap(file_key))
    covered = write_covered(stanzas)
    mac = hmac_sha256(hkdf(file_key, b"", b"header"), covered)
    return covered + b" " + b64(mac).encode("ascii") + b"\n", nonce, hkdf(file_key, nonce, b"payload")


def _file_key(header: Header, identity: Identity) -> bytes:
    file_key = identity.unwrap(header.stanzas)
    if len(file_key) != FILE_KEY_SIZE:
        raise Damaged("the unwrapped file key has another size", code="age.file_key")
    if not header.fits(file_key):
        raise Damaged("the header's MAC does not match", code="age.mac")
    return file_key


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def write_whole(target: Path, pieces: Iterable[bytes]) -> None:
    """Write ``pieces`` to ``target``, which appears whole and on disk, or not at all."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
