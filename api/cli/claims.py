"""``yinxin activation`` and ``yinxin claims``: holders' devices, at the bureau."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.certificates.search import select_for_act
from api.claims.activations import ActivationOutcome, open_activations, request_activation, run_activation
from api.claims.bindings import bindings_of
from api.claims.creating import create_claim, end_binding, end_by_holder
from api.claims.running import ClaimOutcome, open_claims, run_claim
from api.cli.shared import DEFAULT_WAIT, Wait, office_of
from chain.claims.binding import BINDING_FORMAT
from chain.cli.common import CANNOT_TELL, NO, YES, emit, read_named, state
from chain.desk.letters import FileLetters
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused, YinxinError
from chain.kernel.home import write_atomically

activation_app = typer.Typer(help="Activation codes for holders: ask for them, print their letters.")
claims_app = typer.Typer(help="Holders' devices: take in claims, go on, show, end.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="file that the holder's device made", metavar="FILE")]
_Identifier = Annotated[str, typer.Argument(help="identifier of the certificate", metavar="IDENTIFIER")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(activation_app, name="activation")
    app.add_typer(claims_app, name="claims")


@activation_app.command("request")
def request(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="identifiers or numbers", metavar="IDENTIFIER")] = None,
    holder: Annotated[
        str | None, typer.Option("--holder", help="all live certificates of the holder with this code")
    ] = None,
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """Ask the approver's signer for activation codes; an older code of the same certificate is void then."""
    if not names and holder is None:
        raise InvalidInput(
            "no certificate named", code="activation.none", field="IDENTIFIER", fix="name one, or give --holder"
        )
    with office_of(ctx, writing=True) as office:
        rows = select_for_act(office, names or [], holder=holder)
        office.unlock()
        numbers = [request_activation(office, row) for row in rows]
        outcomes = [run_activation(office, number, wait=wait) for number in numbers]
    _codes_told(ctx, outcomes)


@activation_app.command("letters")
def letters(
    ctx: typer.Context,
    show: Annotated[bool, typer.Option("--print", help="write them out, and delete them")] = False,
) -> None:
    """In the approver's home: list the letters with activation codes, or print and delete them."""
    folder = FileLetters(state(ctx).home / "letters")
    waiting = folder.waiting()
    if not show:
        names = [name for name, _ in waiting]
        emit(ctx, {"letters": names}, "\n".join(names) or "no letter waits")
        return
    # Deleted only once they are out; a printer that failed finds them again.
    emit(ctx, {"letters": [{"name": name, "text": text} for name, text in waiting]}, _page(waiting))
    for name, _ in waiting:
        folder.delete(name)


def _page(waiting: list[tuple[str, str]]) -> str:
    return "\n\f\n".join(text for _, text in waiting) or "no letter waits"


@claims_app.command("submit")
def submit(ctx: typer.Context, file: _File, wait: Wait = DEFAULT_WAIT) -> None:
    """Take in a claim, or a holder's own end of a binding, and take it to the ledger."""
    data = _read(file)
    with office_of(ctx, writing=True) as office:
        office.unlock()
        number = end_by_holder(office, data) if b'"yinxin-unbind-' in data else create_claim(office, data)
        outcome = run_claim(office, number, wait=wait)
    _told(ctx, [outcome])


@claims_app.command("resume")
def resume(ctx: typer.Context, wait: Wait = 0.0) -> None:
    """Go on with activation codes and claims that wait or were interrupted."""
    with office_of(ctx, writing=True) as office:
        codes, outcomes, faults = [], [], []
        for number in open_activations(office):
            codes.append(run_activation(office, number, wait=wait))
        for number in open_claims(office):
            try:
                outcomes.append(run_claim(office, number, wait=wait))
            except (Refused, Damaged, NotFound) as error:  # one that is stuck stops none of the others
                faults.append(error)
    _told(ctx, outcomes, codes, faults)


@claims_app.command("end")
def end(
    ctx: typer.Context,
    identifier: _Identifier,
    reason: Annotated[str, typer.Option("--reason", help="why; stays in the encrypted record of the act")],
    wait: Wait = DEFAULT_WAIT,
) -> None:
    """End the binding that stands, as for a lost device; a second person approves."""
    with office_of(ctx, writing=True) as office:
        (row,) = select_for_act(office, [identifier])
        office.unlock()
        outcome = run_claim(office, end_binding(office, row, reason), wait=wait)
    _told(ctx, [outcome])


@claims_app.command("show")
def show(
    ctx: typer.Context,
    identifier: _Identifier,
    out: Annotated[Path | None, typer.Option(help="folder for the bindings' files, for the holder")] = None,
) -> None:
    """Show the devices that are and were bound to a certificate."""
    with office_of(ctx) as office:
        found = bindings_of(office, identifier)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for row in found:
            write_atomically(out / f"binding-{row.n}.json", row.document)
    lines = [
        f"{row.n:>3}  since block {row.since_block}  "
        + ("in force" if row.until_block is None else f"{row.ended_by} in block {row.until_block}")
        for row in found
    ]
    data = {"identifier": identifier, "format": BINDING_FORMAT, "bindings": [row.as_dict() for row in found]}
    emit(ctx, data, "\n".join(lines) or "no device was ever bound")


def _read(file: Path) -> bytes:
    return read_named(file, code="claim.file", field="FILE", fix="name the file the device made")


def _codes_told(ctx: typer.Context, outcomes: list[ActivationOutcome]) -> None:
    lines = {
        "complete": "[green]✓[/] {}: a letter lies in the approver's home",
        "waiting": "{}: waits for the approver's signer; then: yinxin claims resume",
        "refused": "[bold red]✗[/] {}: refused",
    }
    text = "\n".join(
        lines[item.state].format(f"activation {item.activation}") + (f": {item.fault}" if item.fault else "")
        for item in outcomes
    )
    emit(ctx, {"activations": [_code(item) for item in outcomes]}, text, _exit({item.state for item in outcomes}))


def _code(item: ActivationOutcome) -> dict[str, Any]:
    return {"activation": item.activation, "state": item.state, "fault": item.fault}


def _told(
    ctx: typer.Context,
    outcomes: list[ClaimOutcome],
    codes: list[ActivationOutcome] | None = None,
    faults: Sequence[YinxinError] = (),
) -> None:
    data: dict[str, Any] = {
        "claims": [
            {
                "claim": item.claim,
                "kind": item.kind,
                "state": item.state,
                "waitingFor": item.waiting_for or None,
                "code": item.fault_code,
                "fault": item.fault,
            }
            for item in outcomes
        ]
    }
    if codes is not None:
        data["activations"] = [_code(item) for item in codes]
    lines = []
    for item in outcomes:
        what = "device bound" if item.kind == "bind" else "binding ended"
        if item.state == "complete":
            lines.append(f"[green]✓[/] claim {item.claim}: {what}, on the ledger")
        elif item.state == "refused":
            lines.append(f"[bold red]✗[/] claim {item.claim}: {item.fault}")
        else:
            lines.append(f"claim {item.claim}: waits for the {item.waiting_for}; then: yinxin claims resume")
    states = {item.state for item in (*outcomes, *(codes or ()))} | ({"refused"} if faults else set())
    if faults:
        data["faults"] = [error.as_dict() for error in faults]
        lines += [f"[bold red]✗[/] {error.message}" for error in faults]
    emit(ctx, data, "\n".join(lines) or "nothing waits", _exit(states))


def _exit(states: set[str]) -> int:
    return NO if "refused" in states else YES if states <= {"complete"} else CANNOT_TELL
