"""``yinxin keyholder release``: the one message for an opening."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from chain.cli.common import emit, one_line, state
from chain.cli.keyholder._desk import ask_to_sign, key_desk, one_voice
from chain.kernel.clock import rfc3339, system_clock
from chain.kernel.encoding import hex0x, sha256
from chain.tenders.holding.releasing import ReadyRelease, prepare_release, send_release


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("release")(release)


def release(
    ctx: typer.Context,
    tender: Annotated[int, typer.Argument(min=1, help="number of the tender")],
    lot: Annotated[int, typer.Option(min=1, help="number of the lot 标段")] = 1,
    envelope: Annotated[int, typer.Option(min=1, max=2, help="1: technical, or everything; 2: price")] = 1,
    kind: Annotated[str, typer.Option(help="kind of message")] = "opening",
    yes: Annotated[bool, typer.Option("--yes", help="sign without asking")] = False,
) -> None:
    """Sign your one message for an opening 开标签名. Refuses before its time, and whatever is not as it must be."""
    current = state(ctx)
    with key_desk(ctx) as desk:
        warning = one_voice(desk)
        ready = prepare_release(
            desk.ledger, desk.board, desk.store, system_clock, tender, lot, envelope, kind=kind
        )  # fmt: skip
        if not yes:
            ask_to_sign(current, warning + release_words(ready))
        made = send_release(desk.board, ready)
    text = "" if not yes else warning + release_words(ready) + "\n"
    emit(
        ctx,
        {
            **release_data(ready),
            "oneEndpoint": bool(warning),
            "release": hex0x(sha256(made.to_bytes())),
            "signatures": 1 + len(made.bids),
        },
        text + f"[green]✓[/] signed 已签名: one message with {1 + len(made.bids)} signatures lies on the board",
    )


def release_data(ready: ReadyRelease) -> dict[str, Any]:
    """What is signed, as plain data."""
    return {
        "tender": ready.tender, "title": {"zh": ready.title.zh, "en": ready.title.en}, "lot": ready.lot,
        "lotTitle": {"zh": ready.lot_title.zh, "en": ready.lot_title.en}, "envelope": ready.envelope,
        "bids": ready.count, "liveSet": hex0x(ready.digest), "openAt": ready.open_at,
        "custodians": [hex0x(one) for one in ready.custodians], "ceremony": ready.ceremony,
        "keyHolder": ready.key_holder,
    }  # fmt: skip


def release_words(ready: ReadyRelease) -> str:
    """The same for people, in both languages: what the key holder puts a name to."""
    envelope = "1: technical, or everything 技术标或全部" if ready.envelope == 1 else "2: price 报价"
    return (
        f"You sign for the opening of 你将为以下开标签名:\n"
        f"  tender 项目      {ready.tender}  {one_line(ready.title.zh)} / {one_line(ready.title.en)}\n"
        f"  lot 标段         {ready.lot}  {one_line(ready.lot_title.zh)} / {one_line(ready.lot_title.en)}\n"
        f"  envelope 信封    {envelope}\n"
        f"  bids 有效投标    {ready.count}\n"
        f"  live set 清单    {hex0x(ready.digest)}\n"
        f"  opens 开标时间   {rfc3339(ready.open_at)}\n"
        f"  custodians 保管方 {len(ready.custodians)} state that every file is there 已确认文件齐全\n"
        f"  as 身份          key holder {ready.key_holder} of ceremony {ready.ceremony}"
    )
