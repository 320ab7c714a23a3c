"""``yinxin bid check`` and ``prove``: after the opening, one's own bid, and the proof that one sealed rightly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.bid._place import PAPERS, BidHere, LotOption, Tender, bid_here
from chain.cli.common import CANNOT_TELL, NO, YES, emit, state
from chain.containers import X25519Identity, decrypt
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.sealing import BidFault, BidKeys, open_bid
from chain.sealing.papers import read_committed, read_proof
from chain.tenders.bidding.acts import Submission
from chain.tenders.bidding.folder import VersionFolder
from chain.tenders.bidding.kept import KeptBid, open_kept
from chain.tenders.bidding.own import Objectionable, compare, stood
from chain.tenders.holding import opening_key
from chain.tenders.opening import OpeningRecord, keys_by_place, live_bids, read_record, read_story
from chain.tenders.opening.naming import keys_at_hand
from chain.tenders.opening.record import KIND

_NONE = "no opening record stands on the ledger yet"


@dataclass(frozen=True)
class _Mine:
    """One's own bid that was accepted last: its folder, the commitment, its secrets."""

    folder: VersionFolder
    act: Submission
    kept: KeptBid


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("check")(check)
    app.command("prove")(prove)


def check(ctx: typer.Context, tender: Tender, lot: LotOption = 1) -> None:
    """Compare the opening record with what you sealed. Exit 1: object to it; 2: no record yet. 核对开标记录."""
    with bid_here(state(ctx), tender, lot) as here:
        mine = _mine(here)
        line, own = read_story(here.ledger, here.tender).lots[here.lot], mine.act.hash()
        records = list(_records(here))
        standing = [record for record in records if stood(line, record.envelope, own)]
        found = {record.envelope: tuple(_look(here, mine, record)) for record in standing}
    data: dict[str, Any] = {
        "version": mine.act.commitment.version,
        "envelopes": [
            {"envelope": number, "right": not faults, "faults": [one.as_dict() for one in faults]}
            for number, faults in sorted(found.items())
        ],
    }
    if not found:
        words = "your bid was not live when it was closed: no record is about it" if records else _NONE
        emit(ctx, data, f"[yellow]?[/] {words}", CANNOT_TELL)
        return
    lines = []
    for number, faults in sorted(found.items()):
        lines.append(f"[{'bold red' if faults else 'green'}]{'✗' if faults else '✓'}[/] envelope {number}")
        lines += [f"  {one.message_zh} {one.message}" for one in faults]
    wrong = any(found.values())
    if wrong:
        lines.append("  object to it while the session lasts: yinxin tender object")
    emit(ctx, data, "\n".join(lines), NO if wrong else YES)


def prove(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(help="file to write: whoever has it, and the key holders' key, reads the bid")],
    tender: Tender,
    lot: LotOption = 1,
    envelope: Annotated[int, typer.Option(help="1, or 2 for the price", min=1, max=2)] = 1,
) -> None:
    """Show k2 of an opened envelope: everybody with the sealed file then sees that you sealed rightly. 出示密封证明."""
    if out.exists():
        raise Conflict(f"{out} exists", code="bidding.exists", field="out", fix="choose another name")
    with bid_here(state(ctx), tender, lot) as here:
        mine = _mine(here)
        file = mine.folder.envelope(envelope)
        if not file.is_file():
            raise NotFound(
                f"the sealed file is not at hand: {file}", code="bidding.file", field="envelope",
                fix="a bid from the browser: save its sealed file there, then yinxin bid take ROOM --sealed FILE",
            )  # fmt: skip
        proof = _plain(here, file)
        opened = _opened(here, mine, envelope)
        committed = read_committed(file.with_name(f"{file.name}.committed.json").read_bytes())
        _, k2 = read_proof(proof)
        try:
            open_bid(file, committed, BidKeys(opened, k2), None)
        except BidFault as fault:
            raise Refused(
                f"with this proof the file at hand does not open either: {fault.message} ({fault.kind})",
                code="bidding.proof", field="file", fix="use the sealed file of the version that was committed",
            ) from fault  # fmt: skip
    write_atomically(out, proof)
    emit(
        ctx, {"file": str(out), "sealed": str(file), "opens": True},
        f"[green]✓[/] {out}: with it {file} opens; hand both to whoever opens, or to the supervisor",
    )  # fmt: skip


def _mine(here: BidHere) -> _Mine:
    """The submission of this home that was accepted last."""
    events = here.ledger.tender_events(here.tender)
    for number in reversed(here.folder.versions()):
        folder = here.folder.version(number)
        signed = folder.act
        if signed is None or signed.carried_out(events) is None:
            continue
        assert isinstance(signed.act, Submission)
        kept = open_kept((folder.path / "kept.age").read_bytes(), here.place.keys.desk(PAPERS))
        return _Mine(folder, signed.act, kept)
    raise NotFound("no bid of this home was accepted", code="bidding.nothing", field="tender", fix="yinxin bid show")


def _records(here: BidHere) -> Iterator[OpeningRecord]:
    """Every opening record of the lot on the ledger; of one envelope the newest."""
    found: dict[int, OpeningRecord] = {}
    for event in here.ledger.tender_events(here.tender):
        values = event.values
        if event.name == "Recorded" and values["lot"] == here.lot and values["kind"] == KIND:
            record = read_record(here.place.board.get(values["digest"]))
            place = (record.place.genesis, record.place.book, record.place.tender, record.place.lot)
            if place == (here.ledger.genesis, here.ledger.book, here.tender, here.lot):
                found[record.envelope] = record
    yield from found.values()


def _look(here: BidHere, mine: _Mine, record: OpeningRecord) -> Iterator[Objectionable]:
    commitment = mine.act.commitment
    file = commitment.first if record.envelope == 1 else commitment.second
    manifest = mine.kept.manifests.get(record.envelope)
    if manifest is None:
        raise NotFound(f"envelope {record.envelope} was not sealed here", code="bidding.envelope", field="envelope")
    yield from compare(record, mine.act.hash(), file.form, manifest, here.notice)


def _opened(here: BidHere, mine: _Mine, envelope: int) -> bytes:
    """The key holders' signature over one's own bid, once the envelope is opened; until then k2 is shown to nobody."""
    story = read_story(here.ledger, here.tender)
    line = story.lots.get(here.lot)
    if line is None or envelope not in line.openings:
        raise Refused(
            f"envelope {envelope} of lot {here.lot} is not opened on the ledger: the proof stays secret until then",
            code="bidding.sealed", field="envelope", fix="wait for the opening",
        )  # fmt: skip
    live = live_bids(story, here.ledger.genesis, here.lot, envelope)
    place = next((bid.place for bid in live.bids if bid.hash == mine.act.hash()), None)
    if place is None:
        raise Refused(
            "your bid is not among those opened", code="bidding.unopened", field="envelope", fix="yinxin bid show"
        )
    key = opening_key(here.ledger, here.place.board, story.terms.ceremony)
    return keys_by_place(keys_at_hand(line, here.place.board, key, live))[place]


def _plain(here: BidHere, file: Path) -> bytes:
    data = file.with_name(f"{file.name}.proof.age").read_bytes()
    return decrypt(data, X25519Identity(here.place.keys.desk(PAPERS)))
