"""``yinxin keyholder backup`` and ``restore``: copies of the shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import emit
from chain.cli.keyholder._desk import key_desk
from chain.tenders.holding.backup import back_up, restore


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup)
    app.command("restore")(take_back)


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="file for the encrypted shares")],
    secrets: Annotated[
        Path | None, typer.Option(help="file for what opens them, to be kept elsewhere; FILE.secrets if not given")
    ] = None,
) -> None:
    """Back up the shares 备份. Two files, to be kept in two places; both encrypted."""
    beside = secrets or file.with_name(file.name + ".secrets")
    with key_desk(ctx) as desk, desk.store.alone():
        desk.ledger.refresh()
        numbers = back_up(desk.store, file, beside)
    emit(
        ctx,
        {"file": str(file), "secrets": str(beside), "ceremonies": numbers},
        f"[green]✓[/] shares of ceremonies {', '.join(map(str, numbers))}\n  shares:  {file}\n  secrets: {beside}\n"
        "  Keep them in two places. Either alone opens nothing; both also want this home's passphrase.",
    )


def take_back(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="file with the encrypted shares")],
    secrets: Annotated[Path | None, typer.Option(help="file with what opens them; FILE.secrets if not given")] = None,
) -> None:
    """Take shares from a backup 恢复. The home has the passphrase that it had when the backup was made."""
    beside = secrets or file.with_name(file.name + ".secrets")
    with key_desk(ctx) as desk, desk.store.alone():
        desk.ledger.refresh()
        taken = restore(desk.ledger, desk.store, file, beside)
    text = f"[green]✓[/] took shares of ceremonies {', '.join(map(str, taken))}" if taken else "all are here already"
    emit(ctx, {"taken": taken}, text)
