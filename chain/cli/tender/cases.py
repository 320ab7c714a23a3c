"""``yinxin tender cases``, ``complain`` and ``decide-complaint``: what was filed, with clocks; complaints 投诉."""

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
    shaken_numbers,
    who_filed,
    window_data,
    window_of,
    window_words,
)
from chain.cli.tender._opening import AccountOption, LotOption, Tender, opening_here
from chain.cli.tender.objections import OutcomeOption, StandsOption, TextOption, outcome_of
from chain.contracting.award import Complaint, complain, decide
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("cases")(cases)
    app.command("complain")(complain_)
    app.command("decide-complaint")(decide_)


def cases(ctx: typer.Context, tender: Tender, lot: LotOption = 1) -> None:
    """Objections and complaints of a lot: who filed what when, answered or due when, and how long more may be filed.

    异议与投诉清单。
    """
    with opening_here(state(ctx), tender, lot) as here:
        found = [case_data(here, one, who_filed(here, one.case.by)) for one in cases_of(here)]
        now, left, upheld = now_of(here), window_of(here), shaken_numbers(here)
        awarded = bool(here.story.lots[lot].awards)
    lines = [line for one in found for line in case_lines(one, now)] or ["no cases 无异议、投诉"]
    for number in upheld:
        step = "award another candidate" if awarded else "evaluate again and name candidates anew"
        lines.append(f"[yellow]![/] case {number} was upheld and the result does not stand: {step}")
    lines.append(window_words(left))
    data = {"tender": tender, "lot": lot, "cases": found, "window": window_data(left), "toReconsider": upheld}
    emit(ctx, data, "\n".join(lines))


def complain_(
    ctx: typer.Context,
    tender: Tender,
    text: TextOption,
    lot: LotOption = 1,
    objection: Annotated[
        int | None, typer.Option("--objection", help="your objection before it; needed before the award", min=1)
    ] = None,
    account: AccountOption = "",
) -> None:
    """File a complaint, which the supervisor decides: by a bidder of the lot, within the period that runs. 提出投诉."""
    with opening_here(state(ctx), tender, lot) as here:
        acts, ledger = here.acts(account), here.place.ledger
        paper = Complaint(here.lot_place, objection, text)
        officer = ledger.is_officer(tender, acts.address)
        digest = complain(acts, here.place.board, here.story, paper, now_of(here), officer=officer)
        here.renew()
        number, left = filed_number(here, digest, acts.address), window_of(here)
    emit(
        ctx, {"tender": tender, "lot": lot, "number": number, "paper": hex0x(digest), "window": window_data(left)},
        f"[green]✓[/] complaint {number} is filed; its paper is {hex0x(digest)}\n"
        "  award and contract wait until the supervisor has decided",
    )  # fmt: skip


def decide_(
    ctx: typer.Context,
    tender: Tender,
    number: Annotated[int, typer.Argument(help="number of the complaint", min=1)],
    text: TextOption,
    lot: LotOption = 1,
    upheld: OutcomeOption = None,
    stands: StandsOption = False,
    account: AccountOption = "",
) -> None:
    """Decide a complaint, as the supervisor. 处理投诉."""
    outcome = outcome_of(upheld, stands)
    if outcome is None:
        raise InvalidInput(
            "is it right or not?", code="complaint.decision", field="--upheld", fix="say --upheld or --rejected"
        )
    with opening_here(state(ctx), tender, lot) as here:
        digest = decide(here.acts(account), here.place.board, here.story, here.lot_place, number, outcome, text)
    data = {"tender": tender, "lot": lot, "number": number, "paper": hex0x(digest), **outcome.as_dict()}
    words = "upheld 成立" if outcome.upheld else "rejected 不成立"
    emit(ctx, data, f"[green]✓[/] complaint {number} is decided: {words}; its paper is {hex0x(digest)}")
