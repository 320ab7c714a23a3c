"""``yinxin bid submit``, ``replace`` and ``relay``: a version on its way to the ledger, and word that it is final."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from chain.cli._tenders import tender_place
from chain.cli.bid._place import BidHere, LotOption, Tender, bid_here
from chain.cli.bid._receipt import make_receipt
from chain.cli.bid.sealing import in_flight, next_version
from chain.cli.common import State, emit, progress, read_named, state
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.bidding.acts import SignedAct, Submission, check_act, read_act, sign_commitment
from chain.tenders.bidding.delivery import Delivery, Relay
from chain.tenders.custody.usual import GOOD_FOR
from chain.tenders.notice import current_notice
from chain.tenders.notice.model import Custodian

RelayOption = Annotated[
    Literal["custodian", "own", "none"],
    typer.Option(help="who brings it to the ledger: a custodian, this home's account, or whoever gets the file"),
]
OutOption = Annotated[Path | None, typer.Option(help="with --relay none: the file that anybody may send")]
GoodFor = Annotated[
    int | None, typer.Option(help="seconds for which it may be accepted; until the deadline with --relay none", min=1)
]
CustodianOption = Annotated[str, typer.Option("--custodian", help="name or address of the custodian to ask first")]
WaitOption = Annotated[float, typer.Option(help="seconds to wait until it is final", min=0)]
ACCOUNT = "account"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("submit")(submit)
    app.command("replace")(replace_)
    app.command("relay")(relay_)


def submit(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    relay: RelayOption = "custodian",
    out: OutOption = None,
    custodian: CustodianOption = "",
    good_for: GoodFor = None,
    wait: WaitOption = 60.0,
) -> None:
    """Bring the sealed version to custodian and ledger; done once it is final. Run again after a stop. 递交投标."""
    _bring(ctx, tender, lot, relay, out, custodian, good_for, wait, replacing=False)


def replace_(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    relay: RelayOption = "custodian",
    out: OutOption = None,
    custodian: CustodianOption = "",
    good_for: GoodFor = None,
    wait: WaitOption = 60.0,
) -> None:
    """Replace the bid by the version sealed last; until that is final the old one stands. 替换投标."""
    _bring(ctx, tender, lot, relay, out, custodian, good_for, wait, replacing=True)


def relay_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="a signed act, as --relay none wrote it")],
    wait: WaitOption = 60.0,
) -> None:
    """Bring somebody's signed act to the ledger from this home's account; it cannot be altered. 代为提交."""
    signed = read_act(read_named(file, code="bidding.file", field="file", fix="name the file"))
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        if (place.ledger.chain_id, place.ledger.book) != (signed.domain.chain_id, signed.domain.book):
            raise Conflict("the act is for another ledger", code="bidding.ledger", field="file", fix="use its ledger")
        notice = current_notice(place.ledger, place.board, signed.tender)
        check_act(signed, custodians={one.account for one in notice.custodians})
        delivery = Delivery(place.ledger, (), "own", lambda _act: None, acts=place.acts(ACCOUNT), wait=wait)
        event = delivery.send(signed)
    assert event is not None
    data = {"kind": signed.kind, "act": hex0x(signed.act.hash()), "block": event.block.number}
    emit(ctx, data, f"[green]✓[/] {signed.kind} is final in block {event.block.number}")


def _bring(
    ctx: typer.Context,
    tender: int,
    lot: int,
    relay: Relay,
    out: Path | None,
    custodian: str,
    good_for: int | None,
    wait: float,
    *,
    replacing: bool,
) -> None:
    current = state(ctx)
    check_out(relay, out)
    with bid_here(current, tender, lot) as here:
        version, signed = _signed(here, good_for, relay, replacing)
        folder = here.folder.version(version)
        with uploading(current) as told:
            delivery = delivery_of(here, relay, custodian, folder.keep, wait, told)
            files = {} if folder.sealed is None else {number: folder.envelope(number) for number in folder.sealed.files}
            event = delivery.submit(signed, files) if delivery.done(signed) is None else delivery.done(signed)
        if event is None:
            kept = folder.act
            assert out is not None
            assert kept is not None
            write_atomically(out, kept.to_bytes())
            emit(
                ctx, not_sent(kept, out), f"[yellow]![/] {out} is signed and NOT sent; send it: yinxin bid relay {out}"
            )
            return
        kept = folder.act
        assert kept is not None
        receipt = make_receipt(here, kept, event, folder.receipt)
        reached("bid-receipt")
        verb = "replaced" if replacing else "submitted"
        say_final(ctx, kept, event, receipt, f"{verb}, version {version}")


def _signed(here: BidHere, good_for: int | None, relay: Relay, replacing: bool) -> tuple[int, SignedAct]:
    """The version to bring, signed: what was signed before as long as it may still be accepted, or was."""
    name, place = here.current
    entry = here.ledger.entry(here.tender, here.lot, place.bidder)
    done = here.folder.version(entry.version)
    last = done.act
    following = here.folder.version(entry.version + 1)
    if last is not None and following.sealed is None and _accepted(here, last):
        return entry.version, last
    if replacing and not entry.live:
        raise Refused("no bid stands that could be replaced", code="bidding.nothing", field="tender", fix="submit it")
    if not replacing and entry.live:
        raise Conflict(
            f"version {entry.version} stands", code="bidding.stands", field="tender", fix="yinxin bid replace"
        )
    version = next_version(here)
    sealed = following.sealed
    if sealed is None or sealed.place != place:
        raise NotFound(
            f"version {version} is not sealed", code="bidding.unsealed", field="version", fix="yinxin bid seal first"
        )
    if sealed.notice != here.notice.digest:
        raise Refused(
            "the notice was amended since this version was sealed", code="bidding.notice", field="notice",
            fix="look at what changed, and seal again: yinxin bid seal",
        )  # fmt: skip
    signed = following.act
    if signed is None or not in_flight(here, following):
        tender = here.ledger.tender(here.tender)
        assert tender is not None
        not_after = last_second(here, good_for, relay)
        signed = sign_commitment(here.domain, sealed.commitment(not_after), here.secret(name))
        following.keep(signed)
        reached("bid-signed")
    return version, signed


def _accepted(here: BidHere, signed: SignedAct) -> bool:
    return signed.carried_out(here.ledger.tender_events(here.tender)) is not None


def last_second(here: BidHere, good_for: int | None, relay: Relay) -> int:
    """Until when an act is good: a short while for one that is sent now, so that a lost one does not come later."""
    tender = here.ledger.tender(here.tender)
    assert tender is not None
    if here.ledger.block.time > tender.deadline:
        raise Refused(
            f"the deadline {rfc3339(tender.deadline)} is over by the ledger's clock", code="bidding.deadline",
            field="deadline", fix="nobody changes a bid any more",
        )  # fmt: skip
    if good_for is None and relay == "none":
        return tender.deadline
    return min(tender.deadline, here.ledger.block.time + (good_for or GOOD_FOR))


def delivery_of(
    here: BidHere,
    relay: Relay,
    custodian: str,
    keep: Callable[[SignedAct], None],
    wait: float,
    told: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
) -> Delivery:
    """The way out of this home."""
    acts = here.place.acts(ACCOUNT) if relay == "own" else None
    return Delivery(here.ledger, _in_order(here, custodian), relay, keep, acts=acts, progress=told, wait=wait)


def _in_order(here: BidHere, first: str) -> tuple[Custodian, ...]:
    custodians = here.notice.custodians
    if not first:
        return custodians
    named = tuple(one for one in custodians if first in (one.name, one.url, hex0x(one.account)))
    if not named:
        raise NotFound(
            f"the notice names no custodian {first}", code="bidding.custodian", field="custodian",
            fix="one of " + ", ".join(one.name for one in custodians),
        )  # fmt: skip
    return (*named, *(one for one in custodians if one not in named))


class uploading:  # noqa: N801 - reads as a statement
    """A progress bar for uploads. Args: ``current``, what the options before the command said."""

    def __init__(self, current: State) -> None:
        self._bar = progress(current, "uploading", 1000)

    def __enter__(self) -> Callable[[str, int, int], None]:
        """The function that is told."""
        told = self._bar.__enter__()
        return lambda _what, done, size: told(1000 * done // max(size, 1))

    def __exit__(self, *fault: Any) -> None:
        """End the bar."""
        self._bar.__exit__(*fault)


def check_out(relay: Relay, out: Path | None) -> None:
    """Raises InvalidInput unless a file is named exactly where one is written."""
    if (relay == "none") != (out is not None):
        raise InvalidInput(
            "--relay none writes a file, and only it", code="bidding.out", field="out",
            fix="give --out FILE with --relay none",
        )  # fmt: skip


def not_sent(signed: SignedAct, out: Path) -> dict[str, Any]:
    """What is said of an act that nobody has sent yet."""
    return {
        "kind": signed.kind, "version": signed.version, "final": False, "file": str(out), "notAfter": signed.not_after,
    }  # fmt: skip


def say_final(ctx: typer.Context, signed: SignedAct, event: TenderEvent, receipt: Path, what: str) -> None:
    """The answer once it is final."""
    act = signed.act
    files = [act.commitment.first, act.commitment.second] if isinstance(act, Submission) else []
    data = {
        "kind": signed.kind,
        "version": signed.version,
        "final": True,
        "act": hex0x(act.hash()),
        "block": event.block.number,
        "time": event.block.time,
        "place": event.values["place"],
        "transaction": hex0x(event.transaction),
        "files": [hex0x(one.digest) for one in files if one.size],
        "receipt": str(receipt),
    }
    emit(
        ctx, data,
        f"[green]✓[/] {what}: final in block {event.block.number}, {rfc3339(event.block.time)}\n  receipt {receipt}",
    )  # fmt: skip
