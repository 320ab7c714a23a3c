"""``yinxin bid clarify``: the questions of the committee to one's own bid, and the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from chain.cli.bid._place import BidHere, LotOption, Tender, bid_here
from chain.cli.common import emit, printable, state
from chain.cli.tender._common import text_of
from chain.evaluation.report.clarifying import answer, answer_of, questions_of
from chain.evaluation.report.gathering import Scene
from chain.kernel.clock import rfc3339
from chain.kernel.errors import NotFound
from chain.tenders.opening import read_story


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("clarify")(clarify)


def clarify(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    text: Annotated[str, typer.Option("--text", help="your answer to the newest question; public")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="a text file with the answer")] = None,
) -> None:
    """List questions about your bid, or answer the newest one, signed with the bid's own key. 澄清."""
    with bid_here(state(ctx), tender, lot) as here:
        scene = Scene(here.ledger, here.place.board, read_story(here.ledger, tender), here.notice, lot)
        name, place = _place(here, scene)
        if text or file is not None:
            words = text_of(text, file, field="--text")
            made = answer(scene, place, words, here.secret(name))
            emit(
                ctx, {"place": place, "answer": made.text},
                f"[green]✓[/] your answer for place {place} is on the board",
            )  # fmt: skip
            return
        asked = [(digest, one) for digest, one in questions_of(scene) if one.bid == place]
        answers = [answer_of(scene, *one) for one in asked]
    lines, data = [], []
    for (_, one), given in zip(asked, answers, strict=True):
        said = None if given is None else given.text
        lines.append(f"{one.matter}, until 截止 {rfc3339(one.until)}: {one.text}\n   → {said or '–'}")
        data.append({"matter": one.matter, "text": one.text, "until": one.until, "answer": said})
    emit(ctx, {"place": place, "questions": data}, Text(printable("\n".join(lines) or "no questions 无")))


def _place(here: BidHere, scene: Scene) -> tuple[str, int]:
    """Name of the key that acts for the bid, and the bid's place."""
    name, current = here.current
    bid = scene.line.of(current.bidder)
    if bid is None:
        raise NotFound(
            "no bid of this home is in the lot", code="bidding.nothing", field="tender", fix="yinxin bid show"
        )
    return name, bid.place
