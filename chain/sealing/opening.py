"""Opening: from the committed file and its two keys to documents, or to a fault with its evidence.

The file is read once, in constant memory. Its digest is taken on the way, and whatever goes wrong, the rest is still
read: the bidder is blamed only for the file that was committed, never for another one that a store handed out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chain.containers import Stanza, decrypt_stream, read_header, read_pieces
from chain.containers.header import MAX_HEADER
from chain.kernel.errors import Conflict, Damaged, InvalidInput
from chain.kernel.hashing import HashBeside
from chain.sealing.faults import BidFault, FaultKind
from chain.sealing.locks import BidKeys, Recipients, unlock
from chain.sealing.manifest import LARGEST, TAG, Document, Manifest, content_size, read_manifest
from chain.sealing.messages import BidIdentity
from chain.sealing.padding import padded_size


@dataclass(frozen=True, slots=True)
class Committed:
    """What is known of a bid before it is opened: from chain and notice.

    Attributes:
        identity: whose it is and where it belongs.
        opening_key: the key holders' public key, 96 bytes.
        recipients: whose keys lock 2 is for.
        digest: SHA-256 of the sealed file.
        size: its length in bytes.
        form_root: root of the opening form.
    """

    identity: BidIdentity
    opening_key: bytes
    recipients: Recipients
    digest: bytes
    size: int
    form_root: bytes


def open_bid(source: Path, committed: Committed, keys: BidKeys, target: Path | None) -> Manifest:
    """Open a sealed bid into the folder ``target``, or only check it if that is None.

    The folder holds ``manifest.json`` and ``documents/``; it appears whole or not at all.

    Raises:
        BidFault: it does not open; kind, party and evidence say why.
        Conflict: ``target`` exists.
    """
    if target is None:
        return _read(source, committed, keys, None)
    if target.exists():
        raise Conflict("a folder of that name exists", code="bid.exists", field=str(target))
    folder = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=target.parent))
    try:
        manifest = _read(source, committed, keys, folder)
        os.rename(folder, target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def _read(source: Path, committed: Committed, keys: BidKeys, folder: Path | None) -> Manifest:
    try:
        stream = source.open("rb")
    except FileNotFoundError as error:
        raise BidFault(FaultKind.MISSING_FILE, "the sealed file is not there") from error
    with stream, HashBeside() as hasher:
        pieces = _Hashed(read_pieces(stream), hasher)
        try:
            manifest = _open(pieces, committed, keys, folder)
        except BidFault as fault:
            _check_file(pieces, committed, fault)
            raise
        _check_file(pieces, committed, None)
    return manifest


def _check_file(pieces: _Hashed, committed: Committed, cause: BidFault | None) -> None:
    found = pieces.finish()
    if found != (committed.digest, committed.size):
        raise BidFault(
            FaultKind.WRONG_FILE,
            "the file at hand is not the committed one",
            evidence={"digest": found[0].hex(), "size": found[1]},
            fix="only the identical file may take its place",
        ) from cause


def _open(pieces: _Hashed, committed: Committed, keys: BidKeys, folder: Path | None) -> Manifest:
    head = b""
    while b"\n---" not in head[: MAX_HEADER + 4] or b"\n" not in head[head.index(b"\n---") + 4 :]:
        piece = next(pieces, b"")
        if not piece or len(head) > 2 * MAX_HEADER:
            break
        head += piece
    try:
        header = read_header(head)
    except InvalidInput as error:
        raise BidFault(FaultKind.BAD_HEADER, error.message) from error
    file_key = unlock(header, committed.identity, committed.opening_key, committed.recipients, keys)
    plain = _Plain(decrypt_stream(_before(head, pieces), _Known(file_key)))
    manifest, size = _manifest(plain, committed)
    for document in manifest.documents:
        _document(plain, document, folder)
    _padding(plain, padded_size(size) - size)
    if folder is not None:
        _write(folder / "manifest.json", [manifest.to_bytes()])
    return manifest


def _manifest(plain: _Plain, committed: Committed) -> tuple[Manifest, int]:
    """The manifest, if it belongs to this bid, and the bytes before the padding."""
    start = plain.take(len(TAG) + 4)
    length = int.from_bytes(start[len(TAG) :], "big")
    if start[: len(TAG)] != TAG or not 0 < length <= LARGEST:
        raise BidFault(FaultKind.BAD_MANIFEST, "the plaintext does not start as a bid of version 1")
    data = plain.take(length)
    try:
        manifest = read_manifest(data)
    except InvalidInput as error:
        raise BidFault(FaultKind.BAD_MANIFEST, error.message) from error
    if manifest.identity != committed.identity:
        raise BidFault(
            FaultKind.FOREIGN, "the manifest names another bid", evidence={"found": manifest.identity.as_dict()}
        )
    root = manifest.form.root(committed.identity.digest())
    if root != committed.form_root:
        raise BidFault(FaultKind.WRONG_FORM, "not the committed opening form", evidence={"root": root.hex()})
    return manifest, content_size(data, manifest.documents)


def _document(plain: _Plain, document: Document, folder: Path | None) -> None:
    with HashBeside() as hasher:
        pieces = hasher.passing(plain.pieces(document.size))
        if folder is None:
            for _ in pieces:
                pass
        else:
            (folder / "documents").mkdir(exist_ok=True)
            _write(folder / "documents" / document.name, pieces)
        digest = hasher.digest()
    if digest != document.digest:
        raise BidFault(
            FaultKind.BAD_DOCUMENT, "a document is not what the manifest says", evidence={"name": document.name}
        )


def _padding(plain: _Plain, size: int) -> None:
    for piece in plain.pieces(size, FaultKind.BAD_PADDING):
        if bytes(piece).strip(b"\0"):
            raise BidFault(FaultKind.BAD_PADDING, "the padding is not of zeros")
    if plain.more():
        raise BidFault(FaultKind.BAD_PADDING, "bytes behind the padding")


def _write(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    with path.open("xb") as stream:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())


def _before(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


@dataclass(frozen=True, slots=True)
class _Known:
    """The file key that :func:`unlock` found."""

    file_key: bytes

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
        return self.file_key


class _Hashed:
    """The pieces of a file; knows digest and size of what went through."""

    def __init__(self, pieces: Iterator[bytes], hasher: HashBeside) -> None:
        self._pieces, self._hasher = hasher.passing(pieces), hasher

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def finish(self) -> tuple[bytes, int]:
        """Read what is left; digest and size of all."""
        for _ in self:
            pass
        return self._hasher.digest(), self._hasher.size


class _Plain:
    """Decrypted pieces, cut where the manifest says."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, memoryview(b"")

    def _next(self) -> bool:
        """Hold the next piece; False at the end."""
        try:
            piece = next(self._pieces, None)
        except (Damaged, InvalidInput) as error:
            raise BidFault(FaultKind.BAD_CIPHERTEXT, error.message) from error
        self._held = memoryview(piece or b"")
        return piece is not None

    def more(self) -> bool:
        """True if anything is left."""
        while not self._held:
            if not self._next():
                return False
        return True

    def pieces(self, size: int, kind: FaultKind = FaultKind.BAD_DOCUMENT) -> Iterator[memoryview]:
        """The next ``size`` bytes. Raises BidFault of that kind if they are not there."""
        while size:
            if not self.more():
                raise BidFault(kind, "the plaintext is cut off")
            piece = self._held[:size]
            self._held = self._held[len(piece) :]
            size -= len(piece)
            yield piece

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes at once."""
        return b"".join(self.pieces(size, FaultKind.BAD_MANIFEST))
