"""The payload of an age v1 file: STREAM over ChaCha20-Poly1305 in chunks of 64 KiB (C2SP age, "Payload").

Each chunk has its own nonce: an 11-byte big-endian counter and one byte that is 1 for the last chunk only. The last
chunk may be empty only if the whole plaintext is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.kernel.errors import Damaged, InvalidInput

CHUNK = 64 * 1024
"""Plaintext bytes a chunk."""

TAG = 16
NONCE = 16
"""Bytes of the random nonce in front of the first chunk."""

_FIRST_AND_LAST = bytes(11) + b"\x01"


def _nonce(counter: int, last: bool) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def seal(key: bytes, plaintext: bytes) -> bytes:
    """All chunks of ``plaintext`` under the 32-byte payload key."""
    aead = ChaCha20Poly1305(key)
    if len(plaintext) <= CHUNK:
        return aead.encrypt(_FIRST_AND_LAST, plaintext, None)
    view = memoryview(plaintext)
    count = -(-len(plaintext) // CHUNK)
    return b"".join(
        aead.encrypt(_nonce(index, index == count - 1), view[index * CHUNK : (index + 1) * CHUNK], None)
        for index in range(count)
    )


def open_all(key: bytes, ciphertext: bytes | memoryview) -> bytes:
    """Inverse of :func:`seal`.

    Raises:
        Damaged: a chunk was altered, moved, dropped or added.
        InvalidInput: the last chunk is empty although it is not the only one.
    """
    size = len(ciphertext)
    if TAG <= size <= CHUNK + TAG:
        return _open(ChaCha20Poly1305(key), 0, True, ciphertext)
    return b"".join(open_stream(key, [bytes(ciphertext)]))


def seal_stream(key: bytes, source: Iterable[bytes]) -> Iterator[bytes]:
    """As :func:`seal` for a plaintext that comes in pieces of any size; holds at most one chunk and one piece."""
    aead = ChaCha20Poly1305(key)
    for counter, (chunk, last) in enumerate(_rechunk(source, CHUNK)):
        yield aead.encrypt(_nonce(counter, last), chunk, None)


def open_stream(key: bytes, source: Iterable[bytes]) -> Iterator[bytes]:
    """As :func:`open_all` for a ciphertext that comes in pieces of any size.

    Every piece that comes out is authentic and in its place, but only the normal end of the iterator says that
    nothing is missing.
    """
    aead = ChaCha20Poly1305(key)
    for counter, (chunk, last) in enumerate(_rechunk(source, CHUNK + TAG)):
        if len(chunk) < TAG:
            raise Damaged("the payload is cut off", code="age.payload")
        yield _open(aead, counter, last, chunk)


def _open(aead: ChaCha20Poly1305, counter: int, last: bool, chunk: bytes | memoryview) -> bytes:
    if len(chunk) == TAG and counter:
        raise InvalidInput("the last chunk is empty", code="age.empty_chunk")
    try:
        return aead.decrypt(_nonce(counter, last), chunk, None)
    except InvalidTag as error:
        raise Damaged(f"chunk {counter} of the payload does not authenticate", code="age.payload") from error


def _rechunk(source: Iterable[bytes], size: int) -> Iterator[tuple[memoryview, bool]]:
    """Pieces of exactly ``size`` bytes, the last one 1 to ``size`` (0 if the source is empty) and marked True."""
    held = bytearray()
    for piece in source:
        view = memoryview(piece)
        if held:
            missing = size - len(held)
            held += view[:missing]
            view = view[missing:]
            if not view:
                continue
            yield memoryview(bytes(held)), False
            held.clear()
        whole = max(len(view) - 1, 0) // size * size  # whatever may be the last chunk waits
        for start in range(0, whole, size):
            yield view[start : start + size], False
        held += view[whole:]
    yield memoryview(bytes(held)), True
