"""Sealing: from files on the bidder's device to one sealed bid, in constant memory.

    plaintext = "yinxin-bid-1" LF ‖ manifest length⁴ ‖ manifest ‖ documents ‖ zeros up to Padmé's size

Documents are read twice: once for their digests, which the manifest names, and once to be encrypted. One that changed
in between is noticed and nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.containers import encrypt_stream, read_pieces, write_whole
from chain.kernel.encoding import sha256_file
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.hashing import HashBeside
from chain.sealing.form import Form
from chain.sealing.locks import BidRecipient, Recipients
from chain.sealing.manifest import TAG, Document, Manifest, check_name, content_size
from chain.sealing.messages import BidIdentity
from chain.sealing.padding import padded_size

_ZEROS = bytes(1 << 20)


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be sealed: its name in the bid, its media type, and where it lies."""

    name: str
    media_type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Bid:
    """What is sealed; see :class:`chain.sealing.Manifest` for the members."""

    identity: BidIdentity
    form: Form
    documents: Sequence[Source]
    organisation: Mapping[str, Any]
    presentations: Sequence[str] = ()
    guarantee: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the commitment needs, and what the bidder keeps.

    Attributes:
        digest: SHA-256 of the sealed file, 32 bytes.
        size: its length in bytes.
        form_root: root of the opening form, 32 bytes.
        manifest: what was sealed.
        k2: secret of lock 2. Kept by the bidder as proof that lock 2 was made rightly; shown to nobody before.
    """

    digest: bytes
    size: int
    form_root: bytes
    manifest: Manifest
    k2: bytes = field(repr=False)


def seal_bid(bid: Bid, opening_key: bytes, recipients: Recipients, target: Path) -> Sealed:
    """Seal ``bid`` into the file ``target``, which appears whole or not at all.

    Args:
        bid: what is sealed.
        opening_key: the key holders' public key for this tender, 96 bytes.
        recipients: whose keys lock 2 is for.
        target: where the sealed bid goes; must not exist yet.

    Raises:
        InvalidInput: something that a reader would refuse; naming the member.
        Conflict: ``target`` exists, or a document changed while it was sealed.
        OSError: a document cannot be read, or the file not written.
    """
    if target.exists():
        raise Conflict("a file of that name exists", code="bid.exists", field=str(target))
    recipient = BidRecipient(bid.identity, opening_key, recipients)
    documents = tuple(_look_at(source) for source in bid.documents)
    manifest = Manifest(bid.identity, bid.organisation, bid.form, documents, tuple(bid.presentations), bid.guarantee)
    data = manifest.to_bytes()
    with HashBeside() as hasher:
        write_whole(target, hasher.passing(encrypt_stream(_plaintext(data, bid.documents, documents), recipient)))
        digest = hasher.digest()
    return Sealed(digest, hasher.size, bid.form.root(bid.identity.digest()), manifest, recipient.k2)


def _look_at(source: Source) -> Document:
    check_name(source.name)
    if not source.path.is_file():
        raise InvalidInput(f"no file {source.path}", code="bid.document", field=source.name)
    digest, size = sha256_file(source.path)
    return Document(source.name, source.media_type, size, digest)


def _plaintext(manifest: bytes, sources: Sequence[Source], documents: Sequence[Document]) -> Iterator[bytes]:
    yield TAG + len(manifest).to_bytes(4, "big") + manifest
    for source, document in zip(sources, documents, strict=True):
        with HashBeside() as hasher, source.path.open("rb") as stream:
            yield from hasher.passing(read_pieces(stream))
            digest = hasher.digest()
        if hasher.size != document.size or digest != document.digest:
            raise Conflict(
                "the document changed while it was sealed", code="bid.changed", field=source.name,
                fix="close the program that writes it and seal again",
            )  # fmt: skip
    content = content_size(manifest, documents)
    left = padded_size(content) - content
    while left:
        piece = _ZEROS[: min(left, len(_ZEROS))]
        left -= len(piece)
        yield piece
