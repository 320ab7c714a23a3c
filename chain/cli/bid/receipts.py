"""``yinxin bid receipt`` and ``verify-receipt``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.bid._place import BidHere, LotOption, Tender, bid_here
from chain.cli.bid._receipt import hash_on, make_receipt, page_of
from chain.cli.common import CANNOT_TELL, NO, YES, State, emit, read_named, state
from chain.credentials.verification import Result
from chain.kernel.errors import Conflict, NotFound
from chain.kernel.home import write_atomically
from chain.ledger.connection import open_ledger
from chain.ledger.tenders import ReceiptProofs
from chain.ledger.trustroot import TrustRoot
from chain.tenders.bidding.acts import SignedAct, read_act
from chain.tenders.bidding.receipt import ReceiptCheck, read_receipt, verify_receipt

_CODES = {Result.VALID: YES, Result.INVALID: NO}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("receipt")(receipt)
    app.command("verify-receipt")(check)


def receipt(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    version: Annotated[int | None, typer.Option(help="of the act; the last that was accepted if not given")] = None,
    out: Annotated[Path | None, typer.Option(help="where the receipt (JSON) goes, besides the working folder")] = None,
    pdf: Annotated[Path | None, typer.Option(help="the receipt on one page, the JSON attached")] = None,
) -> None:
    """The receipt of a submission, withdrawal or move; asks witnesses again if none had signed. 投标回执."""
    current = state(ctx)
    for file in (out, pdf):
        if file is not None and file.exists():
            raise Conflict(f"{file} exists", code="bidding.exists", field="file", fix="choose another name")
    with bid_here(current, tender, lot) as here:
        signed, file = _accepted(here, version)
        if not file.is_file() or read_receipt(file.read_bytes()).evidence.checkpoint is None:
            event = signed.carried_out(here.ledger.tender_events(tender))
            assert event is not None
            make_receipt(here, signed, event, file)
        data = file.read_bytes()
        found = verify_receipt(
            data, ReceiptProofs(here.place.connection.trust_root), block_on_ledger=hash_on(here.place.connection)
        )
        title = here.notice.title
    if pdf is not None and found.event is not None:
        from chain.rendering.bid_receipt import draw_receipt  # slow to load

        fonts = current.home.settings.paper.fonts
        write_atomically(pdf, draw_receipt(page_of(data, found, (title.zh, title.en), fonts)), mode=0o644)
    if out is not None:
        write_atomically(out, data, mode=0o644)
    shown = [str(one) for one in (file, out, pdf) if one is not None]
    _say(ctx, found, {"files": shown}, "\n".join(f"  {one}" for one in shown))


def check(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="a receipt (JSON)")],
    ledger: Annotated[
        bool, typer.Option("--ledger", help="ask this home's ledger for the block where witnesses do not vouch for it")
    ] = False,
) -> None:
    """Check a receipt against the pinned trust root, offline. Exit 1: it is wrong; 2: could not tell. 核验回执."""
    data = read_named(file, code="bidding.file", field="file", fix="name the file")
    current: State = state(ctx)
    root = TrustRoot.load(current.home.resolve(current.home.settings.ledger.trust_root))
    if not ledger:
        found = verify_receipt(data, ReceiptProofs(root))
    else:
        connection = open_ledger(current.home)
        try:
            found = verify_receipt(data, ReceiptProofs(root), block_on_ledger=hash_on(connection))
        finally:
            connection.close()
    _say(ctx, found, {}, "")


def _say(ctx: typer.Context, found: ReceiptCheck, more: dict[str, Any], text: str) -> None:
    words = "\n".join(f"  {step.result:<8} {step.name:<10} {step.detail('zh')} {step.detail()}" for step in found.steps)
    code = _CODES.get(found.result, CANNOT_TELL)
    emit(ctx, found.as_dict() | more, f"[bold]{found.result}[/]\n{words}\n{text}".rstrip(), code)


def _accepted(here: BidHere, version: int | None) -> tuple[SignedAct, Path]:
    """The act that was accepted, and where its receipt lies."""
    _, place = here.current
    number = here.ledger.entry(here.tender, here.lot, place.bidder).version if version is None else version
    events = here.ledger.tender_events(here.tender)
    act = here.folder.version(number).act
    if act is not None and act.carried_out(events) is not None:
        return act, here.folder.version(number).receipt
    file = here.folder.act_file(number)
    if file.is_file():
        other = read_act(file.read_bytes())
        if other.carried_out(events) is not None:
            return other, here.folder.act_receipt(number)
    raise NotFound(
        f"nothing of version {number} was accepted from this home", code="bidding.receipt", field="version",
        fix="yinxin bid show",
    )  # fmt: skip
