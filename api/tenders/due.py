"""What is due in a tender, from when on, and who has to act: from the index's rows alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chain.kernel.tender_facts import Phase


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that comes next.

    Attributes:
        what: ``deadline``, ``settle``, ``close``, ``open``, ``review``, ``candidates``, ``award``, ``contract``.
        lot: number, or 0 for the whole tender.
        envelope: 1 or 2; 0 where none is meant.
        at: first second at which it can happen (``deadline``: the last for bids); 0 for at once.
        by: ``anybody``, ``holders`` or ``officer``.
    """

    what: str
    lot: int
    envelope: int
    at: int
    by: str


def due_of(tender: Any, lots: Sequence[Any]) -> Iterator[Due]:
    """What comes next in a tender.

    Args:
        tender: its row of ``tenders``.
        lots: its rows of ``tender_lots``.
    """
    if tender.cancelled:
        return
    if not tender.settled_at:
        yield Due("deadline", 0, 0, tender.deadline, "anybody")
        yield Due("settle", 0, 0, tender.deadline + 1, "anybody")
    closing = (tender.settled_at or tender.deadline) + tender.reveal_window + 1
    for lot in lots:
        found = _of_a_lot(tender, lot, closing)
        if found is not None:
            yield found


def _of_a_lot(tender: Any, lot: Any, closing: int) -> Due | None:
    number, two = lot.lot, tender.envelopes == 2
    match Phase(lot.phase):
        case Phase.BIDDING:
            return Due("close", number, 1, closing, "anybody")
        case Phase.CLOSED:
            return Due("open", number, 1, tender.open_at, "holders")
        case Phase.OPENED if two:
            return Due("review", number, 0, 0, "officer")
        case Phase.REVIEWED:
            return Due("close", number, 2, 0, "anybody")
        case Phase.PRICE_CLOSED:
            return Due("open", number, 2, 0, "holders")
        case Phase.OPENED | Phase.PRICE_OPENED:
            return Due("candidates", number, 0, 0, "officer")
        case Phase.CANDIDATES:
            return Due("award", number, 0, lot.since + tender.standstill + 1, "officer")
        case Phase.AWARDED:
            return Due("contract", number, 0, lot.since + tender.complaint_period + 1, "officer")
    return None
