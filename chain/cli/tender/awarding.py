"""``yinxin tender award``: the award after the standstill, to the first candidate or with reasons to another."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chain.cli.common import emit, one_line, state
from chain.cli.tender._after import line_of, now_of, window_of, window_words
from chain.cli.tender._opening import AccountOption, LotOption, OpeningHere, Tender, opening_here
from chain.contracting.award import Award, Ground, Reason, award_lot, standing_award, standing_candidates
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("award")(award)


def award(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    rank: Annotated[int, typer.Option(help="rank of the candidate 第几中标候选人", min=1)] = 1,
    ground: Annotated[
        list[Ground] | None, typer.Option(help="why a candidate before is passed over; once for each of them")
    ] = None,
    reason: Annotated[list[str] | None, typer.Option(help="the same in words; as often as --ground")] = None,
    case: Annotated[int, typer.Option(help="number of the case that shows it", min=0)] = 0,
    account: AccountOption = "",
) -> None:
    """Award the lot after the standstill, once every case is answered; run again, nothing happens twice. 定标.

    A candidate other than the first needs --ground and --reason for each one before it. After an award that came to
    nothing the same command awards the next candidate, and the complaint period begins anew.
    """
    if len(ground or ()) != len(reason or ()):
        raise InvalidInput(
            "each --ground goes with one --reason", code="award.reason", field="--reason", fix="give as many of both"
        )
    with opening_here(state(ctx), tender, lot) as here:
        given = _given(here, rank, ground or [], reason or [], case or None)
        acts, board = here.acts(account), here.place.board
        digest, paper = award_lot(acts, board, here.story, here.lot_place, rank, given, now_of(here))
        here.renew()
        left = window_of(here)
    data: dict[str, Any] = {"tender": tender, "lot": lot, "award": hex0x(digest), **_data(paper)}
    emit(
        ctx, data,
        f"[green]✓[/] lot {lot} is awarded 中标: {one_line(paper.organisation.name)}, {paper.price}\n"
        f"  award {paper.number}, {hex0x(digest)}\n  complaints {window_words(left)}",
    )  # fmt: skip


def _given(here: OpeningHere, rank: int, grounds: list[Ground], texts: list[str], case: int | None) -> list[Reason]:
    """Reasons for those passed over, in the order of ranks; what the last award says of some is not asked again."""
    if not grounds:
        return []
    line, board = line_of(here), here.place.board
    passed = [one.rank for one in standing_candidates(board, line, here.lot_place).candidates if one.rank < rank]
    last = standing_award(board, line, here.lot_place)
    told = [one.rank for one in last.reasons] if last is not None else []
    asked = passed if len(grounds) == len(passed) else [number for number in passed if number not in told]
    if len(asked) != len(grounds):
        raise InvalidInput(
            f"{len(asked)} candidates are passed over, {len(grounds)} reasons are given", code="award.reason",
            field="--reason", fix="one --ground and --reason for each candidate before the one awarded",
        )  # fmt: skip
    return [Reason(number, why, text, case) for number, why, text in zip(asked, grounds, texts, strict=True)]


def _data(paper: Award) -> dict[str, Any]:
    return {
        "number": paper.number, "rank": paper.rank, "place": paper.place, "organisation": paper.organisation.as_dict(),
        "price": {"amount": f"{paper.price.amount:.2f}", "currency": paper.price.currency},
        "reasons": [one.as_dict() for one in paper.reasons],
    }  # fmt: skip
