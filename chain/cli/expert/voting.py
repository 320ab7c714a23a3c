"""``yinxin expert vote``: is a bidder's explanation accepted."""

from __future__ import annotations

from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.cli.expert._keys import account_key, expert_home, known_keys
from chain.cli.tender._evaluating import LotOption, evaluating, scene_of
from chain.evaluation.report.clarifying import vote as vote_now

Tender = Annotated[int, typer.Argument(help="number of the tender", min=1, metavar="N")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("vote")(vote)


def vote(
    ctx: typer.Context,
    tender: Tender,
    place: Annotated[int, typer.Argument(help="place of the bid that was asked", min=1, metavar="PLACE")],
    accept: Annotated[bool, typer.Option("--accept/--refuse", help="the bid stays in, or is dropped")],
    reason: Annotated[str, typer.Option("--reason", help="why; public")],
    lot: LotOption = 1,
) -> None:
    """Vote on a bid's answer to a question (yinxin tender clarifications shows both). 对澄清表决."""
    expert_home(state(ctx))
    with evaluating(state(ctx), tender, lot) as here:
        account, _ = known_keys(here.place, tender)
        key = bytes(here.place.keys.account(account_key(tender)).key)
        made = vote_now(scene_of(here), place, accept, reason, account, key)
    words = "it stays in 采纳" if made.accept else "it is dropped 不采纳"
    emit(ctx, {"place": place, "accept": made.accept}, f"[green]✓[/] you have voted on place {place}: {words}")
