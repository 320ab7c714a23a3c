"""What anybody may do for a tender, done by the service when it is due: settle the deadline, fix live sets.

The service's account has no rights: whoever else does the same first is welcome. Each step looks at the chain before it
sends, and an act sent twice is found again by the sender's own book, so a death anywhere does nothing twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from api.tenders.due import due_of
from api.tenders.tables import tender_lots, tenders
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import TenderActs, TenderLedger

PAGE = 200
"""Places looked at by one transaction."""

_SENT = ("settle", "close")


def due_tenders(engine: Engine, bureau: str, now: int) -> list[int]:
    """Tenders of a bureau in which something that anybody may do is due, by number."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(tenders).where(
                tenders.c.bureau == bureau,
                tenders.c.over.is_(False),
                tenders.c.cancelled.is_(False),
                tenders.c.deadline < now,
            )
        ).all()
        return [row.number for row in rows if any(True for _ in _due(connection, row, now))]


def _due(connection: Any, row: Any, now: int) -> list[tuple[str, int, int]]:
    lots = connection.execute(select(tender_lots).where(tender_lots.c.tender == row.number)).all()
    return [(due.what, due.lot, due.envelope) for due in due_of(row, lots) if due.what in _SENT and due.at <= now]


def advance(ledger: TenderLedger, acts: TenderActs, tender: int) -> None:
    """Take a tender as far as anybody may now, by the chain's own state and clock.

    Args:
        ledger: at its newest final block; moved on after each act.
        acts: of the service's account.
        tender: its number.
    """
    state = ledger.tender(tender)
    if state is None or state.cancelled:
        return
    if not state.settled_at:
        if ledger.block.time <= state.deadline:
            return  # the chain's clock is behind ours
        _settle(ledger, acts, tender, state.deadline)
        state = ledger.tender(tender)
        if state is None or not state.settled_at:
            return
    window = int(ledger.tender_events(tender)[0].values["notice"].reveal_window)
    for lot in range(1, state.lots + 1):
        phase = ledger.lot(tender, lot).phase
        if phase is Phase.BIDDING and ledger.block.time > state.settled_at + window:
            _close(ledger, acts, tender, lot, 1, phase)
        elif phase is Phase.REVIEWED:
            _close(ledger, acts, tender, lot, 2, phase)


def _settle(ledger: TenderLedger, acts: TenderActs, tender: int, deadline: int) -> None:
    headers = ledger.spanning_headers(deadline)
    if headers is None:
        return
    try:
        acts.tick(tender, *headers)
    except (Refused, Conflict, NotFound):
        # Somebody else was first; or the blocks are too old to be shown, and looking back is left.
        ledger.refresh()
        state = ledger.tender(tender)
        if state is None or state.settled_at or state.deadline != deadline:
            return
        acts.settle(tender)
    reached("tender-settled")
    ledger.refresh()


def _close(ledger: TenderLedger, acts: TenderActs, tender: int, lot: int, envelope: int, phase: Phase) -> None:
    while ledger.lot(tender, lot).phase is phase:
        before = ledger.live_set(tender, lot, envelope).cursor
        try:
            acts.close(tender, lot, envelope, PAGE)
        except (Refused, Conflict):
            ledger.refresh()
            if ledger.lot(tender, lot).phase is phase:
                raise
            return  # somebody else closed it meanwhile
        reached("tender-page")
        ledger.refresh()
        if ledger.lot(tender, lot).phase is phase and ledger.live_set(tender, lot, envelope).cursor == before:
            return  # the final block is behind; the next pass goes on
