"""Status acts: ``suspend``, ``reinstate``, ``revoke``, ``cancel``, ``lapse``, ``penalise``, ``transfer``, ``close``.

``acts`` goes on with those that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.certificates.search import expired, select_for_act
from api.certificates.statuses import ActOutcome, create_acts, open_acts, run_act
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from chain.cli.common import CANNOT_TELL, NO, YES, emit, progress, state
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.errors import InvalidInput, Refused, YinxinError

_HELP = {
    "suspend": "Suspend (暂扣): not in force until reinstated.",
    "reinstate": "Reinstate (暂扣发还) suspended certificates.",
    "revoke": "Revoke (撤销): it should never have been granted.",
    "cancel": "Cancel (注销), on the holder's request or because the holder is gone.",
    "lapse": "Let certificates lapse (失效); --expired takes all that are past their date.",
    "penalise": "Revoke as a penalty (吊销).",
    "transfer": "Transfer out (转出) to another bureau; --successor names the certificate there.",
    "close": "Close for another reason (其他).",
}

_Names = Annotated[list[str] | None, typer.Argument(help="identifiers or numbers", metavar="IDENTIFIER")]
_List = Annotated[Path | None, typer.Option("--file", help="text file, one identifier or number a line")]
_Holder = Annotated[str | None, typer.Option("--holder", help="all live certificates of the holder with this code")]
_Reason = Annotated[str, typer.Option("--reason", help="why; stays in the encrypted record of the act")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name in ("suspend", "reinstate", "revoke", "cancel", "penalise", "close"):
        app.command(name, help=_HELP[name])(_plain(name))

    @app.command("lapse", help=_HELP["lapse"])
    def lapse(
        ctx: typer.Context,
        names: _Names = None,
        file: _List = None,
        holder: _Holder = None,
        past: Annotated[
            bool, typer.Option("--expired", help="all certificates past their date by the ledger's clock")
        ] = False,
        reason: _Reason = "过期失效 past its date",
        wait: Wait = DEFAULT_WAIT,
    ) -> None:
        _act(ctx, "lapse", names, file, holder, reason, wait, past=past)

    @app.command("transfer", help=_HELP["transfer"])
    def transfer(
        ctx: typer.Context,
        reason: _Reason,
        names: _Names = None,
        file: _List = None,
        holder: _Holder = None,
        successor: Annotated[str | None, typer.Option(help="identifier that follows, for a single certificate")] = None,
        wait: Wait = DEFAULT_WAIT,
    ) -> None:
        _act(ctx, "transfer", names, file, holder, reason, wait, successor=successor)

    @app.command("acts")
    def acts(ctx: typer.Context, wait: Wait = 0.0) -> None:
        """Go on with status acts that wait or were interrupted."""
        with office_of(ctx, writing=True) as office:
            outcomes, faults = [], []
            numbers = open_acts(office)
            with progress(state(ctx), "acts", len(numbers)) as done:
                for at, number in enumerate(numbers, 1):
                    try:
                        outcomes.append(run_act(office, number, wait=wait))
                    except Refused as error:
                        faults.append(error)
                    done(at)
        told(ctx, outcomes, "acts", faults)


def _plain(operation: str) -> Callable[..., None]:
    def command(
        ctx: typer.Context,
        reason: _Reason,
        names: _Names = None,
        file: _List = None,
        holder: _Holder = None,
        wait: Wait = DEFAULT_WAIT,
    ) -> None:
        _act(ctx, operation, names, file, holder, reason, wait)

    command.__name__ = operation
    return command


def _act(
    ctx: typer.Context,
    operation: str,
    names: list[str] | None,
    file: Path | None,
    holder: str | None,
    reason: str,
    wait: float,
    *,
    past: bool = False,
    successor: str | None = None,
) -> None:
    if not names and file is None and holder is None and not past:
        raise InvalidInput(
            "no certificate named", code="status.none", field="IDENTIFIER", fix="name one, or give --file or --holder"
        )
    with office_of(ctx, writing=True) as office:
        rows = select_for_act(office, names or [], file=file, holder=holder)
        if past:
            rows += expired(office, office.ledger.refresh().block.time)
            if not rows:
                emit(ctx, {"operation": operation, "acts": []}, "nothing is past its date")
                return
        if successor is not None and len(rows) != 1:
            raise InvalidInput(
                "--successor goes with one certificate",
                code="status.successor",
                field="successor",
                fix="name one certificate",
            )
        office.unlock()
        with progress(state(ctx), OPERATIONS[operation].zh, None):
            created = create_acts(office, operation, rows, reason, {rows[0].id: successor} if successor else None)
            outcomes = [run_act(office, number, wait=wait) for number in created]
    told(ctx, outcomes, operation)


def told(ctx: typer.Context, outcomes: list[ActOutcome], operation: str, faults: Sequence[YinxinError] = ()) -> None:
    """Say where acts stand."""
    data: dict[str, Any] = {
        "operation": operation,
        "acts": [
            {"act": item.act, "state": item.state, "size": item.size, "waitingFor": item.waiting_for or None}
            for item in outcomes
        ],
    }
    lines = []
    for item in outcomes:
        if item.state == "complete":
            lines.append(f"[green]✓[/] {operation}: {item.size} certificates, on the ledger")
        else:
            lines.append(
                f"{operation}: {item.size} certificates wait for the approver's home: for a person (yinxin approve), "
                f"or, once allowed, for the signer (yinxin signer)\n  then: yinxin acts"
            )
    if faults:
        data["refused"] = [error.as_dict() for error in faults]
        lines += [f"[bold red]✗[/] {error.message}" for error in faults]
    done = all(item.state == "complete" for item in outcomes)
    emit(ctx, data, "\n".join(lines) or "nothing waits", NO if faults else YES if done else CANNOT_TELL)
