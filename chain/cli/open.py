"""``yinxin open``: a sealed bid, the key holders' signature, and one side's key of lock 2."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.common import CANNOT_TELL, NO, emit, state
from chain.containers import X25519Identity, decrypt, stanzas_of
from chain.containers.header import MAX_HEADER
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput, Refused
from chain.keys import Keystore, passphrase_for
from chain.sealing import BidFault, BidKeys, BidStanza, Committed, FaultKind, Party, open_bid, open_box
from chain.sealing.papers import read_committed, read_proof


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("open")(open_)


def open_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="sealed bid")],
    target: Annotated[Path, typer.Argument(help="folder to write; must not exist")],
    committed: Annotated[Path, typer.Option(help="what is public of the bid, as yinxin seal wrote it")],
    signature: Annotated[str, typer.Option(help="the key holders' signature over this bid, base64url")],
    key: Annotated[
        str, typer.Option(help="name of this home's desk key: officer's, supervisor's, or the bidder's own")
    ],
    proof: Annotated[Path | None, typer.Option(help="the bidder's proof, instead of a box of lock 2")] = None,
) -> None:
    """Open a sealed bid, or say what is wrong and on whose side. Exit 1: the bidder's; 2: another's. 开标解密."""
    known = read_committed(_read(committed, "committed"))
    home = state(ctx).home
    private = Keystore(home / "keys", passphrase_for(home.path)).desk(key)
    try:
        signed = unb64url(signature, field="signature")
        k2 = _proved(proof, private, known) if proof else _boxed(file, private, known, signed)
        manifest = open_bid(file, known, BidKeys(signed, k2), target)
    except BidFault as fault:
        answer: dict[str, Any] = {
            "opened": False,
            "fault": fault.kind,
            "party": fault.party,
            "evidence": fault.evidence,
        }
        words = f"[bold red]✗[/] {fault.message} ({fault.kind}); side: {fault.party}"
        words += f"\n  fix: {fault.fix}" if fault.fix else ""
        emit(ctx, answer, words, NO if fault.party is Party.BIDDER else CANNOT_TELL)
        return
    names = [document.name for document in manifest.documents]
    figures = {figure.name: figure.value for figure in manifest.form.figures}
    emit(
        ctx,
        {"opened": True, "folder": str(target), "documents": names, "form": figures},
        f"[green]✓[/] opened into {target}: {len(names)} documents, {len(figures)} figures",
    )


def _boxed(file: Path, private: bytes, known: Committed, signed: bytes) -> bytes:
    """k2 from the box that is for this key.

    Where the box does not open, that is said only if nothing else is wrong that can be seen without k2, such as
    another file than the committed one.
    """
    public = X25519Identity(private).public_key
    sides = {known.recipients.officer: "officer", known.recipients.supervisor: "supervisor"}
    if public not in sides:
        raise Refused(
            f"lock 2 is not for this key ({b64url(public)})", code="bid.recipient", field="key",
            fix="use the key that the notice names, or the bidder's proof",
        )  # fmt: skip
    try:
        with file.open("rb") as stream:
            head = stream.read(MAX_HEADER)
    except FileNotFoundError as error:
        raise BidFault(FaultKind.MISSING_FILE, "the sealed file is not there") from error
    try:
        stanza = BidStanza.of(stanzas_of(head))
    except InvalidInput:
        return b""  # opening says what is wrong, once it has seen whether this is the committed file
    try:
        return open_box(stanza, sides[public], private)
    except BidFault as shut:
        try:
            open_bid(file, known, BidKeys(signed, b""), None)
        except BidFault as fault:
            if fault.kind is not FaultKind.WRONG_LOCK_KEY:
                raise
        raise shut


def _proved(proof: Path, private: bytes, known: Committed) -> bytes:
    """k2 from the bidder's proof."""
    identity, k2 = read_proof(decrypt(_read(proof, "proof"), X25519Identity(private)))
    if identity != known.identity:
        raise Refused("the proof is for another bid", code="bid.proof", field="proof", fix="name this bid's proof")
    return k2


def _read(file: Path, field: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read", code="bid.file", field=field, fix="name the file") from error
