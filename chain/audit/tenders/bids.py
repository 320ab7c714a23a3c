"""A6: each act of a bidder is signed by whom it must be; custodians signed for the files, and looked at them again."""

from __future__ import annotations

from chain.audit.report import Broken
from chain.audit.tenders.case import Calls, TenderCase, event_name
from chain.audit.tenders.inputs import MOVE, SUBMIT, WITHDRAW, read_call
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import TenderEvent
from chain.keys.signatures import recover
from chain.tenders.custody.statement import ELSEWHERE, KEPT, read_statement
from chain.tenders.opening import LiveBids, live_bids
from chain.tenders.typed import custody_hash, move_hash, withdrawal_hash


def audit_bids(case: TenderCase) -> None:
    """Signatures of every act, then the custodians' statements on each closed envelope."""
    if case.calls is not None:
        acts = {"BidCommitted": _committed, "BidWithdrawn": _withdrawn, "BidMoved": _moved}
        for event in case.story.events:
            if event.name in acts:
                lot, place = event.values["lot"], event.values["place"]
                subject = f"{case.lot(lot)}, place {place}, {event_name(event)}"
                case.report.about(subject)
                acts[event.name](case, case.calls, event, subject)
    for lot in case.story.lots.values():
        for envelope, statements in lot.custody.items():
            live = live_bids(case.story, case.ledger.genesis, lot.number, envelope)
            for custodian, digest in statements:
                _statement(case, live, custodian, digest)


def _committed(case: TenderCase, calls: Calls, event: TenderEvent, subject: str) -> None:
    values = event.values
    call = case.report.try_("A601", subject, lambda: read_call(calls.input_of(event.transaction), SUBMIT))
    if call is None:
        return
    by_bidder, by_custodian = call.signatures
    signer = recover(case.domain.digest(values["commitmentHash"]), by_bidder)
    case.report.holds("A601", subject, signer == values["bidder"], "the bidder's key did not sign this commitment")
    keeper = recover(case.domain.digest(custody_hash(values["commitmentHash"])), by_custodian)
    right = keeper == values["custodian"] and keeper in case.story.custodians
    case.report.holds("A602", subject, right, "no custodian of the notice signed that the files are stored")


def _withdrawn(case: TenderCase, calls: Calls, event: TenderEvent, subject: str) -> None:
    values = event.values
    with case.report.looking("A603", subject):
        call = read_call(calls.input_of(event.transaction), WITHDRAW)
        until = int.from_bytes(call.words[4], "big")
        hash_ = withdrawal_hash(case.story.number, values["lot"], values["bidder"], values["version"], until)
        if recover(case.domain.digest(hash_), call.signatures[0]) != values["by"]:
            raise Broken("neither the bidder nor the recovery address signed the withdrawal")


def _moved(case: TenderCase, calls: Calls, event: TenderEvent, subject: str) -> None:
    values = event.values
    with case.report.looking("A603", subject):
        call = read_call(calls.input_of(event.transaction), MOVE)
        until = int.from_bytes(call.words[5], "big")
        hash_ = move_hash(
            case.story.number, values["lot"], values["bidder"], values["successor"], values["version"], until
        )
        recovery = case.story.lots[values["lot"]].bids[values["place"] - 1].recovery
        signers = [recover(case.domain.digest(hash_), signature) for signature in call.signatures]
        if signers != [recovery, values["successor"]]:
            raise Broken("recovery address and successor did not both sign the move")


def _statement(case: TenderCase, live: LiveBids, custodian: bytes, digest: bytes) -> None:
    subject = f"{case.lot(live.lot, live.envelope)}, custody statement of {hex0x(custodian)}"
    data = case.paper("A604", subject, digest)
    if data is None:
        return
    with case.report.looking("A604", subject):
        found = read_statement(data)
        place = (found.genesis, found.book, found.tender, found.lot, found.envelope, found.custodian)
        if place != (live.genesis, live.book, live.tender, live.lot, live.envelope, custodian):
            raise Broken("it is of another place or custodian")
        files = [(bid.hash, bid.file(live.envelope).digest, bid.file(live.envelope).size) for bid in live.bids]
        if found.live_set != live.digest or [(one.commitment, one.digest, one.size) for one in found.files] != files:
            raise Broken("it is over other files than the live ones")
        for number, one in enumerate(found.files):
            if one.state not in (KEPT, ELSEWHERE):
                where = f"{subject}, place {live.bids[number].place}"
                case.report.note("A605", where, f"the custodian says that the file is {one.state}")
