"""What ``yinxin verify`` rests on in a home: ledger or snapshot, manifests, trust root, services."""

from __future__ import annotations

import atexit
from pathlib import Path

from chain.cli.common import State
from chain.cli.verify import Sources, services_of
from chain.documents.configured import open_store
from chain.evidence import ManifestIndex
from chain.kernel.errors import NotFound
from chain.ledger.connection import open_ledger
from chain.ledger.evidence import LedgerProofs
from chain.ledger.trustroot import TrustRoot


def open_sources(current: State, offline: bool, snapshot: Path | None) -> Sources:
    """The sources of this home.

    Offline, everything comes from the trust snapshot; online, from the ledger at its newest final block, with
    manifests and status lists from the configured store.

    Raises:
        NotFound: no trust root is pinned, or no snapshot given.
        Unavailable: the ledger does not answer.
        InvalidInput, Refused: the snapshot is not to be trusted; says why.
    """
    home = current.home
    if offline:
        from chain.ledger.snapshot import SnapshotSource

        file = snapshot or (home.resolve(home.settings.verify.snapshot) if home.settings.verify.snapshot else None)
        if file is None or not file.is_file():
            raise NotFound(
                "no trust snapshot to check against",
                code="verify.snapshot",
                field="--trust",
                fix="name one with --trust FILE",
            )
        root = TrustRoot.load(home.resolve(home.settings.ledger.trust_root))
        source = SnapshotSource.load(file, root, state_file=home / "snapshot-seen.json")
        return Sources(source, source.index, LedgerProofs(root))
    ledger = open_ledger(home)
    atexit.register(ledger.close)
    root = ledger.trust_root
    reader = ledger.reader
    store = open_store(home)
    close = getattr(store, "close", None)
    if close is not None:
        atexit.register(close)
    return Sources(
        reader,
        ManifestIndex(reader, store),
        LedgerProofs(root),
        None,
        services_of(home.settings.verify.services, home.settings.verify.token),
    )
