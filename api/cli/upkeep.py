"""``yinxin shred`` and ``rebuild``."""

from __future__ import annotations

from typing import Annotated

import typer

from api.certificates.evidence import certificate
from api.certificates.rebuild import rebuild
from api.certificates.shredding import shred
from api.cli.shared import batch_progress, office_of
from chain.cli.common import CANNOT_TELL, YES, emit, state


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("shred")
    def shred_certificate(
        ctx: typer.Context,
        identifier: Annotated[str, typer.Argument(help="identifier of the certificate")],
        yes: Annotated[bool, typer.Option("--yes", help="do not ask; nobody can undo this")] = False,
    ) -> None:
        """Destroy a record's secret and the register's fields.

        The anchor stays; a bundle the holder has still verifies.
        """
        if not yes:
            typer.confirm(f"Destroy the record of {identifier} for ever?", abort=True)
        with office_of(ctx, writing=True) as office:
            shred(office, certificate(office.engine, identifier))
        emit(
            ctx,
            {"identifier": identifier, "shredded": True},
            "[green]✓[/] nobody can open the record any more; its anchor stays",
        )

    @app.command("rebuild")
    def rebuild_register(ctx: typer.Context) -> None:
        """Make the register anew from the ledger, the stored records and the key vault."""
        with office_of(ctx, writing=True) as office, batch_progress(state(ctx)) as show:
            done = rebuild(office, show)
        data = {
            "batches": done.batches,
            "certificates": done.certificates,
            "shredded": done.shredded,
            "acts": done.acts,
            "claims": done.claims,
            "types": done.types,
            "unreadable": done.unreadable,
            "foreignAnchors": done.foreign,
            "reason": done.reason or None,
        }
        certificates = f"{done.certificates} certificates ({done.shredded} shredded)"
        text = f"[green]✓[/] {done.batches} batches, {certificates}, {done.acts} acts"
        if done.unreadable:
            text += f"\n[bold yellow]![/] {done.unreadable} records could not be read: {done.reason}"
        if done.foreign:
            text += f"\n[bold yellow]![/] {done.foreign} anchors by a compromised key were left out: {done.reason}"
        emit(ctx, data, text, CANNOT_TELL if done.unreadable else YES)
