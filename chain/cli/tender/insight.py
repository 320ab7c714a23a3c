"""``yinxin tender statistics`` and ``signals``: figures for everybody, and advice for who supervises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import CANNOT_TELL, YES, emit, one_line, progress, state
from chain.contracting.insight import AsOf, Gatherer, TenderFact, issued, read_span, statistics, stories, table
from chain.contracting.insight.signals import Signal, lot_signals, tender_signals, thresholds
from chain.contracting.insight.signals.opened import shown_in
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.home import write_atomically
from chain.tenders.notice.standing import state_of
from chain.tenders.story import tell

_MARKS = {"strong": ("●", "bold red"), "middling": ("◐", "bold yellow"), "weak": ("○", "yellow")}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("statistics")(figures)
    app.command("signals")(signals)


def figures(
    ctx: typer.Context,
    since: Annotated[str, typer.Option(help="first day of publication, 2026-01-31, by the calendar of China")] = "",
    until: Annotated[str, typer.Option(help="last day of publication, which is in it")] = "",
    csv: Annotated[Path | None, typer.Option(help="write the table there, too, as CSV")] = None,
) -> None:
    """Figures of all tenders from ledger and board alone, with nobody's name. Exit 2: a paper is missing. 公开统计。"""
    span = read_span(since, until)
    with tender_place(state(ctx).home) as place:
        ledger = place.ledger
        ledger.refresh()
        log = place.connection.refresh()
        facts = _facts(ctx, place)
        as_of = AsOf(ledger.genesis, ledger.book, ledger.block)
        data = statistics(facts, issued(log, ledger.block.number), span, as_of)
    if csv is not None:
        write_atomically(csv, table(data).encode("utf-8"))
    emit(ctx, data, _text(data), CANNOT_TELL if data["unread"] else YES)


def signals(
    ctx: typer.Context,
    tender: Annotated[int | None, typer.Argument(help="number of the tender", min=1, metavar="N")] = None,
    lot: Annotated[int, typer.Option("--lot", help="only this lot 标段", min=0)] = 0,
    everything: Annotated[bool, typer.Option("--all", help="every tender, and what shows only across them")] = False,
    limits: Annotated[
        Path | None, typer.Option("--thresholds", help="JSON file with thresholds that differ from the shipped ones")
    ] = None,
) -> None:
    """Look for signals of collusion in opened lots: advice with figures and reasons, never a verdict. 围标串标预警。

    In the supervisor's or officer's home what its openings folder holds of the bids is looked at, too.
    Exit 2: a paper is missing, or nothing is opened.
    """
    if everything == (tender is not None):
        raise InvalidInput("name one tender, or --all", code="signals.tender", field="N", fix="yinxin tender signals N")
    chosen = thresholds(_changed(limits))
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        facts = _facts(ctx, place) if tender is None else [_one(place, tender)]
        block = place.ledger.block
        folder = place.home / "openings"
        found: list[Signal] = []
        opened = 0
        for one in facts:
            for line in _lots(one, lot):
                if line.opened_at is not None:
                    opened += 1
                    found += lot_signals(one, line, chosen, shown_in(folder, one.number, line))
        across = tender_signals(facts, chosen) if everything else []
    unread = sum(one.unread for one in facts)
    data: dict[str, Any] = {
        "asOf": {"block": block.number, "time": block.time},
        "openedLots": opened,
        "unread": unread,
        "thresholds": chosen.as_dict(),
        "signals": [signal.as_dict() for signal in found],
        "across": [signal.as_dict() for signal in across],
    }
    emit(ctx, data, _told([*across, *found], opened, unread), CANNOT_TELL if unread or not opened else YES)


def _facts(ctx: typer.Context, place: TenderPlace) -> list[TenderFact]:
    told, gatherer, found = stories(place.ledger), Gatherer(place.board, place.ledger.genesis), []
    with progress(state(ctx), "tenders", len(told)) as done:
        for number, story in enumerate(told, 1):
            found.append(gatherer.fact(story))
            done(number)
    return found


def _one(place: TenderPlace, tender: int) -> TenderFact:
    state_of(place.ledger, tender)
    story = tell(place.ledger.tender_events(tender), place.ledger.book)
    return Gatherer(place.board, place.ledger.genesis).fact(story)


def _lots(fact: TenderFact, lot: int) -> Iterable[Any]:
    if lot > len(fact.lots):
        raise NotFound(f"tender {fact.number} has no lot {lot}", code="tender.lot", field="--lot", fix="look at show")
    return [one for one in fact.lots if lot in (0, one.number)]


def _changed(file: Path | None) -> Any:
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{file}: no readable JSON", code="signals.threshold", field="--thresholds",
            fix='an object such as {"prices-close.spread": "0.5"}',
        ) from error  # fmt: skip


def _text(data: Mapping[str, Any]) -> Text:
    """The figures that people ask for first; all of them are in --json and --csv."""
    tenders, bids, failed, as_of = data["tenders"], data["bids"], data["failures"], data["asOf"]
    out = Text()
    out.append(f"{tenders['count']} tenders 招标项目, {tenders['lots']} lots 标段", style="bold")
    out.append(f", {tenders['cancelled']} cancelled 终止, {tenders['demonstrations']} demonstrations 演示\n")
    for row in data["values"]:
        saved = row["savings"]
        out.append(
            f"  {row['currency']}: ceilings 最高限价 {row['ceilings']['sum']}, awarded 中标 {row['awarded']['sum']}"
        )
        out.append(f", saved 节约 {saved['saved']} ({saved['percent'] or '–'}%) in {saved['lots']} lots\n")
    out.append(
        f"  bids 投标: {bids['bids']} in {bids['openedLots']} opened lots, median {_or(bids['perLot']['median'])}\n"
    )
    out.append(f"  failed 流标: {failed['failed']} of {failed['ended']} ended lots ({_or(failed['percent'])}%)")
    out.append("".join(f", {one['reason']} {one['lots']}" for one in failed["reasons"]) + "\n")
    for name, words in (("noticeToAward", "award 中标"), ("noticeToContract", "contract 合同")):
        one = data["days"][name]
        out.append(f"  days from notice to {words}: median {_or(one['median'])}")
        out.append(f" ({_or(one['lowerQuartile'])} to {_or(one['upperQuartile'])}), {one['count']} lots\n")
    for name, words in (("objection", "objections 异议"), ("complaint", "complaints 投诉")):
        one = data["cases"][name]
        out.append(f"  {words}: {one['filed']} filed, {one['upheld']} upheld, {one['rejected']} rejected, ")
        out.append(f"{one['waiting']} waiting; median {_or(one['days']['median'])} days\n")
    shown = data["certificates"]
    out.append(f"  certificates 证照: {_or(shown['issued']['certificates'])} issued, ")
    out.append(f"{_or(shown['notAskedFor']['documents'])} documents not asked for 免提交材料\n")
    if data["unread"]:
        out.append(f"? {data['unread']} papers could not be read: what rests on them is missing\n", style="bold yellow")
    out.append(f"as of block {as_of['block']}, {as_of['time']}")
    return out


def _or(value: object) -> str:
    return "–" if value is None else str(value)


def _told(found: list[Signal], opened: int, unread: int) -> Text:
    out = Text()
    out.append(f"{len(found)} signals in {opened} opened lots 已开标标段", style="bold")
    out.append("; advice, no verdict: each has innocent explanations 仅供参考，不构成认定\n")
    for signal in found:
        mark, style = _MARKS[signal.strength.value]
        where = ", ".join(f"{one.tender}/{one.lot}" for one in signal.lots)
        places = f" bids {', '.join(map(str, signal.places))}" if signal.places else ""
        out.append(f"{mark} {signal.strength.value} {signal.code}", style=style)
        out.append(f"  {where}{places}\n")
        for lang in ("zh", "en"):
            out.append(f"    {one_line(signal.said(lang))}\n")
        out.append(f"    why 可能原因: {signal.why('zh')} {signal.why('en')}\n")
        out.append(f"    or 也可能: {signal.innocent('zh')} {signal.innocent('en')}\n")
    if unread:
        out.append(f"? {unread} papers could not be read: what rests on them is missing", style="bold yellow")
    return Text(out.plain.rstrip("\n"), spans=out.spans)
