"""``yinxin tender committee`` and ``committee-names``: who evaluates a lot; who it was, after the award."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import emit, state
from chain.cli.tender._lines import keep_lines, kept_lines, read_line
from chain.cli.tender._opening import AccountOption, LotOption, Tender, opening_here
from chain.evaluation.committee import pool_on_record
from chain.evaluation.committee.planning import place_lines, plan_committee, plan_names
from chain.kernel.encoding import b64url, hex0x
from chain.tenders.notice import committee_gaps


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("committee")(committee)
    app.command("committee-names")(names)


def committee(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    owner_member: Annotated[
        list[Path] | None,
        typer.Option(
            help="line of a representative of the procuring entity 招标人代表 (yinxin expert enrol); repeated"
        ),
    ] = None,
    account: AccountOption = "",
) -> None:
    """Put a lot's committee 评标委员会 on record: those who were drawn, and your representatives. No names."""
    with opening_here(state(ctx), tender, lot) as here:
        place, owners = here.place, [read_line(file, "--owner-member") for file in owner_member or []]
        made, known = plan_committee(place.ledger, place.board, here.story, here.notice, lot, owners)
        keep_lines(place.home, tender, owners)
        digest = place.board.put(made.to_bytes())
        if not known:
            here.acts(account).record(tender, lot, "committee", digest)
        mandatory = here.notice.mandatory
    gaps = committee_gaps(len(made.members), len(made.experts)) if mandatory else ()
    members = [
        {
            "seat": one.seat, "account": hex0x(one.account), "box": b64url(one.box), "kind": one.kind.value,
            "place": one.place,
        }
        for one in made.members
    ]  # fmt: skip
    words = f"[green]✓[/] committee {made.number} of lot {lot} stands on the ledger: {hex0x(digest)}"
    words += "".join(f"\n  seat 席位 {one['seat']}  {one['kind']:6}  {one['account']}" for one in members)
    words += "".join(f"\n  [bold yellow]![/] {en} {zh}" for en, zh in gaps)
    emit(
        ctx,
        {
            "tender": tender, "lot": lot, "number": made.number, "committee": hex0x(digest), "new": not known,
            "members": members, "warnings": [{"en": en, "zh": zh} for en, zh in gaps],
        },
        words,
    )  # fmt: skip


def names(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    lines: Annotated[list[Path] | None, typer.Option(help="lines besides those of this home, or folders")] = None,
    account: AccountOption = "",
) -> None:
    """Publish who sat on a lot's committee 评委名单, after the award: lines with their salts, and names."""
    with opening_here(state(ctx), tender, lot) as here:
        place = here.place
        kept = kept_lines(place, tender, lines or [])
        known = place_lines(pool_on_record(place.board, here.story)[1], kept)
        owners = {one.expert.account: one.expert.name for one in kept}
        made = plan_names(place.ledger, place.board, here.story, here.notice, lot, known, owners)
        digest = place.board.put(made.to_bytes())
        here.acts(account).record(tender, lot, "committee-names", digest)
    shown = [{"place": at, "number": one.number, "name": one.name} for at, one in made.experts]
    text = f"[green]✓[/] {len(shown)} experts and {len(made.owners)} representatives are named: {hex0x(digest)}"
    emit(
        ctx,
        {
            "tender": tender, "lot": lot, "names": hex0x(digest), "experts": shown,
            "owners": [{"account": hex0x(account), "name": name} for account, name in made.owners],
        },
        text,
    )  # fmt: skip
