"""``yinxin seal``: the bidder's side. Nothing leaves this device but what the two locks close."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.containers import X25519Recipient, encrypt
from chain.kernel.encoding import hex0x, unb64url
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import write_atomically
from chain.keys import Keystore
from chain.sealing import seal_bid
from chain.sealing.papers import read_plan, write_committed, write_proof


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("seal")(seal)


def beside(file: Path, ending: str) -> Path:
    """The file that belongs to a sealed bid: its name and an ending."""
    return file.with_name(f"{file.name}.{ending}")


def seal(
    ctx: typer.Context,
    plan: Annotated[Path, typer.Argument(help="JSON file that says what is sealed, for whom (docs/sealing.md)")],
    out: Annotated[Path, typer.Argument(help="sealed bid to write")],
    key: Annotated[str, typer.Option(help="name of this home's desk key, to which the proof is encrypted")],
) -> None:
    """Seal a bid under both locks; also write what is public of it, and the proof that you keep. 加密投标文件."""
    card = Keystore(state(ctx).home / "keys", None).card(key)
    if card.kind != "desk":
        raise InvalidInput(
            f"{key} is a key for something else", code="keys.kind", field="key", fix="yinxin keys new NAME --kind desk"
        )
    try:
        bid, opening_key, recipients = read_plan(plan.read_bytes(), plan.parent)
    except OSError as error:
        raise InvalidInput(f"{plan}: cannot be read", code="bid.plan", field="plan", fix="name the file") from error
    committed, proof = beside(out, "committed.json"), beside(out, "proof.age")
    for file in (committed, proof):
        if file.exists():
            raise Conflict(f"{file} exists", code="bid.exists", field="out", fix="choose another name")
    sealed = seal_bid(bid, opening_key, recipients, out)
    write_atomically(proof, encrypt(write_proof(sealed), X25519Recipient(unb64url(card.public))))
    write_atomically(committed, write_committed(sealed, opening_key, recipients))
    data = {
        "file": str(out),
        "committed": str(committed),
        "proof": str(proof),
        "digest": hex0x(sealed.digest),
        "size": sealed.size,
        "formRoot": hex0x(sealed.form_root),
    }
    emit(
        ctx,
        data,
        f"[green]✓[/] sealed {out}, {sealed.size} bytes, digest {data['digest']}\n"
        f"  public: {committed}\n"
        f"  keep:   {proof}; it proves that you sealed rightly, should the bid not open",
    )
