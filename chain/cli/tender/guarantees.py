"""``yinxin tender guarantees``: what becomes of the guarantees, and what is due from a bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli._licences import evidence_of
from chain.cli.common import emit, printable, read_named, state
from chain.cli.tender._common import moment
from chain.cli.tender._opening import AccountOption, OpeningHere, Tender, opening_here
from chain.cli.tender.qualifying import manifest_of
from chain.contracting.award import Award
from chain.evaluation.qualifying import Qualification, QualifiedBid
from chain.evaluation.qualifying.recording import (
    Settled,
    next_outcome,
    record_outcome,
    settled,
    standing_qualification,
)
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.tenders.opening.finishing import standing_record
from chain.words import read

_WORDS = read("bidding")
GROUNDS = tuple(key.partition(".")[2] for key in _WORDS if key.startswith("claim."))
"""Short names of the reasons for a claim that the law gives."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("guarantees")(guarantees)


def guarantees(
    ctx: typer.Context,
    tender: Tender,
    lot: Annotated[int, typer.Option("--lot", help="number of the lot 标段; 0: all of them", min=0)] = 0,
    release: Annotated[
        bool, typer.Option("--release", help="give back what may be given back: losers' after the award, else all")
    ] = False,
    claim: Annotated[
        list[str] | None,
        typer.Option("--claim", help=f"PLACE=reason; a reason of yours, or one of {', '.join(GROUNDS)}; repeat it"),
    ] = None,
    paper: Annotated[Path | None, typer.Option(help="what shows the claims; it becomes public")] = None,
    account: AccountOption = "",
) -> None:
    """Show guarantees, what became of them, and what is due from this home's bank; give back or claim. 投标保函."""
    claims = dict(_claim(one) for one in claim or [])
    if (release or claims) and lot == 0:
        raise InvalidInput("name the lot", code="guarantee.lot", field="lot", fix="--lot L")
    with opening_here(state(ctx), tender, max(lot, 1)) as here:
        if release or claims:
            _settle(here, release, claims, paper, account)
        lots = [lot] if lot else sorted(here.story.lots)
        rows = [row for number in lots for row in _rows(here, number)]
    due = [row for row in rows if row["due"]]
    out = Text()
    for row in rows:
        out.append(_line(row))
    for row in due:
        out.append(
            f"! due from you: yinxin find {row['certificate']}, then yinxin cancel NUMBER --reason {row['outcome']}\n"
            f"  待办：注销上述保函\n"
        )
    data = {"tender": tender, "guarantees": rows, "due": due}
    emit(ctx, data, out if rows else "no guarantees are known: no qualification stands on the ledger 尚无已核验的保函")


def _claim(text: str) -> tuple[int, str]:
    number, _, reason = text.partition("=")
    if not number.isdecimal() or not reason.strip():
        raise InvalidInput(
            f"{text!r} is no claim", code="guarantee.claim", field="claim", fix="--claim 3=refused-contract"
        )  # fmt: skip
    words = _WORDS.get(f"claim.{reason.strip()}")
    return int(number), reason.strip() if words is None else f"{words['zh']} {words['en']}"


def _settle(here: OpeningHere, release: bool, claims: dict[int, str], paper: Path | None, account: str) -> None:
    board = here.place.board
    standing = standing_qualification(board, here.story, here.lot, 1)
    if standing is None:
        raise NotFound(
            "no qualification stands on the ledger", code="guarantee.unknown", field="lot",
            fix=f"yinxin tender qualify {here.tender} --lot {here.lot}",
        )  # fmt: skip
    shown = None if paper is None else _put(here, paper)
    outcome = next_outcome(
        here.story, here.lot_place, standing, settled(board, here.story, here.lot, standing[0]), release=release,
        claims=claims, winner=_winner(here), paper=shown,
    )  # fmt: skip
    if outcome is not None:
        record_outcome(here.acts(account), board, outcome)
        here.renew()


def _put(here: OpeningHere, paper: Path) -> bytes:
    return here.place.board.put(read_named(paper, code="guarantee.paper", field="paper", fix="name a file"))


def _winner(here: OpeningHere) -> int | None:
    """Place of the bid that the newest award names."""
    awards = here.story.lots[here.lot].awards
    return Award.from_bytes(here.place.board.get(awards[-1].values["digest"])).place if awards else None


def _rows(here: OpeningHere, lot: int) -> list[dict[str, Any]]:
    standing = standing_qualification(here.place.board, here.story, lot, 1)
    if standing is None:
        return []
    done = settled(here.place.board, here.story, lot, standing[0])
    return [_row(here, lot, bid, done.get(bid.place), standing[1]) for bid in standing[1].bids if bid.guarantee]


def _row(here: OpeningHere, lot: int, bid: QualifiedBid, done: Settled | None, paper: Qualification) -> dict[str, Any]:
    mine = bid.guarantee
    assert mine is not None
    own = here.place.home.settings.bureau.uscc
    known = mine.certificate is not None
    return {
        "lot": lot,
        "place": bid.place,
        "result": mine.result.value,
        "amount": None if mine.money is None else f"{mine.money.amount:.2f}",
        "currency": None if mine.money is None else mine.money.currency,
        "until": mine.until,
        "bank": mine.bank,
        "certificate": None if mine.certificate is None else hex0x(mine.certificate),
        "outcome": None if done is None else done.outcome.fate.value,
        "reason": None if done is None else done.outcome.reason,
        "paper": None if done is None else hex0x(done.paper),
        "status": _status(here, lot, bid.place),
        "due": bool(known and own and mine.bank == own and done is not None),
    }


def _status(here: OpeningHere, lot: int, place: int) -> str | None:
    """What a verifier says of it now, where this home has what the bid showed; else None."""
    one = OpeningHere(here.place, here.tender, lot, 1)
    try:
        record = standing_record(here.place.board, here.story, lot, 1)
        bid = next(bid for bid in record.bids if bid.place == place) if record is not None else None
        text = manifest_of(one, bid).guarantee if bid is not None else None
    except NotFound:
        return None
    if text is None:
        return None
    evidence = evidence_of(here.place.home, here.place.connection)
    return str(evidence.licence(text, here.place.ledger.block.time, past=False).verdict)


def _line(row: dict[str, Any]) -> str:
    money = f"{row['currency']} {row['amount']}" if row["amount"] else "–"
    until = moment(row["until"]) if row["until"] else "–"
    fate = f"{row['outcome']}: {row['reason']}" if row["outcome"] else "held 在押"
    status = f", now {row['status']}" if row["status"] else ""
    words = f"{row['lot']}/{row['place']}  {money}  {row['bank'] or '–'}  until {until}  {row['result']}{status}\n"
    return printable(words.rstrip("\n")) + "\n  " + printable(fate) + "\n"
