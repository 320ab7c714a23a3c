"""How a signer that runs by itself obeys signed decisions: who signed, over what, and whether that is enough.

For each decision on the desk, in this order:

1. its form, its signature for this ledger, its bureau, its time;
2. its person is on the list that only this home has, and may decide now;
3. the request it names lies on the desk, byte for byte, and waits for people;
4. its kind is that person's to decide, and she did not make the request;
5. the request was not taken back, and she has not decided otherwise on it;
6. it is kept for good; one no refuses, enough yes grant, and the signer's own checks follow as always.

A request is decided once. What was decided when a process died is carried out by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from chain.desk._changes import act_digest
from chain.desk.approvers import Approver, Approvers, kind_of, makers_of, size_of
from chain.desk.decisions import Ruling, SignedDecision, check_signed, decision_name, request_digest
from chain.desk.evidence import Evidence, Kept
from chain.desk.folder import Desk
from chain.desk.messages import Answer, Request
from chain.issuing.events import EventRecord
from chain.kernel.clock import Clock
from chain.kernel.encoding import hex0x, sha256, unb64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable
from chain.ledger.typed import Domain

_NO_TIME = -1
_MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Obedient(Protocol):
    """The signer, as far as decisions are concerned."""

    def read(self, name: str) -> Request:
        """One request of the desk. Raises Unavailable, Damaged."""
        ...

    def decidable(self, request: Request) -> bool:
        """True if it waits for people of this bureau."""
        ...

    def is_approved(self, act: bytes) -> bool:
        """True if people agreed to these events before."""
        ...

    def grant(self, name: str, request: Request) -> Answer:
        """Grant this very request, after the same checks as always."""
        ...

    def refuse(self, name: str, reason: str) -> Answer:
        """Refuse it, with a reason the officer will read."""
        ...


class Deciding:
    """Takes decisions from a desk.

    Args:
        desk: the shared folder.
        bureau: USCC.
        domain: for which decisions must be signed.
        people: answers the list as it is now.
        evidence: where decisions are kept.
        clock: the signer's own clock.
    """

    def __init__(
        self,
        desk: Desk,
        bureau: str,
        domain: Domain,
        people: Callable[[], Approvers],
        evidence: Evidence,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._bureau = bureau
        self._domain = domain
        self._people = people
        self._evidence = evidence
        self._clock = clock

    def carry_out(self, signer: Obedient) -> list[Answer]:
        """Take up what lies on the desk; a fault in one decision stops none of the others."""
        answers = list(self._resumed(signer))
        names = self._desk.decisions.names()
        if not names:
            return answers
        try:
            people = self._people()
        except InvalidInput as error:
            raise Damaged(error.message, code=error.code, field=error.field) from error
        for name in names:
            try:
                signed = SignedDecision.from_bytes(self._desk.decisions.read(name))
                if signed.name != name:
                    raise InvalidInput("the file's name is another decision's", code="decision.name", field="decision")
                answers += self._take(signed, people, signer)
            except (InvalidInput, NotFound, Refused, Conflict) as error:
                self._rule(Ruling(name, "rejected", self._clock(), error.code, error.message))
        return answers

    def recalled(self, body: Mapping[str, Any]) -> None:
        """Note that a list or a type was taken back: no decision on that request counts any more."""
        try:
            named = _recall_of(body)
        except (InvalidInput, *_MALFORMED):
            return  # the signer says so itself
        with self._evidence.transaction():
            self._evidence.recall(*named)

    # ------------------------------------------------------------------ inside

    def _resumed(self, signer: Obedient) -> Iterator[Answer]:
        """Requests that were decided but have no answer: a process died, or somebody laid them down again."""
        for name in self._desk.waiting():
            if not self._evidence.may_be_decided(name):
                continue
            try:
                request = signer.read(name)
            except (Damaged, Unavailable):
                continue
            digest = request_digest(request.to_bytes())
            decided = self._evidence.decided(digest)
            if decided is not None:
                yield self._obey(name, request, digest, signer, *decided)

    def _take(self, signed: SignedDecision, people: Approvers, signer: Obedient) -> list[Answer]:
        now, said = self._clock(), signed.decision
        check_signed(signed, bureau=self._bureau, domain=self._domain, now=now)
        person = people.find(hex0x(signed.address), now)
        if person is None:
            raise Refused("this key is no approver's of this bureau", code="decision.unknown", field="address")
        decided = self._evidence.decided(said.request)
        if decided is not None:
            if not any(kept.signed == signed for kept in self._evidence.of_request(said.request)):
                raise Conflict("this request is decided already", code="decision.decided", field="request")
            self._rule(Ruling(signed.name, "granted" if decided[0] else "refused", now))
            return []
        name, request = self._find(said.request, signer)
        self._check_right(person, request, signer)
        kind, size = kind_of(request), size_of(request)
        subject = _subject(request, said.request)
        with self._evidence.transaction():
            if not self._evidence.keep(signed, at=now, kind=kind, size=size, subject=subject):
                raise Conflict(
                    "this person decided otherwise on this request before", code="decision.twice", field="request"
                )
            have, needed = people.enough(kind, size, self._agreed(people, request, said.request, subject, signer))
            if not said.approve:
                self._evidence.decide(said.request, name, approve=False, reason=said.reason, at=now)
            elif have >= needed:
                self._evidence.decide(said.request, name, approve=True, reason=said.reason, at=now)
        if said.approve and have < needed:
            self._rule(Ruling(signed.name, "counted", now, have=have, needed=needed))
            return []
        return [self._obey(name, request, said.request, signer, said.approve, said.reason)]

    def _find(self, digest: bytes, signer: Obedient) -> tuple[str, Request]:
        """The request with exactly that digest; its name on the desk holds too little of it to be relied on."""
        for name in self._desk.waiting():
            if name.endswith(f"-{digest.hex()[:16]}"):
                try:
                    request = signer.read(name)
                except (Damaged, Unavailable):
                    continue
                if request_digest(request.to_bytes()) == digest:
                    return name, request
        raise NotFound(
            "no such request waits at this desk",
            code="decision.request",
            field="request",
            fix="it was changed, answered or taken back; look at what waits now",
        )

    def _check_right(self, person: Approver, request: Request, signer: Obedient) -> None:
        if not signer.decidable(request):
            raise Refused("this request waits for nobody's decision", code="decision.not_needed", field="request")
        if not person.may_decide(kind_of(request)):
            raise Refused("this person does not decide on such requests", code="decision.kind", field="address")
        if _made_by(person, request):
            raise Refused("nobody decides on a request of her own", code="decision.maker", field="address")
        if self._is_recalled(request):
            raise Refused("this request was taken back", code="decision.recalled", field="request")

    def _agreed(
        self, people: Approvers, request: Request, digest: bytes, subject: bytes, signer: Obedient
    ) -> list[Approver]:
        """Who agreed: on this request, or on an earlier one with the same events that another change overtook.

        Not if somebody refused those events, or if they were agreed to before: an approval is good for once.
        """
        now = self._clock()
        kept: list[Kept] = self._evidence.of_request(digest)
        if subject != digest and not signer.is_approved(subject):
            same = self._evidence.of_subject(subject)
            if all(one.signed.decision.approve for one in same):
                kept = same
        found = []
        for one in kept:
            person = people.find(hex0x(one.signed.address), now)
            said = one.signed.decision
            if person and said.approve and said.not_after >= now and not _made_by(person, request):
                found.append(person)
        return found

    def _obey(self, name: str, request: Request, digest: bytes, signer: Obedient, approve: bool, reason: str) -> Answer:
        if approve and self._is_recalled(request):
            answer = signer.refuse(name, "this request was taken back")
        elif approve:
            answer = signer.grant(name, request)
        else:
            answer = signer.refuse(name, reason)
        state, code, message = "granted" if approve else "refused", "", ""
        if approve and not answer.ok and answer.code != "desk.status":  # a list that moved on is signed anew by itself
            state, code, message = "failed", answer.code, answer.message
        for kept in self._evidence.of_request(digest):
            signed = kept.signed
            self._rule(Ruling(decision_name(digest, signed.address), state, self._clock(), code, message))
        return answer

    def _is_recalled(self, request: Request) -> bool:
        body = request.body
        try:
            if request.kind == "type":
                named = sha256(unb64url(body["document"])), int(body["act"]), _NO_TIME
            elif request.kind == "release":
                named = _recall_of(body)
            else:
                return False
            return self._evidence.is_recalled(*named)
        except (InvalidInput, *_MALFORMED):
            return False

    def _rule(self, ruling: Ruling) -> None:
        self._desk.decisions.rule(ruling)


def _made_by(person: Approver, request: Request) -> bool:
    names, addresses = makers_of(request)
    return person.address in addresses or not names.isdisjoint(person.operators)


def _recall_of(body: Mapping[str, Any]) -> tuple[bytes, int, int]:
    """What a recall takes back: digest, number and time of making; the act of a type has no time."""
    if "type" in body:
        return unb64url(body["rowsDigest"]), int(body["type"]), _NO_TIME
    return unb64url(body["rowsDigest"]), int(body["batch"]), int(body["createdAt"])


def _subject(request: Request, digest: bytes) -> bytes:
    """What people speak of: the events of a status change, whatever list they are written into; else the request."""
    if request.kind != "status":
        return digest
    try:
        return act_digest([EventRecord.from_dict(item) for item in request.body["events"]])
    except (InvalidInput, *_MALFORMED):
        return digest
