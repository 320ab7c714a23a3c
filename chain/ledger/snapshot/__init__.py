"""Trust snapshots: everything a verifier needs to know of the chain, in one file that witnesses signed.

* :func:`build_snapshot` makes one from the chain, the public manifests and the status list tokens.
* :class:`SignedSnapshot` is its file; :func:`check_signatures` judges who signed.
* :class:`SnapshotSource` answers from it as a trust source, without any network.

The format is docs/formats/trust-snapshot.md (``yinxin-snapshot-1``).
"""

from chain.ledger.snapshot.body import SnapshotBody
from chain.ledger.snapshot.build import LIFE, Snapshot, SnapshotEvidence, build_snapshot
from chain.ledger.snapshot.signed import SignedSnapshot, check_signatures, sign_body
from chain.ledger.snapshot.source import SnapshotIndex, SnapshotSource

__all__ = [
    "LIFE",
    "SignedSnapshot",
    "Snapshot",
    "SnapshotBody",
    "SnapshotEvidence",
    "SnapshotIndex",
    "SnapshotSource",
    "build_snapshot",
    "check_signatures",
    "sign_body",
]
