"""``yinxin bid start``, ``show``, ``recovery-kit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.bid._place import BidHere, LotOption, Tender, bid_here
from chain.cli.common import emit, one_line, state
from chain.credentials.verification import Result
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x, unb64url, unhex0x
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.tenders.bidding import BidPlace, Finding
from chain.tenders.bidding.completeness import Lack, lacks
from chain.tenders.bidding.draft import Draft, blank
from chain.tenders.bidding.folder import BidKeys
from chain.tenders.bidding.guarantee import ends_too_early
from chain.tenders.bidding.kept import RecoveryKit
from chain.tenders.notice import Notice


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("start")(start)
    app.command("show")(show)
    app.command("recovery-kit")(recovery_kit)


def start(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
) -> None:
    """Make fresh keys and a working folder for one lot, with everything that must be filled in. 开始投标."""
    with bid_here(state(ctx), tender, lot) as here:
        notice = here.notice
        if not here.folder.exists:
            names = (f"bid-{tender}-{lot}", f"bid-{tender}-{lot}-recovery")
            for name in names:
                if not here.place.keys.has(name):
                    here.place.keys.create(name, "account")
            reached("bid-keys")
            bidder, recovery = (unhex0x(here.place.keys.card(name).public, size=20) for name in names)
            place = BidPlace(notice.genesis, notice.book, tender, lot, bidder, recovery)
            _ = here.papers
            here.folder.start(BidKeys(place, ((names[0], bidder),), names[1]))
        file = here.folder.path / "draft.json"
        if not file.exists():
            write_atomically(file, blank(notice, lot))
        data, text = _standing(here)
        emit(ctx, data, f"[green]✓[/] working folder {here.folder.path}; fill in {file.name}\n{text}")


def show(ctx: typer.Context, tender: Tender, lot: LotOption = 1) -> None:
    """Where a bid stands: on the ledger, in the working folder, and what is still missing. 投标状态与清单."""
    with bid_here(state(ctx), tender, lot) as here:
        data, text = _standing(here)
        emit(ctx, data, text)


def recovery_kit(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="file to write; keep it in the company's account, away from this home")],
    tender: Tender,
    lot: LotOption = 1,
    to: Annotated[
        str, typer.Option(help="X25519 key of the company's papers, base64url; this home's own if not given")
    ] = "",
) -> None:
    """Write the recovery key, encrypted: with it the bid is withdrawn or moved if this home is lost. 恢复包."""
    if file.exists():
        raise Conflict(f"{file} exists", code="bidding.exists", field="file", fix="choose another name")
    with bid_here(state(ctx), tender, lot) as here:
        keys = here.folder.keys
        target = unb64url(to, field="to") if to else here.papers
        if len(target) != 32:
            raise InvalidInput("to: 32 bytes as base64url", code="bidding.papers", field="to", fix="yinxin keys list")
        write_atomically(file, RecoveryKit(keys.place, here.secret(keys.recovery)).sealed(target))
    emit(
        ctx, {"file": str(file)},
        f"[green]✓[/] {file}: whoever opens it may withdraw or move this bid until the deadline, not read it",
    )  # fmt: skip


def _standing(here: BidHere) -> tuple[dict[str, Any], str]:
    """Where the bid stands, as data and words."""
    notice, ledger = here.notice, here.ledger
    tender = ledger.tender(here.tender)
    assert tender is not None
    _, place = here.current
    entry = ledger.entry(here.tender, here.lot, place.bidder)
    draft = here.folder.draft()
    missing = [*lacks(draft, notice), *_outrun(draft, notice, tender.deadline)]
    statement = here.folder.statement
    unsigned = ["?"] if statement is None else list(statement.missing)
    data: dict[str, Any] = {
        "folder": str(here.folder.path),
        "tender": here.tender,
        "lot": here.lot,
        "notice": notice.number,
        "deadline": tender.deadline,
        "block": {"number": ledger.block.number, "time": ledger.block.time},
        "bidder": hex0x(place.bidder),
        "recovery": hex0x(place.recovery),
        "live": entry.live,
        "version": entry.version,
        "place": entry.place,
        "sealed": list(here.folder.versions()),
        "unsigned": [] if statement is not None and not statement.missing else unsigned,
        "missing": [lack.as_dict() for lack in missing],
    }
    live = f"live, version {entry.version}, place {entry.place}" if entry.live else "no live bid"
    said = ["statement: signed" if not data["unsigned"] else "statement: not complete; yinxin bid state"]
    said += [f"  {_mark(lack)} {lack.field}: {lack.message} {lack.message_zh}" for lack in missing]
    said += [f"  · {one.name}: {one.label.in_('zh')} {one.label.in_('en')}" for one in notice.qualification]
    text = (
        f"{one_line(notice.title.in_('zh'))} {one_line(notice.title.in_('en'))}, lot {here.lot}: {live}\n"
        f"deadline {rfc3339(tender.deadline)}, ledger's clock {rfc3339(ledger.block.time)}\n"
    )
    return data, text + "\n".join(said)


def _outrun(draft: Draft, notice: Notice, deadline: int) -> list[Lack]:
    """What to do where an extension of the deadline outran the guarantee, sealed or not."""
    file = draft.guarantee
    try:
        if file is None or not file.is_file() or not ends_too_early(file, notice, deadline):
            return []
    except InvalidInput as error:
        return [Lack("guarantee", error.message, "投标保函无法读取")]
    finding = Finding(Result.INVALID, "guarantee.ends")
    words = "get a longer one from the bank, then yinxin bid seal and yinxin bid replace"
    return [Lack("guarantee", f"{finding.detail()} {words}", f"{finding.detail('zh')}请换保函后重新加密并替换投标。")]


def _mark(lack: Lack) -> str:
    return "✗" if lack.blocking else "!"
