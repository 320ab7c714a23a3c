"""Making a deadline final: by the two headers that span it, or, where nobody can show them any more, by look-back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chain.kernel.errors import Refused, YinxinError
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.tenders.notice.standing import civil, state_of

Outcome = Literal["final", "moved", "seen"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a deadline.

    Attributes:
        outcome: ``final``; ``moved`` by an outage, and bids are taken until then; ``seen``: a block is noted, and one
            look-back later the same command makes it final.
        deadline: the one that holds now.
        open_at: the opening that holds now.
        outage: seconds between the two blocks across the first deadline, if it moved.
        sent: this call sent something.
    """

    outcome: Outcome
    deadline: int
    open_at: int
    outage: int
    sent: bool


def settle_deadline(ledger: TenderLedger, acts: TenderActs | None, tender: int) -> Settled:
    """Make the deadline of a tender final, if that is still to do. Calling again does no harm.

    Args:
        ledger: at any block; it is moved to the newest.
        acts: from any account; None only looks.
        tender: its number.

    Raises:
        NotFound: no such tender.
        Refused: the deadline is not over, or the tender is cancelled; says when.
        Unavailable: the ledger does not answer.
    """
    ledger.refresh()
    state = state_of(ledger, tender)
    if state.cancelled:
        raise Refused(f"tender {tender} is cancelled", code="tender.cancelled", field="tender", fix="nothing is due")
    if state.settled_at or state.grace_used:
        return _now(ledger, tender, sent=False)
    if ledger.block.time <= state.deadline:
        raise Refused(
            f"bids are taken until {civil(state.deadline)}; it is {civil(ledger.block.time)} by the chain's clock",
            code="tender.not_over",
            field="tender",
            fix=f"run it again after {civil(state.deadline)}",
        )
    if acts is not None:
        _send(ledger, acts, tender, state.deadline)
        ledger.refresh()
    return _now(ledger, tender, sent=acts is not None)


def _send(ledger: TenderLedger, acts: TenderActs, tender: int, deadline: int) -> None:
    headers = ledger.spanning_headers(deadline)
    try:
        if headers is not None:
            acts.tick(tender, *headers)
            return
    except YinxinError as error:
        ledger.refresh()
        state = state_of(ledger, tender)
        if state.settled_at or state.grace_used:
            return  # somebody else was faster
        if not isinstance(error, Refused):
            raise
    acts.settle(tender)


def _now(ledger: TenderLedger, tender: int, *, sent: bool) -> Settled:
    state = state_of(ledger, tender)
    outage = 0
    for event in ledger.tender_events(tender):
        if event.name == "DeadlineMoved":
            outage = event.values["timeAfter"] - event.values["timeBefore"]
    outcome: Outcome = "moved" if outage else "final" if state.settled_at else "seen"
    return Settled(outcome, state.deadline, state.open_at, outage, sent)
