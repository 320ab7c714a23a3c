"""``yinxin tender witness-opening`` and ``finish-opening``: the supervisor looks for himself, the officer records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from chain.cli.common import CANNOT_TELL, NO, emit, state
from chain.cli.tender._opening import (
    AccountOption,
    EnvelopeOption,
    LotOption,
    OpeningHere,
    Tender,
    account_of,
    opening_here,
)
from chain.cli.tender.opening import keep_draft, open_into_folder
from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound, Refused
from chain.keys.signatures import sign
from chain.tenders.opening import (
    OpenedBid,
    OpeningRecord,
    Outcome,
    WitnessNote,
    read_record,
    releases_topic,
    witness_digest,
)
from chain.tenders.opening.finishing import (
    check_finish,
    contradictions,
    drafts,
    finish,
    session_topic,
    show_k2,
    signature_for,
)
from chain.tenders.opening.session import objections_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("witness-opening")(witness)
    app.command("finish-opening")(finish_)


def witness(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    envelope: EnvelopeOption = 1,
    account: AccountOption = "",
    custody: Annotated[Path | None, typer.Option(help="folder of sealed files, asked before the custodians")] = None,
) -> None:
    """Open the bids with the supervisor's own key, compare with the officer's draft, and sign it. Exit 1: it differs.

    开标监督。
    """
    with opening_here(state(ctx), tender, lot, envelope) as here:
        if here.side[0] != "supervisor":
            raise Refused(
                "this home has not the supervisor's key of lock 2", code="opening.key", field="key",
                fix="use the supervisor's home",
            )  # fmt: skip
        here.box.take(here.place.board.notes(releases_topic(tender, lot, envelope)))
        mine, opened = open_into_folder(ctx, here, [], custody)
        _help(here, opened)
        told = objections_of(here.story.lots[lot], envelope)
        found: list[str] = ["no draft lies on the board"]
        draft: OpeningRecord | None = None
        for one in drafts(here.place.board, here.live):
            found = list(contradictions(mine, one))
            found += ["objections"] if one.objections != told or one.alone is not None else []
            draft = None if found else one
        if draft is None:
            data = {"signed": False, "differs": found}
            emit(ctx, data, "[bold red]✗[/] not signed; the newest draft differs: " + ", ".join(found), NO)
            return
        key = bytes(here.place.keys.account(account or account_of(here)).key)
        note = WitnessNote(draft.content, sign(witness_digest(draft.content), key))
        if note.signer != here.story.terms.supervisor:
            raise Refused(
                "this account is not the tender's supervisor", code="opening.supervisor", field="account",
                fix="name the account that the notice names",
            )  # fmt: skip
        here.place.board.post(session_topic(tender, lot, envelope), "witness", note.to_bytes())
    emit(
        ctx, {"signed": True, "content": hex0x(draft.content), "differs": []},
        f"[green]✓[/] opened {len(mine.bids)} bids, found what the draft says, signed {hex0x(draft.content)}",
    )  # fmt: skip


def _help(here: OpeningHere, opened: tuple[OpenedBid, ...]) -> None:
    """Show the officer, encrypted, the k2 of bids for which his draft says that his box is shut."""
    envelope = here.notice.envelope(here.envelope)
    for draft in list(drafts(here.place.board, here.live))[-1:]:
        for bid, own in zip(draft.bids, opened, strict=False):
            if bid.outcome is Outcome.UNDECIDED and own.k2 is not None and envelope is not None:
                show_k2(here.place.board, here.live, bid.place, own.k2, envelope.officer)


def finish_(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    envelope: EnvelopeOption = 1,
    account: AccountOption = "",
    open_cases: Annotated[bool, typer.Option("--open-cases", help="unanswered objections go on as cases")] = False,
    without: Annotated[
        str, typer.Option("--without-supervisor", help="record without the supervisor's signature, for this reason")
    ] = "",
) -> None:
    """Put the opening record on the ledger, once objections are answered and the supervisor has signed. 开标记录."""
    with opening_here(state(ctx), tender, lot, envelope) as here:
        file = here.folder / "record.json"
        if not file.is_file():
            raise NotFound(
                "this home has not opened this envelope", code="opening.draft", field="lot",
                fix=f"yinxin tender open {tender} --lot {lot} --envelope {envelope}",
            )  # fmt: skip
        old = read_record(file.read_bytes())
        record = replace(
            old, objections=objections_of(here.story.lots[lot], envelope), witness=None, alone=without or None
        )
        if record.content != old.content:
            keep_draft(here, record)
        signature = signature_for(here.place.board, here.live, record, here.story.terms.supervisor)
        record = record.with_witness(signature)
        if record.witness is None and record.alone is None:
            words = "[yellow]–[/] the supervisor has not signed this draft; ask for yinxin tender witness-opening"
            emit(ctx, {"finished": False, "content": hex0x(record.content)}, words, CANNOT_TELL)
            return
        check_finish(record, here.story, here.place.ledger.block.time, open_cases=open_cases)
        digest = finish(here.acts(account), here.place.board, record, here.story)
    words = f"[green]✓[/] the opening record stands on the ledger: {hex0x(digest)}"
    if record.failed:
        words += f"\n  [bold]the lot has failed 流标[/]: {record.organisations} organisations of {record.minimum}"
    emit(ctx, {"finished": True, "record": hex0x(digest), "failed": record.failed}, words)
