"""``yinxin keys``: the encrypted keys of this home."""

from __future__ import annotations

from typing import Annotated

import typer

from chain.cli.authority import write_card
from chain.cli.common import emit, state
from chain.kernel.errors import InvalidInput
from chain.keys import KINDS, Keystore, passphrase_for

SEAL = "seal"
"""Name of the key that seals PDFs."""

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


@app.command("seal")
def make_seal(
    ctx: typer.Context,
    new: Annotated[bool, typer.Option("--new", help="another key, where the old one was ended or compromised")] = False,
) -> None:
    """Make the key that seals PDFs, in an officer's home that has none yet, and the card for the authority."""
    home = state(ctx).home
    bureau = home.settings.bureau
    if home.settings.role != "officer":
        raise InvalidInput(
            "only an officer's home seals PDFs", code="keys.seal_role", field="role", fix="use the officer's home"
        )
    keys = Keystore(home / "keys", passphrase_for(home.path))
    if new and keys.has(SEAL):
        keys.set_aside(SEAL)
    made = not keys.has(SEAL)
    card = keys.create(SEAL, "seal") if made else keys.card(SEAL)
    shown = {"purpose": "seal", "thumbprint": card.thumbprint, "publicKey": card.public}
    file = write_card(home, "officer", bureau.acts_as or bureau.uscc, [shown], name="card-seal.json")
    emit(
        ctx,
        {**card.as_dict(), "made": made, "card": str(file)},
        f"[green]✓[/] seal key {card.thumbprint[:18]}… {'made' if made else 'is there'}\n"
        f"  give {file} to the authority: yinxin authority enter {file}",
    )


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
