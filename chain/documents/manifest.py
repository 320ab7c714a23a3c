"""The public manifest of a batch: what its leaves are made of and where its records lie. No personal data.

A root document of at most 1 MiB, whose SHA-256 is the anchor's manifest digest and so also gives its CID, and pages
of at most 4,096 leaves. Canonical JSON; format: docs/formats/manifest.md.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from chain.documents.cids import CHUNK, cid_of_sha256, parse_cid
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.ports import LeafParts

MANIFEST_FORMAT = "yinxin-manifest-1"
PAGE_FORMAT = "yinxin-manifest-page-1"
PAGE_LEAVES = 4096
"""Leaves of every page but the last."""

CERTIFICATES = "certificates"
"""Leaves of three digests: JWT, stamp, record."""

EVENTS = "events"
"""Leaves of one digest: the record."""

BINDINGS = "bindings"
"""Leaves of three digests: tag, document, record (docs/formats/binding.md)."""

_WIDTH = {CERTIFICATES: 96, EVENTS: 32, BINDINGS: 96}


@dataclass(frozen=True, slots=True)
class ManifestLeaf:
    """One leaf.

    Attributes:
        index: 0-based place in the tree.
        record: SHA-256 of the record's ciphertext, 32 bytes.
        cid: where a blob store keeps the record.
        parts: all three digests of a certificate, or None.
        row: all of its digests in a row, as the page has them: 96 bytes, of an event 32.
    """

    index: int
    record: bytes
    cid: str
    parts: LeafParts | None
    row: bytes


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page as the root document names it.

    Attributes:
        digest: SHA-256 of the page's bytes, 32 bytes; gives its CID.
        count: leaves in it.
        first: index of its first leaf.
    """

    digest: bytes
    count: int
    first: int

    @property
    def cid(self) -> str:
        """CID of the page."""
        return cid_of_sha256(self.digest)


@dataclass(frozen=True, slots=True)
class ManifestRoot:
    """A parsed root document.

    Attributes:
        bureau: USCC.
        lane: lane of the anchor.
        kind: CERTIFICATES, EVENTS or BINDINGS.
        root: RFC 9162 root of the tree, 32 bytes.
        size: number of leaves.
        pages: in order.
    """

    bureau: str
    lane: str
    kind: str
    root: bytes
    size: int
    pages: tuple[PageRef, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was built.

    Attributes:
        document: the root document's bytes.
        pages: each page's bytes.
        digest: SHA-256 of ``document``: the anchor's manifest digest, 32 bytes.
    """

    document: bytes
    pages: tuple[bytes, ...]
    digest: bytes

    @property
    def cid(self) -> str:
        """CID of the root document."""
        return cid_of_sha256(self.digest)

    @property
    def blobs(self) -> tuple[bytes, ...]:
        """All that must be stored: pages, then the root document."""
        return (*self.pages, self.document)


@dataclass(frozen=True, slots=True)
class ManifestPage:
    """A parsed page.

    Attributes:
        kind: CERTIFICATES, EVENTS or BINDINGS.
        first: index of its first leaf.
        digests: all digests of all leaves in a row, 32 bytes each.
        large: CIDs of records over 1 MiB, by index.
    """

    kind: str
    first: int
    digests: bytes
    large: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of leaves."""
        return len(self.digests) // _WIDTH[self.kind]

    def __iter__(self) -> Iterator[ManifestLeaf]:
        """The leaves in order."""
        return (self.leaf(self.first + place) for place in range(len(self)))

    def leaf(self, index: int) -> ManifestLeaf:
        """The leaf at tree index ``index``. Raises IndexError if it is on another page."""
        if not 0 <= index - self.first < len(self):
            raise IndexError(index)
        width = _WIDTH[self.kind]
        start = (index - self.first) * width
        raw = self.digests[start : start + width]
        record = raw[-32:]
        cid = self.large.get(index) or cid_of_sha256(record)
        parts = LeafParts(raw[:32], raw[32:64], record) if self.kind == CERTIFICATES else None
        return ManifestLeaf(index, record, cid, parts, raw)

    def find(self, digest: bytes) -> ManifestLeaf | None:
        """The first leaf with this SHA-256 as JWT, stamp or record, or None."""
        place = self.digests.find(digest)
        while place >= 0 and place % 32:
            place = self.digests.find(digest, place + 1)
        return None if place < 0 else self.leaf(self.first + place // _WIDTH[self.kind])


def build_manifest(
    *,
    bureau: str,
    lane: str,
    root: bytes,
    leaves: Sequence[LeafParts] | Sequence[bytes],
    large: Mapping[int, str] | None = None,
) -> Manifest:
    """Build the manifest of a batch.

    Args:
        bureau: USCC.
        lane: lane of the anchor.
        root: RFC 9162 root over the leaves, 32 bytes.
        leaves: leaf parts of certificates, record digests of events, or the 96 bytes of bindings; at least one.
        large: CIDs of records over 1 MiB, by index.

    Raises:
        InvalidInput: no leaf, digests of other sizes, or too many leaves for one root document.
    """
    if not leaves or len(root) != 32:
        raise InvalidInput("a manifest needs leaves and a root of 32 bytes", code="manifest.leaves")
    first_leaf = leaves[0]
    kind = CERTIFICATES if not isinstance(first_leaf, bytes) else BINDINGS if len(first_leaf) == 96 else EVENTS
    raw = [leaf if isinstance(leaf, bytes) else leaf.jwt + leaf.stamp + leaf.record for leaf in leaves]
    if any(len(leaf) != _WIDTH[kind] for leaf in raw):
        raise InvalidInput("every digest of a leaf has 32 bytes", code="manifest.leaves")
    pages: list[bytes] = []
    refs: list[dict[str, Any]] = []
    for first in range(0, len(raw), PAGE_LEAVES):
        part = raw[first : first + PAGE_LEAVES]
        own = {str(index): cid for index, cid in (large or {}).items() if first <= index < first + len(part)}
        page = _write_page(kind, first, part, own)
        pages.append(page)
        refs.append({"count": len(part), "digest": b64url(sha256(page).digest())})
    document = canonical(
        {
            "format": MANIFEST_FORMAT,
            "bureau": bureau,
            "lane": lane,
            "kind": kind,
            "root": b64url(root),
            "size": len(raw),
            "pages": refs,
        }
    )
    if len(document) > CHUNK:
        raise InvalidInput("too many leaves for one manifest", code="manifest.size", fix="split the batch")
    return Manifest(document, tuple(pages), sha256(document).digest())


def parse_manifest(document: bytes) -> ManifestRoot:
    """Parse a root document.

    Raises:
        InvalidInput: not its one form, an unknown version, or counts that do not add up.
    """
    value = read_canonical(document, what="manifest", limit=CHUNK)
    _exact(value, {"format": str, "bureau": str, "lane": str, "kind": str, "root": str, "size": int, "pages": list})
    if value["format"] != MANIFEST_FORMAT or value["kind"] not in _WIDTH:
        raise InvalidInput("manifest of unknown version or kind", code="manifest.format")
    pages: list[PageRef] = []
    first = 0
    for entry in value["pages"]:
        _exact(entry, {"count": int, "digest": str})
        pages.append(PageRef(_digest(entry["digest"]), entry["count"], first))
        first += entry["count"]
    full = all(page.count == PAGE_LEAVES for page in pages[:-1])
    if not pages or not full or not 1 <= pages[-1].count <= PAGE_LEAVES or first != value["size"]:
        raise InvalidInput("the pages of the manifest do not add up to its size", code="manifest.size")
    root = _digest(value["root"])
    return ManifestRoot(value["bureau"], value["lane"], value["kind"], root, value["size"], tuple(pages))


def parse_page(data: bytes, ref: PageRef, kind: str) -> ManifestPage:
    """Parse the page that the root document names ``ref``.

    Raises:
        Damaged: other bytes than the root document says.
        InvalidInput: not its one form.
    """
    if sha256(data).digest() != ref.digest:
        raise Damaged("a page of the manifest is not the one its root names", code="manifest.page")
    value = read_canonical(data, what="manifest page", limit=CHUNK)
    names = {"format": str, "first": int, "leaves": list}
    _exact(value, names | ({"large": dict} if isinstance(value, dict) and "large" in value else {}))
    if value["format"] != PAGE_FORMAT or value["first"] != ref.first or len(value["leaves"]) != ref.count:
        raise InvalidInput("a page of the manifest is not in its place", code="manifest.page")
    width = _WIDTH[kind]
    digests = bytearray()
    for text in value["leaves"]:
        raw = unb64url(text, field="leaves") if isinstance(text, str) else b""
        if len(raw) != width:
            raise InvalidInput("a leaf of the manifest has another size", code="manifest.leaf")
        digests += raw
    large: dict[int, str] = {}
    for index, cid in value.get("large", {}).items():
        if not index.isdigit() or str(int(index)) != index or not 0 <= int(index) - ref.first < ref.count:
            raise InvalidInput("a large record of another page", code="manifest.large")
        parse_cid(cid)
        large[int(index)] = cid
    if "large" in value and not large:
        raise InvalidInput("an empty list of large records", code="manifest.large")
    return ManifestPage(kind, ref.first, bytes(digests), large)


def read_manifest(digest: bytes, fetch: Callable[[str], bytes]) -> ManifestRoot:
    """Fetch and parse the root document with this SHA-256 (an anchor's manifest digest); ``fetch`` takes a CID.

    Raises:
        Damaged: other bytes came.
        InvalidInput, and whatever ``fetch`` raises.
    """
    document = fetch(cid_of_sha256(digest))
    if sha256(document).digest() != digest:
        raise Damaged("the manifest is not the one that was anchored", code="manifest.digest")
    return parse_manifest(document)


def read_pages(manifest: ManifestRoot, fetch: Callable[[str], bytes]) -> Iterator[ManifestPage]:
    """Fetch and parse every page in order. Raises as :func:`parse_page`, and whatever ``fetch`` raises."""
    for ref in manifest.pages:
        yield parse_page(fetch(ref.cid), ref, manifest.kind)


def read_leaves(manifest: ManifestRoot, fetch: Callable[[str], bytes]) -> Iterator[ManifestLeaf]:
    """Every leaf in order."""
    for page in read_pages(manifest, fetch):
        yield from page


def find_leaf(manifest: ManifestRoot, fetch: Callable[[str], bytes], digest: bytes) -> ManifestLeaf | None:
    """The leaf with this SHA-256 as JWT, stamp or record, or None."""
    return next((leaf for page in read_pages(manifest, fetch) if (leaf := page.find(digest))), None)


def _write_page(kind: str, first: int, part: Sequence[bytes], large: dict[str, str]) -> bytes:
    if _WIDTH[kind] == 96:  # 96 bytes are 128 characters without padding, so one call encodes the whole page
        text = base64.urlsafe_b64encode(b"".join(part)).decode("ascii")
        leaves = [text[start : start + 128] for start in range(0, len(text), 128)]
    else:
        leaves = [b64url(digest) for digest in part]
    value: dict[str, Any] = {"format": PAGE_FORMAT, "first": first, "leaves": leaves}
    if large:
        for cid in large.values():
            parse_cid(cid)
        value["large"] = large
    return canonical(value)


def _exact(value: object, kinds: Mapping[str, type]) -> None:
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise InvalidInput(f"manifest: not exactly the members {', '.join(kinds)}", code="manifest.members")
    for name, kind in kinds.items():
        if not isinstance(value[name], kind) or isinstance(value[name], bool):
            raise InvalidInput(f"manifest: {name} is not {kind.__name__}", code="manifest.members", field=name)


def _digest(text: str) -> bytes:
    raw = unb64url(text, field="digest")
    if len(raw) != 32:
        raise InvalidInput("a digest has 32 bytes", code="manifest.digest")
    return raw
