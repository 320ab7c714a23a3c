"""``yinxin blobs``: the stored records and manifests, as bytes under their CIDs."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any

import typer
from rich.console import Console

from chain.cli.common import CANNOT_TELL, NO, YES, emit, progress, state
from chain.documents.kubo import KuboNode
from chain.documents.stores import LocalStore
from chain.kernel.errors import NotFound
from chain.kernel.home import Home

app = typer.Typer(help="Stored records and manifests: look, check, copy to IPFS.", no_args_is_help=True)


@app.command("stat")
def stat(ctx: typer.Context) -> None:
    """Show how much the local store holds."""
    store = _local(state(ctx).home)
    found = store.stat()
    store.close()
    data = {"folder": str(store.path), "blobs": found.blobs, "bytes": found.size, "segments": found.segments}
    emit(ctx, data, f"{found.blobs} blobs, {found.size / 2**20:.1f} MiB in {found.segments} segments at {store.path}")


@app.command("check")
def check(ctx: typer.Context) -> None:
    """Read every blob of the local store and compute its CID again."""
    current = state(ctx)
    store = _local(current.home)
    faults: list[dict[str, str]] = []
    sound = 0
    with progress(current, "checking", store.stat().blobs) as done:
        for cid, fault in store.check():
            if fault is None:
                sound += 1
            else:
                faults.append({"cid": cid, "fault": fault.message})
            done(sound + len(faults))
    store.close()

    def show(console: Console) -> None:
        for fault in faults:
            console.print(f"✗ {fault['cid']}: {fault['fault']}", highlight=False, markup=False)
        if faults:
            console.print("fix: fetch them again from IPFS or from another copy", highlight=False)
        console.print(f"{sound} blobs are what their CIDs say, {len(faults)} are not")

    emit(ctx, {"sound": sound, "faults": faults}, show, NO if faults else YES)


@app.command("push")
def push_blobs(
    ctx: typer.Context,
    to: Annotated[
        str,
        typer.Option(
            help="RPC address of an IPFS node (such as /ip4/127.0.0.1/tcp/5001); "
            '"ipfs" for the configured one, "kubo" for the private node of this home'
        ),
    ] = "",
    read_all: Annotated[bool, typer.Option("--read-all", help="read every blob back, not a sample")] = False,
    switch: Annotated[
        bool,
        typer.Option(
            "--switch",
            help="this home stores and reads there from now on; do it in every home that reads from this store",
        ),
    ] = False,
) -> None:
    """Copy all blobs of the local store to IPFS, and look that the node holds them pinned.

    Interrupted and run again, it goes on where it stopped. The local copies stay.
    """
    from chain.documents.push import push
    from chain.documents.stores import IpfsStore

    current = state(ctx)
    settings = current.home.settings.documents
    target = to or (settings.store if settings.store != "local" else "kubo")
    local = _local(current.home)
    node = KuboNode(current.home.resolve(settings.kubo)).start() if target == "kubo" else None
    try:
        store = IpfsStore(node.api if node else settings.ipfs_api if target == "ipfs" else target)
        with progress(current, f"copying to {store.name}", local.stat().blobs) as done:
            report = push(local, store, read_all=read_all, done=done)
        store.close()
    finally:
        local.close()
        if node is not None:
            node.stop()
    if switch and not report.damaged:
        _switch(current.home, target)
    data = {
        "store": store.name,
        "blobs": report.blobs,
        "sent": report.sent,
        "readBack": report.read_back,
        "pins": list(report.pins),
        "damaged": list(report.damaged),
        "switched": switch and not report.damaged,
    }

    def show(console: Console) -> None:
        console.print(
            f"{report.blobs} blobs are pinned on {store.name}: {report.sent} sent now, {report.read_back} read back"
        )
        for cid in report.damaged:
            console.print(f"✗ {cid} is damaged in the local store and was not sent", highlight=False)
        if data["switched"]:
            console.print(
                "this home stores and reads there from now on; switch every home that reads from here, too "
                "(clerk, witness): yinxin --home THAT_HOME blobs push --switch",
                highlight=False,
            )

    emit(ctx, data, show, CANNOT_TELL if report.damaged else YES)


def _local(home: Home) -> LocalStore:
    folder = home.resolve(home.settings.documents.blobs)
    if not folder.is_dir():
        raise NotFound(
            f"there is no local store at {folder}", code="blobs.none", field="documents.blobs",
            fix="name your home with --home, or issue something first",
        )  # fmt: skip
    return LocalStore(folder)


def _switch(home: Home, target: str) -> None:
    """Make the target the store of new records."""
    file = home / "config.toml"
    values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    documents = dict(values.get("documents", {}))
    documents["store"] = "kubo" if target == "kubo" else "ipfs"
    if target not in ("kubo", "ipfs"):
        documents["ipfs_api"] = target
    home.write_config(values | {"documents": documents})
