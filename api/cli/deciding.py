"""``yinxin decisions``: the register's side of signed decisions, for a bureau that works without the service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.approvals import content, decisions_of, drafts_page, submit_decision, waiting
from api.approvals.service import Given
from api.certificates.office import Office
from api.cli.shared import office_of
from chain.cli.common import CANNOT_TELL, NO, YES, emit
from chain.desk.decisions import LIMIT, SignedDecision
from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import write_atomically

decisions_app = typer.Typer(help="Signed decisions: what waits, its content, hand one in.", no_args_is_help=True)
_AT_ONCE = 1_000
_Reference = Annotated[str, typer.Argument(help="batch-, act- or type-NUMBER", metavar="REQUEST")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(decisions_app, name="decisions")


@decisions_app.command("waiting")
def show_waiting(ctx: typer.Context) -> None:
    """Show what waits for people at this bureau's desk."""
    with office_of(ctx) as office:
        found = waiting(office)
    rows = [
        {
            "request": item.reference,
            "kind": item.kind,
            "operation": item.operation,
            "size": item.size,
            "operator": item.operator,
            "at": item.at,
        }
        for item in found
    ]
    lines = [f"{item.reference}  {item.operation} × {item.size} by {item.operator}" for item in found]
    emit(ctx, {"waiting": rows}, Text("\n".join(lines) or "nothing waits"))


@decisions_app.command("content")
def show_content(
    ctx: typer.Context,
    request: _Reference,
    out: Annotated[Path, typer.Option(help="file to write; it holds personal data, hand it to the approver only")],
    drafts: Annotated[
        Path | None, typer.Option(help="file for all rows of a list too long for its request; personal data, too")
    ] = None,
) -> None:
    """Write a request to the byte as it will be decided on."""
    with office_of(ctx) as office:
        found = content(office, request)
        if drafts is not None:
            _write_drafts(office, request, drafts)
    write_atomically(out, found.data)
    emit(
        ctx,
        {"request": request, "digest": hex0x(found.digest), "kind": found.kind, "size": found.size, "file": str(out)},
        Text("\n".join((*found.summary.lines, f"request {hex0x(found.digest)}", f"written to {out}"))),
    )


def _write_drafts(office: Office, request: str, file: Path) -> None:
    """Canonical JSON of each row, a line each; as ``yinxin decide --drafts`` takes it."""
    written = 0
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        while kept := drafts_page(office, request, first=written, limit=_AT_ONCE).drafts[:_AT_ONCE]:
            out.writelines(draft.to_bytes() + b"\n" for draft in kept)
            written += len(kept)


@decisions_app.command("submit")
def submit(
    ctx: typer.Context,
    request: _Reference,
    decision: Annotated[Path, typer.Argument(help="what yinxin decide wrote", metavar="FILE")],
) -> None:
    """Hand a signed decision to the desk."""
    try:
        with decision.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise InvalidInput(
            f"{decision}: {error.strerror}", code="decision.file", field="FILE", fix="check the name"
        ) from error
    signed = SignedDecision.from_bytes(data)
    with office_of(ctx) as office:
        given = submit_decision(office, request, signed)
    emit(ctx, {"decision": given.name, "state": given.state}, f"[green]✓[/] handed in: {given.name}")


@decisions_app.command("show")
def show(
    ctx: typer.Context, digest: Annotated[str, typer.Argument(help="digest of the request, 0x…", metavar="DIGEST")]
) -> None:
    """Show the decisions on a request, and what the signer made of them."""
    with office_of(ctx) as office:
        found = decisions_of(office, unhex0x(digest, size=32, field="digest"))
    rows = [
        {"address": item.address, "state": item.state, "code": item.code or None, "message": item.message or None}
        | ({"have": item.have, "needed": item.needed} if item.needed else {})
        for item in found
    ]
    emit(ctx, {"decisions": rows}, Text("\n".join(_line(item) for item in found) or "none"), _exit_code(found))


def _line(item: Given) -> str:
    count = f" ({item.have} of {item.needed})" if item.needed else ""
    return f"{item.address}  {item.state}{count}" + (f": {item.message}" if item.message else "")


def _exit_code(found: list[Given]) -> int:
    states = {item.state for item in found}
    if "granted" in states:
        return YES
    return NO if states & {"refused", "failed"} else CANNOT_TELL
