"""``yinxin tender objections``, ``object``, ``answer-objection``: what somebody objects to, from the opening to the contract."""  # noqa: E501

from __future__ import annotations

from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.cli.tender._after import (
    case_data,
    case_lines,
    cases_of,
    filed_number,
    now_of,
    who_filed,
    window_data,
    window_of,
    window_words,
)
from chain.cli.tender._opening import AccountOption, LotOption, Tender, opening_here
from chain.contracting.award import object_in_time
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import CaseKind
from chain.tenders.opening import Decision
from chain.tenders.opening.finishing import answer_objection

TextOption = Annotated[str, typer.Option("--text", help="what is said, at most 4,000 characters")]
OutcomeOption = Annotated[
    bool | None, typer.Option("--upheld/--rejected", help="is it right? 成立或不成立", show_default=False)
]
StandsOption = Annotated[bool, typer.Option("--stands", help="upheld, and the result stands all the same 结果不变")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("objections")(objections)
    app.command("object")(object_)
    app.command("answer-objection")(answer)


def outcome_of(upheld: bool | None, stands: bool) -> Decision | None:
    """The decision that the options say. Raises InvalidInput."""
    if upheld is None:
        if stands:
            raise InvalidInput("--stands goes with --upheld", code="case.stands", field="--stands", fix="say --upheld")
        return None
    return Decision(upheld, stands or not upheld)


def objections(ctx: typer.Context, tender: Tender, lot: LotOption = 1) -> None:
    """Objections of a lot, with their answers. 异议清单."""
    with opening_here(state(ctx), tender, lot) as here:
        found = [one for one in cases_of(here) if one.case.kind is CaseKind.OBJECTION]
        cases = [case_data(here, one, who_filed(here, one.case.by)) for one in found]
        now = now_of(here)
    lines = [line for one in cases for line in case_lines(one, now)]
    emit(ctx, {"tender": tender, "lot": lot, "objections": cases}, "\n".join(lines) or "no objections")


def object_(
    ctx: typer.Context, tender: Tender, text: TextOption, lot: LotOption = 1, account: AccountOption = ""
) -> None:
    """File an objection, from the opening until the contract, within the period that runs: by a bidder of the lot, or
    officer or supervisor for others. 提出异议."""
    with opening_here(state(ctx), tender, lot) as here:
        acts, ledger = here.acts(account), here.place.ledger
        officer = ledger.is_officer(tender, acts.address)
        digest = object_in_time(acts, here.place.board, here.story, here.lot_place, text, now_of(here), officer)
        here.renew()
        number, left = filed_number(here, digest, acts.address), window_of(here)
    emit(
        ctx, {"tender": tender, "lot": lot, "number": number, "paper": hex0x(digest), "window": window_data(left)},
        f"[green]✓[/] objection {number} is filed; its paper is {hex0x(digest)}\n  more {window_words(left)}",
    )  # fmt: skip


def answer(
    ctx: typer.Context,
    tender: Tender,
    number: Annotated[int, typer.Argument(help="number of the objection", min=1)],
    text: TextOption,
    lot: LotOption = 1,
    upheld: OutcomeOption = None,
    stands: StandsOption = False,
    account: AccountOption = "",
) -> None:
    """Answer an objection, as the officer; one to candidates or award with --upheld or --rejected. 答复异议."""
    outcome = outcome_of(upheld, stands)
    with opening_here(state(ctx), tender, lot) as here:
        digest = answer_objection(
            here.acts(account), here.place.board, here.story, here.lot_place, number, text, outcome
        )
    words = f"[green]✓[/] objection {number} is answered; its paper is {hex0x(digest)}"
    if outcome is not None and not outcome.stands:
        words += f"\n  the result does not stand: yinxin tender cases {tender} --lot {lot} tells what comes next"
    emit(ctx, {"tender": tender, "lot": lot, "number": number, "paper": hex0x(digest)}, words)
