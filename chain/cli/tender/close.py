"""``yinxin tender close``: settle the deadline, then fix the live set on the ledger. Anybody may."""

from __future__ import annotations

import typer

from chain.cli.common import CANNOT_TELL, emit, progress, state
from chain.cli.tender._opening import (
    AccountOption,
    EnvelopeOption,
    LotOption,
    OpeningHere,
    Tender,
    WaitOption,
    opening_here,
)
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import Phase
from chain.tenders.notice.deadline import settle_deadline
from chain.tenders.opening.session import close_envelope


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("close")(close)


def close(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    envelope: EnvelopeOption = 1,
    account: AccountOption = "",
    wait: WaitOption = 0,
) -> None:
    """Fix on the ledger which bids are live, once they can change no more. Exit 2: not yet. 截止封存."""
    with opening_here(state(ctx), tender, lot, envelope) as here:
        line = here.story.lots[lot]
        if envelope not in line.closings:
            if envelope == 1 and not _settled(here, account, wait):
                _not_yet(ctx, here, here.story.deadline, "the deadline is not over by the ledger's clock")
                return
            until = here.story.settled_at + here.story.terms.reveal_window
            if envelope == 1 and not here.wait_for_block(until, wait):
                _not_yet(ctx, here, until, "custodians may still reveal decoys")
                return
            with progress(state(ctx), f"closing lot {lot}", here.place.ledger.lot(tender, lot).places) as told:
                close_envelope(here.place.ledger, here.acts(account), tender, lot, envelope, told)
            here.renew()
        _say(ctx, here)


def _settled(here: OpeningHere, account: str, wait: int) -> bool:
    """True once the deadline is final; settles it where nobody has."""
    for _ in range(2):  # an outage across the deadline moves it, once
        if not here.wait_for_block(here.story.deadline, wait):
            return False
        if not here.story.settled_at:
            settle_deadline(here.place.ledger, here.acts(account), here.tender)
            here.renew()
        if here.story.settled_at and here.place.ledger.block.time >= here.story.settled_at:
            return True
    return False


def _not_yet(ctx: typer.Context, here: OpeningHere, until: int, why: str) -> None:
    data = {"closed": False, "tender": here.tender, "lot": here.lot, "envelope": here.envelope, "after": until}
    emit(ctx, data, f"[yellow]–[/] not closed: {why}; again after {rfc3339(until)}, or with --wait", CANNOT_TELL)


def _say(ctx: typer.Context, here: OpeningHere) -> None:
    live, line = here.live, here.story.lots[here.lot]
    failed = line.phase is Phase.FAILED
    data = {
        "closed": True, "tender": here.tender, "lot": here.lot, "envelope": here.envelope, "live": len(live.bids),
        "digest": hex0x(live.digest), "failed": failed, "opensAt": here.story.open_at,
    }  # fmt: skip
    text = f"[green]✓[/] lot {here.lot}, envelope {here.envelope} is closed with {len(live.bids)} live bids"
    if failed:
        text += f"\n  [bold]the lot has failed 流标[/]: the notice asks for {here.story.terms.minimum_bids}"
    else:
        text += f"\n  live set {hex0x(live.digest)}\n  key holders may release from {rfc3339(here.story.open_at)}"
    emit(ctx, data, text)
