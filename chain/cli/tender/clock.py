"""``yinxin tender tick`` and ``record``: the deadline made final; documents put on record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli._tenders import tender_place
from chain.cli.common import emit, state
from chain.cli.tender._common import Account, Number, acts_of, moment, time_data
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.answers import KIND as ANSWERS
from chain.tenders.notice.deadline import settle_deadline
from chain.tenders.notice.standing import state_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("tick")(tick)
    app.command("record")(record)


def tick(ctx: typer.Context, tender: Number, account: Account = "") -> None:
    """Make the deadline final once it is over; an outage across it moves it once. Anybody may. 截止时间定案。"""
    with tender_place(state(ctx).home) as place:
        found = settle_deadline(place.ledger, acts_of(place, account), tender)
        now = place.ledger.block.time
    said = {
        "final": f"[green]✓[/] the deadline of tender {tender}, {moment(found.deadline)}, is final",
        "moved": f"[yellow]![/] {found.outage} s without a block across the deadline: it moved, once, to "
        f"{moment(found.deadline)}; "
        + ("bids are taken until then" if now <= found.deadline else "it is over now, too"),
        "seen": "[yellow]![/] the headers that span the deadline can no longer be shown; a block is noted, and this "
        "command makes the deadline final one look-back later",
    }
    emit(
        ctx,
        {
            "tender": tender,
            "outcome": found.outcome,
            "deadline": time_data(found.deadline),
            "openAt": time_data(found.open_at),
            "outageSeconds": found.outage,
            "sent": found.sent,
        },
        said[found.outcome] + f"\n  opening from {moment(found.open_at)}",
    )


def record(
    ctx: typer.Context,
    tender: Number,
    kind: Annotated[str, typer.Argument(help="short name of the document, such as minutes")],
    file: Annotated[Path, typer.Argument(help="the document")],
    lot: Annotated[int, typer.Option(min=0, help="0: the whole tender")] = 0,
    account: Account = "",
) -> None:
    """Put a document on the board and its digest on record, once. 文件存证。"""
    if kind == ANSWERS:
        raise InvalidInput(
            "answers have a form of their own",
            code="record.kind",
            field="kind",
            fix=f"yinxin tender answer {tender} FILE",
        )
    if not kind.isascii() or not kind.replace("-", "a").isalnum() or len(kind) > 32 or kind != kind.lower():
        raise InvalidInput(
            f"kind {kind!r}", code="record.kind", field="kind", fix="up to 32 small letters, digits and '-'"
        )
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read", code="record.file", field="file", fix="name the document"
        ) from error
    digest = sha256(data)
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        if lot > state_of(place.ledger, tender).lots:
            raise InvalidInput(f"there is no lot {lot}", code="record.lot", field="--lot", fix="0 for the whole tender")
        known = any(
            event.name == "Recorded"
            and (event.values["lot"], event.values["kind"], event.values["digest"]) == (lot, kind, digest)
            for event in place.ledger.tender_events(tender)
        )
        place.board.put(data)
        if not known:
            acts_of(place, account).record(tender, lot, kind, digest)
    emit(
        ctx,
        {"tender": tender, "lot": lot, "kind": kind, "digest": hex0x(digest), "recorded": not known},
        f"[green]✓[/] {kind} {hex0x(digest)} is on record{' already' if known else ''}",
    )
