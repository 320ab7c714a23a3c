"""What the anchors of a lane of claims are made of, from their public manifests in a blob store."""

from __future__ import annotations

from collections.abc import Sequence

from chain.documents.manifest import BINDINGS, read_leaves, read_manifest
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import AnchorFacts, BlobStore


class ClaimLeaves:
    """A :class:`chain.claims.LaneLeaves` over manifests; what was read once is kept.

    Args:
        store: where manifests lie.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._rows: dict[bytes, tuple[bytes, ...]] = {}

    def rows(self, facts: AnchorFacts) -> Sequence[bytes]:
        """Tag, document and record of each leaf in order, 96 bytes each.

        Raises:
            NotFound, Damaged, InvalidInput, Unavailable: the manifest is not to be had, or of another kind.
        """
        if facts.manifest_digest not in self._rows:
            manifest = read_manifest(facts.manifest_digest, self._store.get)
            if manifest.kind != BINDINGS:
                raise InvalidInput(
                    f"the manifest of anchor {facts.sequence} is not one of bindings",
                    code="claim.manifest",
                    field="manifest",
                )
            self._rows[facts.manifest_digest] = tuple(leaf.row for leaf in read_leaves(manifest, self._store.get))
        return self._rows[facts.manifest_digest]
