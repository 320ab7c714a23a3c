"""The manifest: what stands first in a sealed bid and says what follows (docs/formats/sealed-bid.md).

It is read before any document, so a bid under a foreign identity, or with another form than the committed one, is
known after the first pieces. What the organisation signed is carried as it is: judging it belongs to the tender.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url, unhex0x
from chain.kernel.errors import InvalidInput
from chain.sealing.form import Form
from chain.sealing.messages import BidIdentity

FORMAT = "yinxin-bid-1"
TAG = b"yinxin-bid-1\n"
"""First bytes of the plaintext."""

LARGEST = 4 * 2**20
"""Longest manifest, in bytes."""

MOST_DOCUMENTS = 10_000
DEEPEST = 32
"""Most levels of objects and lists in the organisation's statement, itself included."""

LARGEST_DOCUMENT = 2**40
_MEMBERS = {"documents", "form", "format", "guarantee", "identity", "organisation", "presentations"}
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a bid.

    Attributes:
        name: a plain file name, no folder; unique in the bid without regard to case.
        media_type: such as ``application/pdf``.
        size: bytes.
        digest: SHA-256, 32 bytes.
    """

    name: str
    media_type: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a sealed bid says of itself.

    Attributes:
        identity: whose it is and where it belongs.
        organisation: the organisation's signed statement over the fresh address: an object, not judged here.
        form: the opening form of this lot and envelope.
        documents: in the order in which they follow.
        presentations: attached certificates, as text.
        guarantee: the e-guarantee's presentation, or None.
    """

    identity: BidIdentity
    organisation: Mapping[str, Any]
    form: Form
    documents: tuple[Document, ...]
    presentations: tuple[str, ...] = ()
    guarantee: str | None = None

    def to_bytes(self) -> bytes:
        """Canonical JSON (RFC 8785). Raises InvalidInput if a reader would refuse it."""
        value = {
            "format": FORMAT,
            "identity": self.identity.as_dict(),
            "organisation": dict(self.organisation),
            "form": self.form.as_list(),
            "documents": [
                {"name": one.name, "mediaType": one.media_type, "size": one.size, "digest": b64url(one.digest)}
                for one in self.documents
            ],
            "presentations": list(self.presentations),
            "guarantee": self.guarantee,
        }
        data = canonical(value)
        read_manifest(data)
        return data


def read_manifest(data: bytes) -> Manifest:
    """Parse a manifest, which must be in its one form.

    Raises:
        InvalidInput: naming the member at fault.
    """
    value = read_canonical(data, what="manifest", limit=LARGEST)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _bad("format", f"only {FORMAT} is known")
    if set(value) != _MEMBERS:
        raise _bad("manifest", "members are " + ", ".join(sorted(_MEMBERS)))
    if not isinstance(value["organisation"], dict) or not _is_flat(value["organisation"]):
        raise _bad("organisation", f"an object, nested at most {DEEPEST} levels")
    presentations = value["presentations"]
    if not isinstance(presentations, list) or not all(isinstance(one, str) for one in presentations):
        raise _bad("presentations", "a list of texts")
    guarantee = value["guarantee"]
    if guarantee is not None and not isinstance(guarantee, str):
        raise _bad("guarantee", "a text or null")
    return Manifest(
        read_identity(value["identity"]),
        value["organisation"],
        Form.read(value["form"]),
        _documents(value["documents"]),
        tuple(presentations),
        guarantee,
    )


def read_identity(value: Any) -> BidIdentity:
    """Inverse of :meth:`BidIdentity.as_dict`. Raises InvalidInput."""
    names = ("genesis", "book", "tender", "lot", "envelope", "bidder", "version")
    if not isinstance(value, dict) or set(value) != set(names):
        raise _bad("identity", ", ".join(names))
    parts = dict(value)
    for name, size in (("genesis", 32), ("book", 20), ("bidder", 20)):
        parts[name] = unhex0x(parts[name], size=size, field=f"identity.{name}")
    return BidIdentity(**parts)


def check_name(name: str) -> None:
    """Raises InvalidInput unless ``name`` is a file name that every system takes as nothing else."""
    size = len(name.encode("utf-8", "replace"))
    if not 0 < size <= _LONGEST_NAME or name.startswith(".") or name.endswith((".", " ")) or name != name.strip():
        raise _bad("name", f"a file name of 1 to {_LONGEST_NAME} bytes, no dot or blank at its ends")
    if any(char in '/\\:*?"<>|' or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") for char in name):
        raise _bad("name", 'a file name without control characters and / \\ : * ? " < > |')
    if unicodedata.normalize("NFC", name) != name:
        raise _bad("name", "in Unicode's form NFC")


def _is_flat(value: Any) -> bool:
    """True if ``value`` is nested at most :data:`DEEPEST` levels."""
    level = [value]
    for _ in range(DEEPEST):
        lists = (one.values() if isinstance(one, dict) else one for one in level)
        level = [item for items in lists for item in items if isinstance(item, dict | list)]
        if not level:
            return True
    return False


def _documents(items: Any) -> tuple[Document, ...]:
    if not isinstance(items, list) or len(items) > MOST_DOCUMENTS:
        raise _bad("documents", f"a list of at most {MOST_DOCUMENTS}")
    out = [_document(item, f"documents[{place}]") for place, item in enumerate(items)]
    if len({one.name.casefold() for one in out}) != len(out):
        raise _bad("documents", "each name once, without regard to case")
    return tuple(out)


def _document(item: Any, field: str) -> Document:
    if not isinstance(item, dict) or set(item) != {"name", "mediaType", "size", "digest"}:
        raise _bad(field, "name, mediaType, size, digest")
    name, kind, size, digest = item["name"], item["mediaType"], item["size"], item["digest"]
    if not isinstance(name, str) or not isinstance(kind, str) or not isinstance(digest, str):
        raise _bad(field, "name, mediaType and digest are text")
    check_name(name)
    if not 0 < len(kind) <= 100 or not kind.isascii() or not kind.isprintable() or " " in kind:
        raise _bad(f"{field}.mediaType", "1 to 100 visible ASCII characters")
    if type(size) is not int or not 0 <= size <= LARGEST_DOCUMENT:
        raise _bad(f"{field}.size", "0 to 2^40")
    raw = unb64url(digest, field=f"{field}.digest")
    if len(raw) != 32:
        raise _bad(f"{field}.digest", "32 bytes")
    return Document(name, kind, size, raw)


def content_size(manifest: bytes, documents: Sequence[Document]) -> int:
    """Bytes before the padding: tag, length, manifest, documents."""
    return len(TAG) + 4 + len(manifest) + sum(one.size for one in documents)


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="bid.manifest", field=field)
