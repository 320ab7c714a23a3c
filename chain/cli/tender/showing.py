"""``yinxin tender show`` and ``list``: what the chain says, and what is due next."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import emit, one_line, printable, progress, state
from chain.cli.tender._common import Number, moment, others_data, others_text, shown, time_data
from chain.cli.tender._words import EVENTS, PHASES, STEPS, WHO
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, Unavailable, YinxinError
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.tenders.notice import Notice, notices
from chain.tenders.notice.agenda import Due, agenda
from chain.tenders.notice.answers import answers_and_others
from chain.tenders.notice.standing import state_of
from chain.tenders.story import Story, differences, tell


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("show")(show)
    app.command("list")(list_all)


def show(
    ctx: typer.Context,
    tender: Number,
    lot: Annotated[int, typer.Option(min=0, help="only what concerns this lot")] = 0,
) -> None:
    """Show a tender: its notice, what happened by the chain's clock, and what is due from whom. 查看招标。"""
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        state_of(place.ledger, tender)
        story = tell(place.ledger.tender_events(tender), place.ledger.book)
        faults = [str(one) for one in differences(story, place.ledger)]
        now = place.ledger.block.time
        notice, trouble = _notice(place, tender)
        others = _others(place, tender)
        repeated = _repeated_by(place, story)
    if lot > len(story.lots):
        raise InvalidInput(f"there is no lot {lot}", code="tender.lot", field="--lot", fix=f"1 to {len(story.lots)}")
    due = [
        one for one in agenda(story, now, notice.questions_until if notice else 0) if lot in (0, one.lot) or not one.lot
    ]
    events = [
        event for event in story.events if lot in (0, event.values.get("lot", 0)) or not event.values.get("lot", 0)
    ]
    data: dict[str, Any] = {
        "tender": tender,
        "title": {"zh": notice.title.zh, "en": notice.title.en} if notice else None,
        "notice": hex0x(story.notice_digest),
        "noticeFault": trouble,
        "bureau": story.terms.bureau,
        "now": time_data(now),
        "deadline": time_data(story.deadline),
        "deadlineFinal": bool(story.settled_at),
        "openAt": time_data(story.open_at),
        "cancelled": story.cancelled is not None,
        "lots": [_lot_data(story, number) for number in sorted(story.lots) if lot in (0, number)],
        "timeline": [_event_data(event) for event in events],
        "due": [_due_data(one) for one in due],
        "repeats": _repeats(notice),
        "repeatedBy": repeated,
        "contradictions": faults,
        "answersPassedOver": others,
    }
    emit(ctx, data, _text(data, notice, due, now), 1 if faults or trouble else 0)


def list_all(ctx: typer.Context) -> None:
    """List every tender of the ledger, with phase and deadline. 招标一览。"""
    current = state(ctx)
    rows: list[dict[str, Any]] = []
    with tender_place(current.home) as place:
        place.ledger.refresh()
        count, now = place.ledger.tenders(), place.ledger.block.time
        with progress(current, "tenders", count) as done:
            for number in range(1, count + 1):
                rows.append(_row(place, number))
                done(number)
    out = Text("  no  deadline             phase\n", style="bold")
    for row in rows:
        phases = ", ".join(_pair(PHASES, one) for one in row["phases"])
        title = shown_title(row["title"]) or (row["noticeFault"] or "")
        out.append(f"{row['tender']:>4}  {moment(row['deadline']['seconds'])[:19]}  {phases}  {one_line(title)}\n")
    out.append(f"{len(rows)} tenders as of {moment(now)}")
    emit(ctx, {"tenders": rows, "now": time_data(now)}, out)


def shown_title(title: dict[str, str] | None) -> str:
    """A title on one line."""
    return one_line(" / ".join(one for one in (title or {}).values() if one))


def _row(place: TenderPlace, number: int) -> dict[str, Any]:
    standing = state_of(place.ledger, number)
    notice, trouble = _notice(place, number)
    phases = [place.ledger.lot(number, lot).phase for lot in range(1, standing.lots + 1)]
    return {
        "tender": number,
        "title": {"zh": notice.title.zh, "en": notice.title.en} if notice else None,
        "noticeFault": trouble,
        "bureau": standing.bureau,
        "deadline": time_data(standing.deadline),
        "phases": sorted({"cancelled" if standing.cancelled else phase.name.lower() for phase in phases}),
    }


def _notice(place: TenderPlace, tender: int) -> tuple[Notice | None, str | None]:
    """The notice in force, or why there is none to rely on."""
    try:
        return notices(place.ledger, place.board, tender)[-1], None
    except Unavailable:
        raise
    except YinxinError as error:
        return None, error.message


def _repeats(notice: Notice | None) -> dict[str, Any] | None:
    """The tender that this one tenders anew."""
    previous = notice.previous if notice is not None else None
    if previous is None:
        return None
    return {"tender": previous.tender, "book": hex0x(previous.book), "notice": hex0x(previous.notice)}


def _repeated_by(place: TenderPlace, story: Story) -> list[int]:
    """Numbers of later tenders of this book that tender this one anew; only what ended without an award is."""
    ended = story.cancelled is not None or any(line.phase is Phase.FAILED for line in story.lots.values())
    found = []
    for number in range(story.number + 1, place.ledger.tenders() + 1) if ended else ():
        previous = _repeats(_notice(place, number)[0])
        if previous is not None and (previous["tender"], previous["book"]) == (story.number, hex0x(story.book)):
            found.append(number)
    return found


def _others(place: TenderPlace, tender: int) -> list[dict[str, Any]]:
    """Papers on record as answers that count for nothing."""
    try:
        return others_data(answers_and_others(place.ledger, place.board, tender)[1])
    except YinxinError:
        return []  # whoever looks at the answers is told: yinxin tender questions


def _lot_data(story: Story, number: int) -> dict[str, Any]:
    lot = story.lots[number]
    return {
        "lot": number,
        "phase": story.phase(number).name.lower(),
        "since": lot.since,
        "places": len(lot.bids),
        "live": len(lot.live()),
        "openCases": sum(case.settled is None for case in lot.cases),
    }


def _event_data(event: TenderEvent) -> dict[str, Any]:
    return {
        "event": event.name,
        "lot": event.values.get("lot"),
        "time": time_data(event.block.time),
        "block": event.block.number,
        "transaction": hex0x(event.transaction),
    }


def _due_data(due: Due) -> dict[str, Any]:
    return {
        "what": due.what,
        "who": due.who,
        "lot": due.lot or None,
        "begins": time_data(due.begins),
        "ends": time_data(due.ends) if due.ends else None,
    }


def _pair(words: dict[str, tuple[str, str]], name: str) -> str:
    zh, en = words.get(name, ("", name))
    return f"{zh} {en}".strip()


def _text(data: dict[str, Any], notice: Notice | None, due: list[Due], now: int) -> Text:
    out = Text()
    out.append(f"tender {data['tender']}", style="bold")
    out.append(f"  {shown(notice.title) if notice else ''}\n")
    if data["noticeFault"]:
        out.append(f"✗ the notice: {printable(data['noticeFault'])}\n", style="bold red")
    if notice is not None:
        out.append(f"  {one_line(notice.bureau.name)} {notice.bureau.uscc}, {notice.ocid}\n")
    if data["repeats"]:
        out.append(f"  tenders anew 重新招标: tender {data['repeats']['tender']}\n")
    for number in data["repeatedBy"]:
        out.append(f"  tendered anew 已重新招标: tender {number}\n")
    final = "final" if data["deadlineFinal"] else "not final"
    out.append(f"  bids until {moment(data['deadline']['seconds'])} ({final}), opening from ")
    out.append(f"{moment(data['openAt']['seconds'])}\n  the chain's clock says {moment(now)}\n")
    for lot in data["lots"]:
        out.append(f"  lot {lot['lot']}: {_pair(PHASES, lot['phase'])}")
        out.append(f", {lot['live']} live of {lot['places']} places\n" if lot["places"] else "\n")
    out.append("\n")
    for event in data["timeline"]:
        where = f" lot {event['lot']}" if event["lot"] else ""
        out.append(f"  {moment(event['time']['seconds'])[:19]}  {_pair(EVENTS, event['event'])}{where}\n")
    out.append("\nnext\n", style="bold")
    for one in due:
        when = f"until {moment(one.ends)}" if one.ends else "now" if one.begins <= now else f"from {moment(one.begins)}"
        where = f" lot {one.lot}" if one.lot else ""
        out.append(f"  {_pair(WHO, one.who)}:{where} {_pair(STEPS, one.what)}, {when}\n")
    if not due:
        out.append("  nothing\n")
    for fault in data["contradictions"]:
        out.append(f"✗ events and contracts differ: {printable(fault)}\n", style="bold red")
    others_text(out, data["answersPassedOver"])
    return Text(out.plain.rstrip("\n"), spans=out.spans)
