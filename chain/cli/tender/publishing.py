"""``yinxin tender publish``, ``amend``, ``extend``, ``cancel``: each sent once, however often it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import State, emit, progress, state
from chain.cli.tender._common import (
    Account,
    Draft,
    Number,
    Yes,
    acts_of,
    agreed,
    confirm,
    findings_text,
    moment,
    publisher_of,
    shown,
    text_of,
    time_data,
)
from chain.cli.tender.drafting import with_home
from chain.desk.tender_acts import TenderAct, Verb
from chain.kernel.clock import parse_moment
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Notice, changed_members, notices, touches_bids
from chain.tenders.notice.publishing import Prepared
from chain.tenders.notice.standing import state_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("publish")(publish)
    app.command("amend")(amend)
    app.command("extend")(extend)
    app.command("cancel")(cancel)


def publish(ctx: typer.Context, file: Draft, account: Account = "", yes: Yes = False) -> None:
    """Publish a tender: documents and notice on the board, its rules on the ledger. 发布招标公告。"""
    current = state(ctx)
    with tender_place(current.home) as place:
        publisher = publisher_of(place)
        prepared = publisher.prepare(file)
        _sound(current, prepared)
        assert prepared.notice is not None

        def agree(notice: Notice) -> None:
            agreed(place, TenderAct.of_notice(notice))

        if not prepared.done:
            _show_terms(current, prepared.notice)
            agree(prepared.notice)
            confirm(current, yes, "Publish this? It cannot be taken back, only cancelled.")
        notice = prepared.notice
        if not prepared.done:
            with progress(current, "documents", len(notice.documents)) as done:
                notice = publisher.publish(file, prepared, acts_of(place, account), done, agree)
    said = "stood already" if prepared.done else "is published"
    emit(
        ctx,
        _data(notice) | {"published": not prepared.done},
        f"[green]✓[/] tender {notice.tender} {said}: {shown(notice.title)}\n  notice {hex0x(notice.digest)}\n"
        f"  bids until {moment(notice.deadline)}, opening from {moment(notice.open_at)}",
    )


def amend(ctx: typer.Context, tender: Number, file: Draft, account: Account = "", yes: Yes = False) -> None:
    """Amend the notice, with a whole new one: yinxin tender draft --amend N writes it to begin from. 修改公告。"""
    current = state(ctx)
    with tender_place(current.home) as place:
        publisher = publisher_of(place)
        prepared = publisher.prepare(file, amends=tender)
        _sound(current, prepared)
        assert prepared.notice is not None
        versions = notices(place.ledger, place.board, tender)
        before = versions[prepared.notice.number - 1]
        changed = changed_members(before, prepared.notice)
        if not prepared.done:
            current.err.print("changed: " + (", ".join(changed) or "nothing"), highlight=False)
            _show_terms(current, prepared.notice)
            agreed(place, TenderAct.of_notice(prepared.notice))
            confirm(current, yes, "Send this amendment?")
        notice = prepared.notice
        if not prepared.done:
            with progress(current, "documents", len(notice.documents)) as done:
                notice = publisher.amend(prepared, acts_of(place, account), done)
    again = touches_bids(changed)
    said = "stood already" if prepared.done else "stands"
    emit(
        ctx,
        _data(notice) | {"amended": not prepared.done, "changed": list(changed), "bidsToReview": again},
        f"[green]✓[/] amendment {notice.number} of tender {tender} {said}, changed: {', '.join(changed) or 'nothing'}\n"
        f"  notice {hex0x(notice.digest)}\n  bids until {moment(notice.deadline)}"
        + ("\n  who has bid already should look at the bid again and replace it" if again else ""),
    )


def extend(
    ctx: typer.Context,
    tender: Number,
    deadline: Annotated[str, typer.Option(help="new last second for bids: 2026-01-31T09:00:00+08:00, or seconds")],
    open_at: Annotated[str, typer.Option(help="new opening; else it moves as far as the deadline")] = "",
    account: Account = "",
) -> None:
    """Extend the deadline, while it is not over. 延长投标截止时间。"""
    last = parse_moment(deadline, field="--deadline")
    opening = parse_moment(open_at, field="--open-at") if open_at else None
    with tender_place(state(ctx).home) as place:
        publisher = publisher_of(place)
        standing = state_of(place.ledger, tender)
        opens = opening or standing.open_at + max(0, last - standing.deadline)
        if (standing.deadline, standing.open_at) != (last, opens):
            agreed(place, _act(place, tender, "extend", deadline=last, open_at=opens))
        now, opens, moved = publisher.extend(tender, last, opens, acts_of(place, account))
    emit(
        ctx,
        {"tender": tender, "extended": moved, "deadline": time_data(now), "openAt": time_data(opens)},
        f"[green]✓[/] tender {tender}: bids until {moment(now)}, opening from {moment(opens)}"
        + ("" if moved else " (as it was)"),
    )


def cancel(
    ctx: typer.Context,
    tender: Number,
    reason: Annotated[str, typer.Option(help="why, for everybody to read")] = "",
    reason_file: Annotated[Path | None, typer.Option(help="the same, as a text file")] = None,
    account: Account = "",
    yes: Yes = False,
) -> None:
    """Cancel a tender for good, with public reasons. 终止招标。"""
    current = state(ctx)
    why = text_of(reason, reason_file, field="--reason")
    if not why:
        raise InvalidInput("no reason", code="tender.reason", field="--reason", fix="say why, in a sentence")
    with tender_place(current.home) as place:
        publisher = publisher_of(place)
        if not state_of(place.ledger, tender).cancelled:
            agreed(place, _act(place, tender, "cancel", reason=why))
            confirm(current, yes, f"Cancel tender {tender}? No bid will ever be opened.")
        digest, done = publisher.cancel(tender, why, acts_of(place, account))
    emit(
        ctx,
        {"tender": tender, "cancelled": done, "reason": hex0x(digest)},
        f"[green]✓[/] tender {tender} is cancelled{'' if done else ' already'}; reasons {hex0x(digest)}",
    )


def _act(
    place: TenderPlace, tender: int, verb: Verb, *, deadline: int = 0, open_at: int = 0, reason: str = ""
) -> TenderAct:
    """An act without a notice."""
    bureau = state_of(place.ledger, tender).bureau
    return TenderAct(place.ledger.genesis, place.ledger.book, bureau, verb, tender, deadline, open_at, reason)


def _sound(current: State, prepared: Prepared) -> None:
    """Show findings; raises InvalidInput if something must be mended."""
    findings = with_home(current.home, prepared.notice, prepared.findings)
    if len(findings) and not current.json:
        current.err.print(findings_text(findings), end="")
    findings.raise_first("draft")


def _show_terms(current: State, notice: Notice) -> None:
    """What will stand on the chain, before it is sent."""
    if current.json:
        return
    terms = notice.terms
    rows = [
        ("tender", f"{notice.tender}" + (f", amendment {notice.number}" if notice.number else "")),
        ("notice", hex0x(terms.digest)),
        ("bureau", f"{notice.bureau.name} {terms.bureau}"),
        ("lots, envelopes", f"{terms.lots}, {terms.envelopes}"),
        ("deadline", moment(terms.deadline)),
        ("opening", moment(terms.open_at)),
        ("least bids", str(terms.minimum_bids)),
        ("ceremony", str(terms.ceremony)),
        ("supervisor", f"{notice.supervisor.name} {hex0x(terms.supervisor)}"),
        ("custodians", ", ".join(f"{one.name} {hex0x(one.account)}" for one in notice.custodians)),
        ("gap, grace, reveal", f"{terms.gap} s, {terms.grace} s, {terms.reveal_window} s"),
        (
            "margin, standstill, complaints",
            f"{terms.amendment_margin} s, {terms.standstill} s, {terms.complaint_period} s",
        ),
    ]
    current.err.print("This will stand on the chain:", highlight=False)
    for name, value in rows:
        current.err.print(f"  {name:<31} {value}", highlight=False, markup=False)


def _data(notice: Notice) -> dict[str, Any]:
    return {
        "tender": notice.tender,
        "number": notice.number,
        "notice": hex0x(notice.digest),
        "ocid": notice.ocid,
        "deadline": time_data(notice.deadline),
        "openAt": time_data(notice.open_at),
        "documents": len(notice.documents),
    }
