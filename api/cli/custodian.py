"""``yinxin custodian``: a custodian's server, and what its operator looks at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chain.cli.common import CANNOT_TELL, NO, YES, emit, progress, state
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.home import Home

if TYPE_CHECKING:
    from api.custody.place import Custodian

app = typer.Typer(
    help="A custodian 保管方: keeps sealed bids, signs so, relays, sees to the phases on time.", no_args_is_help=True
)
_Tender = Annotated[int, typer.Argument(min=1, help="number of the tender")]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="custodian")


@app.command()
def run(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="address to listen on, if another than the setting")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="port; 0 for any free one")] = None,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate chain, PEM")] = None,
    key: Annotated[Path | None, typer.Option(help="its private key, PEM")] = None,
) -> None:
    """Serve until interrupted: uploads, commitments, board; and do what is due by the ledger's clock."""
    from api.custody.server import serve
    from chain.keys import Keystore, passphrase_for

    home = _home(ctx)
    if (certificate is None) != (key is None):
        raise InvalidInput(
            "a certificate and its key go together", code="service.tls", field="certificate", fix="give both"
        )
    passphrase = passphrase_for(home.path)
    Keystore(home / "keys", passphrase).account("account")
    os.environ["YINXIN_PASSPHRASE"] = passphrase  # for the process that answers, also when it is started again
    serve(home, host=host, port=port, certificate=certificate, key=key)


@app.command()
def status(ctx: typer.Context) -> None:
    """Tenders that name this custodian: phases, what is pending, what is unfinished. Exit code 2: a relay waits."""
    with _opened(ctx) as custodian:
        tenders: list[dict[str, Any]] = []
        with custodian.view.newest() as ledger:
            numbers = [one for one in range(1, ledger.tenders() + 1) if ledger.is_custodian(one, custodian.account)]
            block = {"number": ledger.block.number, "time": ledger.block.time}
        for number in numbers:
            story = custodian.view.story(number)
            counts = {
                "files": "SELECT count(*) FROM uploads WHERE whole = 1 AND tender = ?",
                "unfinished": "SELECT count(*) FROM uploads WHERE whole = 0 AND tender = ?",
                "pending": "SELECT count(*) FROM relays WHERE state = 'pending' AND tender = ?",
                "refused": "SELECT count(*) FROM relays WHERE state = 'refused' AND tender = ?",
            }
            tenders.append(
                {
                    "tender": number, "deadline": story.deadline, "openAt": story.open_at,
                    "settledAt": story.settled_at,
                    "lots": {str(lot): story.phase(lot).name.lower() for lot in story.lots},
                }
                | {name: int(custodian.store.row(query, number)[0]) for name, query in counts.items()}
            )  # fmt: skip
    lines = [f"custodian {hex0x(custodian.account)}; block {block['number']} of {rfc3339(block['time'])}"]
    for one in tenders:
        phases = ", ".join(f"lot {lot} {phase}" for lot, phase in one["lots"].items())
        counted = ", ".join(f"{one[name]} {name}" for name in ("files", "unfinished", "pending", "refused"))
        lines.append(f"tender {one['tender']}: {phases}; deadline {rfc3339(one['deadline'])}; {counted}")
    waiting = any(one["pending"] for one in tenders)
    data = {"custodian": hex0x(custodian.account), "block": block, "tenders": tenders}
    emit(ctx, data, "\n".join(lines), CANNOT_TELL if waiting else YES)


@app.command()
def decoy(ctx: typer.Context, tender: _Tender) -> None:
    """Decoys 虚标 of this custodian in a tender: placed, live, revealed. A secret until the deadline."""
    from api.custody.decoys.plans import Plans
    from chain.keys.signatures import address_of

    found: list[dict[str, Any]] = []
    with _opened(ctx) as custodian:
        story = custodian.view.story(tender)
        for one in Plans(custodian.store, custodian.key).of(tender):
            bid = story.lots[one.lot].of(address_of(one.key))
            where = "revealed" if bid and bid.is_decoy else "live" if bid and bid.live else "withdrawn"
            found.append({"lot": one.lot, "bidder": hex0x(address_of(one.key)), "state": where if bid else "planned"})
    lines = [f"lot {one['lot']}  {one['bidder']}  {one['state']}" for one in found]
    hanging = bool(story.settled_at) and any(one["state"] == "live" for one in found)
    emit(ctx, {"tender": tender, "decoys": found}, "\n".join(lines) or "no decoys drawn", NO if hanging else YES)


@app.command()
def attest(
    ctx: typer.Context,
    tender: _Tender,
    lot: Annotated[int, typer.Option(min=1, help="number of the lot")] = 1,
    envelope: Annotated[int, typer.Option(min=1, max=2, help="1, or 2 for the price envelope")] = 1,
) -> None:
    """Hash every live file of a closed envelope again and put the statement on record now; run does so by itself.

    Exit code 1: a file for which this custodian signed is missing or damaged; the statement says which.
    """
    from api.custody.statements import Statements

    with _opened(ctx) as custodian:
        story = custodian.view.story(tender)
        if lot not in story.lots or envelope not in story.lots[lot].closings:
            raise NotFound(
                f"tender {tender} has no closed envelope {envelope} of lot {lot}", code="custody.not_closed",
                field="envelope", fix="close it first: anybody may, once the reveal window is over",
            )  # fmt: skip
        with custodian.view.newest() as ledger:
            genesis = ledger.genesis
        statements = Statements(custodian)
        statement = statements.statement(story, genesis, lot, envelope)
        digest = statements.attest(statement)
    absent = [{"commitment": hex0x(one.commitment), "state": one.state} for one in statement.absent()]
    data = {"digest": b64url(digest), "files": len(statement.files), "absent": absent}
    text = f"[green]✓[/] {len(statement.files)} files looked at; statement {b64url(digest)} is on record"
    if absent:
        text = f"[bold red]{len(absent)} files missing or damaged[/]; statement {b64url(digest)} says which"
    emit(ctx, data, text, NO if absent else YES)


@app.command()
def files(
    ctx: typer.Context,
    tender: Annotated[int | None, typer.Option(min=1, help="only of this tender")] = None,
) -> None:
    """Hash every sealed file again that is kept here. Exit code 1: one is missing or damaged."""
    from api.custody.files import look_at

    current = state(ctx)
    with _opened(ctx) as custodian:
        kept = look_at(custodian, tender)
        looked: list[dict[str, Any]] = []
        with progress(current, "files", len(kept)) as done:
            for one in kept:
                looked.append(one())
                done(len(looked))
    bad = [one for one in looked if one["state"] not in ("kept", "decoy")]
    lines = [f"{one['digest']}  {one['size']:>12}  tender {one['tender']}  {one['state']}" for one in looked]
    emit(ctx, {"files": looked}, "\n".join(lines) or "no files", NO if bad else YES)


# --------------------------------------------------------------------------- inside


def _home(ctx: typer.Context) -> Home:
    home = state(ctx).home
    if not (home / "config.toml").is_file():
        raise NotFound(f"there is no home {home.path}", code="home.missing", field="home", fix="yinxin init custodian")
    return home


@contextmanager
def _opened(ctx: typer.Context) -> Iterator[Custodian]:
    from api.custody.asgi import custodian_of
    from chain.cli._tenders import tender_place

    with tender_place(_home(ctx)) as place:
        custodian = custodian_of(place)
        try:
            yield custodian
        finally:
            custodian.store.close()
