"""Step 6, status: what the bureau's anchored list says, and as of when.

A list counts only as the ledger holds it: same bureau, same name, exactly the bytes whose digest stands in
the anchored head. Whatever is missing, stale or does not fit is ERROR: it neither revokes nor clears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from chain.credentials.status_list import AUTHORITY, ParsedStatusToken, Status, parse_status_token, verify_signature
from chain.credentials.verification.claims import Claims
from chain.credentials.verification.evidence import ask
from chain.credentials.verification.heads import NO_HEAD, recomputes
from chain.credentials.verification.policy import Policy
from chain.credentials.verification.verdicts import Step, Verdict, invalid, unchecked, valid
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import sha256
from chain.kernel.errors import YinxinError
from chain.kernel.ports import BureauFacts, EvidenceIndex, StatusFacts, TrustSource

_NAME = "status"

VERDICT_OF: dict[Status, Verdict] = {
    Status.REVOKED: Verdict.REVOKED,
    Status.SUSPENDED: Verdict.SUSPENDED,
    Status.SUPERSEDED: Verdict.SUPERSEDED,
    Status.CANCELLED: Verdict.CANCELLED,
    Status.LAPSED: Verdict.LAPSED,
    Status.TRANSFERRED: Verdict.TRANSFERRED,
    Status.PENALTY: Verdict.REVOKED,
    Status.OTHER: Verdict.CANCELLED,
}
"""Every state but VALID; a state that is not in here is not known and counts as unchecked."""


@dataclass(frozen=True, slots=True)
class StatusReading:
    """The step, and the time as of which the status was read (None if it was not)."""

    step: Step
    as_of: int | None = None


class _Fault(Exception):
    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.step = unchecked(_NAME, code, **params)


def check_status(
    claims: Claims,
    bureau: BureauFacts | None,
    trust: TrustSource,
    index: EvidenceIndex | None,
    at: int,
    policy: Policy,
) -> StatusReading:
    """Read the state of one entry.

    6.1 the source is not past its expiry, and its final block not older than the policy allows;
    6.2 the head in force: the newest at the final block; for a past moment the newest whose block time is not
        after it, taken from a history that is chained without gaps up to the head at the final block;
    6.3 the head is for this bureau and this list, and recomputes from its parts and its block's time;
    6.4 who anchored it: an anchor key of the bureau or of its successors, not compromised at that time, or the
        authority (the contract admits nobody else);
    6.5 bytes whose SHA-256 is the head's digest are at hand, and are a well-formed list token;
    6.6 the token names this bureau, this list, the head before and whoever anchored it, and is signed by a
        credential key of that bureau, usable at that time (the authority has no such key: that it anchored
        exactly these bytes is its signature);
    6.7 the entry's state is one we know.
    """
    try:
        head, as_of = _head(claims, trust, at, policy)
        actor = _actor(claims, bureau, head, trust)
        token = _token(head, index)
        _belongs(claims, head, token, trust, actor)
        return _state(claims, token, as_of)
    except _Fault as fault:
        return StatusReading(fault.step)


def _head(claims: Claims, trust: TrustSource, at: int, policy: Policy) -> tuple[StatusFacts, int]:
    block = trust.block
    if trust.expires is not None and at > trust.expires:  # 6.1
        raise _Fault("status.source_expired", time=rfc3339(trust.expires))
    if not policy.past or at >= block.time:
        if at - block.time > policy.max_age(claims.certificate_type):
            raise _Fault("status.stale", time=rfc3339(block.time))
        newest = ask(trust.status_head, claims.bureau, claims.status_list)  # 6.2
        if newest.fault is not None:
            raise _Fault("status.unavailable", fault=newest.fault)
        if newest.value is None:
            raise _Fault("status.no_head", time=rfc3339(block.time))
        _fits(claims, newest.value, block.time)
        return newest.value, block.time
    told = ask(trust.status_history, claims.bureau, claims.status_list)
    newest = ask(trust.status_head, claims.bureau, claims.status_list)
    if told.fault is not None or newest.fault is not None:
        raise _Fault("status.unavailable", fault=told.fault or newest.fault or "")
    history = told.value or ()
    _chained(claims, history, newest.value, block.time)
    then = [facts for facts in history if facts.block.time <= at]
    if not then:
        raise _Fault("status.no_head", time=rfc3339(at))
    return then[-1], at


def _fits(claims: Claims, head: StatusFacts, until: int) -> None:
    if head.bureau != claims.bureau or head.list != claims.status_list:  # 6.3
        raise _Fault("status.head_of_another")
    if not recomputes(head) or head.block.time > until:
        raise _Fault("status.head_wrong")


def _chained(claims: Claims, history: Sequence[StatusFacts], newest: StatusFacts | None, until: int) -> None:
    previous = NO_HEAD
    last = 0
    for facts in history:
        _fits(claims, facts, until)
        if facts.previous_head != previous or facts.block.time < last:
            raise _Fault("status.history_gap")
        previous, last = facts.head, facts.block.time
    if previous != (NO_HEAD if newest is None else newest.head):
        raise _Fault("status.history_gap")


def _successors(claims: Claims, bureau: BureauFacts | None, trust: TrustSource) -> list[str]:
    """The bureau and those that answer for it now, in order."""
    line = [claims.bureau]
    following = None if bureau is None else bureau.successor
    while following is not None and following not in line:
        line.append(following)
        answer = ask(trust.bureau, following)
        if answer.fault is not None:
            raise _Fault("status.unavailable", fault=answer.fault)
        following = None if answer.value is None else answer.value.successor
    return line


def _actor(claims: Claims, bureau: BureauFacts | None, head: StatusFacts, trust: TrustSource) -> str:
    """USCC of the bureau that anchored it, or :data:`AUTHORITY`."""
    for uscc in _successors(claims, bureau, trust):
        key = ask(trust.key, uscc, head.key.rjust(32, b"\0"))
        if key.fault is not None:
            raise _Fault("status.unavailable", fault=key.fault)
        if key.value is None:
            continue
        if key.value.purpose != "anchor" or not key.value.usable(head.block.time):  # 6.4
            raise _Fault("status.anchor_key", time=rfc3339(head.block.time))
        return uscc
    return AUTHORITY


def _token(head: StatusFacts, index: EvidenceIndex | None) -> ParsedStatusToken:
    if index is None:
        raise _Fault("status.no_index")
    found = ask(index.status_list, head.digest)  # 6.5
    if found.fault is not None:
        raise _Fault("status.unavailable", fault=found.fault)
    if found.value is None:
        raise _Fault("status.list_missing")
    return _read_token(head.digest, found.value)


# A list is shared by up to millions of certificates, so what follows from its bytes alone is worked out once.


@lru_cache(maxsize=16)
def _read_token(digest: bytes, data: bytes) -> ParsedStatusToken:
    if sha256(data) != digest:
        raise _Fault("status.list_other_bytes")
    try:
        return parse_status_token(data)
    except YinxinError as error:
        raise _Fault("status.list_malformed", fault=error.message[:200]) from error


@lru_cache(maxsize=64)
def _signed_by(digest: bytes, data: bytes, public_key: bytes) -> bool:
    return verify_signature(_read_token(digest, data), public_key)


def _belongs(claims: Claims, head: StatusFacts, token: ParsedStatusToken, trust: TrustSource, actor: str) -> None:
    if token.bureau != claims.bureau or token.list != claims.status_list:  # 6.6
        raise _Fault("status.list_of_another")
    if token.previous_head != head.previous_head:
        raise _Fault("status.list_elsewhere")
    if token.actor != actor:
        raise _Fault("status.list_actor")
    if actor == AUTHORITY:
        return
    key = ask(trust.key, actor, token.key_thumbprint)
    if key.fault is not None:
        raise _Fault("status.unavailable", fault=key.fault)
    facts = key.value
    if facts is None or facts.purpose != "credential" or not facts.usable(head.block.time):
        raise _Fault("status.list_key", time=rfc3339(head.block.time))
    if not _signed_by(token.digest, token.data, facts.public_key):
        raise _Fault("status.list_signature")


def _state(claims: Claims, token: ParsedStatusToken, as_of: int) -> StatusReading:
    if not 0 <= claims.status_index < token.status_list.size:
        raise _Fault("status.no_entry")
    time = rfc3339(as_of)
    state = token.status_list.get(claims.status_index)
    if state is Status.VALID:
        return StatusReading(valid(_NAME, "status.valid", time=time), as_of)
    verdict = VERDICT_OF.get(state)
    if verdict is None:  # 6.7
        raise _Fault("status.unknown_state")
    return StatusReading(invalid(_NAME, f"status.{state.name.lower()}", verdict, time=time), as_of)
