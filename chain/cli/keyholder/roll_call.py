"""``yinxin keyholder roll-call``: is every share still there."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chain.cli.common import NO, YES, emit
from chain.cli.keyholder._desk import key_desk
from chain.tenders.holding.roll_call import Roll, call_roll


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("roll-call")(roll_call)


def roll_call(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=1, help="number of the ceremony")],
    new: Annotated[bool, typer.Option("--new", help="begin another, though the last one is recent")] = False,
) -> None:
    """Answer the roll call 点名, the day before: shows that your share is here and works."""
    with key_desk(ctx) as desk:
        desk.ledger.refresh()
        share = desk.store.share(ceremony)
        roll = call_roll(desk.ledger, desk.board, desk.acts, ceremony, share, new=new)
    emit(ctx, roll_data(roll), roll_words(roll), NO if share.key_holder in roll.wrong else YES)


def roll_data(roll: Roll) -> dict[str, Any]:
    """A roll call as plain data."""
    return {
        "ceremony": roll.ceremony, "counter": roll.counter, "threshold": roll.threshold, "present": list(roll.present),
        "wrong": list(roll.wrong), "absent": list(roll.absent), "complete": roll.complete,
    }  # fmt: skip


def roll_words(roll: Roll) -> str:
    """The same for people."""

    def listed(numbers: tuple[int, ...]) -> str:
        return ", ".join(map(str, numbers)) or "nobody"

    ledger = "on the ledger 已上链" if roll.complete else f"not on the ledger yet; {roll.threshold} are needed"
    wrong = f"\n  [bold red]wrong 签名有误[/]   {listed(roll.wrong)}" if roll.wrong else ""
    return (
        f"roll call 点名 {roll.counter} of ceremony {roll.ceremony}: {ledger}\n"
        f"  present 到   {listed(roll.present)}{wrong}\n  absent 未到  {listed(roll.absent)}"
    )
