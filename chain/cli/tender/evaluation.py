"""``yinxin tender commitments``, ``evaluate``, ``review``, ``ranking``: from the members' sheets to the report."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chain.cli.common import CANNOT_TELL, NO, YES, emit, printable, state
from chain.cli.tender._evaluating import CaseOption, LotOption, ReasonOption, RoundOption, evaluating, scene_of
from chain.cli.tender._opening import AccountOption, Tender
from chain.evaluation.report.acts import evaluate as evaluate_now
from chain.evaluation.report.acts import record_report
from chain.evaluation.report.acts import review as review_now
from chain.evaluation.report.computing import Computed, compute
from chain.evaluation.report.gathering import Scene, gather, reports_of
from chain.evaluation.report.report import EvaluationReport, read_report
from chain.evaluation.sheets.acts import missing_seats, record_commitments, round_of
from chain.evaluation.sheets.standing import shown_sheet
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound, Refused

WhichOption = Annotated[
    int, typer.Option("--envelope", help="1, or 2 for the price; the last opened if not given", min=0, max=2)
]
STEPS = {
    "opening": ("未能开启", "did not open"),
    "formal": ("形式评审", "formal check"),
    "qualification": ("资格评审", "qualification"),
    "low-price": ("报价过低", "abnormally low price"),
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("commitments")(commitments)
    app.command("evaluate")(evaluate)
    app.command("review")(review)
    app.command("ranking")(ranking)


def commitments(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    account: AccountOption = "",
    round_: RoundOption = 0,
    reason: ReasonOption = "",
    case: CaseOption = 0,
) -> None:
    """Record that all members have committed to their sheets. Exit 2: not all, seats are named. 评审承诺."""
    with evaluating(state(ctx), tender, lot) as here:
        scene = scene_of(here)
        at = round_of(scene.ledger, scene.board, scene.story, scene.notice, lot, round_ or None)
        data: dict[str, Any] = {"tender": tender, "lot": lot, "round": at.number, "committee": hex0x(at.digest)}
        if at.recorded is None:
            missing = missing_seats(scene.board, scene.place, at)
            if missing:
                words = f"[yellow]–[/] round {at.number}: seats {', '.join(map(str, missing))} have not committed"
                emit(ctx, {**data, "recorded": False, "missing": list(missing)}, words, CANNOT_TELL)
                return
        digest = record_commitments(
            here.acts(account), scene.board, scene.place, at, reason or None, case or None
        )  # fmt: skip
        here.renew()
        hidden = _hidden(scene_of(here))
    words = f"[green]✓[/] round {at.number}: the commitments of all {len(at.committee.members)} members stand on the "
    words += f"ledger: {hex0x(digest)}"
    words += f"\n  not shown yet: seats {', '.join(map(str, hidden))}" if hidden else ""
    emit(ctx, {**data, "recorded": True, "missing": [], "paper": hex0x(digest), "notShown": hidden}, words)


def evaluate(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    envelope: WhichOption = 0,
    account: AccountOption = "",
    reason: ReasonOption = "",
    case: CaseOption = 0,
) -> None:
    """Compute the report 评标报告 from sheets, figures and draws; put it on record. Exit 2: it waits."""
    with evaluating(state(ctx), tender, lot) as here:
        scene = scene_of(here)
        which = _envelope(scene, envelope)
        found, _ = evaluate_now(scene, which, reason or None, case or None)
        report, digest = found.report, None
        if found.complete:
            digest = record_report(here.acts(account), scene, found)
    data = {**report_data(report), "paper": None if digest is None else hex0x(digest), **_waits(found)}
    emit(ctx, data, lambda out: show_report(out, scene, found), YES if found.complete else CANNOT_TELL)


def review(ctx: typer.Context, tender: Tender, lot: LotOption = 1, account: AccountOption = "") -> None:
    """Put the technical result of two envelopes on the ledger, with the bids that it drops. 公布技术评审结果."""
    with evaluating(state(ctx), tender, lot) as here:
        scene = scene_of(here)
        if scene.line.review is None:
            found = compute(gather(scene, 1))
        else:
            event = scene.line.review
            found = Computed(read_report(scene.board.get(event.values["digest"])))
        digest = review_now(here.acts(account), scene, found.report)
    data = {**report_data(found.report), "paper": hex0x(digest)}
    emit(ctx, data, lambda out: show_report(out, scene, found))


def ranking(ctx: typer.Context, tender: Tender, lot: LotOption = 1, envelope: WhichOption = 0) -> None:
    """Compute the newest report again, from ledger and board alone. Exit 1: it says something else. 复算评标结果."""
    with evaluating(state(ctx), tender, lot) as here:
        scene = scene_of(here)
        which = _envelope(scene, envelope)
        stands = list(reports_of(scene, which))
        if not stands:
            raise NotFound(
                f"no report on lot {lot}, envelope {which} is on record", code="evaluation.none", field="lot",
                fix="wait for the officer's yinxin tender evaluate",
            )  # fmt: skip
        said = read_report(scene.board.get(stands[-1].digest))
        found = compute(gather(scene, which, stands[-1].event, said.reason, said.case))
    same = found.complete and found.report == said
    data = {**report_data(found.report), "recorded": hex0x(stands[-1].digest), "same": same}
    emit(ctx, data, lambda out: _compared(out, scene, found, same, hex0x(stands[-1].digest)), YES if same else NO)


def report_data(report: EvaluationReport) -> dict[str, Any]:
    """A report as plain data."""
    return {
        "tender": report.lot_place.tender, "lot": report.lot_place.lot, "envelope": report.envelope,
        "reference": None if report.reference is None else f"{report.reference:f}", "low": list(report.low),
        "reason": report.reason, "case": report.case,
        "bids": [
            {
                "place": one.place, "rank": one.rank,
                "points": {name: f"{value:f}" for name, value in one.points.items()},
                "total": None if one.total is None else f"{one.total:f}",
                "price": None if one.price is None else f"{one.price.amount:f}",
            }
            for one in report.bids
        ],
        "dropped": [{"place": one.place, "step": one.step, "reasons": list(one.reasons)} for one in report.dropped],
    }  # fmt: skip


def show_report(out: Console, scene: Scene, found: Computed) -> None:
    """The report as a table, and what it waits for."""
    report = found.report
    names = {one.name: one.label for one in scene.notice.evaluation.criteria}
    columns = [name for name in names if any(name in one.points for one in report.bids)]
    table = Table(title=f"评标结果 ranking  {scene.story.number}/{scene.lot}/{report.envelope}", title_justify="left")
    for head in (
        "名次 rank",
        "# place",
        "报价 price",
        *(names[name].zh or names[name].en for name in columns),
        "总分 total",
    ):
        table.add_column(Text(printable(head)))
    for one in report.bids:
        cells = [
            "" if one.rank is None else str(one.rank), str(one.place), "" if one.price is None else str(one.price),
            *(f"{one.points[name]:f}" for name in columns), "" if one.total is None else f"{one.total:f}",
        ]  # fmt: skip
        table.add_row(*(Text(cell) for cell in cells))
    out.print(table)
    if report.reference is not None:
        point = "" if report.float_point is None else f", 浮动点 float point {report.float_point[1]:f} %"
        out.print(f"评标基准价 reference price {report.reference:f}{point}")
    for gone in report.dropped:
        zh, en = STEPS[gone.step]
        out.print(Text(printable(f"✗ {gone.place}  {zh} {en}: " + "; ".join(gone.reasons))))
    for name, waiting in _waits(found).items():
        if waiting:
            words = {
                "openLow": "报价过低待澄清 abnormally low prices to be clarified (yinxin tender clarify)",
                "openTies": "并列待抽签 only a draw parts these places (yinxin tender tie)",
            }[name]
            out.print(f"[yellow]?[/] {words}: {waiting}")


def _compared(out: Console, scene: Scene, found: Computed, same: bool, digest: str) -> None:
    show_report(out, scene, found)
    words = (
        "is exactly what the ledger's papers give 与复算一致" if same else "says something else than this 与复算不符"
    )
    out.print(f"{'[green]✓[/]' if same else '[bold red]✗[/]'} the report on record {digest} {words}")


def _waits(found: Computed) -> dict[str, Any]:
    return {"openLow": list(found.open_low), "openTies": [list(group) for group in found.open_ties]}


def _envelope(scene: Scene, envelope: int) -> int:
    """The envelope asked for, or the last one that is opened."""
    if envelope > len(scene.notice.envelopes):
        raise InvalidInput("the tender has one envelope", code="evaluation.envelope", field="--envelope")
    if not scene.line.openings:
        raise Refused(
            f"lot {scene.lot} is not opened", code="evaluation.not_opened", field="lot",
            fix=f"yinxin tender open {scene.story.number} --lot {scene.lot}",
        )  # fmt: skip
    return envelope or max(scene.line.openings)


def _hidden(scene: Scene) -> list[int]:
    """Seats that have not shown their sheets."""
    at = round_of(scene.ledger, scene.board, scene.story, scene.notice, scene.lot)
    if at.recorded is None or at.recorded.paper is None:
        return [one.seat for one in at.committee.members]
    found = []
    for member, one in zip(at.committee.members, at.recorded.paper.commitments, strict=True):
        try:
            shown_sheet(scene.board, one)
        except (NotFound, InvalidInput, Refused):
            found.append(member.seat)
    return found
