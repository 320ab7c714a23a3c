"""``yinxin snapshot``: trust snapshots, with which a verifier needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.common import State, emit, progress, state
from chain.credentials.leaf import certificate_leaf
from chain.documents.cids import cid_of_sha256
from chain.documents.configured import open_store
from chain.documents.manifest import CERTIFICATES, read_leaves, read_manifest
from chain.kernel.clock import rfc3339, system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, NotFound, Unavailable
from chain.kernel.home import Home
from chain.kernel.ports import AnchorFacts, BlobStore
from chain.ledger.connection import open_ledger
from chain.ledger.snapshot import LIFE, SignedSnapshot, SnapshotSource, build_snapshot
from chain.ledger.trustroot import TrustRoot
from chain.merkle import Tree

app = typer.Typer(help="Trust snapshots for verifying offline: make, show, check.", no_args_is_help=True)
_File = Annotated[Path, typer.Argument(help="the snapshot's file")]


class StoredEvidence:
    """Manifests and status list tokens from a blob store, each checked against the ledger's digests and roots.

    Args:
        store: where the bureaus publish.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def stamps(self, anchor: AnchorFacts) -> Sequence[bytes]:
        """SHA-256 of every stamp of a batch, after its leaves have given the anchored root.

        Raises:
            Damaged: the manifest's leaves are not the ones that were anchored.
            Unavailable: the store does not hold the manifest.
        """
        where = f"manifest of batch {anchor.sequence} of {anchor.bureau} in lane {anchor.lane}"
        try:
            manifest = read_manifest(anchor.manifest_digest, self._store.get)
            leaves = [leaf.parts for leaf in read_leaves(manifest, self._store.get)]
        except NotFound as error:
            raise Unavailable(
                f"{where}: not in the {self._store.name}", code="snapshot.manifest", field="documents.store",
                fix="configure the store into which that bureau publishes",
            ) from error  # fmt: skip
        parts = [leaf for leaf in leaves if leaf is not None]
        if manifest.kind != CERTIFICATES or (manifest.bureau, manifest.lane) != (anchor.bureau, anchor.lane):
            raise Damaged(f"{where}: it is of another batch", code="snapshot.manifest")
        if Tree([certificate_leaf(leaf) for leaf in parts]).root != anchor.root:
            raise Damaged(f"{where}: its leaves do not give the anchored root", code="snapshot.manifest")
        return [leaf.stamp for leaf in parts]

    def status_list(self, digest: bytes) -> bytes | None:
        """The token with that SHA-256, or None."""
        try:
            return self._store.get(cid_of_sha256(digest))
        except NotFound:
            return None


@contextmanager
def stored_evidence(home: Home) -> Iterator[StoredEvidence]:
    """Evidence from the store that a home is set to."""
    store = open_store(home)
    try:
        yield StoredEvidence(store)
    finally:
        close = getattr(store, "close", None)
        if close is not None:
            close()


@app.command()
def make(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="file to write")] = Path("trust.snapshot"),
    days: Annotated[float, typer.Option(min=0.001, max=99, help="how long it proves present status")] = LIFE / 86_400,
    version: Annotated[int, typer.Option(min=0, help="higher than every earlier one; the time if not given")] = 0,
) -> None:
    """Make a snapshot of the newest final block. It counts only once witnesses have signed it."""
    signed = made_now(state(ctx), int(days * 86_400), version)
    signed.save(out)
    data = {"file": str(out), "signed": False, **_summary(signed)}
    text = f"[green]✓[/] {out}: {_text(data)}\n  next: each witness signs it: yinxin --home WITNESS witness sign {out}"
    emit(ctx, data, text)


def made_now(current: State, seconds: int, version: int = 0) -> SignedSnapshot:
    """A snapshot of the newest final block that nobody has signed yet.

    Args:
        current: of a home with ledger and store.
        seconds: how long it proves present status.
        version: higher than every earlier one; the time if 0.
    """
    ledger = open_ledger(current.home)
    now = system_clock()
    try:
        with stored_evidence(current.home) as evidence, progress(current, "anchors", None) as done:
            snapshot = build_snapshot(
                ledger.reader, evidence, version=version or now, made_at=now, expires=now + seconds, progress=done
            )
    finally:
        ledger.close()
    return SignedSnapshot(snapshot)


@app.command()
def show(ctx: typer.Context, file: _File) -> None:
    """Show what a snapshot says, without judging it."""
    data = _summary(SignedSnapshot.load(file))
    emit(
        ctx,
        data,
        f"{file}: {_text(data)}\nsignatures: {', '.join(data['signatures']) or 'none'} (not checked; use check)",
    )


@app.command()
def check(
    ctx: typer.Context,
    file: _File,
    remember: Annotated[bool, typer.Option(help="refuse older ones from now on")] = False,
) -> None:
    """Check a snapshot against the pinned trust root: every byte, the witnesses' signatures, its age."""
    home = state(ctx).home
    root = TrustRoot.load(home.resolve(home.settings.ledger.trust_root))
    source = SnapshotSource.load(file, root, state_file=home / "snapshot-seen.json" if remember else None)
    late = system_clock() > source.body.expires
    data = {"good": True, "expired": late, "signers": list(source.signers), **_summary(SignedSnapshot.load(file))}
    note = "\n[yellow]expired: it proves issue only, not present status[/]" if late else ""
    emit(ctx, data, f"[green]✓[/] {_text(data)}\nsigned by {', '.join(source.signers)}{note}")


def _summary(signed: SignedSnapshot) -> dict[str, Any]:
    body = signed.snapshot.body
    return {
        "version": body.version,
        "digest": hex0x(body.digest),
        "block": {"number": body.block.number, "hash": hex0x(body.block.hash), "time": body.block.time},
        "madeAt": body.made_at,
        "expires": body.expires,
        "bureaus": len(body.bureaus),
        "statusLists": len(body.lists),
        "anchors": sum(shard.anchors for shard in body.shards),
        "stamps": sum(shard.stamps for shard in body.shards),
        "bytes": len(signed.to_bytes()),
        "signatures": [name for name, _ in signed.signatures],
    }


def _text(data: dict[str, Any]) -> str:
    return (
        f"snapshot {data['version']} of block {data['block']['number']} ({rfc3339(data['block']['time'])}), "
        f"{data['bureaus']} bureaus, {data['statusLists']} status lists, {data['anchors']} anchors, "
        f"{data['stamps']} stamps, {data['bytes']:,} bytes, until {rfc3339(data['expires'])}"
    )
