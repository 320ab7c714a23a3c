"""``yinxin keyholder draw``: a key holder's share in a draw of experts, a tie or a float point."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chain.cli.common import emit, one_line, state
from chain.cli.keyholder._desk import ask_to_sign, key_desk, one_voice
from chain.evaluation.committee.signing import ReadyDraw, prepare_draws, send_share
from chain.kernel.clock import system_clock
from chain.kernel.encoding import hex0x, sha256

_WHAT = {
    "draw": "a draw of experts 抽取评标专家",
    "tie": "the order of equal bids 同分投标的次序",
    "float": "the float point of the reference price 评标基准价浮动点",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("draw")(draw)


def draw(
    ctx: typer.Context,
    tender: Annotated[int, typer.Argument(min=1, help="number of the tender")],
    lot: Annotated[int, typer.Option(min=1, help="number of the lot 标段")] = 1,
    kind: Annotated[
        str, typer.Option(help="draw: experts 专家; tie: equal bids; float: the float point 浮动点")
    ] = "draw",
    yes: Annotated[bool, typer.Option("--yes", help="sign without asking")] = False,
) -> None:
    """Sign your share in a draw 抽取签名: the one that is next, and counts by the rules. Nothing is drawn early."""
    current = state(ctx)
    with key_desk(ctx) as desk:
        warning = one_voice(desk)
        ready = prepare_draws(desk.ledger, desk.board, desk.store, system_clock, tender, lot, kind)
        said = warning + "\n".join(draw_words(one) for one in ready)
        if not yes:
            ask_to_sign(current, said)
        made = [send_share(desk.board, one) for one in ready]
    emit(
        ctx,
        {
            "oneEndpoint": bool(warning),
            "draws": [
                {**draw_data(one), "share": hex0x(sha256(share.to_bytes()))}
                for one, share in zip(ready, made, strict=True)
            ],
        },
        (said + "\n" if yes else "") + f"[green]✓[/] signed 已签名: {len(made)} share(s) on the board",
    )


def draw_data(ready: ReadyDraw) -> dict[str, Any]:
    """What is signed, as plain data."""
    seats, reasons = ready.seats, ready.reasons
    return {
        "tender": ready.tender, "title": {"zh": ready.title.zh, "en": ready.title.en}, "lot": ready.lot,
        "lotTitle": {"zh": ready.lot_title.zh, "en": ready.lot_title.en}, "kind": ready.kind,
        "counter": ready.counter, "subject": hex0x(ready.subject),
        "seats": {one.specialty: one.seats for one in seats.quotas} if seats else None,
        "excluded": len(seats.excluded) if seats else None,
        "replaced": [{"place": one.place, "reason": one.reason} for one in reasons.replaced] if reasons else [],
        "places": list(ready.places), "floats": list(ready.floats), "ceremony": ready.ceremony,
        "keyHolder": ready.key_holder,
    }  # fmt: skip


def draw_words(ready: ReadyDraw) -> str:
    """The same for people, in both languages: what the key holder puts a name to."""
    lines = [
        f"You sign for {_WHAT[ready.kind]}:",
        f"  tender 项目      {ready.tender}  {one_line(ready.title.zh)} / {one_line(ready.title.en)}",
        f"  lot 标段         {ready.lot}  {one_line(ready.lot_title.zh)} / {one_line(ready.lot_title.en)}",
        f"  number 序号      {ready.counter}",
        f"  subject 标的     {hex0x(ready.subject)}",
    ]
    if ready.seats is not None and ready.reasons is not None:
        wanted = ", ".join(f"{one.seats} × {one_line(one.specialty)}" for one in ready.seats.quotas)
        rules = [one.rule.value for one in ready.reasons.excluded]
        counted = ", ".join(f"{rules.count(rule)} {rule}" for rule in dict.fromkeys(rules)) or "nobody"
        lines += [f"  seats 名额       {wanted}", f"  excluded 回避    {counted}"]
        lines += [
            f"  replaces 更换    place {one.place}: {one_line(one.reason)}" for one in ready.reasons.replaced
        ]  # fmt: skip
    if ready.places:
        lines.append(f"  bids 投标        at places {', '.join(map(str, ready.places))}")
    if ready.floats:
        lines.append(f"  one of 备选      {', '.join(ready.floats)} percent")
    lines.append(f"  as 身份          key holder {ready.key_holder} of ceremony {ready.ceremony}")
    return "\n".join(lines)
