"""``yinxin expert sheet``, ``commit``, ``reveal``: judge the bids, unseen by the others until all have judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from chain.cli.common import NO, emit, printable, state
from chain.cli.expert._keys import account_key, expert_home, known_keys
from chain.cli.tender._evaluating import LotOption, RoundOption, evaluating, scene_of
from chain.cli.tender._opening import OpeningHere
from chain.evaluation.report.computing import members_look_at
from chain.evaluation.report.screening import figures_of
from chain.evaluation.sheets.acts import Round, commit_sheet, reveal_sheet, round_of
from chain.evaluation.sheets.draft import read_draft, write_draft
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import write_atomically
from chain.tenders.opening import OpeningRecord
from chain.tenders.opening.finishing import standing_record

Tender = Annotated[int, typer.Argument(help="number of the tender", min=1, metavar="N")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sheet")(sheet)
    app.command("commit")(commit)
    app.command("reveal")(reveal)


def sheet(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    out: Annotated[Path, typer.Option("-o", "--out", help="file to write; must not exist")] = Path("sheet.toml"),
    round_: RoundOption = 0,
) -> None:
    """Write a draft of your score sheet 评审表 to fill in: every bid that the committee judges."""
    expert_home(state(ctx))
    if out.exists():
        raise Conflict(f"{out} exists", code="sheet.file", field="--out", fix="choose another name")
    with evaluating(state(ctx), tender, lot) as here:
        record = _record(here)
        places = members_look_at(record, here.notice)
        at = _round(here, round_)
        shown = {bid.place: figures_of(bid) for bid in record.bids}
        write_atomically(out, write_draft(here.notice, lot, at.number, places, shown).encode("utf-8"))
    emit(
        ctx, {"file": str(out), "round": at.number, "places": list(places)},
        f"[green]✓[/] {out}: fill it in, then yinxin expert commit {tender} {out} --lot {lot}",
    )  # fmt: skip


def commit(
    ctx: typer.Context,
    tender: Tender,
    file: Annotated[Path, typer.Argument(help="the sheet, filled in (yinxin expert sheet)")],
    lot: LotOption = 1,
) -> None:
    """Check the sheet, sign it, leave the commitment; the sheet itself stays here. Exit 1: faults. 提交承诺."""
    home = expert_home(state(ctx))
    with evaluating(state(ctx), tender, lot) as here:
        account, _ = known_keys(here.place, tender)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{file}: no readable text", code="sheet.draft", field="file") from error
        draft = read_draft(text, here.notice, lot, members_look_at(_record(here), here.notice))
        if draft.faults:
            data = [{"field": one.field, "en": one.message, "zh": one.message_zh} for one in draft.faults]
            words = "\n".join(f"✗ {one.field}: {one.message} {one.message_zh}" for one in draft.faults)
            emit(ctx, {"committed": False, "faults": data}, Text(printable(words)), NO)
            return
        at = _round(here, draft.round)
        key = bytes(here.place.keys.account(account_key(tender)).key)
        made = commit_sheet(here.place.board, home / "sheets", here.lot_place, at, account, key, draft.bids)
    emit(
        ctx, {"committed": True, "round": at.number, "sheet": hex0x(made.sheet), "faults": []},
        f"[green]✓[/] you have committed to the sheet {hex0x(made.sheet)}; it cannot be changed 承诺后不得更改",
    )  # fmt: skip


def reveal(ctx: typer.Context, tender: Tender, lot: LotOption = 1, round_: RoundOption = 0) -> None:
    """Show your sheet, once the commitments of all members stand on the ledger. 公开评审表."""
    home = expert_home(state(ctx))
    with evaluating(state(ctx), tender, lot) as here:
        account, _ = known_keys(here.place, tender)
        at = _round(here, round_)
        shown = reveal_sheet(here.place.board, home / "sheets", here.lot_place, at, account)
    emit(
        ctx, {"shown": True, "round": at.number, "sheet": hex0x(shown.digest)},
        f"[green]✓[/] your sheet of round {at.number} is on the board: {hex0x(shown.digest)}",
    )  # fmt: skip


def _record(here: OpeningHere) -> OpeningRecord:
    found = standing_record(here.place.board, here.story, here.lot, 1)
    if found is None:
        raise NotFound(
            "there is no opening record to be had", code="evaluation.record", field="lot",
            fix="wait for the officer's yinxin tender finish-opening",
        )  # fmt: skip
    return found


def _round(here: OpeningHere, number: int) -> Round:
    scene = scene_of(here)
    return round_of(scene.ledger, scene.board, scene.story, scene.notice, here.lot, number or None)
