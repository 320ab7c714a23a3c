"""``yinxin backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.backups import make_backup, restore_backup
from api.cli.shared import office_of
from chain.cli.common import emit, state
from chain.kernel.clock import rfc3339
from chain.kernel.errors import Refused


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("backup")
    def backup(
        ctx: typer.Context,
        out: Annotated[Path, typer.Argument(help="file to write; must not be there yet", metavar="OUT")],
        store: Annotated[bool, typer.Option("--store", help="with the encrypted records of the local store")] = False,
    ) -> None:
        """Write register, service database, key vault, keys and settings into one file, in one state.

        The tombstones are not in it: keep the newest copy of them apart. A restore without them would bring back what
        was shredded.
        """
        with office_of(ctx) as office:
            made = make_backup(office, out, store=store)
        emit(
            ctx,
            {
                "file": str(made.path),
                "size": made.size,
                "members": made.members,
                "store": made.store,
                "tombstones": str(made.tombstones),
            },
            f"[green]✓[/] {made.path}: {made.size:,} bytes, {made.members} files\n"
            f"  keep apart, and always the newest: {made.tombstones}",
        )

    @app.command("restore")
    def restore(
        ctx: typer.Context,
        file: Annotated[Path, typer.Argument(help="file that yinxin backup wrote", metavar="FILE")],
        tombstones: Annotated[
            Path | None, typer.Option(help="the old home's file of tombstones, as new as there is")
        ] = None,
        never: Annotated[
            bool, typer.Option("--nothing-was-shredded", help="there are no tombstones: nothing was ever shredded")
        ] = False,
    ) -> None:
        """Make the home named by --home from a backup; what was shredded since stays shredded.

        Afterwards yinxin rebuild brings in what the ledger learned since the backup.
        """
        if tombstones is None and not never:
            raise Refused(
                "without its tombstones a backup brings back what was shredded since",
                code="restore.tombstones",
                field="tombstones",
                fix="give --tombstones FILE, or --nothing-was-shredded if that is so",
            )
        done = restore_backup(file, state(ctx).home.path, tombstones=tombstones)
        emit(
            ctx,
            {
                "home": str(done.home),
                "bureau": done.bureau,
                "createdAt": rfc3339(done.created_at),
                "certificates": done.certificates,
                "shreddedSince": done.shredded_since,
                "service": done.service,
                "store": done.store,
            },
            f"[green]✓[/] {done.home}: {done.certificates} certificates as of {rfc3339(done.created_at)}, "
            f"{done.shredded_since} of them shredded since\n  then: yinxin rebuild",
        )
