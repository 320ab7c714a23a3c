"""``yinxin tender objections``, ``object``, ``answer-objection``: what somebody objects to, and answers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chain.cli.common import emit, state
from chain.cli.tender._opening import AccountOption, LotOption, OpeningHere, Tender, opening_here
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.tender_facts import CaseKind
from chain.tenders.opening import Objection, ObjectionAnswer
from chain.tenders.opening.finishing import answer_objection, object_to
from chain.tenders.story import Case

TextOption = Annotated[str, typer.Option("--text", help="what is said, at most 4,000 characters")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("objections")(objections)
    app.command("object")(object_)
    app.command("answer-objection")(answer)


def objections(ctx: typer.Context, tender: Tender, lot: LotOption = 1) -> None:
    """Objections of a lot, with their answers. 异议清单."""
    with opening_here(state(ctx), tender, lot) as here:
        cases = [_shown(here, case) for case in here.story.lots[lot].cases if case.kind is CaseKind.OBJECTION]
    lines = []
    for one in cases:
        lines.append(
            f"[bold]{one['number']}[/]  {one['by']}  {rfc3339(one['at'])}\n   {one['text'] or '(paper missing)'}"
        )
        lines.append(f"   → {one['answerText'] or one['answer'] or 'waits for an answer'}")
    emit(ctx, {"tender": tender, "lot": lot, "objections": cases}, "\n".join(lines) or "no objections")


def object_(
    ctx: typer.Context, tender: Tender, text: TextOption, lot: LotOption = 1, account: AccountOption = ""
) -> None:
    """File an objection: by a bidder of the lot, or officer or supervisor for others. 提出异议."""
    with opening_here(state(ctx), tender, lot) as here:
        digest = object_to(here.acts(account), here.place.board, here.lot_place, text)
        here.renew()
        mine = [case for case in here.story.lots[lot].cases if case.digest == digest]
    number = mine[-1].number if mine else None
    emit(
        ctx, {"tender": tender, "lot": lot, "number": number, "paper": hex0x(digest)},
        f"[green]✓[/] objection {number} is filed; its paper is {hex0x(digest)}",
    )  # fmt: skip


def answer(
    ctx: typer.Context,
    tender: Tender,
    number: Annotated[int, typer.Argument(help="number of the objection", min=1)],
    text: TextOption,
    lot: LotOption = 1,
    account: AccountOption = "",
) -> None:
    """Answer an objection, as the officer. 答复异议."""
    with opening_here(state(ctx), tender, lot) as here:
        digest = answer_objection(here.acts(account), here.place.board, here.story, here.lot_place, number, text)
    emit(
        ctx, {"tender": tender, "lot": lot, "number": number, "paper": hex0x(digest)},
        f"[green]✓[/] objection {number} is answered; its paper is {hex0x(digest)}",
    )  # fmt: skip


def _shown(here: OpeningHere, case: Case) -> dict[str, Any]:
    def text(digest: bytes | None, form: type[Objection] | type[ObjectionAnswer]) -> str | None:
        try:
            return None if digest is None else form.from_bytes(here.place.board.get(digest)).text
        except (NotFound, InvalidInput):
            return None

    return {
        "number": case.number, "by": hex0x(case.by), "at": case.filed.block.time, "paper": hex0x(case.digest),
        "text": text(case.digest, Objection), "answer": None if case.answer is None else hex0x(case.answer),
        "answerText": text(case.answer, ObjectionAnswer),
    }  # fmt: skip
