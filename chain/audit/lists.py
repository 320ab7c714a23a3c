"""A status list, state by state, from the ledger and the stored tokens."""

from __future__ import annotations

from chain.audit.batches import Anchored
from chain.audit.report import Broken, Report
from chain.credentials.status_list import (
    AUTHORITY,
    ParsedStatusToken,
    StatusList,
    may_change,
    parse_status_token,
    verify_signature,
)
from chain.credentials.verification.heads import NO_HEAD, recomputes
from chain.documents import cid_of_sha256
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.ports import BlobStore, StatusFacts, TrustSource


def audit_list(report: Report, ledger: Anchored, store: BlobStore, bureau: str, name: str) -> None:
    """Every state of one list."""
    subject = f"list {bureau}/{name}"
    report.about(subject)
    history = report.try_("A201", subject, lambda: tuple(ledger.status_history(bureau, name)))
    if history is None:
        return
    previous: bytes = NO_HEAD
    states: StatusList | None = None
    for number, facts in enumerate(history, 1):
        at = f"{subject}, state {number} ({hex0x(facts.digest)})"
        report.holds("A201", at, facts.previous_head == previous and recomputes(facts), "it does not follow the last")
        previous = facts.head
        token = _state(report, ledger, store, facts, at)
        if token is not None:
            with report.looking("A206", at):
                _none_reversed(states, token.status_list)
            states = token.status_list


def _state(
    report: Report, ledger: TrustSource, store: BlobStore, facts: StatusFacts, at: str
) -> ParsedStatusToken | None:
    actor = report.try_("A202", at, lambda: _actor(ledger, facts))
    token: ParsedStatusToken | None = None
    with report.looking("A203", at):
        data = store.get(cid_of_sha256(facts.digest))
        if sha256(data) != facts.digest:
            raise Broken("the store has other bytes")
        token = parse_status_token(data)
    if token is None or actor is None:
        return token
    named = (token.bureau, token.list, token.previous_head, token.actor)
    report.holds(
        "A204", at, named == (facts.bureau, facts.list, facts.previous_head, actor), "it names another place or signer"
    )
    if actor != AUTHORITY:
        with report.looking("A205", at):
            key = ledger.key(actor, token.key_thumbprint)
            if key is None or key.purpose != "credential" or not key.usable(facts.block.time):
                raise Broken(f"its key was no credential key of {actor} in force")
            if not verify_signature(token, key.public_key):
                raise Broken("the signature is wrong")
    return token


def _actor(ledger: TrustSource, facts: StatusFacts) -> str:
    """Code of the bureau that anchored the state, or ``authority``, which alone needs no key in the registry."""
    line: list[str] = []
    uscc: str | None = facts.bureau
    while uscc is not None and uscc not in line:
        line.append(uscc)
        key = ledger.key(uscc, facts.key.rjust(32, b"\0"))
        if key is not None:
            if key.purpose != "anchor" or not key.usable(facts.block.time):
                raise Broken(f"the key of {uscc} that signed was not in force, or is marked compromised")
            return uscc
        bureau = ledger.bureau(uscc)
        uscc = None if bureau is None else bureau.successor
    return AUTHORITY


def _none_reversed(before: StatusList | None, after: StatusList) -> None:
    for index, old, new in before.changes(after) if before is not None else ():
        if not may_change(old, new):
            raise Broken(f"entry {index} went from {old.name} back to {new.name}")
