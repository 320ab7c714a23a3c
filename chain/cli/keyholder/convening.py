"""``yinxin keyholder join``, ``convene``, ``replace``: who makes a key together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli._tenders import tender_place
from chain.cli.common import emit, progress, read_named, state
from chain.cli.keyholder._desk import ACCOUNT
from chain.kernel.clock import parse_end, rfc3339, system_clock
from chain.kernel.encoding import hex0x, unb64url
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import write_atomically
from chain.keys import Keystore, passphrase_for
from chain.tenders.holding import MemberCard, read_ceremony
from chain.tenders.holding.card_keys import open_card
from chain.tenders.holding.convening import Invitation, convene, successors

_YEAR = 366 * 86_400
_CONVENERS = {"authority": "authority", "procurement": "anchor"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("join")(join)
    app.command("convene")(convene_them)
    app.command("replace")(replace)


def join(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="by which people know you 姓名或名称")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="file to write; member-card.json in the home if not given")
    ] = None,
) -> None:
    """Write your card for the convener 成员卡: account, fresh encryption key, name. A card is for one ceremony."""
    home = state(ctx).home
    keys = Keystore(home / "keys", passphrase_for(home.path))
    private = bytes(keys.account(ACCOUNT).key)
    card = MemberCard.sign(private, unb64url(open_card(keys).public), name)
    file = out or home / "member-card.json"
    if out is not None and file.exists() and file.read_bytes() != card.to_bytes():
        raise Conflict(f"{file} exists", code="holding.card_exists", field="--out", fix="choose another name")
    write_atomically(file, card.to_bytes(), mode=0o644)
    emit(
        ctx,
        {**card.as_dict(), "file": str(file)},
        f"[green]✓[/] card of {name}, account {hex0x(card.address)}\n  give {file} to the convener",
    )


def _convener(ctx: typer.Context) -> tuple[str, str]:
    """Name of the account that convenes in this home, and its bureau (empty for the authority). Raises InvalidInput."""
    home = state(ctx).home
    role, bureau = home.settings.role, home.settings.bureau
    if role not in _CONVENERS:
        raise InvalidInput(
            "only the authority and procuring entities convene key holders", code="holding.convener", field="--home",
            fix="use the home of the authority, or one made with yinxin init procurement",
        )  # fmt: skip
    return _CONVENERS[role], "" if role == "authority" else bureau.acts_as or bureau.uscc


def _cards(files: list[Path]) -> list[MemberCard]:
    named = {"code": "holding.card", "field": "CARD", "fix": "name the key holder's card"}
    return [MemberCard.from_bytes(read_named(file, **named)) for file in files]


def _convene(
    ctx: typer.Context, cards: tuple[MemberCard, ...], threshold: int, title: str, tender: int, until: str, seconds: int
) -> None:
    account, bureau = _convener(ctx)
    home = state(ctx).home
    if not tender and not (until and title):
        raise InvalidInput(
            "a term has a title and an end; a single tender has a number", code="holding.purpose", field="--tender",
            fix="give --tender NUMBER, or --title and --until",
        )  # fmt: skip
    with tender_place(home) as place, progress(state(ctx), "convening", None):
        place.ledger.refresh()
        # Without --until a round number, so that the same command means the same invitation when it is given again.
        usable = parse_end(until, field="--until") if until else place.ledger.block.time // _YEAR * _YEAR + 2 * _YEAR
        invitation = Invitation(cards, threshold, title or f"tender {tender}", tender, usable, seconds)
        made = convene(
            place.ledger, place.board, place.acts(account), home / "holding", invitation, bureau=bureau,
            now=system_clock(),
        )  # fmt: skip
    plan = made.plan
    members = [{"number": place, "name": card.name} for place, card in enumerate(cards, 1)]
    emit(
        ctx,
        {
            "ceremony": made.number, "new": made.new, "title": invitation.title, "tender": tender or None,
            "threshold": threshold, "members": members, "roster": hex0x(made.roster.digest()),
            "dealsUntil": plan.deals_until, "complaintsUntil": plan.complaints_until,
            "answersUntil": plan.answers_until, "confirmUntil": plan.confirm_until, "usableUntil": plan.usable_until,
        },
        f"[green]✓[/] ceremony {made.number} is {'convened' if made.new else 'convened already'}: "
        f"{len(cards)} members, {threshold} open together\n"
        f"  deals until {rfc3339(plan.deals_until)}, the key by {rfc3339(plan.confirm_until)}\n"
        f"  each member now runs: yinxin keyholder run --ceremony {made.number}",
    )  # fmt: skip


def convene_them(
    ctx: typer.Context,
    card: Annotated[list[Path], typer.Argument(help="cards of the key holders; their order gives the numbers")],
    threshold: Annotated[int, typer.Option(min=2, help="how many open together; at least 2t - 1 are invited")],
    tender: Annotated[int, typer.Option(min=0, help="number of the one tender the key is for 单个项目")] = 0,
    until: Annotated[str, typer.Option(help="for a term: last day on which tenders open with the key 任期")] = "",
    title: Annotated[str, typer.Option(help="what people call the term or occasion")] = "",
    seconds: Annotated[int, typer.Option("--round", min=2, help="seconds of each of the four rounds")] = 86_400,
) -> None:
    """Convene a ceremony 召集密钥保管人. In the home of the authority or of a procuring entity."""
    _convene(ctx, tuple(_cards(card)), threshold, title, tender, until, seconds)


def replace(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=1, help="ceremony whose members mostly stay")],
    leave: Annotated[list[int], typer.Option(help="number of a member that leaves; may be repeated")] = [],  # noqa: B006
    card: Annotated[list[Path], typer.Option(help="new card of a member that stays or comes; may be repeated")] = [],  # noqa: B006
    seconds: Annotated[int, typer.Option("--round", min=2, help="seconds of each of the four rounds")] = 86_400,
) -> None:
    """Convene again with other members 更换: new cards, a new key; tenders that name the old one need its holders."""
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        old = read_ceremony(place.ledger, place.board, ceremony)
        cards = successors(place.ledger, place.board, ceremony, leave, _cards(card))
    plan = old.state.plan
    title = f"after ceremony {ceremony} 接替"
    _convene(ctx, cards, plan.threshold, title, plan.tender, str(plan.usable_until), seconds)
