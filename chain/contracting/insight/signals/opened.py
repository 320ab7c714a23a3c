"""What a home that has a key of lock 2 has seen of the bids: who signed, and which documents they hold."""

from __future__ import annotations

from pathlib import Path

from chain.contracting.insight.facts import LotFact
from chain.contracting.insight.signals.bidders import Shown
from chain.kernel.errors import InvalidInput
from chain.sealing.manifest import Manifest, read_manifest
from chain.tenders.bidding.statement import read_statement


def shown_in(folder: Path, tender: int, lot: LotFact) -> dict[int, Shown]:
    """By place, from the bids that were opened into that folder; those that are not there are left out.

    Args:
        folder: ``openings`` of a home, with ``<tender>-<lot>-<envelope>/bids/<place>``.
        tender: its number.
        lot: which.
    """
    found: dict[int, Shown] = {}
    for bid in lot.bids:
        keys: frozenset[bytes] = frozenset()
        documents: dict[bytes, str] = {}
        seen = False
        for envelope in (1, 2):
            manifest = _manifest(folder / f"{tender}-{lot.number}-{envelope}" / "bids" / str(bid.place))
            if manifest is None or (manifest.identity.tender, manifest.identity.lot) != (tender, lot.number):
                continue
            seen = True
            keys |= _keys(manifest)
            documents |= {one.digest: one.name for one in manifest.documents}
        if seen:
            found[bid.place] = Shown(keys, documents)
    return found


def _manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest((folder / "manifest.json").read_bytes())
    except (OSError, InvalidInput):
        return None


def _keys(manifest: Manifest) -> frozenset[bytes]:
    """Bound devices and agents that signed for the bid's companies; none of a statement without form."""
    try:
        parties = read_statement(manifest.organisation).parties
        return frozenset(key for party in parties for key in (party.signer, party.bound.key))
    except InvalidInput:
        return frozenset()
