"""``yinxin shred`` and ``rebuild``."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import func, select

from api.certificates.evidence import certificate
from api.certificates.rebuild import rebuild
from api.certificates.shredding import shred
from api.cli.service import service_here
from api.cli.shared import batch_progress, office_of
from api.tenders.jobs import Desk, bring_up_to_date
from api.tenders.tables import ceremonies, tender_events, tenders
from chain.cli.common import CANNOT_TELL, YES, emit, state


def rebuild_tenders(ctx: typer.Context) -> None:
    """Drop the index of tenders and read the chain from its beginning, in one step for whoever looks meanwhile."""
    with service_here(ctx) as service:
        bring_up_to_date(Desk(service.home, service.engine, service.tenders, first=True), anew=True)
        with service.engine.connect() as connection:
            counts = {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in (("tenders", tenders), ("ceremonies", ceremonies), ("events", tender_events))
            }
    told = f"{counts['tenders']} tenders, {counts['ceremonies']} ceremonies, {counts['events']} events"
    emit(ctx, counts, f"[green]✓[/] {told}")


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
        """Make the register anew from the ledger, the stored records and the key vault.

        In a service's home: make the index of tenders anew from the ledger and the boards.
        """
        if state(ctx).home.settings.role == "service":
            rebuild_tenders(ctx)
            return
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
