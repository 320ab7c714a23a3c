"""``yinxin tender clarify``, ``clarifications``, ``record-clarification``: questions to a bid, and their outcome."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli.common import CANNOT_TELL, YES, emit, printable, state
from chain.cli.tender._evaluating import LotOption, evaluating, scene_of
from chain.cli.tender._opening import AccountOption, Tender
from chain.evaluation.report.clarifying import Matter, ask, matters_of, record_outcome
from chain.evaluation.sheets.clarifying import MATTERS
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput

PlaceArgument = Annotated[int, typer.Argument(help="place of the bid in its lot", min=1, metavar="PLACE")]
MatterOption = Annotated[str, typer.Option("--matter", help=", ".join(MATTERS))]

_PERIOD = re.compile(r"([1-9][0-9]{0,6})([smhd])\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("clarify")(clarify)
    app.command("clarifications")(clarifications)
    app.command("record-clarification")(record)


def clarify(
    ctx: typer.Context,
    tender: Tender,
    place: PlaceArgument,
    text: Annotated[str, typer.Option("--text", help="the question")],
    lot: LotOption = 1,
    matter: MatterOption = "low-price",
    within: Annotated[str, typer.Option("--within", help="time for an answer, such as 2d, 12h, 90s")] = "1d",
    account: AccountOption = "",
) -> None:
    """Ask a bid to explain, such as a price that is abnormally low; the question is on record. 要求澄清."""
    if matter not in MATTERS:
        raise InvalidInput("matter: " + ", ".join(MATTERS), code="clarification.matter", field="--matter")
    length = _PERIOD.match(within)
    if length is None:
        raise InvalidInput(
            f"{within}: no period", code="clarification.within", field="--within", fix="such as 2d, 12h or 90s"
        )
    seconds = int(length[1]) * _SECONDS[length[2]]
    with evaluating(state(ctx), tender, lot) as here:
        asked = ask(here.acts(account), scene_of(here), place, matter, text, seconds)
    emit(
        ctx, {"tender": tender, "lot": lot, "place": place, "question": hex0x(asked[0]), "until": asked[1].until},
        f"[green]✓[/] place {place} is asked, until {rfc3339(asked[1].until)}: {hex0x(asked[0])}",
    )  # fmt: skip


def clarifications(ctx: typer.Context, tender: Tender, lot: LotOption = 1) -> None:
    """Questions to bids, answers, votes and what came of them. 澄清清单."""
    with evaluating(state(ctx), tender, lot) as here:
        found = list(matters_of(scene_of(here)))
    lines = []
    for one in found:
        lines.append(f"{one.question.bid}  {one.question.matter}  → {_decided(one)}\n   {one.question.text}")
        lines.append(f"   → {one.answer.text if one.answer else '–'}  ({len(one.votes)} votes 表决)")
    emit(ctx, {"clarifications": [_data(one) for one in found]}, Text(printable("\n".join(lines) or "none 无")))


def record(
    ctx: typer.Context, tender: Tender, place: PlaceArgument, lot: LotOption = 1, account: AccountOption = ""
) -> None:
    """Put question, answer and votes on record, once more than half of the members agree. Exit 2: not yet. 澄清结论."""
    with evaluating(state(ctx), tender, lot) as here:
        one = record_outcome(lambda: here.acts(account), scene_of(here), place)
    words = f"place {place}: {_decided(one)}; {len(one.votes)} of {one.members} members have voted"
    mark = "[green]✓[/]" if one.recorded is not None else "[yellow]–[/]"
    emit(ctx, _data(one), f"{mark} {words}", YES if one.recorded is not None else CANNOT_TELL)


def _decided(one: Matter) -> str:
    return {True: "accepted 采纳", False: "not accepted 不采纳", None: "undecided 待表决"}[one.decision]


def _data(one: Matter) -> dict[str, Any]:
    return {
        "place": one.question.bid, "matter": one.question.matter, "text": one.question.text,
        "until": one.question.until,
        "question": hex0x(one.digest), "answer": None if one.answer is None else one.answer.text,
        "votes": [{"account": hex0x(vote.account), "accept": vote.accept, "reason": vote.reason} for vote in one.votes],
        "decision": one.decision, "paper": None if one.recorded is None else hex0x(one.recorded),
    }  # fmt: skip
