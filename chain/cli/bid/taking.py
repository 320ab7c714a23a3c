"""``yinxin bid take``: a bid that was made in the browser goes on in this home."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.bid._place import BidHere, bid_here
from chain.cli.bid.sealing import in_flight
from chain.cli.common import emit, read_named, state
from chain.containers import X25519Recipient, encrypt
from chain.kernel.encoding import sha256_file
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.sealing import Sealed
from chain.sealing.papers import write_committed, write_proof
from chain.tenders.bidding.draft import blank
from chain.tenders.bidding.folder import BidKeys, VersionFolder
from chain.tenders.bidding.room import BidRoom, RoomVersion, named_place, open_room
from chain.tenders.notice import Notice

SealedOption = Annotated[
    list[Path] | None, typer.Option("--sealed", help="a sealed file that the browser saved; more than one may be named")
]
WordOption = Annotated[
    Path | None, typer.Option("--word-file", help="file with the room's passphrase; asked for if not given")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("take")(take)


def take(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="the room, as the browser saved it")],
    sealed: SealedOption = None,
    word_file: WordOption = None,
) -> None:
    """Take over a bid from the bidder's room in the browser, with its keys; then check, prove, object, withdraw as any
    other. 接续浏览器中的投标."""
    data = _read(file)
    tender, lot = named_place(data)
    with bid_here(state(ctx), tender, lot) as here:
        room = open_room(data, _word(word_file), here.ledger.chain_id)
        _check(here, room)
        for version in room.versions:
            _check_version(here, version)
        names = (f"bid-{tender}-{lot}", f"bid-{tender}-{lot}-recovery")
        for name, key in zip(names, (room.fresh, room.recovery), strict=True):
            here.place.keys.take_account(name, key)
        papers = here.papers
        reached("bid-keys")
        if not here.folder.exists:
            here.folder.start(BidKeys(room.place, ((names[0], room.place.bidder),), names[1]))
        if not (here.folder.path / "draft.json").exists():
            write_atomically(here.folder.path / "draft.json", _draft(here.notice, lot, room.forms))
        if room.statement is not None:
            here.folder.state(room.statement)
        for version in room.versions:
            _keep(here, version, papers)
        for withdrawal in room.withdrawals:
            if not here.folder.act_file(withdrawal.version).is_file():
                here.folder.keep_act(withdrawal)
        placed = [str(path) for path in sealed or [] if _place(here, room, path)]
    unplaced = [str(path) for path in sealed or [] if str(path) not in placed]
    taken: dict[str, Any] = {
        "folder": str(here.folder.path), "tender": tender, "lot": lot,
        "versions": [one.sealed.version for one in room.versions], "sealed": placed, "unknown": unplaced,
    }  # fmt: skip
    lines = [f"[green]✓[/] {taken['folder']}: versions {taken['versions']}; this home can now act for the bid"]
    lines += [f"  [yellow]![/] {path} is no sealed file of this bid" for path in unplaced]
    lines.append("  documents stay where they are: name them in draft.json before a new version is sealed")
    emit(ctx, taken, "\n".join(lines))


def _check(here: BidHere, room: BidRoom) -> None:
    place = room.place
    if (place.genesis, place.book) != (here.ledger.genesis, here.ledger.book):
        raise Refused(
            "the room is for another ledger", code="bidding.ledger", field="file",
            fix="use a home that reads the ledger in which the bid was made",
        )  # fmt: skip
    if here.folder.exists and here.folder.keys.place != place:
        raise Conflict(
            f"another bid was started in {here.folder.path}",
            code="bidding.exists",
            field="file",
            fix="use another home",
        )


def _check_version(here: BidHere, version: RoomVersion) -> None:
    """What this home has signed itself, and the ledger has taken or may yet take, is not set aside for the room's."""
    target = here.folder.version(version.sealed.version)
    if target.sealed not in (None, version.sealed) and (_stands(here, target) or in_flight(here, target)):
        raise Conflict(
            f"version {version.sealed.version} of this home is another than the room's, and it is signed",
            code="bidding.exists",
            field="file",
            fix="this home goes on with its own bid; take the room over in another home",
        )


def _stands(here: BidHere, folder: VersionFolder) -> bool:
    act = folder.act
    return act is not None and act.carried_out(here.ledger.tender_events(here.tender)) is not None


def _keep(here: BidHere, version: RoomVersion, papers: bytes) -> None:
    """The version's folder as sealing here would have left it, but for the sealed files; ``sealed.json`` comes last.

    Of the same sealed files the room may hold a newer signature, made when the first had lapsed: it takes the place of
    one that the ledger has not taken.
    """
    number, target = version.sealed.version, here.folder.version(version.sealed.version)
    if target.sealed == version.sealed:
        if version.act is not None and version.act != target.act and not _stands(here, target):
            target.keep(version.act)
        return
    target = here.folder.clear(number)
    for envelope, manifest in version.kept.manifests.items():
        file, one = target.envelope(envelope), version.sealed.files[envelope]
        whole = Sealed(one.digest, one.size, one.form, manifest, version.k2[envelope])
        described = here.notice.envelope(envelope)
        assert described is not None
        proof = encrypt(write_proof(whole), X25519Recipient(papers))
        write_atomically(file.with_name(f"{file.name}.proof.age"), proof)
        committed = write_committed(whole, here.notice.opening_key, described.recipients)
        write_atomically(file.with_name(f"{file.name}.committed.json"), committed)
    write_atomically(target.path / "kept.age", version.kept.sealed(papers))
    if version.act is not None:
        target.keep(version.act)
    write_atomically(target.path / "sealed.json", version.sealed.to_bytes())
    reached("bid-sealed")


def _place(here: BidHere, room: BidRoom, path: Path) -> bool:
    """Put a sealed file where its version is; False if it is of none."""
    try:
        digest, size = sha256_file(path)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}", code="bidding.file", field="sealed", fix="name it") from error
    for version in room.versions:
        for envelope, one in version.sealed.files.items():
            if (one.digest, one.size) == (digest, size):
                target = here.folder.version(version.sealed.version).envelope(envelope)
                if not target.exists():
                    part = target.with_name(f"{target.name}.part")
                    shutil.copyfile(path, part)
                    part.replace(target)
                return True
    return False


def _draft(notice: Notice, lot: int, forms: Mapping[int, Mapping[str, str]]) -> bytes:
    """A draft with the figures that were filled in; documents are where they were."""
    value = json.loads(blank(notice, lot))
    for envelope in value["envelopes"]:
        filled = forms.get(envelope["number"], {})
        envelope["form"] = {name: filled.get(name, "") for name in envelope["form"]}
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _word(file: Path | None) -> str:
    if file is None:
        return str(typer.prompt("Passphrase of the room", hide_input=True))
    return _read(file).decode("utf-8", "replace").rstrip("\n")


def _read(file: Path) -> bytes:
    return read_named(file, code="bidding.file", field="file", fix="name the file that the browser saved")
