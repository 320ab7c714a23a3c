"""``yinxin holder``: all certificates of one holder."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from api.certificates.batches import type_of
from api.certificates.holders import Holding, end_holder, holding
from api.certificates.office import Office
from api.certificates.statuses import run_act
from api.cli.life import told
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from chain.cli.common import NO, YES, emit, progress, state

app = typer.Typer(help="All certificates of one holder: show them, end them.", no_args_is_help=True)
_Code = Annotated[str, typer.Argument(help="the holder's code", metavar="CODE")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="holder")


@app.command("show")
def show(ctx: typer.Context, code: _Code) -> None:
    """Show everything the register has of a holder."""
    with office_of(ctx) as office:
        found = holding(office, code)
        data, lines = _data(office, found), _lines(office, found)
    emit(ctx, data, Text(lines), YES if found.certificates else NO)


@app.command("end")
def end(
    ctx: typer.Context,
    code: _Code,
    cause: Annotated[str, typer.Option(help="dissolved, or deceased")],
    reason: Annotated[str, typer.Option(help="why; stays in the encrypted records of the act")],
    basis: Annotated[str, typer.Option(help="legal basis, such as a decision's number")] = "",
    confirm: Annotated[
        int | None, typer.Option(help="how many, as the preview shows; without it nothing is done")
    ] = None,
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Cancel (注销) all live certificates of a holder that is no more. Shows them first; --confirm does it."""
    with office_of(ctx, writing=confirm is not None) as office:
        if confirm is None:
            found = holding(office, code)
            last = f"\n\nnothing was done; to cancel these: --confirm {len(found.live)}" if found.live else ""
            emit(
                ctx,
                {"preview": True, **_data(office, found)},
                Text(_lines(office, found) + last),
                YES if found.live else NO,
            )
            return
        with progress(state(ctx), "注销", None):
            created = end_holder(office, code, cause=cause, reason=reason, basis=basis, confirm=confirm)
            outcomes = [run_act(office, number, wait=wait) for number in created]
    told(ctx, outcomes, "cancel")


def _data(office: Office, found: Holding) -> dict[str, Any]:
    return {
        "bureau": found.bureau,
        "live": len(found.live),
        "onTheirWay": sorted({one.row.batch_id for one in found.on_their_way}),
        "certificates": [one.as_dict() | {"type": type_of(office, one.batch).slug} for one in found.certificates],
    }


def _lines(office: Office, found: Holding) -> str:
    lines = [
        f"{one.row.identifier}\n  {one.status.name if one.status is not None else one.batch.state:<10} "
        f"{one.row.number}  {type_of(office, one.batch).zh}"
        for one in found.certificates
    ]
    lines += [f"on its way: batch {number}" for number in sorted({one.row.batch_id for one in found.on_their_way})]
    return "\n".join([*lines, f"{len(found.live)} in force"]) if lines else "nothing found"
