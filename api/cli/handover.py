"""``yinxin handover``: certificates go to another bureau, and the old ones name their successors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from api.certificates import handover_in, handover_out
from api.certificates.batches import batch
from api.certificates.handover import all_handovers, own_card
from api.certificates.issuing import run_batch
from api.certificates.office import Office
from api.certificates.search import select_for_act
from api.cli.shared import DEFAULT_WAIT, Wait, batch_progress, office_of
from chain.cli.common import CANNOT_TELL, NO, YES, emit, progress, read_named, state
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput
from chain.kernel.home import write_atomically

app = typer.Typer(help="Hand certificates over to another bureau (转出, 转入).", no_args_is_help=True)
_Number = Annotated[int, typer.Argument(help="number of the hand-over, as yinxin handover list shows it")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="handover")


@app.command("card")
def card(
    ctx: typer.Context, out: Annotated[Path, typer.Option(help="file to write")] = Path("handover-card.json")
) -> None:
    """Write this bureau's card: the signed key to which others encrypt what they hand over."""
    with office_of(ctx, writing=True) as office:
        write_atomically(out, own_card(office), mode=0o644)
    emit(ctx, {"card": str(out)}, f"[green]✓[/] {out}: give it to the bureau that hands certificates over")


@app.command("export")
def export(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(help="USCC of the bureau that takes them")],
    card_file: Annotated[Path, typer.Option("--card", help="that bureau's card")],
    reason: Annotated[str, typer.Option(help="why; the other bureau reads it")],
    out: Annotated[Path, typer.Option(help="file to write")],
    names: Annotated[list[str] | None, typer.Argument(help="identifiers or numbers", metavar="IDENTIFIER")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="text file, one identifier or number a line")] = None,
    certificate_type: Annotated[str | None, typer.Option("--type", help="all of this type that are in force")] = None,
) -> None:
    """Write the package for another bureau, encrypted and signed. The certificates stay in force meanwhile."""
    if bool(names or file) == bool(certificate_type):
        raise InvalidInput(
            "name certificates, or a whole type",
            code="handover.none",
            field="IDENTIFIER",
            fix="give identifiers or --file, or else --type",
        )
    with office_of(ctx, writing=True) as office:
        rows = (
            handover_out.live_of_type(office, certificate_type)
            if certificate_type
            else select_for_act(office, names or [], file=file)
        )
        with progress(state(ctx), "package", None):
            number = handover_out.export(office, rows, to=to, card=_read(card_file), reason=reason, file=out)
    emit(
        ctx,
        {"handover": number, "size": len(rows), "to": to, "file": str(out)},
        f"[green]✓[/] hand-over {number}: {len(rows)} certificates for {to} in {out}\n"
        "  when their receipt has come: yinxin handover close RECEIPT",
    )


@app.command("import")
def take_in(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="package of the other bureau", metavar="FILE")],
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="write the receipt once the batch is complete")
    ] = None,
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Check a package against the ledger and issue successors, as a batch for a second person. Again, it goes on."""
    with office_of(ctx, writing=True) as office:
        with progress(state(ctx), "checking every certificate", None):
            number, batch_id = handover_in.take_in(office, _read(file))
        with batch_progress(state(ctx)) as show:
            outcome = run_batch(office, batch_id, wait=wait, progress=show)
        size = batch(office, batch_id).size
        done = outcome.state == "complete"
        if done and receipt is not None:
            handover_in.receipt(office, number, receipt)
    data: dict[str, Any] = {
        "handover": number,
        "batch": batch_id,
        "state": outcome.state,
        "size": size,
        "waitingFor": outcome.waiting_for or None,
        "receipt": str(receipt) if done and receipt is not None else None,
    }
    text = (
        f"[green]✓[/] hand-over {number}: {size} certificates issued in batch {batch_id}\n  "
        + (f"send {receipt} back" if receipt is not None else f"then: yinxin handover receipt {number}")
        if done
        else f"hand-over {number}: batch {batch_id} waits for the approver's home\n  then run this again"
    )
    emit(ctx, data, text, YES if done else CANNOT_TELL)


@app.command("receipt")
def receipt(ctx: typer.Context, number: _Number, out: Annotated[Path, typer.Option(help="file to write")]) -> None:
    """Write the receipt for a package whose batch is complete: each predecessor with its successor's evidence."""
    with office_of(ctx, writing=True) as office:
        handover_in.receipt(office, number, out)
    emit(ctx, {"handover": number, "receipt": str(out)}, f"[green]✓[/] {out}: send it back to the other bureau")


@app.command("close")
def close(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="receipt of the other bureau", metavar="RECEIPT")],
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Check a receipt and make the certificates transferred, each naming its successor. Run again, it goes on."""
    with office_of(ctx, writing=True) as office:
        with progress(state(ctx), "checking every successor", None):
            number = handover_out.accept_receipt(office, _read(file))
        done = handover_out.close(office, number, wait=wait)
    data = {
        "handover": number,
        "state": done.state,
        "acts": [{"act": one.act, "state": one.state, "size": one.size} for one in done.acts],
        "endedOtherwise": list(done.ended_otherwise),
    }
    if done.state != "closed":
        emit(
            ctx,
            data,
            f"hand-over {number}: the act waits for a second person: yinxin approve\n  then run this again",
            CANNOT_TELL,
        )
    lines = [f"[green]✓[/] hand-over {number} is closed"]
    lines += [
        f"[bold yellow]![/] {one} ended otherwise meanwhile: tell the other bureau" for one in done.ended_otherwise
    ]
    emit(ctx, data, "\n".join(lines), NO if done.ended_otherwise else YES)


@app.command("withdraw")
def withdraw(ctx: typer.Context, number: _Number) -> None:
    """Give a hand-over up whose receipt never came."""
    with office_of(ctx, writing=True) as office:
        handover_out.withdraw(office, number)
    emit(ctx, {"handover": number, "state": "withdrawn"}, f"[green]✓[/] hand-over {number} is withdrawn")


@app.command("list")
def show(ctx: typer.Context) -> None:
    """Show all hand-overs, newest first."""
    with office_of(ctx) as office:
        found = [_data(office, row) for row in all_handovers(office)]
    lines = [
        f"{item['handover']:>4}  {item['direction']:<3}  {item['state']:<9} {item['size']:>6}  {item['other']}"
        for item in found
    ]
    emit(ctx, {"handovers": found}, Text("\n".join(lines) or "no hand-overs yet"))


def _data(office: Office, row: Any) -> dict[str, Any]:
    return {
        "handover": row.id,
        "direction": row.direction,
        "other": row.other,
        "state": row.state if row.batch_id is None else batch(office, row.batch_id).state,
        "size": row.size,
        "type": row.certificate_type,
        "at": rfc3339(row.at),
        "batch": row.batch_id,
    }


def _read(file: Path) -> bytes:
    return read_named(file, code="handover.file", field="file", fix="check the name")
