"""``yinxin approvals``, ``approve``, ``refuse`` and ``signer``: the approver's side of the desk."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.text import Text

from chain.cli.common import NO, YES, emit, state
from chain.desk.approvers import load_approvers
from chain.desk.deciding import Deciding
from chain.desk.evidence import Evidence
from chain.desk.folder import Desk
from chain.desk.letters import FileLetters
from chain.desk.messages import Answer
from chain.desk.signer import Signer
from chain.desk.state import SignerState
from chain.kernel.clock import system_clock
from chain.kernel.encoding import unb64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused, Unavailable
from chain.kernel.home import Home
from chain.keys import Keystore, passphrase_for
from chain.ledger.connection import AccountAnchorKey, open_ledger

_POLL = 0.3


@contextmanager
def _signer_of(home: Home) -> Iterator[Signer]:
    """The signer of an approver's home."""
    bureau = home.settings.bureau.uscc
    if home.settings.role != "approver" or not bureau:
        raise InvalidInput(
            f"{home.path} is not an approver's home",
            code="signer.home",
            field="home",
            fix="run yinxin init approver, or name the right --home",
        )
    keys = Keystore(home / "keys", passphrase_for(home.path))
    ledger = open_ledger(home)
    state_file = SignerState(home / "signer.sqlite")
    evidence = Evidence(home / "signer.sqlite")
    try:
        desk = Desk(home.resolve(home.settings.desk.path))
        account = keys.account("anchor")
        desk.open(bureau=bureau, key=account.address.lower(), recipient=unb64url(keys.card("desk").public))
        key = AccountAnchorKey(account, ledger.domain)
        letters = FileLetters(home / "letters")
        deciding = Deciding(desk, bureau, ledger.domain, lambda: load_approvers(home.path), evidence, system_clock)
        yield Signer(desk, keys.desk("desk"), key, bureau, state_file, ledger.refresh, system_clock, letters, deciding)
    finally:
        evidence.close()
        state_file.close()
        ledger.close()


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("approvals")
    def approvals(ctx: typer.Context) -> None:
        """Show what waits for a person's decision."""
        with _signer_of(state(ctx).home) as signer:
            found = signer.waiting()
        text = Text("" if found else "nothing waits")
        for number, item in enumerate(found):
            text.append(("\n" if number else "") + item.name, style="bold")
            text.append("\n  " + "\n  ".join(item.lines))
        emit(
            ctx,
            {"waiting": [{"request": item.name, "kind": item.kind, **item.data} for item in found]},
            text,
        )

    @app.command("approve")
    def approve(
        ctx: typer.Context,
        requests: Annotated[list[str] | None, typer.Argument(help="names shown by yinxin approvals")] = None,
        everything: Annotated[bool, typer.Option("--all", help="all that waits now")] = False,
    ) -> None:
        """Release lists and allow status changes. 复核放行."""
        if load_approvers(state(ctx).home.path).people:
            raise Refused(
                "approvers are listed here, and each decides with a key of her own",
                code="approve.listed",
                field="requests",
                fix="sign with yinxin decide and hand the decision in; yinxin approver list shows who may",
            )
        with _signer_of(state(ctx).home) as signer:
            waiting = [item.name for item in signer.waiting()]
            names = waiting if everything else list(requests or [])
            if not names and not everything:
                raise InvalidInput(
                    "nothing named", code="approve.none", field="requests", fix="name a request, or give --all"
                )
            _all_wait(names, waiting)
            answers = [signer.approve(name) for name in names]
            answers += signer.answer_waiting()
        _told(ctx, answers)

    @app.command("refuse")
    def refuse(
        ctx: typer.Context,
        request: Annotated[str, typer.Argument(help="name shown by yinxin approvals")],
        reason: Annotated[str, typer.Option(help="the officer will read it")],
    ) -> None:
        """Refuse a list or a status change."""
        with _signer_of(state(ctx).home) as signer:
            _all_wait([request], [item.name for item in signer.waiting()])
            _told(ctx, [signer.refuse(request, reason)], expected=True)

    @app.command("signer")
    def run_signer(
        ctx: typer.Context, once: Annotated[bool, typer.Option("--once", help="answer what waits now and stop")] = False
    ) -> None:
        """Run the signer: it signs roots of released lists by itself; what needs a person waits."""
        stop = threading.Event()
        if not once:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
        if once:
            with _signer_of(state(ctx).home) as signer:
                answers = signer.answer_waiting()
            _told(ctx, answers, expected=True)
            return
        if not state(ctx).json:
            state(ctx).err.print("signer is running; stop it with Ctrl-C")
        while not stop.is_set():
            # Opened anew after a fault of the ledger, so that an embedded node which died is started again.
            try:
                with _signer_of(state(ctx).home) as signer:
                    while not stop.is_set():
                        for answer in signer.answer_waiting():
                            _log(ctx, answer)
                        stop.wait(_POLL)
            except (Unavailable, Damaged) as error:
                state(ctx).err.print(f"{error.message}; trying again", highlight=False, markup=False)
                stop.wait(_POLL)


def _all_wait(names: Sequence[str], waiting: Sequence[str]) -> None:
    for name in names:
        if name not in waiting:
            raise NotFound(
                f"no request {name} waits here",
                code="desk.none",
                field="REQUEST",
                fix="look at yinxin approvals; it may have been answered or taken back",
            )


def _log(ctx: typer.Context, answer: Answer) -> None:
    if not state(ctx).json:
        state(ctx).err.print(
            f"{answer.request}: {'signed' if answer.ok else 'refused: ' + answer.message}",
            highlight=False,
            markup=False,
        )


def _told(ctx: typer.Context, answers: list[Answer], *, expected: bool = False) -> None:
    data = [
        {"request": item.request, "ok": item.ok, "code": item.code or None, "message": item.message or None}
        for item in answers
    ]
    lines = [
        f"[green]✓[/] {item.request}" if item.ok else f"[bold red]✗[/] {item.request}: {item.message}"
        for item in answers
    ]
    bad = any(not item.ok for item in answers) and not expected
    emit(ctx, {"answers": data}, "\n".join(lines) or "nothing waits", NO if bad else YES)
