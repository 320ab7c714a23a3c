"""The approver's signer: the only place where a bureau's anchor key is used.

It believes nothing the register says. What it signs it has rebuilt from the parts: a root from credentials
that say exactly what a person released, a status change from the old list and one event record for each
changed entry. What a person must decide it leaves waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chain.credentials import status_list as lists
from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.credentials.status_list import StatusList, parse_status_token
from chain.desk._activation import CodeSafe
from chain.desk._anchor_key import AnchorKey
from chain.desk._audit import audit_anchor
from chain.desk._changes import act_digest, check_changes
from chain.desk._claims import CLAIM_KINDS, ClaimDesk
from chain.desk._names import check_names
from chain.desk._rebuild import MALFORMED, Rebuilder, check_key
from chain.desk._retention import forget_ended, settle
from chain.desk._types import TypeDesk
from chain.desk.deciding import Deciding
from chain.desk.expiry import is_allowed
from chain.desk.folder import Desk
from chain.desk.messages import Answer, Request
from chain.desk.parts import SHOWN
from chain.desk.state import SignerState
from chain.desk.summary import Summary, summary_of
from chain.documents.manifest import build_manifest
from chain.issuing.contents import Draft
from chain.issuing.events import EventRecord
from chain.kernel.clock import Clock
from chain.kernel.encoding import hex0x, sha256, unb64url, unhex0x
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable
from chain.kernel.ports import LeafParts, Letters, TrustSource
from chain.kernel.steps import reached
from chain.merkle import Tree, leaf_hash

EVENTS_LANE = "$events"
_AHEAD = 2.0
"""Seconds to look ahead before requests are answered again."""


class Signer:
    """Answers the requests of one bureau's desk.

    Args:
        desk: the shared folder.
        private: X25519 key that opens requests, 32 bytes.
        key: the anchor key.
        bureau: USCC.
        state: what it remembers.
        ledger: answers a fresh view of the ledger.
        clock: its own clock.
        letters: takes letters with activation codes; without it none are made.
        deciding: obeys signed decisions; without it people decide at the signer itself only.
    """

    def __init__(
        self,
        desk: Desk,
        private: bytes,
        key: AnchorKey,
        bureau: str,
        state: SignerState,
        ledger: Callable[[], TrustSource],
        clock: Clock,
        letters: Letters | None = None,
        deciding: Deciding | None = None,
    ) -> None:
        self._deciding = deciding
        self._desk = desk
        self._private = private
        self._key = key
        self._bureau = bureau
        self._state = state
        self._ledger = ledger
        self._clock = clock
        self._types = TypeDesk(state, bureau, self._check_sequence)
        self._claims = ClaimDesk(bureau, key, state, CodeSafe(private), clock, self._is_next, letters)
        self._rebuilder = Rebuilder(desk.parts, private, bureau, state, self._types.of_release)

    # ------------------------------------------------------------------ for people

    def waiting(self) -> list[Summary]:
        """Requests that wait for a person."""
        found = []
        for name, request in self._requests():
            if isinstance(request, Request) and self.decidable(request):
                try:
                    found.append(summary_of(name, request, self._types.catalogue(self._ledger)))
                except (Refused, Conflict) as error:
                    self.refuse(name, error.message)
                except (InvalidInput, NotFound, *MALFORMED):
                    self.refuse(name, "the request is malformed")
        return found

    def approve(self, name: str) -> Answer:
        """Grant one waiting request, after the same checks as always; what they refuse is answered so."""
        return self._reply(name, self._desk.read(name, self._private), approved=True)

    def refuse(self, name: str, reason: str) -> Answer:
        """Refuse one waiting request, with a reason the officer will read."""
        answer = self._no(name, "desk.refused", reason)
        self._desk.reply(answer)
        return answer

    # ------------------------------------------------------------------ by itself

    def answer_waiting(self) -> list[Answer]:
        """Obey signed decisions, then answer every request that needs no person; no fault in one stops another.

        Then look ahead: check parts of lists whose root will be asked for, for a few seconds at most.
        """
        answers = [] if self._deciding is None else self._deciding.carry_out(self)
        for name, request in self._requests():
            if isinstance(request, Damaged):
                answers.append(self.refuse(name, request.message))
            elif request.bureau != self._bureau or not self._needs_person(request):
                answers.append(self._reply(name, request, approved=False))
        end = time.monotonic() + _AHEAD
        self._rebuilder.look_ahead(self._ledger, lambda: time.monotonic() > end)
        return answers

    # ------------------------------------------------------------------ for signed decisions

    def read(self, name: str) -> Request:
        """One request of the desk. Raises Unavailable, Damaged."""
        return self._desk.read(name, self._private)

    def decidable(self, request: Request) -> bool:
        """True if it waits for people of this bureau."""
        return request.bureau == self._bureau and self._needs_person(request)

    def is_approved(self, act: bytes) -> bool:
        """True if people agreed to these events before."""
        return self._state.approvals(act) is not None

    def grant(self, name: str, request: Request) -> Answer:
        """Grant this very request, after the same checks as always; what they refuse is answered so."""
        return self._reply(name, request, approved=True)

    # ------------------------------------------------------------------ inside

    def _requests(self) -> Iterator[tuple[str, Request | Damaged]]:
        """What lies on the desk; a request withdrawn meanwhile is passed over."""
        for name in self._desk.waiting():
            try:
                yield name, self._desk.read(name, self._private)
            except Damaged as error:
                yield name, error
            except Unavailable:
                continue

    def _needs_person(self, request: Request) -> bool:
        if request.kind == "type":
            try:
                return self._types.needs_person(self._ledger, request.body)
            except (InvalidInput, *MALFORMED):
                return True
        if request.kind == "unbind":
            return self._claims.needs_person(request.body)
        return request.kind in ("release", "retention") or (request.kind == "status" and not self._unattended(request))

    def _reply(self, name: str, request: Request, *, approved: bool) -> Answer:
        try:
            answer = self._answer(name, request, approved=approved)
        except (InvalidInput, NotFound, Refused, Conflict) as error:
            answer = self._no(name, error.code, error.message)
        reached(f"answer-{request.kind}")
        self._desk.reply(answer)
        if answer.ok and request.kind in ("release", "recall", "root"):
            self._drop_parts(request)
        return answer

    def _drop_parts(self, request: Request) -> None:
        """Rows of a list that were judged lie on the desk no longer than they must."""
        digest = unb64url(request.body["rowsDigest"])
        self._desk.parts.drop(digest, *(("drafts",) if request.kind == "release" else ()))
        if request.kind != "release":
            self._rebuilder.forget(digest)

    def _no(self, name: str, code: str, message: str) -> Answer:
        return Answer(name, False, self._key.address, self._clock(), {}, code, message)

    def _yes(self, name: str, **signatures: bytes) -> Answer:
        return Answer(
            name, True, self._key.address, self._clock(), {key: hex0x(value) for key, value in signatures.items()}
        )

    def _answer(self, name: str, request: Request, *, approved: bool) -> Answer:
        if request.bureau != self._bureau:
            raise Refused(f"this signer works for {self._bureau}", code="desk.bureau", field="bureau")
        body = request.body
        try:
            if request.kind == "release":
                if not approved:
                    raise Refused("a list needs a person's release", code="desk.approval", field="batch")
                return self._release(name, body)
            if request.kind == "retention":
                return self._retention(name, body, approved=approved)
            if request.kind == "recall":
                return self._recall(name, body)
            if request.kind == "root":
                return self._root(name, body)
            if request.kind == "list":
                return self._list(name, body)
            if request.kind == "audit":
                return self._audit(name, body)
            if request.kind == "type":
                anchor = self._types.decide(self._ledger(), body, approved=approved, at=self._clock())
                return self._yes(
                    name, **({} if anchor is None else {"anchor": self._key.sign_anchor(self._bureau, *anchor)})
                )
            if request.kind in CLAIM_KINDS:
                signatures, parts = self._claims.answer(name, request, self._ledger(), approved=approved)
                return replace(self._yes(name, **signatures), parts=parts)
            return self._status(name, body, approved=approved)
        except MALFORMED as error:
            # Not its text: a value of the request may be in it, and answers lie open on the desk.
            raise InvalidInput(
                f"desk request {name}: malformed ({type(error).__name__})", code="desk.form", field="body"
            ) from error

    def _audit(self, name: str, body: Mapping[str, Any]) -> Answer:
        heads = self._state.audit
        named, anchor = audit_anchor(
            body, bureau=self._bureau, heads=heads, ledger=self._ledger(), check_sequence=self._check_sequence
        )
        with self._state.transaction():
            heads.put(int(body["number"]), unb64url(body["digest"]))
            self._state.put_root(self._bureau, anchor[0], anchor[1], anchor[2], named)
        return self._yes(name, anchor=self._key.sign_anchor(self._bureau, *anchor))

    def _release(self, name: str, body: Mapping[str, Any]) -> Answer:
        digest, lane = unb64url(body["rowsDigest"]), body["lane"]
        leaves: list[tuple[bytes, str | None]] = []
        pairs: list[tuple[str, str]] = []
        shown = body["drafts"]
        for first, piece in self._rebuilder.pieces("drafts", body, digest):
            if first != len(leaves):
                raise InvalidInput("a part of the list has too few rows or too many", code="desk.rows", field="drafts")
            expected = shown[first : first + len(piece["drafts"])]
            if piece["drafts"][: len(expected)] != expected:
                raise InvalidInput("the rows shown are not the list's", code="desk.rows", field="drafts")
            drafts = [Draft.from_dict(item) for item in piece["drafts"]]
            self._types.release(self._ledger, body, drafts, first)
            check_names(drafts, str(body["operation"]), lane, self._bureau, self._ledger, first)
            leaves += [(leaf_hash(draft.to_bytes()), draft.predecessor) for draft in drafts]
            pairs += [(draft.predecessor, draft.identifier) for draft in drafts if draft.predecessor]
        if "part" in body and (body["operation"] != "issue" or pairs):
            # What a person is told of a renewal, a hand-over or an import speaks of all its rows.
            raise InvalidInput("only a first issue may lie in parts", code="desk.rows", field="operation")
        if not min(SHOWN, len(leaves)) <= len(shown) <= len(leaves):
            raise InvalidInput("the first rows of the list must be shown", code="desk.rows", field="drafts")
        if Tree([leaf for leaf, _ in leaves]).root != digest or body.get("size", len(leaves)) != len(leaves):
            raise InvalidInput("the list is not the one its digest names", code="desk.rows", field="rowsDigest")
        version, definition = self._types.release(self._ledger, body, ())
        with self._state.transaction():
            self._state.release(digest, self._bureau, lane, leaves, self._clock())
            self._state.types.put_release(digest, version, definition)
            self._state.put_successors(digest, pairs)
        return self._yes(name)

    def _retention(self, name: str, body: Mapping[str, Any], *, approved: bool) -> Answer:
        if not approved:
            raise Refused("records are destroyed after a person said yes", code="desk.approval", field="records")
        forget_ended(self._ledger(), self._state, self._bureau, body)
        return self._yes(name)

    def _recall(self, name: str, body: Mapping[str, Any]) -> Answer:
        if self._deciding is not None:
            self._deciding.recalled(body)
        with self._state.transaction():
            done = self._state.recall(unb64url(body["rowsDigest"]), self._clock())
        if not done:
            return self._no(
                name, "desk.too_late", "the root of this batch is signed already; revoke its certificates instead"
            )
        return self._yes(name)

    def _root(self, name: str, body: Mapping[str, Any]) -> Answer:
        digest, lane, sequence = unb64url(body["rowsDigest"]), str(body["lane"]), int(body["sequence"])
        released = self._state.released(digest)
        if released is None or released[:2] != (self._bureau, lane):
            raise Refused(
                "this list was never released",
                code="desk.not_released",
                field="batch",
                fix="wait for the second person's release",
            )
        if released[3]:
            raise Refused("this list was recalled", code="desk.recalled", field="batch", fix="issue it again")
        ledger = self._ledger()
        self._check_sequence(ledger, lane, sequence, digest)
        found = self._rebuilder.rebuild(ledger, body, lane, digest, released[2])
        parts, slots = found.leaf_parts(), found.slots()
        root, manifest_digest = self._manifest(lane, parts)
        if "root" in body and unb64url(body["root"]) != root:
            self._rebuilder.forget(digest)
            raise Refused(
                "the certificates on the desk make another root", code="desk.root", field="root", fix="run it again"
            )
        with self._state.transaction():
            again = self._state.released(digest)
            if again is None or again[3]:
                raise Refused("this list was recalled", code="desk.recalled", field="batch", fix="issue it again")
            taken = self._state.take_slots(digest, slots)
            if taken is not None:
                raise Conflict(
                    f"slot {taken[1]} of list {taken[0]} belongs to another certificate",
                    code="desk.slot",
                    field="status_index",
                )
            self._state.put_root(self._bureau, lane, sequence, root, digest)
        return self._yes(
            name, anchor=self._key.sign_anchor(self._bureau, lane, sequence, root, len(parts), manifest_digest)
        )

    def _check_sequence(self, ledger: TrustSource, lane: str, sequence: int, digest: bytes) -> None:
        """One list is signed for one place only, unless the ledger shows that place taken by something else."""
        for signed_sequence, signed_root in self._state.roots_of(digest):
            held = ledger.anchor(self._bureau, lane, signed_sequence)
            if held is not None and held.root == signed_root:
                raise Conflict(
                    f"this list is anchored already as number {signed_sequence}", code="desk.anchored", field="batch"
                )
            if held is None and signed_sequence != sequence:
                raise Conflict(
                    f"this list was signed for number {signed_sequence}, which is still free",
                    code="desk.sequence",
                    field="sequence",
                    fix="send that one",
                )
        if not self._is_next(ledger, lane, sequence):
            raise Conflict(f"number {sequence} is not the next in this lane", code="desk.sequence", field="sequence")

    def _manifest(self, lane: str, parts: list[LeafParts]) -> tuple[bytes, bytes]:
        root = Tree([certificate_leaf(part) for part in parts]).root
        manifest = build_manifest(bureau=self._bureau, lane=lane, root=root, leaves=parts)
        return root, manifest.digest

    def _list(self, name: str, body: Mapping[str, Any]) -> Answer:
        token = unb64url(body["token"])
        parsed = parse_status_token(token)
        ledger = self._ledger()
        self._check_token(ledger, parsed, self._bureau, str(body["list"]), bytes(32))
        if parsed.status_list != StatusList():
            raise Refused("the first state of a list has no entry set", code="desk.token", field="token")
        if ledger.status_head(self._bureau, parsed.list) is not None:
            raise Conflict(f"the list {parsed.list} exists already", code="desk.status", field="list")
        return self._yes(
            name, status=self._key.sign_status(self._bureau, parsed.list, bytes(32), sha256(token), self._bureau)
        )

    def _check_token(
        self, ledger: TrustSource, parsed: lists.ParsedStatusToken, owner: str, name: str, previous_head: bytes
    ) -> None:
        if (parsed.bureau, parsed.list, parsed.previous_head) != (owner, name, previous_head):
            raise Refused("the status list token speaks of another list or state", code="desk.token", field="token")
        if parsed.actor != self._bureau:
            raise Refused("the status list token is signed for another bureau", code="desk.token", field="token")
        check_key(ledger, self._bureau, parsed.key_thumbprint, lambda key: lists.verify_signature(parsed, key))

    def _status(self, name: str, body: Mapping[str, Any], *, approved: bool) -> Answer:
        ledger = self._ledger()
        owner, list_name = str(body["owner"]), str(body["list"])
        previous_head = unhex0x(body["previousHead"], size=32)
        if owner != self._bureau:
            facts = ledger.bureau(owner)
            if facts is None or facts.successor != self._bureau:
                raise Refused(f"{self._bureau} does not answer for {owner}", code="desk.bureau", field="owner")
        old_token, new_token = unb64url(body["oldToken"]), unb64url(body["newToken"])
        events = [EventRecord.from_dict(item) for item in body["events"]]
        act = act_digest(events)
        if approved:
            with self._state.transaction():
                self._state.approve(act, b"")
        head = ledger.status_head(owner, list_name)
        if head is None or head.digest != sha256(old_token) or self._stale(ledger, body):
            raise Conflict(
                "the list has changed meanwhile", code="desk.status", field="previousHead", fix="run the command again"
            )
        old, new = parse_status_token(old_token), parse_status_token(new_token)
        self._check_token(ledger, new, owner, list_name, previous_head)
        agreed = self._agreed(ledger, body, events)
        if not agreed and not is_allowed(ledger, self._state, self._bureau, body, events):
            raise Refused("this change needs a person's approval", code="desk.approval", field="events")
        check_changes(old.status_list, new.status_list, owner, list_name, events)
        self._check_holders(owner, events)
        records = [unb64url(item) for item in body["records"]]
        if len(records) != len(events):
            raise InvalidInput("one record an event", code="desk.size", field="records")
        sequence = int(body["sequence"])
        root = Tree([event_leaf(record) for record in records]).root
        manifest = build_manifest(bureau=self._bureau, lane=EVENTS_LANE, root=root, leaves=records)
        with self._state.transaction():
            self._state.put_root(self._bureau, EVENTS_LANE, sequence, root, None)
            if agreed:
                self._state.approve(act, sha256(new_token))
        settle(ledger, self._state, self._bureau)
        return self._yes(
            name,
            anchor=self._key.sign_anchor(self._bureau, EVENTS_LANE, sequence, root, len(records), manifest.digest),
            status=self._key.sign_status(owner, list_name, previous_head, sha256(new_token), self._bureau),
        )

    def _unattended(self, request: Request) -> bool:
        """May this status change be signed without a person? Faults count as no."""
        if request.kind != "status":
            return False
        try:
            ledger, body = self._ledger(), request.body
            events = [EventRecord.from_dict(item) for item in body["events"]]
            if self._stale(ledger, body) or self._agreed(ledger, body, events):
                return True
            return is_allowed(ledger, self._state, self._bureau, body, events)
        except (InvalidInput, NotFound, Refused, Conflict, *MALFORMED):
            return False

    def _stale(self, ledger: TrustSource, body: Mapping[str, Any]) -> bool:
        """True if the list, or the lane of events, has moved on: it would come to nothing, and is answered so."""
        head = ledger.status_head(str(body["owner"]), str(body["list"]))
        return (
            head is None
            or head.head != unhex0x(body["previousHead"], size=32)
            or not self._is_next(ledger, EVENTS_LANE, int(body["sequence"]))
        )

    def _is_next(self, ledger: TrustSource, lane: str, sequence: int) -> bool:
        """True if the lane's anchors end just before ``sequence``."""
        if sequence < 1 or ledger.anchor(self._bureau, lane, sequence) is not None:
            return False
        return sequence == 1 or ledger.anchor(self._bureau, lane, sequence - 1) is not None

    def _agreed(self, ledger: TrustSource, body: Mapping[str, Any], events: list[EventRecord]) -> bool:
        """True if a person approved this very act and no list signed for it ever came into force.

        So an act that lost a race is signed anew without asking the person again, and an approval is good for once.
        """
        signed = self._state.approvals(act_digest(events))
        if signed is None:
            return False
        history = ledger.status_history(str(body["owner"]), str(body["list"]))
        return signed.isdisjoint(facts.digest for facts in history)

    def _check_holders(self, owner: str, events: list[EventRecord]) -> None:
        """An entry whose certificate this signer knows is changed in that certificate's name only."""
        for event in events:
            holder = self._state.slot_holder(event.status_list, event.status_index) if owner == self._bureau else None
            if holder is not None and holder != sha256(event.identifier.encode()):
                raise Refused(
                    f"entry {event.status_index} is not that of {event.identifier}",
                    code="desk.identifier",
                    field="events",
                )
