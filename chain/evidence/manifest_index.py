"""Every anchored batch's public manifest, read as an index.

Oldest batches are asked first: a leaf that repeats another bureau's stamp, or one of a stolen anchor key, can only be
younger than the true one. What it answers is checked against the ledger by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from chain.credentials.leaf import certificate_leaf
from chain.documents.cids import cid_of_sha256
from chain.documents.manifest import ManifestLeaf, ManifestPage, ManifestRoot, read_manifest, read_pages
from chain.kernel.errors import Damaged, InvalidInput, NotFound
from chain.kernel.ports import AnchorFacts, BlobStore, LeafPlace
from chain.merkle import Tree


class Anchors(Protocol):
    """The ledger's lanes and their anchors."""

    def lanes(self) -> Iterable[tuple[str, str]]:
        """(bureau, lane) of every lane in use."""
        ...

    def anchors(self, uscc: str, lane: str) -> Iterable[AnchorFacts]:
        """Every anchor of a lane, oldest first."""
        ...


class ManifestIndex:
    """An :class:`chain.kernel.ports.EvidenceIndex` over the manifests of all bureaus.

    Args:
        ledger: where anchors are listed.
        store: where manifests and status lists lie.
    """

    def __init__(self, ledger: Anchors, store: BlobStore) -> None:
        self._ledger = ledger
        self._store = store
        self._anchors: list[AnchorFacts] | None = None
        self._pages: dict[bytes, list[ManifestPage]] = {}
        self._trees: dict[bytes, Tree] = {}

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that stamp, or None. Raises Unavailable if the store does not answer."""
        return self._find(stamp_digest)

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """Place of the leaf with that issuer-signed JWT, or None."""
        return self._find(jwt_digest)

    def status_list(self, digest: bytes) -> bytes | None:
        """Bytes of a status list token, or None."""
        try:
            return self._store.get(cid_of_sha256(digest))
        except NotFound:
            return None

    def bundle(self, identifier: str) -> bytes | None:
        """None: manifests name no identifiers."""
        return None

    def renew(self) -> None:
        """List the anchors anew when next asked; manifests that were read stay."""
        self._anchors = None

    # ------------------------------------------------------------------ inside

    def _batches(self) -> list[AnchorFacts]:
        if self._anchors is None:
            lanes = [place for place in self._ledger.lanes() if not place[1].startswith("$")]
            found = [facts for bureau, lane in lanes for facts in self._ledger.anchors(bureau, lane)]
            self._anchors = sorted(found, key=lambda facts: facts.block.number)
        return self._anchors

    def _pages_of(self, facts: AnchorFacts) -> list[ManifestPage]:
        if facts.manifest_digest not in self._pages:
            try:
                manifest: ManifestRoot = read_manifest(facts.manifest_digest, self._store.get)
                self._pages[facts.manifest_digest] = list(read_pages(manifest, self._store.get))
            except (NotFound, Damaged, InvalidInput):
                self._pages[facts.manifest_digest] = []
        return self._pages[facts.manifest_digest]

    def _find(self, digest: bytes) -> LeafPlace | None:
        for facts in self._batches():
            pages = self._pages_of(facts)
            for page in pages:
                leaf = page.find(digest)
                if leaf is not None and leaf.parts is not None:
                    return self._place(facts, pages, leaf)
        return None

    def _place(self, facts: AnchorFacts, pages: list[ManifestPage], leaf: ManifestLeaf) -> LeafPlace:
        if facts.manifest_digest not in self._trees:
            self._trees[facts.manifest_digest] = Tree(
                [certificate_leaf(one.parts) for one in _leaves(pages) if one.parts is not None]
            )
        tree = self._trees[facts.manifest_digest]
        assert leaf.parts is not None
        return LeafPlace(
            facts.bureau, facts.lane, facts.sequence, leaf.parts, leaf.index, tree.size, tree.path(leaf.index)
        )


def _leaves(pages: list[ManifestPage]) -> Iterator[ManifestLeaf]:
    for page in pages:
        yield from page
