"""``yinxin tender candidates`` and ``fail``: who is named, or why nobody is."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chain.cli.common import emit, printable, state
from chain.cli.tender._evaluating import CaseOption, LotOption, ReasonOption, evaluating, scene_of
from chain.cli.tender._opening import AccountOption, Tender
from chain.evaluation.report.acts import fail_lot, name_candidates
from chain.evaluation.report.candidates import Candidates
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("candidates")(candidates)
    app.command("fail")(fail)


def candidates(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    account: AccountOption = "",
    reason: ReasonOption = "",
    case: CaseOption = 0,
) -> None:
    """Name the candidates that follow from the newest report; anew after a new one, with its reason. 中标候选人公示."""
    with evaluating(state(ctx), tender, lot) as here:
        digest, named = name_candidates(here.acts(account), scene_of(here), reason or None, case or None)
    data = {
        "tender": tender, "lot": lot, "number": named.number, "paper": hex0x(digest),
        "evaluation": hex0x(named.evaluation), "reason": named.reason, "case": named.case,
        "candidates": [one.as_dict() for one in named.candidates],
    }  # fmt: skip
    emit(ctx, data, lambda out: _show(out, named))


def fail(
    ctx: typer.Context,
    tender: Tender,
    reason: Annotated[list[str], typer.Option("--reason", help="why; may be repeated 理由")],
    lot: LotOption = 1,
    account: AccountOption = "",
    case: CaseOption = 0,
    although_valid: Annotated[
        bool, typer.Option("--although-valid", help="although there is no report, or one that leaves valid bids")
    ] = False,
) -> None:
    """Let the lot fail 流标 because no valid bid is left, or for other reasons before the award."""
    with evaluating(state(ctx), tender, lot) as here:
        if not all(one.strip() for one in reason):
            raise InvalidInput("a reason is empty", code="fail.reason", field="--reason", fix="say why")
        digest, paper = fail_lot(
            here.acts(account), scene_of(here), tuple(reason), case or None, although_valid=although_valid
        )  # fmt: skip
    emit(
        ctx, {"tender": tender, "lot": lot, "failed": True, "paper": hex0x(digest), "valid": paper.valid},
        f"[green]✓[/] lot {lot} has failed 流标; the reasons are {hex0x(digest)}",
    )  # fmt: skip


def _show(out: Console, named: Candidates) -> None:
    table = Table(
        title=f"中标候选人 candidates  {named.lot_place.tender}/{named.lot_place.lot}/{named.number}",
        title_justify="left",
    )
    for head in ("名次 rank", "# place", "投标人 bidder", "报价 price", "总分 total"):
        table.add_column(head)
    for one in named.candidates:
        who = one.name or f"({one.code or '?'})"
        cells = (str(one.rank), str(one.place), who, str(one.price), "" if one.total is None else f"{one.total:f}")
        table.add_row(*(Text(printable(cell)) for cell in cells))
    out.print(table)
    if named.reason is not None:
        out.print(Text(printable(f"anew 重新公示: {named.reason}")))
    out.print("objections may be filed until the standstill is over 公示期内可提异议")
