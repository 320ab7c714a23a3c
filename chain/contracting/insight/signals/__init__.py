"""Signals of collusion 围标串标: advice for the supervisor, each with figures and reasons; never a verdict.

=========  =====================================================================================
prices     patterns, closeness, the reference price, the ceiling, a large gap; in one lot
bidders    one company, signer, guarantee, document or set of figures behind several bids; few left
across     who always meets whom and who wins when; across lots and tenders
model      what a signal is; thresholds as data
=========  =====================================================================================

Pure: the same facts and thresholds give the same signals. Only opened lots are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chain.contracting.insight.facts import LotFact, TenderFact
from chain.contracting.insight.signals.across import across_signals
from chain.contracting.insight.signals.bidders import Shown, bidder_signals
from chain.contracting.insight.signals.model import Signal, Strength, Thresholds, Where, thresholds
from chain.contracting.insight.signals.prices import price_signals

_ORDER = (Strength.STRONG, Strength.MIDDLING, Strength.WEAK)


def lot_signals(
    tender: TenderFact, lot: LotFact, limits: Thresholds, shown: Mapping[int, Shown] | None = None
) -> list[Signal]:
    """Signals of one lot, the strongest first; none before it is opened.

    Args:
        tender: with that lot.
        lot: which.
        limits: from where on something is a signal.
        shown: by place, what the opened files show to who has a key of lock 2.
    """
    if lot.opened_at is None:
        return []
    found = [*price_signals(tender, lot, limits), *bidder_signals(tender, lot, limits, shown or {})]
    return sorted(found, key=_rank)


def tender_signals(tenders: Sequence[TenderFact], limits: Thresholds) -> list[Signal]:
    """Signals that show only across these tenders, the strongest first."""
    return sorted(across_signals(tenders, limits), key=_rank)


def _rank(signal: Signal) -> tuple[int, str, tuple[tuple[int, int], ...], tuple[int, ...], tuple[str, ...]]:
    lots = tuple((one.tender, one.lot) for one in signal.lots)
    return _ORDER.index(signal.strength), signal.code, lots, signal.places, signal.companies


__all__ = ["Shown", "Signal", "Strength", "Thresholds", "Where", "lot_signals", "tender_signals", "thresholds"]
