"""``yinxin expert enrol`` and ``show``: a line for the pool's keeper, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import NO, YES, emit, state
from chain.cli.expert._keys import account_key, expert_home, known_keys, made_keys
from chain.evaluation import Expert, ExpertLine
from chain.evaluation.committee import current_committee, pool_on_record
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, NotFound
from chain.kernel.home import write_atomically
from chain.tenders.notice import current_notice
from chain.tenders.opening import read_story

Tender = Annotated[int, typer.Argument(help="number of the tender", min=1, metavar="N")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("enrol")(enrol)
    app.command("show")(show)


def enrol(
    ctx: typer.Context,
    tender: Tender,
    number: Annotated[str, typer.Option(help="your number in the pool's register 专家编号")],
    name: Annotated[str, typer.Option(help="your name 姓名")],
    specialty: Annotated[str, typer.Option(help="code of your field 专业, such as A08; public")],
    employer: Annotated[str, typer.Option(help="USCC of your employer 工作单位, if you have one")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="file to write; enrolments/N.json in the home if not given")
    ] = None,
) -> None:
    """Write your line for the keeper of the pool 专家入库, with an account and a box for this tender alone.

    The file holds your name: hand it to the pool's keeper and to nobody else. Representatives of the procuring entity
    hand theirs to the officer.
    """
    home = expert_home(state(ctx))
    kept = home / "enrolments" / f"{tender}.json"
    with tender_place(home) as place:
        place.ledger.refresh()
        if place.ledger.tender(tender) is None:
            raise NotFound(
                f"there is no tender {tender}", code="tender.unknown", field="tender", fix="yinxin tender list"
            )
        wanted = (number, name, employer, specialty)
        if kept.is_file():
            line = ExpertLine.from_bytes(kept.read_bytes())
            known = line.expert
            if (known.number, known.name, known.employer, known.specialty) != wanted:
                raise Conflict(
                    f"this home has another line for tender {tender}", code="expert.enrolled", field="tender",
                    fix=f"give the same words again; or remove {kept} if the keeper has not taken that line yet",
                )  # fmt: skip
        else:
            expert = Expert.new(*wanted, *made_keys(place, tender))
            key = bytes(place.keys.account(account_key(tender)).key)
            line = ExpertLine.sign(place.ledger.genesis, place.ledger.book, tender, expert, key)
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(kept, line.to_bytes())
    file = kept
    if out is not None:
        if out.exists() and out.read_bytes() != line.to_bytes():
            raise Conflict(f"{out} exists", code="expert.file", field="--out", fix="choose another name")
        write_atomically(out, line.to_bytes())
        file = out
    emit(
        ctx,
        {
            "tender": tender, "file": str(file), "account": hex0x(line.expert.account),
            "leaf": hex0x(line.expert.leaf()), "specialty": specialty,
        },
        f"[green]✓[/] your line for tender {tender}: {file}\n"
        "  It holds your name. Hand it to the pool's keeper alone 仅交专家库管理人. Keep this home: it signs for you.",
    )  # fmt: skip


def show(ctx: typer.Context, tender: Tender) -> None:
    """Whether your line stands in the tender's pool, and which lots you were drawn for. Exit 1: it stands nowhere."""
    home = expert_home(state(ctx))
    with tender_place(home) as place:
        place.ledger.refresh()
        account, box = known_keys(place, tender)
        story = read_story(place.ledger, tender)
        try:
            _, pool = pool_on_record(place.board, story)
            lines = [at for at, line in enumerate(pool.lines) if line.account == account]
            own = ExpertLine.from_bytes((home / "enrolments" / f"{tender}.json").read_bytes()).expert
            at: int | None = lines[0] if lines else None
            altered = at is not None and (pool.lines[at].leaf, pool.lines[at].box) != (own.leaf(), box)
        except NotFound:
            at, altered = None, False
        seats = _seats(place, tender, account)
    data = {"tender": tender, "account": hex0x(account), "place": at, "altered": altered, "seats": seats}
    if altered:
        emit(
            ctx, data, "[bold red]✗[/] the pool has your account with another line than yours; tell the supervisor", NO
        )
        return
    words = f"your line stands at place {at} of the pool" if at is not None else "your line is in no pool on record"
    words += "".join(f"\n  lot 标段 {one['lot']}: you sit on the committee, seat {one['seat']}" for one in seats)
    emit(ctx, data, words, YES if at is not None or seats else NO)


def _seats(place: TenderPlace, tender: int, account: bytes) -> list[dict[str, Any]]:
    story = read_story(place.ledger, tender)
    notice = current_notice(place.ledger, place.board, tender)
    found = []
    for lot in story.lots:
        try:
            _, committee = current_committee(place.ledger, place.board, story, notice, lot)
        except NotFound:
            continue
        member = committee.member(account)
        if member is not None:
            found.append({"lot": lot, "seat": member.seat, "kind": member.kind.value})
    return found
