"""``yinxin tender open``: from the key holders' messages to opened bids and a draft of the record."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chain.cli.common import CANNOT_TELL, YES, emit, printable, progress, read_named, state
from chain.cli.tender._opening import (
    AccountOption,
    EnvelopeOption,
    LotOption,
    OpeningHere,
    Tender,
    WaitOption,
    opening_here,
)
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.sealing.papers import read_proof
from chain.tenders.opening import (
    OpenedBid,
    OpeningRecord,
    Outcome,
    RecordedBid,
    combine_keys,
    read_record,
    releases_topic,
)
from chain.tenders.opening.finishing import check_handed_in, places_lost, restore_until, session_topic, shown_k2
from chain.tenders.opening.session import draft_record, open_bids, publish_keys, recorded_bid

_PAUSE = 0.5
WORDS = {
    Outcome.OPENED: ("[green]✓[/] opened", "已开启"),
    Outcome.REVOKED: ("[bold red]✗[/] revoked", "撤销(投标人原因)"),
    Outcome.WITHDRAWN: ("[yellow]✗[/] withdrawn", "撤回(非投标人原因)"),
    Outcome.UNDECIDED: ("[yellow]?[/] undecided", "待定"),
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("open")(open_)


def open_(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    envelope: EnvelopeOption = 1,
    account: AccountOption = "",
    wait: WaitOption = 0,
    file: Annotated[
        list[Path] | None,
        typer.Option("--file", help="a lost sealed file, handed in within the window; repeat it"),
    ] = None,
    custody: Annotated[
        Path | None, typer.Option(help="folder of lost sealed files, handed in within the window as by --file")
    ] = None,
    proof: Annotated[
        list[Path] | None,
        typer.Option("--proof", help="a bidder's proof (yinxin bid prove), tried at that bid; repeat it"),
    ] = None,
) -> None:
    """Open the live bids: gather the key holders' messages, publish the keys, open each bid. Exit 2: not all. 开标."""
    with opening_here(state(ctx), tender, lot, envelope) as here:
        here.side  # noqa: B018 - a home without a key of lock 2 should hear so first
        if not here.opened and not _gather(ctx, here, account, wait):
            return
        here.box.take(here.place.board.notes(releases_topic(tender, lot, envelope)))
        here.name_keys(account)
        record, _ = open_into_folder(ctx, here, file or [], custody, [_proved(here, proof or [])])
        keep_draft(here, record)
        open_cases = any(bid.outcome is Outcome.UNDECIDED for bid in record.bids) or _restorable(here, record)
        emit(ctx, _data(here, record), lambda out: show(out, here, record), CANNOT_TELL if open_cases else YES)


def _gather(ctx: typer.Context, here: OpeningHere, account: str, wait: int) -> bool:
    """Wait for enough right messages and open on the ledger; False if they did not come."""
    box, board = here.box, here.place.board
    topic, end = releases_topic(here.tender, here.lot, here.envelope), time.monotonic() + wait
    with progress(state(ctx), "key holders", box.key.threshold) as told:
        while box.take(board.notes(topic)):
            told(len(box.releases))
            if time.monotonic() >= end:
                break
            time.sleep(_PAUSE)
    reached("opening-releases")
    refused = [{"keyHolder": one.key_holder, "places": list(one.places), "reason": one.reason} for one in box.refused]
    data: dict[str, Any] = {
        "opened": False, "tender": here.tender, "lot": here.lot, "envelope": here.envelope,
        "signed": sorted(box.releases), "missing": box.missing, "waitingFor": list(box.waiting_for), "refused": refused,
    }  # fmt: skip
    if box.missing:
        words = f"[yellow]–[/] {len(box.releases)} of {box.key.threshold} key holders have signed"
        words += "".join(f"\n  refused: key holder {one.key_holder}: {one.reason}" for one in box.refused)
        words += f"\n  waiting for {', '.join(map(str, box.waiting_for))}; again later, or with --wait"
        emit(ctx, data, words, CANNOT_TELL)
        return False
    if not here.wait_for_block(here.story.open_at - 1, wait):
        words = f"[yellow]–[/] nothing opens before {rfc3339(here.story.open_at)} by the ledger's clock"
        emit(ctx, {**data, "opensAt": here.story.open_at}, words, CANNOT_TELL)
        return False
    keys = combine_keys(box)
    reached("opening-combined")
    publish_keys(here.place.ledger, here.acts(account), board, keys)
    here.renew()
    return True


def open_into_folder(
    ctx: typer.Context,
    here: OpeningHere,
    files: list[Path],
    custody: Path | None,
    more: Sequence[Mapping[int, Sequence[bytes]]] = (),
) -> tuple[OpeningRecord, tuple[OpenedBid, ...]]:
    """Open every bid into this home's folder; the record that follows, as this home sees it, and what was opened.

    ``more``: k2 by place that somebody showed, besides what lies encrypted on the board; tried, never believed.
    """
    here.folder.mkdir(parents=True, exist_ok=True)
    now = here.place.ledger.block.time
    if files or custody is not None:
        check_handed_in(here.story, here.lot, here.envelope, now, "file" if files else "custody")
    side, private = here.side
    shown: dict[int, list[bytes]] = {}
    for source in (*more, shown_k2(here.place.board, here.live, private)):
        for place, k2s in source.items():
            shown.setdefault(place, []).extend(k2s)
    lost = places_lost(here.story, _kept(here), here.lot, here.envelope, now)
    judge, bids = here.judge, []
    opening = open_bids(
        here.live, here.keys, here.notice, here.sources(files, custody), (side, private), here.folder, shown, lost
    )
    with progress(state(ctx), "bids", len(here.live.bids)) as told:
        for number, one in enumerate(opening, 1):
            bids.append((one, recorded_bid(here.live, one, here.notice, judge)))
            told(number)
    record = draft_record(here.story, here.live, here.notice, here.keys_digest, here.box, [bid for _, bid in bids])
    return record, tuple(one for one, _ in bids)


def _kept(here: OpeningHere) -> OpeningRecord | None:
    """The draft in this home, or None."""
    try:
        return read_record((here.folder / "record.json").read_bytes())
    except (OSError, InvalidInput):
        return None


def _proved(here: OpeningHere, files: list[Path]) -> dict[int, list[bytes]]:
    """k2 by place, from bidders' proofs. Raises InvalidInput."""
    places = {here.live.identity(bid): bid.place for bid in here.live.bids}
    found: dict[int, list[bytes]] = {}
    for file in files:
        named = read_named(file, code="opening.proof", field="proof", fix="give the file of yinxin bid prove")
        identity, k2 = read_proof(named)
        if identity not in places:
            raise InvalidInput(
                f"{file}: no bid that is opened here", code="opening.proof", field="proof",
                fix="give the proof of a live bid, for this lot and envelope",
            )  # fmt: skip
        found.setdefault(places[identity], []).append(k2)
    return found


def keep_draft(here: OpeningHere, record: OpeningRecord) -> None:
    """Keep the draft in the home and leave it on the board for the supervisor."""
    write_atomically(here.folder / "record.json", record.to_bytes())
    here.place.board.post(session_topic(here.tender, here.lot, here.envelope), "draft", record.to_bytes())
    reached("opening-draft")


def _restorable(here: OpeningHere, record: OpeningRecord) -> bool:
    missing = any(bid.fault is not None and bid.fault.kind == "missing_file" for bid in record.bids)
    return missing and here.place.ledger.block.time <= restore_until(here.story, here.lot, here.envelope)


def _data(here: OpeningHere, record: OpeningRecord) -> dict[str, Any]:
    return {
        "opened": True, "tender": here.tender, "lot": here.lot, "envelope": here.envelope, "folder": str(here.folder),
        "keys": hex0x(record.keys), "signed": list(record.signed), "organisations": record.organisations,
        "minimum": record.minimum, "failed": record.failed, "content": hex0x(record.content),
        "bids": [
            {
                "place": bid.place, "outcome": bid.outcome.value,
                "organisation": bid.organisation.name if bid.organisation else None,
                "code": bid.organisation.code if bid.organisation else None,
                "figures": {one.figure.name: one.figure.value for one in bid.figures},
                "fault": bid.fault.kind.value if bid.fault else None,
                "party": bid.fault.kind.party.value if bid.fault else None,
            }
            for bid in record.bids
        ],
    }  # fmt: skip


def show(out: Console, here: OpeningHere, record: OpeningRecord) -> None:
    """What is read out, as a table."""
    table = Table(title=f"开标一览表  {here.tender}/{here.lot}/{here.envelope}", title_justify="left")
    envelope = here.notice.envelope(here.envelope)
    fields = envelope.form if envelope is not None else ()
    for name in ("#", "投标人 bidder", *(field.name for field in fields), "结果 outcome"):
        table.add_column(Text(printable(name)))
    for bid in record.bids:
        values = {one.figure.name: one.figure.value for one in bid.figures}
        words = bid.outcome.value if bid.fault is None else f"{bid.outcome.value}: {bid.fault.kind.value}"
        cells = (str(bid.place), _who(bid), *(values.get(field.name, "") for field in fields), words)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    out.print(table)
    out.print(f"key holders {', '.join(map(str, record.signed))} signed; keys on the board: {hex0x(record.keys)}")
    out.print(f"{record.organisations} organisations, {record.minimum} are needed; opened into {here.folder}")
    if record.failed:
        out.print("the lot fails 流标 when the opening is finished")


def _who(bid: RecordedBid) -> str:
    """Whose bid it is; where nobody is shown to stand behind it, the word for why: no name is taken from a claim."""
    who = bid.organisation
    if who is not None and who.name:
        return who.name
    if bid.fault is not None:
        return f"({bid.fault.kind.value})"
    return f"({who.result if who is not None else bid.outcome.value})"
