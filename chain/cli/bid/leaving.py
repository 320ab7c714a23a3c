"""``yinxin bid withdraw`` and ``move``: by the fresh key, or by the recovery address when that key is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chain.cli.bid._place import PAPERS, BidHere, LotOption, Tender, bid_here
from chain.cli.bid._receipt import make_receipt
from chain.cli.bid.sending import (
    CustodianOption,
    GoodFor,
    OutOption,
    RelayOption,
    WaitOption,
    check_out,
    delivery_of,
    last_second,
    not_sent,
    say_final,
)
from chain.cli.common import emit, read_named, state
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.kernel.tender_facts import TenderEvent
from chain.keys.signatures import address_of
from chain.tenders.bidding.acts import SignedAct, read_act, sign_move, sign_withdrawal
from chain.tenders.bidding.delivery import Relay
from chain.tenders.bidding.folder import BidKeys
from chain.tenders.bidding.kept import RecoveryKit, open_kit

_Kit = Annotated[Path | None, typer.Option(help="recovery kit, opened with this home's papers key")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("withdraw")(withdraw)
    app.command("move")(move)


def withdraw(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    recovery: Annotated[bool, typer.Option("--recovery", help="sign with the recovery key of this home")] = False,
    kit: _Kit = None,
    relay: RelayOption = "custodian",
    out: OutOption = None,
    custodian: CustodianOption = "",
    good_for: GoodFor = None,
    wait: WaitOption = 60.0,
) -> None:
    """Withdraw the bid until the deadline; it stays sealed for ever. 撤回投标."""
    check_out(relay, out)
    with bid_here(state(ctx), tender, lot) as here:
        opened = _opened(here, kit)
        name, place = here.current
        signed = _last(here, "withdraw")
        if signed is None:
            number = _next_live(here)
            if opened is not None:
                key = opened.key
            else:
                key = here.secret(here.folder.keys.recovery if recovery else name)
            not_after = last_second(here, good_for, relay)
            signed = sign_withdrawal(here.domain, tender, lot, place.bidder, number, not_after, key)
            here.folder.keep_act(signed)
            reached("bid-signed")
        _finish(ctx, here, signed, relay, out, custodian, wait, "withdrawn")


def move(
    ctx: typer.Context,
    tender: Tender,
    lot: LotOption = 1,
    kit: _Kit = None,
    relay: RelayOption = "custodian",
    out: OutOption = None,
    custodian: CustodianOption = "",
    good_for: GoodFor = None,
    wait: WaitOption = 60.0,
) -> None:
    """Let a new fresh key of this home act for the bid, by the recovery key, when the old one is lost. 更换投标地址."""
    check_out(relay, out)
    with bid_here(state(ctx), tender, lot) as here:
        opened = _opened(here, kit)
        signed = _last(here, "move")
        if signed is None:
            number = _next_live(here)
            _, place = here.current
            name, successor = _successor(here)
            recovery = opened.key if opened is not None else here.secret(here.folder.keys.recovery)
            if address_of(recovery) != place.recovery:
                raise InvalidInput("not this bid's recovery key", code="bidding.kit", field="kit", fix="name its kit")
            signed = sign_move(
                here.domain, tender, lot, place.bidder, number, last_second(here, good_for, relay),
                recovery_key=recovery, successor_key=here.secret(name),
            )  # fmt: skip
            assert address_of(here.secret(name)) == successor
            here.folder.keep_act(signed)
            reached("bid-signed")
        _finish(ctx, here, signed, relay, out, custodian, wait, "moved to a new key; state and seal anew to replace it")


def _opened(here: BidHere, kit: Path | None) -> RecoveryKit | None:
    """The kit, if one is named; a home without the bid's folder gets one."""
    if kit is None:
        return None
    kit_bytes = read_named(kit, code="bidding.file", field="kit", fix="name the kit")
    opened = open_kit(kit_bytes, here.place.keys.desk(PAPERS))
    place = opened.place
    if (place.genesis, place.book, place.tender, place.lot) != (
        here.ledger.genesis, here.ledger.book, here.tender, here.lot,
    ):  # fmt: skip
        raise Refused("the kit is for another bid", code="bidding.kit", field="kit", fix="name this bid's kit")
    if not here.folder.exists:
        here.folder.start(BidKeys(place, (("", place.bidder),), ""))
    return opened


def _successor(here: BidHere) -> tuple[str, bytes]:
    """Name and address of the key that follows, made if a stop has not made it already."""
    keys = here.folder.keys
    addresses = [address for _, address in keys.fresh]
    _, place = here.current
    at = addresses.index(place.bidder) + 1
    if at < len(keys.fresh):
        return keys.fresh[at]
    number = 1
    while here.place.keys.has(name := f"bid-{here.tender}-{here.lot}-moved-{number}"):
        number += 1
    address = unhex0x(here.place.keys.create(name, "account").public, size=20)
    here.folder.start(BidKeys(keys.place, (*keys.fresh, (name, address)), keys.recovery))
    reached("bid-keys")
    return name, address


def _next_live(here: BidHere) -> int:
    _, place = here.current
    entry = here.ledger.entry(here.tender, here.lot, place.bidder)
    if not entry.live:
        raise Conflict("no bid stands", code="bidding.nothing", field="tender", fix="yinxin bid show")
    return entry.version + 1


def _last(here: BidHere, kind: str) -> SignedAct | None:
    """An act of that kind that is under way, or was the bid's last: a repeated command ends it."""
    keys = here.folder.keys
    for address in reversed([one for _, one in keys.fresh]):
        entry = here.ledger.entry(here.tender, here.lot, address)
        for number in (entry.version + 1, entry.version):
            file = here.folder.act_file(number)
            if not file.is_file():
                continue
            signed = read_act(file.read_bytes())
            if signed.kind != kind:
                continue
            done = signed.carried_out(here.ledger.tender_events(here.tender)) is not None
            if (number == entry.version and done) or (number > entry.version and _may(here, signed)):
                return signed
    return None


def _may(here: BidHere, signed: SignedAct) -> bool:
    return here.ledger.block.time <= signed.not_after


def _finish(
    ctx: typer.Context,
    here: BidHere,
    signed: SignedAct,
    relay: Relay,
    out: Path | None,
    custodian: str,
    wait: float,
    what: str,
) -> None:
    delivery = delivery_of(here, relay, custodian, here.folder.keep_act, wait)
    event: TenderEvent | None = delivery.done(signed) or delivery.send(signed)
    if event is None:
        assert out is not None
        write_atomically(out, signed.to_bytes())
        emit(ctx, not_sent(signed, out), f"[yellow]![/] {out} is signed and NOT sent; send it: yinxin bid relay {out}")
        return
    receipt = make_receipt(here, signed, event, here.folder.act_receipt(signed.version))
    say_final(ctx, signed, event, receipt, what)
