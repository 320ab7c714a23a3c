"""``yinxin trust``: what this home believes without asking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.kernel.encoding import hex0x, unb64url
from chain.kernel.errors import InvalidInput
from chain.ledger.deployment import Deployment
from chain.ledger.trustroot import ContractRange, TrustRoot, WitnessKey

app = typer.Typer(help="The pinned trust root: make, pin, show.", no_args_is_help=True)


@app.command()
def make(
    ctx: typer.Context,
    deployment: Annotated[Path, typer.Option(help="deployment.json of the authority")],
    witness: Annotated[list[str], typer.Option(help="NAME:KEY of a witness, as yinxin witness init prints it")] = [],  # noqa: B006
    threshold: Annotated[int, typer.Option(min=0, help="how many witnesses must co-sign")] = 1,
    out: Annotated[Path | None, typer.Option(help="file to write; this home's trust root if not given")] = None,
) -> None:
    """Make a trust root from a deployment and the witnesses' public keys."""
    found = Deployment.load(deployment)
    keys = []
    for text in witness:
        name, _, key = text.rpartition(":")
        if not name:
            raise InvalidInput(f"witness {text!r}", code="trust.witness", field="witness", fix="write NAME:KEY")
        keys.append(WitnessKey(name, unb64url(key, field="witness")))
    root = TrustRoot(
        chain_id=found.chain_id,
        genesis_hash=found.genesis_hash,
        contracts=tuple(
            sorted(
                (ContractRange(item.name, item.address, item.block_number) for item in found.contracts),
                key=lambda item: item.name,
            )
        ),
        witnesses=tuple(sorted(keys, key=lambda item: item.name)),
        threshold=threshold if keys else 0,
    )
    home = state(ctx).home
    home.make()
    path = out or home.resolve(home.settings.ledger.trust_root)
    root.save(path)
    emit(ctx, {"file": str(path), "digest": hex0x(root.digest)}, f"[green]✓[/] {path}\n  digest {hex0x(root.digest)}")


@app.command()
def pin(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(help="trust root received by a way you trust")]
) -> None:
    """Pin a trust root in this home. Compare its digest by another way first."""
    home = state(ctx).home
    home.make()
    root = TrustRoot.load(file)
    path = home.resolve(home.settings.ledger.trust_root)
    root.save(path)
    emit(ctx, {"file": str(path), "digest": hex0x(root.digest)}, f"[green]✓[/] pinned; digest {hex0x(root.digest)}")


@app.command()
def show(ctx: typer.Context) -> None:
    """Show the pinned trust root."""
    home = state(ctx).home
    root = TrustRoot.load(home.resolve(home.settings.ledger.trust_root))
    names = ", ".join(key.name for key in root.witnesses) or "none: ledger kept by one operator, nobody co-signs"
    emit(
        ctx,
        {
            "chainId": root.chain_id,
            "genesisHash": hex0x(root.genesis_hash),
            "digest": hex0x(root.digest),
            "witnesses": [key.name for key in root.witnesses],
            "threshold": root.threshold,
        },
        f"chain {root.chain_id}\ngenesis {hex0x(root.genesis_hash)}\ndigest {hex0x(root.digest)}\n"
        f"witnesses {names} (needed: {root.threshold})",
    )
