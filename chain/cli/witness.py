"""``yinxin witness``: a separately keyed watcher that signs checkpoints and refuses a rewritten chain."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.cli.common import CANNOT_TELL, NO, YES, State, emit, state
from chain.cli.snapshot import made_now, stored_evidence
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import rfc3339, system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.home import Home, write_atomically
from chain.keys import Keystore, passphrase_for
from chain.ledger.node import NodeHandle, ensure_node
from chain.ledger.rpc import RpcClient
from chain.ledger.snapshot import SignedSnapshot
from chain.ledger.trustroot import TrustRoot, WitnessKey
from chain.ledger.witness.background import ensure_witness, stop_witness, witness_url
from chain.ledger.witness.client import newest, open_source
from chain.ledger.witness.service import Witness, WitnessConfig
from chain.ledger.witness.service import serve as serve_published
from chain.ledger.witness.snapshots import cosign_snapshot
from chain.ledger.witness.store import WitnessStore

app = typer.Typer(help="A witness of the ledger: init, run, once, serve, show, sign, keep.", no_args_is_help=True)
KEY = "witness"
_FILE = "witness.json"
_AGAIN = 5
"""Seconds after which a snapshot that could not be made is tried again."""
_Port = Annotated[int, typer.Option(min=0, max=65535, help="port on loopback; a free one if not given")]


class _Reach:
    """How a witness reaches its chain: its own endpoints, or the embedded node."""

    def __init__(self, home: Home) -> None:
        settings = home.settings.ledger
        self._settings = settings
        self._node: NodeHandle | None = None
        if not settings.endpoints:
            if settings.node is None:
                raise InvalidInput(
                    "neither ledger.node nor ledger.endpoints is set",
                    code="ledger.none",
                    field="ledger",
                    fix="set one of them in config.toml (docs/configuration.md)",
                )
            self._node = ensure_node(home.resolve(settings.node))
        self.rpc = self._open()

    def _open(self) -> RpcClient:
        settings = self._settings
        finality: Any = int(settings.finality) if settings.finality.isdigit() else settings.finality
        endpoints = list(settings.endpoints) or [self._node.url if self._node else ""]
        return RpcClient(endpoints, quorum=settings.quorum, timeout=30.0, finality=finality)

    def renew(self) -> RpcClient:
        """The endpoints again; an embedded node that died is started anew."""
        if self._node is not None:
            self._node.renew()
            self.rpc.close()
            self.rpc = self._open()
        return self.rpc

    def close(self) -> None:
        """Close all."""
        self.rpc.close()
        if self._node is not None:
            self._node.close()


def _config(home: Home) -> WitnessConfig:
    path = home / _FILE
    if not path.is_file():
        raise NotFound(
            f"{home.path} is not the home of a witness", code="witness.home", field="home", fix="yinxin witness init"
        )
    value = read_canonical(path.read_bytes(), what=_FILE, limit=4096)
    try:
        return WitnessConfig(str(value["name"]), every=int(value["every"]), interval=int(value["interval"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"{path}: {error}", code="witness.config", field=_FILE, fix="yinxin witness init") from error


def _trust_root(home: Home) -> TrustRoot:
    return TrustRoot.load(home.resolve(home.settings.ledger.trust_root))


@contextmanager
def _opened(home: Home) -> Iterator[tuple[Witness, _Reach]]:
    config, root = _config(home), _trust_root(home)
    key = Keystore(home / "keys", passphrase_for(home.path)).witness(KEY)
    reach = _Reach(home)
    try:
        with Witness(home.path, key, root, reach.rpc, config) as witness:
            yield witness, reach
    finally:
        reach.close()


@app.command()
def init(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="its name in trust roots and notes: a-z, 0-9, '.', '-' and '/'")],
    endpoint: Annotated[list[str], typer.Option(help="JSON-RPC address of its own; may be repeated")] = [],  # noqa: B006
    node: Annotated[
        str | None, typer.Option(help="folder of the embedded node, if it has no endpoint of its own")
    ] = None,
    quorum: Annotated[int, typer.Option(min=1, help="how many endpoints must agree")] = 1,
    store: Annotated[str, typer.Option(help="where it reads manifests: local, ipfs or kubo")] = "local",
    blobs: Annotated[str, typer.Option(help="folder of the local store it reads")] = "blobs",
    kubo: Annotated[str, typer.Option(help="folder of the private IPFS node it reads")] = "kubo",
    every: Annotated[
        int, typer.Option(min=1, help="sign every so many blocks; equal for all witnesses of a chain")
    ] = 1024,
    interval: Annotated[int, typer.Option(min=1, help="least seconds between signatures while nothing happens")] = 10,
) -> None:
    """Make a witness' home and key; prints NAME:KEY for `yinxin trust make --witness`."""
    home = state(ctx).home
    WitnessKey(name, bytes(32))  # checks the name before anything is made
    if (home / _FILE).exists():
        raise Conflict(
            f"{home.path} is a witness' home already", code="init.exists", field="home", fix="choose another folder"
        )
    home.make()
    if not (home / "config.toml").exists():
        ledger: dict[str, Any] = {"quorum": quorum} | (
            {"endpoints": endpoint} if endpoint else {"node": node or "node"}
        )
        home.write_config(
            {"role": "witness", "ledger": ledger, "documents": {"store": store, "blobs": blobs, "kubo": kubo}}
        )
    keys = Keystore(home / "keys", None)
    if not keys.has(KEY):
        keys = Keystore(home / "keys", passphrase_for(home.path, new=True))
    card = keys.card(KEY) if keys.has(KEY) else keys.create(KEY, "witness")
    write_atomically(home / _FILE, canonical({"name": name, "every": every, "interval": interval}))
    line = f"{name}:{card.public}"
    data = {"name": name, "key": card.public, "witness": line, "home": str(home.path)}
    emit(
        ctx,
        data,
        f"[green]✓[/] witness {name} in {home.path}\n  {line}\n  next: pin a trust root (yinxin trust pin), then run",
    )


@app.command()
def run(ctx: typer.Context, port: _Port = 0) -> None:
    """Watch the chain, sign and serve until interrupted. Exits 1 if the chain was rewritten."""
    current = state(ctx)
    _log(current)
    with _opened(current.home) as (witness, reach):
        _until_stopped(witness.run(port=port, ready=lambda url: _say(current, url), renew=reach.renew))


@app.command()
def once(ctx: typer.Context) -> None:
    """Look at the chain once, sign and publish what is new."""
    current = state(ctx)
    _log(current)
    with _opened(current.home) as (witness, _):
        found = witness.once(sign_tip=True)
    data = {"blocks": found.size, "signed": found.signed, "new": found.new, "behind": found.behind}
    text = f"[green]✓[/] {found.size} blocks seen, {found.new} of them new; signed up to {found.signed}"
    if found.behind:
        text = (
            f"[yellow]the endpoints are behind[/]: their final block is older than the {found.size} blocks seen before"
        )
    emit(ctx, data, text, CANNOT_TELL if found.behind else YES)


@app.command()
def serve(ctx: typer.Context, port: _Port = 0) -> None:
    """Only publish what was signed before; needs no key and looks at no chain."""
    current = state(ctx)
    _until_stopped(serve_published(current.home.path, port=port, ready=lambda url: _say(current, url)))


@app.command()
def start(ctx: typer.Context) -> None:
    """Run the witness in the background; it stays until `yinxin witness stop`."""
    url = ensure_witness(state(ctx).home.path)
    emit(ctx, {"running": True, "url": url}, f"the witness serves at [bold]{url}[/]")


@app.command()
def stop(ctx: typer.Context) -> None:
    """End the witness that runs in the background."""
    stopped = stop_witness(state(ctx).home.path)
    emit(ctx, {"stopped": stopped, "running": False}, "stopped" if stopped else "no witness was running")


@app.command()
def show(
    ctx: typer.Context,
    place: Annotated[str | None, typer.Argument(help="address or folder of a witness; this home if not given")] = None,
) -> None:
    """Show a witness' newest checkpoint, checked against the pinned trust root; and contradictions it met."""
    home = state(ctx).home
    root = _trust_root(home)
    found = newest([open_source(place or str(home.path))], root)
    evidence = sorted(path.name for path in (home / "evidence").iterdir()) if (home / "evidence").is_dir() else []
    data: dict[str, Any] = {"url": witness_url(home.path) if place is None else place, "contradictions": evidence}
    if found is None:
        emit(ctx, data | {"checkpoint": None}, "no checkpoint that the pinned trust root accepts", NO)
        return
    note, checkpoint = found
    data["checkpoint"] = {
        "size": checkpoint.size, "block": hex0x(checkpoint.block.hash), "time": checkpoint.block.time,
        "signers": list(checkpoint.signers), "signedAt": checkpoint.time, "note": note,
    }  # fmt: skip
    warning = f"\n[bold red]contradictions met:[/] {', '.join(evidence)}" if evidence else ""
    when = f"block {checkpoint.block.number} of {rfc3339(checkpoint.block.time)}, signed {rfc3339(checkpoint.time)}"
    emit(
        ctx,
        data,
        f"{checkpoint.size} blocks, {when} by {', '.join(checkpoint.signers)}{warning}",
        NO if evidence else YES,
    )


@app.command()
def sign(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="trust snapshot to sign, in place")]) -> None:
    """Make a trust snapshot anew from the chain and, if it is the same to the byte, sign it."""
    result = _cosigned(state(ctx).home, SignedSnapshot.load(file))
    result.save(file)
    names = [name for name, _ in result.signatures]
    emit(ctx, {"file": str(file), "signatures": names}, f"[green]✓[/] {file}: signed by {', '.join(names)}")


@app.command()
def keep(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="the newest snapshot is always there, whole")],
    every: Annotated[int, typer.Option(min=1, help="seconds between two snapshots")] = 600,
    days: Annotated[float, typer.Option(min=0.001, max=99, help="how long each proves present status")] = 7,
    once: Annotated[bool, typer.Option("--once", help="make one and stop")] = False,
) -> None:
    """Make and sign a fresh trust snapshot again and again, for devices that check without network.

    Where the trust root asks for several witnesses, the others sign the file, too, before it counts.
    """
    current, stop = state(ctx), threading.Event()
    if not once:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            result = _cosigned(current.home, made_now(current, int(days * 86_400)))
            result.save(out)
        except (Unavailable, Damaged, Conflict) as error:
            if once:
                raise
            current.err.print(f"{error.message}; trying again", highlight=False, markup=False)
            stop.wait(min(every, _AGAIN))
            continue
        names = [name for name, _ in result.signatures]
        block = result.snapshot.body.block.number
        emit(ctx, {"file": str(out), "block": block, "signatures": names}, f"[green]✓[/] {out}: block {block}")
        if once:
            return
        stop.wait(every)


def _cosigned(home: Home, signed: SignedSnapshot) -> SignedSnapshot:
    config, root = _config(home), _trust_root(home)
    key = Keystore(home / "keys", passphrase_for(home.path)).witness(KEY)
    reach = _Reach(home)
    store = WitnessStore(home / "witness.sqlite")
    try:
        _come_to(home, store, signed.snapshot.body.block.number, root, key, reach, config)
        with stored_evidence(home) as evidence:
            return cosign_snapshot(
                signed, store=store, name=config.name, key=key, rpc=reach.rpc, trust_root=root, evidence=evidence,
                now=system_clock(),
            )  # fmt: skip
    finally:
        store.close()
        reach.close()


def _come_to(
    home: Home,
    store: WitnessStore,
    number: int,
    root: TrustRoot,
    key: Ed25519PrivateKey,
    reach: _Reach,
    config: WitnessConfig,
) -> None:
    """Let the witness come as far as block ``number``: the one that runs in this home, or this process."""
    deadline = time.monotonic() + 15
    while store.size <= number and time.monotonic() < deadline:
        if witness_url(home.path) is None:
            with Witness(home.path, key, root, reach.rpc, config) as witness:
                witness.once()
            return
        time.sleep(0.1)


def _say(current: State, url: str) -> None:
    if current.json:
        sys.stdout.write(json.dumps({"url": url}) + "\n")
        sys.stdout.flush()
    else:
        current.out.print(f"the witness serves at [bold]{url}[/]; interrupt to stop", highlight=False)


def _log(current: State) -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    current.err.soft_wrap = True


def _until_stopped(work: Any) -> None:
    async def go() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            pass

    asyncio.run(go())
