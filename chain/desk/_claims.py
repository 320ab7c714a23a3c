"""What a signer makes of a claim, and of the wish to end a binding: an entry of the lane ``$claims``, and its anchor.

Each act is made into an entry once; asked again, whatever died in between, the same entry is signed again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chain.claims import (
    CLAIMS_LANE,
    Binding,
    BindingParts,
    Claim,
    Ending,
    binding_leaf,
    binding_tag,
    end_tag,
    parse_binding,
    parse_claim,
    parse_unbind,
    rows_of,
)
from chain.claims.ending import MOST_REASON
from chain.desk._activation import CodeSafe, make_codes
from chain.desk._claim_state import LaneEntry
from chain.desk.messages import Request
from chain.desk.state import SignerState
from chain.documents.manifest import build_manifest
from chain.documents.records import seal_bytes
from chain.kernel.canonical import canonical
from chain.kernel.clock import Clock
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.ports import Letters, TrustSource
from chain.merkle import Tree

CLAIM_KINDS = ("activation", "claim", "unbind")
"""Kinds of requests answered here."""

IsNext = Callable[[TrustSource, str, int], bool]


class AnchorSigner(Protocol):
    """The bureau's anchor key, for anchors only."""

    def sign_anchor(
        self, bureau: str, lane: str, sequence: int, root: bytes, size: int, manifest_digest: bytes
    ) -> bytes:
        """EIP-712 signature of an ``Anchor``, 65 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class SignedEntry:
    """What goes back to the register.

    Attributes:
        anchor: signature, 65 bytes.
        sequence: for which it was made.
        leaves: tag, document and record of each leaf in a row, 96 bytes a leaf.
        record: ciphertext of the entry's document, under the register's own secret.
    """

    anchor: bytes
    sequence: int
    leaves: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class ClaimDesk:
    """Answers requests of the kinds in :data:`CLAIM_KINDS`.

    Attributes:
        bureau: USCC.
        key: the anchor key.
        state: the signer's memory.
        safe: opens the keys of codes.
        clock: the signer's own.
        is_next: True if a lane's anchors end just before a sequence.
        letters: takes letters with activation codes; None: no codes are made.
    """

    bureau: str
    key: AnchorSigner
    state: SignerState
    safe: CodeSafe
    clock: Clock
    is_next: IsNext
    letters: Letters | None = None

    def answer(
        self, name: str, request: Request, ledger: TrustSource, *, approved: bool
    ) -> tuple[dict[str, bytes], dict[str, str]]:
        """Signatures and parts of the answer to one request.

        Raises:
            Refused, Conflict, InvalidInput: it is not granted.
            Unavailable: a letter cannot be delivered.
        """
        if request.kind == "activation":
            make_codes(
                name,
                request.body,
                bureau=self.bureau,
                ledger=ledger,
                state=self.state,
                safe=self.safe,
                letters=self.letters,
                clock=self.clock,
            )
            return {}, {}
        made = (
            self.claim(ledger, request.body)
            if request.kind == "claim"
            else self.unbind(ledger, request.body, approved=approved)
        )
        parts = {"sequence": str(made.sequence), "leaves": b64url(made.leaves), "record": b64url(made.record)}
        return {"anchor": made.anchor}, parts

    # ------------------------------------------------------------------ claims

    def claim(self, ledger: TrustSource, body: Mapping[str, Any]) -> SignedEntry:
        """Bind a device, if its holder knew the code.

        Raises:
            Refused: another bureau, a wrong signature, a wrong, void, expired or used code; or a later binding stands.
            Conflict: another sequence is next.
        """
        claim = parse_claim(unb64url(body["claim"]))
        if claim.bureau != self.bureau:
            raise Refused(f"this signer works for {self.bureau}", code="desk.bureau", field="bureau")
        if not claim.is_signed:
            raise Refused("the device did not sign this claim", code="claim.signature", field="signature")
        with self.state.transaction():
            entry = self.state.claims.entry(claim.digest)
            fault = None
            if entry is None:
                fault = self._fault_of(claim)
                if fault is None:
                    entry = self._bind(ledger, claim, body)
        if entry is None:
            raise fault or Refused("refused", code="claim.code")
        return self._sign(ledger, entry, int(body["sequence"]))

    def _fault_of(self, claim: Claim) -> Refused | None:
        """Why a claim does not bind, or None. What it takes away (a try) is to be kept, so it raises nothing."""
        subject = sha256(claim.identifier.encode())
        code = self.state.claims.activation(subject)
        if code is None:
            return self._refused("there is no activation code for this certificate", "claim.no_code")
        if code.used_at is not None:
            return self._refused("the activation code was used already", "claim.code_used")
        if code.expires <= self.clock():
            return self._refused("the activation code has expired", "claim.code_expired")
        if code.tries < 1:
            return self._refused("the activation code was tried too often and is void", "claim.code_void")
        key = self.safe.open(subject, code.sealed)
        if key is None:
            return self._refused("the activation code is void: the approver's desk key was replaced", "claim.code_void")
        if not claim.is_by(key):
            self.state.claims.fail(subject, claim.digest)
            return self._refused("the claim was not made with the activation code", "claim.code_wrong")
        return None

    @staticmethod
    def _refused(message: str, code: str) -> Refused:
        return Refused(message, code=code, field="code", fix="ask the bureau for a new activation code")

    def _bind(self, ledger: TrustSource, claim: Claim, body: Mapping[str, Any]) -> LaneEntry:
        memory = self.state.claims
        subject = sha256(claim.identifier.encode())
        code = memory.activation(subject)
        assert code is not None
        secret = memory.secret(subject, code.jwt, os.urandom(32))
        before = memory.newest(subject)
        n = 1 if before is None else before.n + 1
        document = Binding(
            bureau=self.bureau,
            certificate=code.jwt,
            key=claim.key,
            n=n,
            previous=None if before is None else sha256(before.document),
            claim=claim.digest,
            time=self.clock(),
            tag=binding_tag(secret, n),
            end=end_tag(secret, n),
        )
        ends = self._ends(ledger, subject, secret, n - 1)
        entry = self._entry(claim.digest, subject, n, False, [document.tag, *ends], document.to_bytes(), body)
        memory.use(subject, self.clock())
        return entry

    # ------------------------------------------------------------------ ends

    def needs_person(self, body: Mapping[str, Any]) -> bool:
        """True for a bureau's wish that nobody has approved yet; a holder's own statement needs nobody."""
        return "statement" not in body and self.state.claims.entry(act_of(body)) is None

    def unbind(self, ledger: TrustSource, body: Mapping[str, Any], *, approved: bool) -> SignedEntry:
        """End the binding that stands for a certificate.

        Raises:
            Refused: nobody approved, it is not the newest binding or it is ended, or the holder did not sign.
            Conflict: another sequence is next.
        """
        act = act_of(body)
        with self.state.transaction():
            entry = self.state.claims.entry(act)
            if entry is None:
                entry = self._end(ledger, act, body, approved=approved)
        return self._sign(ledger, entry, int(body["sequence"]))

    def _end(self, ledger: TrustSource, act: bytes, body: Mapping[str, Any], *, approved: bool) -> LaneEntry:
        memory = self.state.claims
        subject = sha256(str(body["identifier"]).encode())
        newest = memory.newest(subject)
        if newest is None or sha256(newest.document) != unb64url(body["binding"]):
            raise Refused("this is not the device bound last", code="claim.not_newest", field="binding")
        if memory.end_of(subject, newest.n) is not None:
            raise Refused("this binding was ended already", code="claim.ended", field="binding")
        binding = parse_binding(newest.document)
        by, operator, reason = "bureau", str(body.get("operator", "")), str(body.get("reason", ""))
        if "statement" in body:
            statement = parse_unbind(unb64url(body["statement"]))
            if (statement.bureau, statement.binding) != (self.bureau, binding.digest):
                raise Refused("the statement speaks of another binding", code="claim.statement", field="statement")
            if not statement.is_by(binding.key):
                raise Refused("the bound device did not sign it", code="claim.signature", field="statement")
            by, operator, reason = "holder", "", ""
        elif not approved:
            raise Refused("ending a binding needs a person's approval", code="desk.approval", field="binding")
        elif not reason.strip() or len(reason) > MOST_REASON:
            raise InvalidInput("a reason is missing or too long", code="status.reason", field="reason")
        document = Ending(
            self.bureau, binding.certificate, binding.digest, act, by, operator, reason, self.clock(), binding.end
        )
        secret = memory.secret(subject, binding.certificate, os.urandom(32))
        tags = self._ends(ledger, subject, secret, newest.n)
        return self._entry(act, subject, newest.n, True, tags, document.to_bytes(), body)

    # ------------------------------------------------------------------ both

    def _ends(self, ledger: TrustSource, subject: bytes, secret: bytes, last: int) -> list[bytes]:
        """Tags that end binding ``last`` and, newest first, those before it that may still stand.

        A binding on the ledger has ended all before it, so the search stops there. One that was signed and never
        came to stand has ended nothing; what it should have ended is ended now.
        """
        tags = []
        for n in range(last, 0, -1):
            tags.append(end_tag(secret, n))
            entry = self.state.claims.bound(subject, n)
            if entry is not None and self._held(ledger, entry) is not None:
                break
        return tags

    def _held(self, ledger: TrustSource, entry: LaneEntry) -> int | None:
        """Where an entry stands on the ledger, or None."""
        for place, root in self.state.roots_of(entry.act):
            there = ledger.anchor(self.bureau, CLAIMS_LANE, place)
            if there is not None and there.root == root:
                return place
        return None

    def _entry(
        self,
        act: bytes,
        subject: bytes,
        n: int,
        ends: bool,
        tags: Sequence[bytes],
        document: bytes,
        body: Mapping[str, Any],
    ) -> LaneEntry:
        """Encrypt a document under the secret that the register made for it, and note the entry."""
        sealed = seal_bytes(document, unb64url(body["keyId"]), unb64url(body["secret"]))
        leaves = b"".join(BindingParts(tag, sha256(document), sealed.digest).to_bytes() for tag in tags)
        kept = b"" if ends else document  # the reason for an end is the register's to keep, and to shred
        entry = LaneEntry(act, subject, n, ends, kept, leaves, sealed.ciphertext)
        self.state.claims.put_entry(entry)
        return entry

    def _sign(self, ledger: TrustSource, entry: LaneEntry, sequence: int) -> SignedEntry:
        """One entry stands in one place only: where the ledger has it already, or where it was signed for and may
        still come to stand, or the next one."""
        rows = rows_of(entry.leaves)
        root = Tree([binding_leaf(BindingParts.from_bytes(row)) for row in rows]).root
        held = self._held(ledger, entry)
        if held is None:
            for place, _ in self.state.roots_of(entry.act):
                if place != sequence and ledger.anchor(self.bureau, CLAIMS_LANE, place) is None:
                    raise Conflict(
                        f"this was signed for number {place}, which is still free",
                        code="desk.sequence",
                        field="sequence",
                        fix="send that one",
                    )
            self._check_order(entry)
            if not self.is_next(ledger, CLAIMS_LANE, sequence):
                raise Conflict(
                    f"number {sequence} is not the next in this lane", code="desk.sequence", field="sequence"
                )
        else:
            sequence = held
        manifest = build_manifest(bureau=self.bureau, lane=CLAIMS_LANE, root=root, leaves=rows)
        with self.state.transaction():
            self.state.put_root(self.bureau, CLAIMS_LANE, sequence, root, entry.act)
        signature = self.key.sign_anchor(self.bureau, CLAIMS_LANE, sequence, root, len(rows), manifest.digest)
        return SignedEntry(signature, sequence, entry.leaves, entry.record)

    def _check_order(self, entry: LaneEntry) -> None:
        """A binding that another has followed, or that was ended, is not put on the ledger any more."""
        newest = self.state.claims.newest(entry.subject)
        assert newest is not None
        if not entry.ends and (newest.n > entry.n or self.state.claims.end_of(entry.subject, entry.n) is not None):
            raise Refused(
                "a later device has been bound, or this one was ended", code="claim.superseded", field="claim"
            )


def act_of(body: Mapping[str, Any]) -> bytes:
    """What names a wish to end a binding, whatever place in the lane it is signed for: SHA-256 of the holder's
    statement, or of what the bureau asks for; 32 bytes."""
    if "statement" in body:
        return sha256(unb64url(body["statement"]))
    named = ("number", "identifier", "binding", "operator", "reason", "at")
    return sha256(canonical({name: body[name] for name in named if name in body}))
