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
from chain.tenders.opening import OpeningRecord, WitnessNote, read_record, releases_topic, witness_digest
from chain.tenders.opening.finishing import check_finish, finish, session_topic, show_k2, standing_record
from chain.tenders.opening.session import objections_of
from chain.tenders.opening.witnessing import drafts, k2_to_show, published_k2, signable, signature_for


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
    custody: Annotated[
        Path | None, typer.Option(help="folder of lost sealed files, handed in within the window")
    ] = None,
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
        board, live = here.place.board, here.live
        here.box.take(board.notes(releases_topic(tender, lot, envelope)))
        # Whose box a bidder spoilt must not decide: what a draft publishes is tried, and proved, here too.
        mine, opened = open_into_folder(ctx, here, [], custody, [published_k2(drafts(board, live))])
        for place, k2 in k2_to_show(drafts(board, live), opened).items():
            show_k2(board, live, place, k2, here.recipients.officer)
        told = objections_of(here.story.lots[lot], envelope)
        right, found = signable(mine, here.box, told, drafts(board, live))
        if not right:
            data = {"signed": False, "differs": found}
            emit(ctx, data, "[bold red]✗[/] not signed; the nearest draft differs: " + ", ".join(found), NO)
            return
        key = bytes(here.place.keys.account(account or account_of(here)).key)
        notes = [WitnessNote(draft.content, sign(witness_digest(draft.content), key)) for draft in right]
        if notes[-1].signer != here.story.terms.supervisor:
            raise Refused(
                "this account is not the tender's supervisor", code="opening.supervisor", field="account",
                fix="name the account that the notice names",
            )  # fmt: skip
        for note in notes:
            board.post(session_topic(tender, lot, envelope), "witness", note.to_bytes())
    signed = [hex0x(note.content) for note in notes]
    emit(
        ctx, {"signed": True, "content": signed[-1], "contents": signed, "differs": []},
        f"[green]✓[/] opened {len(mine.bids)} bids, found what the draft says, signed {', '.join(signed)}",
    )  # fmt: skip


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
        record = standing_record(here.place.board, here.story, lot, envelope)
        if record is None:
            record = _renewed(here, read_record(file.read_bytes()), without)
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


def _renewed(here: OpeningHere, old: OpeningRecord, without: str) -> OpeningRecord:
    """The draft with the objections of now, left on the board if that changes it; and the supervisor's signature."""
    told = objections_of(here.story.lots[here.lot], here.envelope)
    record = replace(old, objections=told, witness=None, alone=without or None)
    if record.content != old.content:
        keep_draft(here, record)
    return record.with_witness(signature_for(here.place.board, here.live, record, here.story.terms.supervisor))
