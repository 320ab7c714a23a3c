"""Finding public evidence with nothing but the ledger and a blob store: no register, no server."""

from chain.evidence.claim_leaves import ClaimLeaves
from chain.evidence.first_of import FirstOf
from chain.evidence.manifest_index import Anchors, ManifestIndex

__all__ = ["Anchors", "ClaimLeaves", "FirstOf", "ManifestIndex"]
