"""``yinxin tender contract``: the contract and its amendments, drafted, offered to the winner, put on the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.common import CANNOT_TELL, YES, emit, state
from chain.cli.tender._after import award_of, line_of, now_of, window_of, window_words
from chain.cli.tender._opening import AccountOption, LotOption, OpeningHere, Tender, account_of, opening_here
from chain.contracting.award import (
    Agreement,
    Amendment,
    DraftedAgreement,
    Offered,
    StandingContract,
    amendment_template,
    check_amendment,
    check_contract,
    content_digest,
    contract_template,
    day_of,
    draft_amendment,
    draft_contract,
    offer,
    offers,
    record_amendment,
    record_contract,
    signed_by_both,
    standing_contract,
    supplier_of,
)
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.home import write_atomically


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("contract")(contract)


def contract(
    ctx: typer.Context,
    tender: Tender,
    file: Annotated[
        Path | None, typer.Argument(help="draft, TOML or JSON; without it: what was offered goes on")
    ] = None,
    lot: LotOption = 1,
    amend: Annotated[bool, typer.Option("--amend", help="an amendment of the contract 合同变更")] = False,
    draft: Annotated[Path | None, typer.Option("--draft", help="write a draft to fill in, and do nothing else")] = None,
    account: AccountOption = "",
) -> None:
    """Contract with the winner: sign a draft as the officer, wait for the winner's signature, put both on the ledger.

    Run again with the same draft, or without one, once the winner has signed (yinxin bid sign-contract). Exit 2: a
    signature or the end of the complaint period is waited for. 签订合同.
    """
    with opening_here(state(ctx), tender, lot) as here:
        if draft is not None:
            _template(ctx, here, draft, amend)
            return
        if file is None:
            offered = _offered(here, amend)
        else:
            drafted = _drafted(here, file, amend)
            _check(here, drafted.agreement)
            for document in drafted.agreement.documents:
                if document.public:
                    here.place.board.put(drafted.files[document.digest].read_bytes())
            key = bytes(here.place.keys.account(account or account_of(here)).key)
            offered = offer(here.place.board, drafted.agreement, key)
        _go_on(ctx, here, offered, account)


def _template(ctx: typer.Context, here: OpeningHere, draft: Path, amend: bool) -> None:
    if draft.exists():
        raise InvalidInput(f"{draft} exists", code="contract.exists", field="--draft", fix="choose another name")
    day = day_of(now_of(here)).isoformat()
    if amend:
        standing = _contract_of(here)
        text = amendment_template(standing.price, standing.period, day)
    else:
        text = contract_template(award_of(here), day)
    write_atomically(draft, text.encode("utf-8"))
    emit(
        ctx, {"file": str(draft)}, f"[green]✓[/] {draft}: fill it in, then yinxin tender contract {here.tender} {draft}"
    )


def _contract_of(here: OpeningHere) -> StandingContract:
    found = standing_contract(here.place.board, line_of(here))
    if found is None:
        raise Refused(
            f"lot {here.lot} has no contract yet", code="contract.none", field="--amend", fix="yinxin tender contract"
        )
    return found


def _drafted(here: OpeningHere, file: Path, amend: bool) -> DraftedAgreement:
    if not amend:
        return draft_contract(file, here.lot_place, award_of(here))
    standing = _contract_of(here)
    fresh = draft_amendment(
        file, here.lot_place, standing.digest, standing.newest, len(standing.amendments) + 1, standing.price,
        standing.period,
    )  # fmt: skip
    if not standing.amendments:
        return fresh
    # The draft of the newest amendment, given again, is that amendment and no further one.
    last = standing.amendments[-1][1]
    before = StandingContract(standing.digest, standing.contract, standing.amendments[:-1])
    again = draft_amendment(
        file, here.lot_place, before.digest, before.newest, last.number, before.price, before.period
    )
    return again if again.agreement == last else fresh


def _check(here: OpeningHere, agreement: Agreement) -> None:
    """See whether it fits what stands, before anybody signs."""
    line = line_of(here)
    if isinstance(agreement, Amendment):
        standing = _contract_of(here)
        if not any(agreement == one for _, one in standing.amendments):
            check_amendment(standing, agreement)
    elif line.contract is None:
        check_contract(here.place.board, here.story, agreement, award_of(here))


def _offered(here: OpeningHere, amend: bool) -> Offered:
    ledger = here.place.ledger
    known = offers(here.place.board, here.lot_place, lambda account: ledger.is_officer(here.tender, account))
    found = [one for one in known if isinstance(one.agreement, Amendment) == amend]
    if not found:
        raise InvalidInput(
            "nothing was offered to the winner yet", code="contract.draft", field="FILE",
            fix=f"yinxin tender contract {here.tender} --lot {here.lot} --draft contract.toml",
        )  # fmt: skip
    return found[-1]


def _go_on(ctx: typer.Context, here: OpeningHere, offered: Offered, account: str) -> None:
    award, line, board = award_of(here), line_of(here), here.place.board
    agreement, supplier = offered.agreement, supplier_of(line_of(here), award_of(here))
    data: dict[str, Any] = {
        "tender": here.tender, "lot": here.lot, "content": hex0x(content_digest(agreement)),
        "amendment": agreement.number if isinstance(agreement, Amendment) else None, "recorded": False, "paper": None,
        "waitingFor": None,
    }  # fmt: skip
    signed = signed_by_both(board, offered, supplier)
    if signed is None:
        words = (
            f"[yellow]–[/] signed by the officer: {data['content']}\n  {award.organisation.name} signs: "
            f"yinxin bid sign-contract {here.tender} --lot {here.lot}; then this command again"
        )
        emit(ctx, data | {"waitingFor": "winner"}, words, CANNOT_TELL)
        return
    left = window_of(here)
    if not isinstance(agreement, Amendment) and line.contract is None and left is not None and left.is_open:
        words = f"[yellow]–[/] signed by both; the complaint period runs: {window_words(left)}; then this command again"
        emit(ctx, data | {"waitingFor": "period", "until": left.until}, words, CANNOT_TELL)
        return
    acts = here.acts(account)
    if isinstance(agreement, Amendment):
        digest, what = record_amendment(acts, board, line, signed, award), f"amendment {agreement.number} 合同变更"
    else:
        digest, what = record_contract(acts, board, here.story, signed, award, now_of(here)), "contract 合同"
    words = f"[green]✓[/] the {what} stands on the ledger: {hex0x(digest)}, {agreement.price}"
    emit(ctx, data | {"recorded": True, "paper": hex0x(digest)}, words, YES)
