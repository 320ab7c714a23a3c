"""``yinxin claim``: the holder's side, as a device would do it. The key never leaves the home."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from chain.claims import (
    BindingCheck,
    Claim,
    binding_in_force,
    make_claim,
    make_unbind,
    parse_binding,
    read_lane,
)
from chain.cli.common import CANNOT_TELL, NO, YES, emit, read_named, state
from chain.credentials.verification.verdicts import Result
from chain.documents.configured import open_store
from chain.evidence import ClaimLeaves
from chain.kernel.clock import system_clock
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore, passphrase_for
from chain.ledger.connection import open_ledger

KEY = "device"
"""Name of the device's key in a holder's home."""

app = typer.Typer(help="A holder's device: claim a certificate, end a binding, check one.", no_args_is_help=True)

_Out = Annotated[Path, typer.Option(help="file to write; give it to the bureau")]


@app.command("make")
def make(
    ctx: typer.Context,
    identifier: Annotated[str, typer.Argument(help="identifier of the certificate, as the letter shows it")],
    bureau: Annotated[str, typer.Option(help="code of the bureau, as the letter shows it")],
    out: _Out,
    code_file: Annotated[
        Path | None, typer.Option(help="file with the activation code, - for standard input; asked for if not given")
    ] = None,
) -> None:
    """Make a claim with the activation code from the letter; makes the device's key if there is none."""
    home = state(ctx).home
    home.make()
    keys = Keystore(home / "keys", passphrase_for(home.path, new=not (home / "keys").exists()))
    if not keys.has(KEY):
        keys.create(KEY, "device")
    claim = make_claim(_code(code_file), bureau, identifier, keys.signer(KEY), system_clock())
    write_atomically(out, claim.to_bytes())
    _say(ctx, claim, out)


def _code(file: Path | None) -> str:
    if file is None:
        return str(typer.prompt("Activation code", hide_input=True))
    try:
        return sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{file}: cannot be read", code="claim.code_file", field="code-file", fix="name the file with the code"
        ) from error


def _say(ctx: typer.Context, claim: Claim, out: Path) -> None:
    data = {"claim": hex0x(claim.digest), "key": b64url(claim.key), "file": str(out)}
    emit(ctx, data, f"[green]✓[/] claim {out}; give it to the bureau. The activation code is not in it.")


@app.command("end")
def end(
    ctx: typer.Context,
    binding: Annotated[Path, typer.Argument(help="the binding's file")],
    out: _Out,
) -> None:
    """End one's own binding, signed by the device that is bound."""
    home = state(ctx).home
    document = parse_binding(_read(binding))
    statement = make_unbind(document, Keystore(home / "keys", passphrase_for(home.path)).signer(KEY), system_clock())
    if not statement.is_by(document.key):
        raise InvalidInput(
            "this home's key is not the one that is bound",
            code="claim.other_key",
            field="binding",
            fix="use the device that made the claim, or let the bureau end the binding",
        )
    write_atomically(out, statement.to_bytes())
    emit(ctx, {"file": str(out)}, f"[green]✓[/] {out}; give it to the bureau")


@app.command("check")
def check(
    ctx: typer.Context,
    binding: Annotated[Path, typer.Argument(help="the binding's file")],
    block: Annotated[int | None, typer.Option(help="as of this block; the newest final one if not given")] = None,
) -> None:
    """Ask the ledger whether a binding is in force. Says nothing about the certificate itself."""
    data = _read(binding)
    found = check_binding(state(ctx).home, data, block)
    words = "\n".join(f"  {step.result:<8} {step.name:<12} {step.detail()}" for step in found.steps)
    code = {Result.VALID: YES, Result.INVALID: NO}.get(found.result, CANNOT_TELL)
    emit(ctx, found.as_dict(), f"[bold]{found.result}[/] as of block {found.block}\n{words}", code)


def check_binding(home: Home, data: bytes, block: int | None = None) -> BindingCheck:
    """Check a binding against the ledger and the store of a home.

    Raises:
        InvalidInput: not a binding's document.
        Unavailable: the ledger did not answer.
    """
    bureau = parse_binding(data).bureau
    ledger = open_ledger(home)
    try:
        lane = read_lane(ledger.refresh(), ClaimLeaves(open_store(home)), bureau)
        return binding_in_force(data, lane, certificate=None, block=block)
    finally:
        ledger.close()


def _read(file: Path) -> bytes:
    return read_named(file, code="claim.file", field="binding", fix="name the binding's file")
