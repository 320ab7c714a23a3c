"""``yinxin tender qualify``: certificates of the bids that opened, judged by the ledger as of two blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chain.cli._licences import evidence_of
from chain.cli.common import CANNOT_TELL, NO, emit, printable, state
from chain.cli.tender._opening import (
    AccountOption,
    EnvelopeOption,
    LotOption,
    OpeningHere,
    Tender,
    account_of,
    opening_here,
)
from chain.evaluation.qualifying import Answer, Bench, Qualification, QualifiedBid, companies_behind
from chain.evaluation.qualifying.recording import record_qualification, standing_qualification
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.ports import BlockRef
from chain.sealing import Manifest
from chain.sealing.manifest import read_manifest
from chain.tenders.opening import OpeningRecord, Outcome, RecordedBid
from chain.tenders.opening.finishing import records_of, standing_record
from chain.tenders.opening.organisations import deadline_block

WORDS = {Answer.PASS: ("✓", "通过"), Answer.FAIL: ("✗", "不通过"), Answer.UNKNOWN: ("?", "无法判断")}
_OTHER_FORM = "guarantee.elsewhere"
"""What the committee looks at itself: no second run would tell more."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("qualify")(qualify)


def qualify(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    envelope: EnvelopeOption = 1,
    account: AccountOption = "",
    with_unknown: Annotated[
        bool, typer.Option("--with-unknown", help="record although something could not be told: the committee decides")
    ] = False,
) -> None:
    """Judge every certificate and guarantee by the ledger, and record what came of it. Exit 2: not all told. 资格核验.

    Once one is on record, or in another home that opened the bids, it compares. Exit 1: other answers.
    """
    with opening_here(state(ctx), tender, lot, envelope) as here:
        record, mine = judged(here)
        board, story = here.place.board, here.story
        standing = standing_qualification(board, story, lot, envelope)
        if standing is not None or not _is_officer(here, account):
            _compare(ctx, mine, standing)
            return
        if _untold(mine) and not with_unknown:
            data = {**_data(mine), "recorded": None}
            words = "not recorded: something could not be told; again later, or --with-unknown 尚未存证：部分无法判断"
            emit(ctx, data, lambda out: _show(out, record, mine, words), CANNOT_TELL)
            return
        digest = record_qualification(here.acts(account), board, story, mine)
    words = f"✓ on the ledger 已存证: {hex0x(digest)}"
    emit(ctx, {**_data(mine), "recorded": hex0x(digest)}, lambda out: _show(out, record, mine, words))


def judged(here: OpeningHere) -> tuple[OpeningRecord, Qualification]:
    """The standing opening record, and what this home finds of the bids that opened by it.

    Raises:
        NotFound: no opening record stands, or this home has not opened the bids.
    """
    record = standing_record(here.place.board, here.story, here.lot, here.envelope)
    if record is None:
        raise NotFound(
            "no opening record is to be had", code="qualification.early", field="lot",
            fix=f"yinxin tender finish-opening {here.tender} --lot {here.lot} --envelope {here.envelope}",
        )  # fmt: skip
    opening = here.story.lots[here.lot].openings[here.envelope].event.block
    last = deadline_block(here.place.ledger, here.story.deadline)
    evidence = evidence_of(here.place.home, here.place.connection)
    bench = Bench(here.notice, here.lot, evidence, last, opening, here.story.deadline)
    bids = tuple(
        bench.judge(bid.place, manifest_of(here, bid), companies_behind(bid.organisation))
        for bid in record.bids
        if bid.outcome is Outcome.OPENED
    )
    digest = records_of(here.story.lots[here.lot], here.envelope)[0].values["digest"]
    return record, Qualification(here.lot_place, here.envelope, digest, _block(last), _block(opening), bids)


def _block(block: BlockRef) -> tuple[int, int]:
    return block.number, block.time


def manifest_of(here: OpeningHere, bid: RecordedBid) -> Manifest:
    """The manifest of a bid's first envelope, as this home opened it. Raises NotFound."""
    file = here.place.home / "openings" / f"{here.tender}-{here.lot}-1" / "bids" / str(bid.place) / "manifest.json"
    fault = NotFound(
        f"this home has not opened the bid of place {bid.place}", code="qualification.bid", field="lot",
        fix=f"yinxin tender open {here.tender} --lot {here.lot}, in the officer's or supervisor's home",
    )  # fmt: skip
    try:
        manifest = read_manifest(file.read_bytes())
    except (OSError, InvalidInput) as error:
        raise fault from error
    own, lot = manifest.identity, here.lot_place
    if (own.genesis, own.book, own.tender, own.lot, own.envelope, own.bidder, own.version) != (
        lot.genesis, lot.book, lot.tender, lot.lot, 1, bid.bidder, bid.version
    ):  # fmt: skip
        raise fault
    return manifest


def _is_officer(here: OpeningHere, account: str) -> bool:
    if not here.place.keys.has(account or account_of(here)):
        return False
    return here.place.ledger.is_officer(here.tender, here.acts(account).address)


def _compare(ctx: typer.Context, mine: Qualification, standing: tuple[bytes, Qualification] | None) -> None:
    if standing is None:
        emit(ctx, {**_data(mine), "recorded": None}, "? no qualification stands on the ledger yet", CANNOT_TELL)
        return
    digest, theirs = standing
    told: list[int] = []
    wrong: list[int] = []
    for bid in mine.bids:
        other = theirs.bid(bid.place)
        found = None if other is None else answers_of(other)
        (told if found == answers_of(bid) else wrong).append(bid.place)
    wrong += [bid.place for bid in theirs.bids if mine.bid(bid.place) is None]
    data = {**_data(mine), "recorded": hex0x(digest), "same": told, "differs": sorted(wrong)}
    if not wrong:
        emit(ctx, data, f"✓ {hex0x(digest)} says what this home finds 与存证一致")
        return
    code = CANNOT_TELL if _untold(mine) else NO
    emit(ctx, data, f"✗ other answers at places {', '.join(map(str, sorted(wrong)))} 与存证不一致", code)


def answers_of(bid: QualifiedBid) -> Mapping[str, tuple[str, str]]:
    """The answers of a bid, by rule; without words."""
    found = {one.rule: (one.deadline.value, one.opening.value) for one in bid.rules}
    mine = bid.guarantee
    return found if mine is None else {**found, "": (mine.deadline.value, mine.opening.value)}


def _untold(paper: Qualification) -> bool:
    """True if something could not be told that a second run may tell."""
    for bid in paper.bids:
        if any(one.result is Answer.UNKNOWN for one in bid.rules):
            return True
        mine = bid.guarantee
        if (
            mine is not None
            and mine.result is Answer.UNKNOWN
            and _OTHER_FORM not in [one.code for one in mine.findings]
        ):
            return True
    return False


def _data(paper: Qualification) -> dict[str, Any]:
    return {
        "tender": paper.place.tender, "lot": paper.place.lot, "envelope": paper.envelope,
        "deadline": {"block": paper.deadline[0], "time": paper.deadline[1]},
        "opening": {"block": paper.opening[0], "time": paper.opening[1]},
        "bids": [
            {
                "place": bid.place, "result": bid.result.value,
                "rules": [
                    {
                        "rule": one.rule, "required": one.required, "result": one.result.value,
                        "deadline": one.deadline.value, "opening": one.opening.value,
                        "findings": [said.as_dict() for said in one.findings],
                    }
                    for one in bid.rules
                ],
                "guarantee": None if bid.guarantee is None else {
                    "result": bid.guarantee.result.value,
                    "amount": None if bid.guarantee.money is None else str(bid.guarantee.money),
                    "bank": bid.guarantee.bank,
                    "findings": [said.as_dict() for said in bid.guarantee.findings],
                },
            }
            for bid in paper.bids
        ],
    }  # fmt: skip


def _show(out: Console, record: OpeningRecord, paper: Qualification, words: str) -> None:
    names = {bid.place: bid.organisation.name for bid in record.bids if bid.organisation is not None}
    table = Table(
        title=f"资格核验  {paper.place.tender}/{paper.place.lot}/{paper.envelope}  blocks {paper.deadline[0]}, "
        f"{paper.opening[0]}",
        title_justify="left",
    )
    rules = [one.rule for one in paper.bids[0].rules] if paper.bids else []
    for name in ("#", "投标人 bidder", *rules, "投标保函 guarantee", "结果 result"):
        table.add_column(Text(printable(name)))
    for bid in paper.bids:
        parts = [WORDS[one.result][0] for one in bid.rules]
        guarantee = "–" if bid.guarantee is None else WORDS[bid.guarantee.result][0]
        cells = (str(bid.place), names.get(bid.place, ""), *parts, guarantee, " ".join(WORDS[bid.result]))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    out.print(table)
    for bid in paper.bids:
        said = [one for rule in bid.rules for one in rule.findings]
        for one in said if bid.guarantee is None else (*said, *bid.guarantee.findings):
            out.print(Text(printable(f"  {bid.place}: [{one.at}] {one.zh} {one.en}")))
    out.print(Text(words))
