"""``yinxin keys``: the encrypted keys of this home."""

from __future__ import annotations

from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.keys import KINDS, Keystore, passphrase_for

app = typer.Typer(help="Keys of this home: list, make.", no_args_is_help=True)


@app.command("list")
def list_keys(ctx: typer.Context) -> None:
    """Show the public parts of the keys in this home."""
    cards = Keystore(state(ctx).home / "keys", None).cards()
    lines = ["name           kind        public part"]
    for card in cards:
        lines.append(f"{card.name:<14} {card.kind:<11} {card.public or '(none: a secret)'}")
        if card.thumbprint:
            lines.append(f"{'':<26} thumbprint {card.thumbprint}")
    if not cards:
        lines = ["no keys yet"]
    emit(ctx, {"keys": [card.as_dict() for card in cards]}, "\n".join(lines))


@app.command("new")
def new_key(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="name of the key in this home")],
    kind: Annotated[str, typer.Option(help=", ".join(KINDS))],
) -> None:
    """Make a new key, encrypted under this home's passphrase."""
    home = state(ctx).home
    home.make()
    card = Keystore(home / "keys", passphrase_for(home.path, new=True)).create(name, kind)
    emit(ctx, card.as_dict(), f"made {card.kind} key [bold]{card.name}[/] {card.public}")
