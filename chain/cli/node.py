"""``yinxin node``: the embedded chain of this home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.common import NO, YES, emit, state
from chain.kernel.clock import rfc3339
from chain.kernel.errors import Conflict
from chain.ledger.node import ensure_node, node_status, stop_node

app = typer.Typer(help="The embedded chain of this home: start, run, stop, status.", no_args_is_help=True)

_FolderOption = Annotated[Path | None, typer.Option("--folder", help="node folder; default: the one in the settings")]


def node_folder(ctx: typer.Context, folder: Path | None = None) -> Path:
    """The folder given, or the one this home's settings name (``node`` in the home)."""
    home = state(ctx).home
    return folder.expanduser().resolve() if folder is not None else home.resolve(home.settings.ledger.node or "node")


@app.command()
def start(ctx: typer.Context, folder: _FolderOption = None) -> None:
    """Start the chain in the background; it stays until `yinxin node stop`."""
    with ensure_node(node_folder(ctx, folder), stay=True) as node:
        data = {
            "running": True,
            "url": node.url,
            "chainId": node.chain_id,
            "genesisHash": "0x" + node.genesis_hash.hex(),
        }
        emit(ctx, data, f"chain {node.chain_id} runs at [bold]{node.url}[/]")


@app.command()
def run(ctx: typer.Context, folder: _FolderOption = None) -> None:
    """Run the chain in the foreground until it is interrupted; its log goes to standard error."""
    from chain.ledger.node.layout import NodeDir
    from chain.ledger.node.supervisor import ALREADY_RUNNING, serve

    place = NodeDir.at(node_folder(ctx, folder))
    code = serve(place, linger=None, foreground=True)
    if code == ALREADY_RUNNING:
        raise Conflict(
            f"a node already runs in {place.path}",
            code="node.running",
            field="--folder",
            fix="end it first: yinxin node stop",
        )
    raise typer.Exit(code)


@app.command()
def stop(ctx: typer.Context, folder: _FolderOption = None) -> None:
    """Stop the chain, whoever uses it. Waiting transactions are mined first; what was served is kept."""
    stopped = stop_node(node_folder(ctx, folder))
    emit(ctx, {"stopped": stopped, "running": False}, "stopped" if stopped else "no node was running")


@app.command()
def status(ctx: typer.Context, folder: _FolderOption = None) -> None:
    """Show whether the chain runs, where, and its newest block (exit code 1 if it does not run)."""
    place = node_folder(ctx, folder)
    found = node_status(place)
    data: dict[str, Any] = {"running": found.running, "folder": str(place), "url": found.url}
    if found.health is None:
        emit(ctx, data, "starting or hanging" if found.running else "not running", NO)
        return
    head = found.health["head"]
    data |= {"chainId": found.health["chainId"], "head": head, "stays": found.health["stays"]}
    data |= {"genesisHash": found.health["genesisHash"], "waiting": found.health["waiting"]}
    until = "until it is stopped" if found.health["stays"] else "while somebody uses it"
    where = f"chain {data['chainId']} at [bold]{found.url}[/], {until}"
    emit(ctx, data, f"{where}\nblock {head['number']} of {rfc3339(head['time'])} {head['hash']}", YES)
