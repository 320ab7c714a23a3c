"""``yinxin keyholder destroy``: the end of a share."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from chain.cli.common import emit, one_line
from chain.cli.keyholder._desk import key_desk
from chain.kernel.clock import system_clock
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.holding.destruction import Destroyed, destroy_share


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("destroy")(destroy)


def destroy(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=1, help="number of the ceremony")],
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
) -> None:
    """Destroy your share 销毁 and the key it was dealt to, once no tender needs it, and report it on the ledger."""
    with key_desk(ctx) as desk, desk.store.alone():
        desk.ledger.refresh()
        if not yes and sys.stdin.isatty():
            typer.confirm(f"Destroy the share of ceremony {ceremony} for ever 永久销毁?", abort=True)
        elif not yes:
            raise InvalidInput(
                "nobody was asked whether to destroy", code="holding.unasked", field="--yes",
                fix="run it in a terminal, or give --yes",
            )  # fmt: skip
        done = destroy_share(desk.ledger, desk.board, desk.acts, desk.store, ceremony, now=system_clock())
    emit(ctx, destroyed_data(done), destroyed_words(done))


def destroyed_data(done: Destroyed) -> dict[str, Any]:
    """A destruction as plain data."""
    record = done.record
    return {
        "ceremony": record.ceremony, "keyHolder": record.key_holder, "time": record.time,
        "record": hex0x(sha256(record.to_bytes())),
        "backups": {"cleared": list(done.backups.cleared), "unreached": list(done.backups.unreached)},
    }  # fmt: skip


def destroyed_words(done: Destroyed) -> str:
    """The same for people."""
    lines = [
        f"[green]✓[/] the share of ceremony {done.record.ceremony} is destroyed and reported 份额已销毁并上链",
        "  With it went the seed and the key on your card 成员卡私钥一并销毁: the public deals give it to nobody.",
    ]
    lines += [f"  backup cleared 备份已清除: {one_line(path)}" for path in done.backups.cleared]
    lines += [
        f"  [yellow]![/] backup not reached 备份未清除: {one_line(path)}\n"
        "    destroy it by hand, or make it reachable and run this command again"
        for path in done.backups.unreached
    ]
    lines.append("  Copies of this home that it does not know of are yours to destroy, each with its file of secrets.")
    return "\n".join(lines)
