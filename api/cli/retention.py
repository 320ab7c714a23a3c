"""``yinxin retention``: what is kept for how long, and destroying what is due."""

from __future__ import annotations

import typer
from rich.text import Text

from api.certificates.retention import due, run_retention
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from chain.cli.common import CANNOT_TELL, YES, emit

app = typer.Typer(help="Records whose time of keeping is over: show them, destroy them.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="retention")


@app.command("due")
def show_due(ctx: typer.Context) -> None:
    """Show, by number, the records that the policies say to destroy."""
    with office_of(ctx) as office:
        found = [item.as_dict() for item in due(office, office.ledger.refresh().block.time)]
    lines = [f"{item['number']}  {item['type']}  {item['status']} since {item['since']}" for item in found]
    emit(ctx, {"due": found}, Text("\n".join(lines) or "nothing is due"))


@app.command("run")
def run(ctx: typer.Context, wait: Wait = DEFAULT_WAIT) -> None:
    """Destroy what is due, after a second person released that list. Run again after any interruption, it goes on."""
    with office_of(ctx, writing=True) as office:
        outcome = run_retention(office, wait=wait)
    data = {"run": outcome.number, "state": outcome.state, "size": outcome.size}
    if outcome.number is None:
        text = "nothing is due"
    elif outcome.state == "done":
        text = f"[green]✓[/] run {outcome.number}: {outcome.size} records are destroyed; their anchors stay"
    else:
        text = (
            f"run {outcome.number}: {outcome.size} records wait for a second person: yinxin approve, in the approver's "
            "home\n  then: yinxin retention run"
        )
    emit(ctx, data, text, YES if outcome.state == "done" else CANNOT_TELL)
