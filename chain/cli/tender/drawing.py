"""``yinxin tender draw``, ``tie`` and ``drawn``: what is to be drawn, and what came of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.common import CANNOT_TELL, YES, emit, one_line, progress, state
from chain.cli.tender._lines import exclusions_of, kept_lines, places_of, quotas_of
from chain.cli.tender._opening import AccountOption, LotOption, OpeningHere, Tender, WaitOption, opening_here
from chain.evaluation.committee import (
    Drawn,
    DrawReasons,
    FloatPointDrawn,
    TieDrawn,
    Turn,
    draws_of,
    float_point_of,
    pool_on_record,
)
from chain.evaluation.committee.completing import float_of, record_draw, record_result, record_tie, result_of
from chain.evaluation.committee.planning import place_lines, plan_draw
from chain.evaluation.committee.shares import ShareBox, draws_topic
from chain.evaluation.committee.signing import KINDS, waiting
from chain.evaluation.committee.standing import float_message, may_draw_float
from chain.evaluation.draw import Seats
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import Message
from chain.tenders.holding import opening_key

_PAUSE = 0.5
Kind = Annotated[str, typer.Option("--kind", help="draw, tie, or float for the float point 浮动点")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("draw")(draw)
    app.command("tie")(tie)
    app.command("drawn")(drawn)


def draw(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    seat: Annotated[
        list[str] | None, typer.Option(help="SPECIALTY=HOW MANY; may be repeated; of a replacement the same ones")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="PLACE=employer, =absent, or =the declared conflict in public words")
    ] = None,
    replace: Annotated[
        list[str] | None, typer.Option(help="PLACE=REASON: who sits there does not evaluate; public words")
    ] = None,
    lines: Annotated[list[Path] | None, typer.Option(help="experts' lines besides those of this home")] = None,
    account: AccountOption = "",
) -> None:
    """Put a draw of experts 抽取专家 on record, with everybody who is excluded, before any seed can be known.

    Excluded are by rule: accounts with another part in the tender, employers that bid, whoever was drawn before.
    """
    with opening_here(state(ctx), tender, lot) as here:
        story, notice, place = here.story, here.notice, here.place
        known = place_lines(pool_on_record(place.board, story)[1], kept_lines(place, tender, lines or []))
        made = plan_draw(
            place.ledger, place.board, story, notice, lot, quotas=quotas_of(seat or []),
            exclude=exclusions_of(exclude or []), replace=places_of(replace or [], "--replace"), lines=known,
        )  # fmt: skip
        if not isinstance(made, Turn):
            seats, reasons = made
            record_draw(here.acts(account), place.board, seats, reasons)
            here.renew()
            turn = draws_of(place.ledger, place.board, here.story, notice, lot).turns[-1]
            if turn.digest != seats.subject() or turn.fault:
                raise Refused(f"the draw does not count: {turn.fault or 'another one came first'}", code="draw.fault")
        else:
            assert made.seats is not None  # of a draw that counts
            assert made.reasons is not None
            turn, seats, reasons = made, made.seats, made.reasons
    data = {
        "tender": tender, "lot": lot, "counter": turn.counter, "draw": hex0x(turn.digest), "new": turn is not made,
        "waits": turn.result is None, **_plan(seats, reasons),
    }  # fmt: skip
    emit(
        ctx, data,
        f"[green]✓[/] draw {turn.counter} stands on the ledger: {hex0x(turn.digest)}\n"
        f"  {_seats_words(seats)}; excluded 回避 {len(seats.excluded)}, replaced 更换 {len(reasons.replaced)}\n"
        f"  key holders now run: yinxin keyholder draw {tender} --lot {lot}",
    )  # fmt: skip


def tie(
    ctx: typer.Context,
    tender: Tender,
    place: Annotated[list[int], typer.Argument(help="places of the equal bids", min=1)],
    lot: LotOption = 1,
    account: AccountOption = "",
) -> None:
    """Put equal bids on record, to be parted by a draw 抽签. The same bids are parted once."""
    with opening_here(state(ctx), tender, lot) as here:
        digest = record_tie(here.acts(account), here.place.board, here.story, lot, tuple(place))
    emit(
        ctx, {"tender": tender, "lot": lot, "tie": hex0x(digest), "places": sorted(place)},
        f"[green]✓[/] the tie stands on the ledger: {hex0x(digest)}\n"
        f"  key holders now run: yinxin keyholder draw {tender} --lot {lot} --kind tie",
    )  # fmt: skip


def drawn(
    ctx: typer.Context, tender: Tender, lot: LotOption = 1, kind: Kind = "draw", wait: WaitOption = 0,
    account: AccountOption = "",
) -> None:  # fmt: skip
    """Combine the key holders' shares, verify them by pairing, record what was drawn. Exit 2: too few yet. 抽取结果."""
    if kind not in KINDS:
        raise InvalidInput(
            f"nothing of the kind {kind!r} is drawn", code="draw.kind", field="--kind", fix=", ".join(KINDS)
        )
    with opening_here(state(ctx), tender, lot) as here:
        done = _float(ctx, here, wait, account) if kind == "float" else _turn(ctx, here, kind, wait, account)
    emit(ctx, *done)


def _turn(
    ctx: typer.Context, here: OpeningHere, kind: str, wait: int, account: str
) -> tuple[dict[str, Any], str, int]:  # fmt: skip
    place, lot = here.place, here.lot
    draws = draws_of(place.ledger, place.board, here.story, here.notice, lot)
    last = next((one for one in reversed(draws.turns) if one.kind == kind and one.result is not None), None)
    if draws.pending(kind) is None and last is not None and last.result is not None:
        return _said(here, kind, last.result, last.result_digest)
    turn = waiting(draws, kind)[0]
    box = _collect(ctx, here, turn.message(draws.lot), kind, turn.counter, wait)
    if box.missing:
        return _missing(here, box, kind, turn.counter)
    result = result_of(turn, draws.lot, place.board, here.story, box)
    return _said(here, kind, result, record_result(here.acts(account), place.board, result), box)


def _float(ctx: typer.Context, here: OpeningHere, wait: int, account: str) -> tuple[dict[str, Any], str, int]:
    known = float_point_of(here.story, here.place.board, here.notice, here.lot)
    if known is not None:
        return _said(here, "float", known[1], known[0])
    message = float_message(here.notice, here.lot)
    if not may_draw_float(here.story, here.lot):
        raise Refused("prices are not open yet", code="draw.not_opened", field="--lot", fix="open them first")
    box = _collect(ctx, here, message, "float", message.counter, wait)
    if box.missing:
        return _missing(here, box, "float", message.counter)
    result = float_of(here.notice, here.lot, box)
    return _said(here, "float", result, record_result(here.acts(account), here.place.board, result), box)


def _collect(
    ctx: typer.Context, here: OpeningHere, message: Message, kind: str, counter: int, wait: int
) -> ShareBox:  # fmt: skip
    place = here.place
    box = ShareBox(opening_key(place.ledger, place.board, here.story.terms.ceremony), message)
    topic, end = draws_topic(here.tender, here.lot, kind, counter), time.monotonic() + wait
    with progress(state(ctx), "key holders", None):
        while box.take(place.board.notes(topic)) and time.monotonic() < end:
            time.sleep(_PAUSE)
    return box


def _missing(here: OpeningHere, box: ShareBox, kind: str, counter: int) -> tuple[dict[str, Any], str, int]:
    data = {"tender": here.tender, "lot": here.lot, "kind": kind, "counter": counter, "drawn": None, **_box(box)}
    lines = [f"[yellow]–[/] {box.missing} more key holders are needed; waiting for {_list(box.waiting_for)}"]
    lines += [
        f"  [bold red]wrong[/] key holder {one['keyHolder']}: {one_line(one['reason'])}" for one in data["refused"]
    ]
    return data, "\n".join(lines), CANNOT_TELL


def _said(
    here: OpeningHere, kind: str, result: Drawn | TieDrawn | FloatPointDrawn, digest: bytes, box: ShareBox | None = None
) -> tuple[dict[str, Any], str, int]:
    data: dict[str, Any] = {
        "tender": here.tender, "lot": here.lot, "kind": kind, "counter": result.counter, "drawn": hex0x(digest),
        **(_box(box) if box else {}),
    }  # fmt: skip
    if isinstance(result, Drawn):
        data["seats"] = list(result.seats)
        words = f"places drawn 抽中 {_list(result.seats)}"
    elif isinstance(result, TieDrawn):
        data["order"] = list(result.order)
        words = f"order of the bids 次序 {_list(result.order)}"
    else:
        data["point"] = f"{result.point:f}"
        words = f"float point 浮动点 {data['point']}"
    return data, f"[green]✓[/] {kind} {result.counter}: {words}\n  on the ledger: {hex0x(digest)}", YES


def _box(box: ShareBox) -> dict[str, Any]:
    refused = [{"keyHolder": one.key_holder, "reason": one.reason} for one in box.refused]
    return {
        "signed": sorted(box.shares),
        "waitingFor": list(box.waiting_for),
        "missing": box.missing,
        "refused": refused,
    }


def _plan(seats: Seats, reasons: DrawReasons) -> dict[str, Any]:
    return {
        "pool": hex0x(seats.pool), "seats": {one.specialty: one.seats for one in seats.quotas},
        "excluded": [{"place": one.place, "rule": one.rule.value, "reason": one.reason} for one in reasons.excluded],
        "replaced": [{"place": one.place, "reason": one.reason} for one in reasons.replaced],
    }  # fmt: skip


def _seats_words(seats: Seats) -> str:
    return ", ".join(f"{one.seats} of 名额 {one_line(one.specialty)}" for one in seats.quotas)


def _list(numbers: Any) -> str:
    return ", ".join(map(str, numbers)) or "nobody"
