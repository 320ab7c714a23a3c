"""``yinxin keyholder run`` and ``show``: the rounds of ceremonies, and what came of them."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from chain.cli.common import NO, YES, emit, exit_code_of, one_line, state, styled
from chain.cli.keyholder._desk import Desk, key_desk
from chain.kernel.clock import rfc3339, system_clock
from chain.kernel.encoding import hex0x
from chain.kernel.errors import YinxinError
from chain.tenders.holding import Announcement, Ceremony, announcement_of, read_ceremony
from chain.tenders.holding.rounds import Report, Standing

_ENDED = {Standing.READY: YES, Standing.DESTROYED: YES, Standing.LEFT_OUT: NO, Standing.FAILED: NO}
_STANDINGS = {
    "going_on": "goes on 进行中",
    "ready": "[green]ready[/] 密钥已生效,份额已存: the key is in force, your share is kept",
    "left_out": "[bold yellow]left out[/] 已被排除: you hold no share of this key",
    "failed": "[bold red]failed[/] 未成功: no key came of it; a new ceremony is to be convened",
    "destroyed": "destroyed 份额已销毁",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("show")(show)


def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="do what is due now, and end")] = False,
    ceremony: Annotated[int, typer.Option(min=0, help="this one alone, and end when it has")] = 0,
    every: Annotated[float, typer.Option(min=0.2, help="seconds between two looks at the ledger")] = 3.0,
) -> None:
    """Do what is due in each round 参加仪式, by the ledger's clock, until interrupted. Starting again does no harm."""
    told: dict[int, str] = {}
    with key_desk(ctx) as desk:
        while True:
            reports, worst = _pass(desk, ceremony)
            ended = bool(ceremony and reports and reports[0].standing in _ENDED)
            if once or ended or (ceremony and worst is not None and exit_code_of(worst) == NO):
                break
            for report in reports:
                _tell(ctx, report.ceremony, report_words(report), told)
            if worst is not None:
                _tell(ctx, 0, f"[yellow]![/] {worst.message}", told)
            time.sleep(every)
    if worst is not None:
        raise worst
    code = _ENDED[reports[0].standing] if ended else YES
    data = {"ceremonies": [report_data(report) for report in reports]}
    text = "\n".join(report_words(report) for report in reports) or "no ceremony invites this account"
    emit(ctx, data, text, code)


def _pass(desk: Desk, ceremony: int) -> tuple[list[Report], YinxinError | None]:
    """One pass over the ceremonies; what went wrong in one stops no other, and is given back."""
    reports: list[Report] = []
    worst: YinxinError | None = None
    with desk.store.alone():
        try:
            desk.ledger.refresh()
            due = [ceremony] if ceremony else desk.holder.ceremonies()
            desk.holder.note_openings(system_clock())
        except YinxinError as error:
            return reports, error
        for number in due:
            try:
                reports.append(desk.holder.go_on(number))
            except YinxinError as error:
                worst = error if worst is None or exit_code_of(error) == NO else worst
    return reports, worst


def _tell(ctx: typer.Context, ceremony: int, said: str, told: dict[int, str]) -> None:
    """Print what is new; 0 for what concerns no single ceremony."""
    if told.get(ceremony) != said and not state(ctx).json:
        told[ceremony] = said
        state(ctx).out.print(styled(said))


def show(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=0, help="one ceremony; all that invite you if not given")] = 0,
) -> None:
    """Which shares this home has 份额: of which ledger, for what, which number, who else."""
    with key_desk(ctx) as desk:
        desk.ledger.refresh()
        numbers = [ceremony] if ceremony else desk.holder.ceremonies()
        found = [read_ceremony(desk.ledger, desk.board, number) for number in numbers]
        data = [ceremony_data(desk, one) for one in found]
    text = "\n".join(ceremony_words(item, one) for item, one in zip(data, found, strict=True))
    emit(ctx, {"ceremonies": data}, text or "no ceremony invites this account")


def names_of(announcement: Announcement | None, count: int) -> list[str]:
    """Members' names by number; their numbers where no announcement is to be had."""
    if announcement is None:
        return [f"member {number}" for number in range(1, count + 1)]
    return [card.name for card in announcement.cards]


def scope_words(ceremony: Ceremony) -> str:
    """What the key is for."""
    plan = ceremony.state.plan
    until = rfc3339(plan.usable_until)
    if plan.tender:
        return f"tender {plan.tender} alone 仅限该项目, opening by {until}"
    return f"every tender that names it 任期内各项目, opening by {until}"


def ceremony_data(desk: Desk, ceremony: Ceremony) -> dict[str, Any]:
    """A ceremony as plain data."""
    announcement = announcement_of(desk.ledger, desk.board, ceremony)
    plan = ceremony.state.plan
    names = names_of(announcement, ceremony.roster.size)
    return {
        "ceremony": ceremony.number, "title": announcement.title if announcement else None,
        "genesis": hex0x(desk.ledger.genesis), "book": hex0x(desk.ledger.book), "tender": plan.tender or None,
        "threshold": plan.threshold, "round": str(ceremony.round), "dealsUntil": plan.deals_until,
        "complaintsUntil": plan.complaints_until, "answersUntil": plan.answers_until,
        "confirmUntil": plan.confirm_until, "usableUntil": plan.usable_until,
        "key": hex0x(ceremony.state.key) if ceremony.state.key else None, "rollCalls": ceremony.roll_calls,
        "you": ceremony.member_of(desk.acts.address), "share": desk.store.has(ceremony.number),
        "members": [
            {
                "number": number, "name": name, "address": hex0x(ceremony.state.members[number - 1]),
                "destroyed": number in ceremony.destroyed,
            }
            for number, name in enumerate(names, 1)
        ],
    }  # fmt: skip


def ceremony_words(data: dict[str, Any], ceremony: Ceremony) -> str:
    """The same for people."""
    others = ", ".join(f"{one['number']} {one['name']}" for one in data["members"])
    key = "in force 已生效" if data["key"] else f"not in force 未生效 ({data['round']})"
    kept = "kept here, encrypted 已加密存于本机" if data["share"] else "none here 本机没有"
    return (
        f"[bold]ceremony {data['ceremony']}[/] {one_line(data['title'] or '')}\n"
        f"  ledger 账本    {data['genesis'][:18]}…, book {data['book']}\n"
        f"  for 用途       {scope_words(ceremony)}\n"
        f"  you 你         member {data['you'] or '–'} of {len(data['members'])}; {data['threshold']} open together\n"
        f"  members 成员   {others}\n"
        f"  key 密钥       {key}; roll calls 点名: {data['rollCalls']}\n"
        f"  share 份额     {kept}"
    )


def report_data(report: Report) -> dict[str, Any]:
    """A report as plain data."""
    return {
        "ceremony": report.ceremony, "member": report.member, "standing": str(report.standing), "done": report.done,
        "notes": report.notes, "due": report.due or None,
    }  # fmt: skip


def report_words(report: Report) -> str:
    """The same for people."""
    due = f"; the round ends at {rfc3339(report.due)}" if report.due else ""
    lines = [f"ceremony {report.ceremony}, member {report.member}: {_STANDINGS[str(report.standing)]}{due}"]
    lines += [f"  [green]✓[/] {done}" for done in report.done]
    lines += [f"  {note}" for note in report.notes]
    return "\n".join(lines)
