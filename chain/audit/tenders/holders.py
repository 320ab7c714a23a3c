"""A5: how the key holders came to their key, recomputed from their messages."""

from __future__ import annotations

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Unavailable
from chain.sealing import RollCall, verify
from chain.tenders.holding.ceremonies import key_in_force, read_ceremony


def audit_holders(case: TenderCase) -> None:
    """Roster and deals are there; judged again they give the key on the ledger; roll calls are signed by it."""
    report, number = case.report, case.story.terms.ceremony
    name = f"ceremony {number}"
    report.about(f"{case.name}, {name}")
    state = case.ledger.ceremony(number)
    if state is None or case.paper("A501", f"{name}, roster", state.plan.roster_digest) is None:
        return
    ceremony = report.try_("A501", f"{name}, roster", lambda: read_ceremony(case.ledger, case.board, number))
    if ceremony is None:
        return
    for member, digest in sorted(ceremony.dealt.items()):
        case.paper("A501", f"{name}, deal of member {member}", digest)
    with report.looking("A502", name):
        judgement = key_in_force(ceremony)
        case.key = judgement.opening_key
    if case.notice is not None and case.key is not None:
        same = case.notice.opening_key == case.key.key
        report.holds("A503", case.name, same, "the notice names another key than the ceremony gave")
    for event in case.ledger.ceremony_events(number):
        if event.name == "RollCalled":
            with report.looking("A504", f"{name}, roll call {event.values['counter']}"):
                _check_roll_call(case, number, event.values["counter"], event.values["signature"])


def _check_roll_call(case: TenderCase, ceremony: int, counter: int, signature: bytes) -> None:
    if case.key is None:
        raise Unavailable("the key could not be recomputed", code="audit.key")
    ledger = case.ledger
    message = RollCall(ledger.genesis, ledger.book, case.story.number, ledger.key_registry, ceremony, counter)
    if not verify(case.key.key, message.digest(), signature):
        raise Broken(f"{hex0x(signature)} is not the key holders'")
