"""``yinxin tender grant-keys``: k2 of the bids that were opened, for a supervisor or court."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.cli.tender._opening import EnvelopeOption, LotOption, Tender, opening_here
from chain.cli.tender.opening import open_into_folder
from chain.containers import X25519Recipient, encrypt
from chain.kernel.encoding import unb64url
from chain.kernel.errors import Conflict
from chain.kernel.home import write_atomically
from chain.tenders.opening.granting import write_granted


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("grant-keys")(grant)


def grant(
    ctx: typer.Context,
    tender: Tender,
    file: Annotated[Path, typer.Argument(help="file to write; must not exist")],
    to: Annotated[str, typer.Option(help="X25519 key of whoever may open the bids, base64url (yinxin keys list)")],
    lot: LotOption = 1,
    envelope: EnvelopeOption = 1,
    custody: Annotated[
        Path | None, typer.Option(help="folder of lost sealed files, handed in within the window")
    ] = None,
) -> None:
    """Grant an auditor the keys of lock 2, encrypted: with them losers' documents open, too. 授予审计密钥."""
    recipient = X25519Recipient(unb64url(to, field="to"))
    if file.exists():
        raise Conflict(f"{file} exists", code="opening.exists", field="file", fix="choose another name")
    with opening_here(state(ctx), tender, lot, envelope) as here:
        opened = open_into_folder(ctx, here, [], custody)[1]
        keys = {here.live.identity(one.bid): one.k2 for one in opened if one.k2 is not None}
        write_atomically(file, encrypt(write_granted(keys), recipient))
    emit(
        ctx,
        {"file": str(file), "bids": len(keys)},
        f"[green]✓[/] {file}: opens {len(keys)} bids with that key",
    )
