"""``yinxin bid sign-contract``: the winner reads what the officer has signed, and signs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.bid._place import BidHere, LotOption, Tender, bid_here
from chain.cli.common import emit, one_line, state
from chain.contracting.award import (
    Agreement,
    Amendment,
    Offered,
    agree,
    amendment_contradiction,
    content_digest,
    contract_contradiction,
    offers,
    signed_by_both,
    standing_award,
    standing_contract,
    supplier_of,
)
from chain.kernel.encoding import hex0x, sha256_file
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused
from chain.tenders.opening import LotPlace, read_story
from chain.tenders.story import LotStory


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sign-contract")(sign_contract)


def sign_contract(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    document: Annotated[
        list[Path] | None, typer.Option(help="a document of the contract, as you have it; repeat it")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask")] = False,
) -> None:
    """Sign the contract, or the newest amendment, with the key that acts for your bid. 签署合同.

    Shown first is what is signed. Each document must be at hand: on the boards, or named with --document.
    """
    current = state(ctx)
    with bid_here(current, tender, lot) as here:
        place = LotPlace(here.ledger.genesis, here.ledger.book, tender, lot)
        story = read_story(here.ledger, tender)
        line, board = story.lots[lot], here.place.board
        award = standing_award(board, line, place)
        name, own = here.current
        if award is None or supplier_of(line, award) != own.bidder:
            raise Refused(
                f"lot {lot} is not awarded to this bid", code="contract.winner", field="lot", fix="yinxin tender show"
            )
        known = offers(board, place, lambda account: here.ledger.is_officer(tender, account))
        if not known:
            raise NotFound("the officer has offered nothing yet", code="contract.offer", field="lot", fix="wait for it")
        offered = known[-1]
        if signed_by_both(board, offered, own.bidder) is None:
            _check(here, line, place, offered)
            _documents(here, offered.agreement, document or [])
            _show(ctx, offered.agreement)
            if not yes and not current.json and current.err.is_terminal:
                typer.confirm("Sign this? 确认签署？", abort=True, err=True)
            agree(board, offered.agreement, here.secret(name))
    digest = content_digest(offered.agreement)
    emit(ctx, {"signed": True, **_data(offered.agreement)}, f"[green]✓[/] signed {hex0x(digest)} 已签署")


def _check(here: BidHere, line: LotStory, place: LotPlace, offered: Offered) -> None:
    """See whether it is what award and contract say. Raises Refused."""
    agreement, board = offered.agreement, here.place.board
    standing = standing_contract(board, line)
    if isinstance(agreement, Amendment):
        wrong = "there is no contract yet" if standing is None else amendment_contradiction(agreement, place, standing)
    elif standing is not None:
        wrong = "a contract stands already"
    else:
        award = standing_award(board, line, place)
        wrong = "nothing is awarded" if award is None else contract_contradiction(agreement, place, award)
    if wrong:
        raise Refused(
            f"do not sign this: {wrong}", code="contract.fits", field="contract", fix="tell the procuring entity"
        )


def _documents(here: BidHere, agreement: Agreement, files: list[Path]) -> None:
    """See whether every document is at hand: nobody signs what he has not got. Raises Refused, InvalidInput."""
    at_hand = set()
    for file in files:
        try:
            at_hand.add(sha256_file(file)[0])
        except OSError as error:
            raise InvalidInput(
                f"{file} cannot be read", code="contract.document", field="--document", fix="name the file"
            ) from error
    for one in agreement.documents:
        if one.digest in at_hand:
            continue
        try:
            here.place.board.get(one.digest)
        except (NotFound, Damaged) as error:
            raise Refused(
                f"the document {one.name} ({hex0x(one.digest)}) is not at hand", code="contract.document",
                field="--document", fix="get it from the procuring entity and name it with --document",
            ) from error  # fmt: skip
    given = {one.digest for one in agreement.documents}
    if at_hand - given:
        raise Conflict(
            "a file given with --document is none of this contract's", code="contract.document", field="--document",
            fix="the contract that is offered has other documents: do not sign before you know why",
        )  # fmt: skip


def _show(ctx: typer.Context, agreement: Agreement) -> None:
    current = state(ctx)
    if current.json:
        return
    what = f"amendment {agreement.number} 合同变更" if isinstance(agreement, Amendment) else "contract 合同"
    lines = [f"[bold]{what}[/]: {agreement.price}, {agreement.period.begins} – {agreement.period.ends}"]
    if isinstance(agreement, Amendment):
        lines += [f"  {one_line(agreement.changes)}", f"  {one_line(agreement.rationale)}"]
    else:
        lines.append(f"  {one_line(agreement.number)} {one_line(agreement.title)}")
    lines += [f"  {one_line(one.name)}, {one.size} bytes, {hex0x(one.digest)}" for one in agreement.documents]
    for text in lines:
        current.err.print(text, highlight=False)


def _data(agreement: Agreement) -> dict[str, Any]:
    return {
        "content": hex0x(content_digest(agreement)), "paper": agreement.form,
        "price": {"amount": f"{agreement.price.amount:.2f}", "currency": agreement.price.currency},
        "documents": [hex0x(one.digest) for one in agreement.documents],
    }  # fmt: skip
