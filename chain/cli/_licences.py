"""Where licences and bindings of bidders are looked up, from one home: its ledger and its blob store."""

from __future__ import annotations

from chain.documents.configured import open_store
from chain.evidence import ClaimLeaves, ManifestIndex
from chain.kernel.home import Home
from chain.ledger.connection import Ledger
from chain.tenders.bidding import Evidence


def evidence_of(home: Home, connection: Ledger) -> Evidence:
    """What :func:`chain.tenders.bidding.check_statement` rests on, as of the newest final block."""
    reader, store = connection.refresh(), open_store(home)
    index, age = ManifestIndex(reader, store), home.settings.verify.status_max_age
    return Evidence(reader, index, ClaimLeaves(store), max_status_age=age)
