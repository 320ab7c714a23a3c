"""``yinxin keyholder``: ceremonies, roll calls, openings, and what becomes of the shares (docs/keyholders.md)."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from chain.cli import _holder_draws
from chain.cli import _keyholding as words
from chain.cli._keyholding import ACCOUNT, Desk, convener, key_desk
from chain.cli._tenders import tender_place
from chain.cli.common import NO, YES, emit, exit_code_of, progress, state, styled
from chain.kernel.clock import parse_end, rfc3339, system_clock
from chain.kernel.encoding import hex0x, sha256, unb64url
from chain.kernel.errors import Conflict, InvalidInput, YinxinError
from chain.kernel.home import write_atomically
from chain.keys import Keystore, passphrase_for
from chain.tenders.holding import MemberCard, read_ceremony
from chain.tenders.holding.backup import back_up, restore
from chain.tenders.holding.card_keys import open_card
from chain.tenders.holding.convening import Invitation, convene, successors
from chain.tenders.holding.destruction import destroy_share
from chain.tenders.holding.releasing import prepare_release, send_release
from chain.tenders.holding.roll_call import call_roll
from chain.tenders.holding.rounds import Report, Standing

app = typer.Typer(
    help="Key holders 密钥保管人: make an opening key together, sign openings, destroy shares.", no_args_is_help=True
)
_holder_draws.register(app)
_YEAR = 366 * 86_400
_ENDED = {Standing.READY: YES, Standing.DESTROYED: YES, Standing.LEFT_OUT: NO, Standing.FAILED: NO}


@app.command("join")
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


def _cards(files: list[Path]) -> list[MemberCard]:
    found = []
    for file in files:
        try:
            found.append(MemberCard.from_bytes(file.read_bytes()))
        except OSError as error:
            raise InvalidInput(
                f"{file}: {error.strerror}", code="holding.card", field="CARD", fix="name the key holder's card"
            ) from error
    return found


def _convene(
    ctx: typer.Context, cards: tuple[MemberCard, ...], threshold: int, title: str, tender: int, until: str, seconds: int
) -> None:
    account, bureau = convener(ctx)
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


@app.command("convene")
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


@app.command("replace")
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


@app.command("run")
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
                _tell(ctx, report.ceremony, words.report_words(report), told)
            if worst is not None:
                _tell(ctx, 0, f"[yellow]![/] {worst.message}", told)
            time.sleep(every)
    if worst is not None:
        raise worst
    code = _ENDED[reports[0].standing] if ended else YES
    data = {"ceremonies": [words.report_data(report) for report in reports]}
    text = "\n".join(words.report_words(report) for report in reports) or "no ceremony invites this account"
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


@app.command("show")
def show(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=0, help="one ceremony; all that invite you if not given")] = 0,
) -> None:
    """Which shares this home has 份额: of which ledger, for what, which number, who else."""
    with key_desk(ctx) as desk:
        desk.ledger.refresh()
        numbers = [ceremony] if ceremony else desk.holder.ceremonies()
        found = [read_ceremony(desk.ledger, desk.board, number) for number in numbers]
        data = [words.ceremony_data(desk, one) for one in found]
    text = "\n".join(words.ceremony_words(item, one) for item, one in zip(data, found, strict=True))
    emit(ctx, {"ceremonies": data}, text or "no ceremony invites this account")


@app.command("backup")
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="file for the encrypted shares")],
    secrets: Annotated[
        Path | None, typer.Option(help="file for what opens them, to be kept elsewhere; FILE.secrets if not given")
    ] = None,
) -> None:
    """Back up the shares 备份. Two files, to be kept in two places; both encrypted."""
    beside = secrets or file.with_name(file.name + ".secrets")
    with key_desk(ctx) as desk, desk.store.alone():
        desk.ledger.refresh()
        numbers = back_up(desk.store, file, beside)
    emit(
        ctx,
        {"file": str(file), "secrets": str(beside), "ceremonies": numbers},
        f"[green]✓[/] shares of ceremonies {', '.join(map(str, numbers))}\n  shares:  {file}\n  secrets: {beside}\n"
        "  Keep them in two places. Either alone opens nothing; both also want this home's passphrase.",
    )


@app.command("restore")
def take_back(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="file with the encrypted shares")],
    secrets: Annotated[Path | None, typer.Option(help="file with what opens them; FILE.secrets if not given")] = None,
) -> None:
    """Take shares from a backup 恢复. The home has the passphrase that it had when the backup was made."""
    beside = secrets or file.with_name(file.name + ".secrets")
    with key_desk(ctx) as desk, desk.store.alone():
        desk.ledger.refresh()
        taken = restore(desk.ledger, desk.store, file, beside)
    text = f"[green]✓[/] took shares of ceremonies {', '.join(map(str, taken))}" if taken else "all are here already"
    emit(ctx, {"taken": taken}, text)


@app.command("roll-call")
def roll_call(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=1, help="number of the ceremony")],
    new: Annotated[bool, typer.Option("--new", help="begin another, though the last one is recent")] = False,
) -> None:
    """Answer the roll call 点名, the day before: shows that your share is here and works."""
    with key_desk(ctx) as desk:
        desk.ledger.refresh()
        share = desk.store.share(ceremony)
        roll = call_roll(desk.ledger, desk.board, desk.acts, ceremony, share, new=new)
    emit(ctx, words.roll_data(roll), words.roll_words(roll), NO if share.key_holder in roll.wrong else YES)


@app.command("release")
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
        warning = words.one_voice(desk)
        ready = prepare_release(
            desk.ledger, desk.board, desk.store, system_clock, tender, lot, envelope, kind=kind
        )  # fmt: skip
        if not yes:
            if current.json or not sys.stdin.isatty():
                raise InvalidInput(
                    "nobody was asked whether to sign", code="release.unasked", field="--yes",
                    fix="run it in a terminal, or give --yes",
                )  # fmt: skip
            current.out.print(styled(warning + words.release_words(ready)))
            typer.confirm("Sign 签名?", abort=True)
        made = send_release(desk.board, ready)
    text = "" if not yes else warning + words.release_words(ready) + "\n"
    emit(
        ctx,
        {
            **words.release_data(ready),
            "oneEndpoint": bool(warning),
            "release": hex0x(sha256(made.to_bytes())),
            "signatures": 1 + len(made.bids),
        },
        text + f"[green]✓[/] signed 已签名: one message with {1 + len(made.bids)} signatures lies on the board",
    )


@app.command("destroy")
def destroy(
    ctx: typer.Context,
    ceremony: Annotated[int, typer.Argument(min=1, help="number of the ceremony")],
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
) -> None:
    """Destroy your share 销毁 and the key it was dealt to, once no tender needs it, and report it on the ledger."""
    with key_desk(ctx) as desk, desk.store.alone():
        desk.ledger.refresh()
        if not yes and sys.stdin.isatty():
            typer.confirm(f"Destroy the share of ceremony {ceremony} for ever 永久销毁?", abort=True)
        elif not yes:
            raise InvalidInput(
                "nobody was asked whether to destroy", code="holding.unasked", field="--yes",
                fix="run it in a terminal, or give --yes",
            )  # fmt: skip
        done = destroy_share(desk.ledger, desk.board, desk.acts, desk.store, ceremony, now=system_clock())
    emit(ctx, words.destroyed_data(done), words.destroyed_words(done))
