"""Writing of tenders from one account, each act exactly once (:class:`chain.kernel.tender_ports.TenderActs`).

The label of a transaction names its act, such as ``submit 3/1/0x… version 2``: an act that was sent before, by whatever
process with the same store, is found and waited for, and the same act with other content is a conflict. ``close`` (a
page at a time) and ``settle`` (called twice by design) may rightly be repeated: there, the very same call is taken
for one as long as it is not settled. A confirmation may be followed by another; only the newest one is found again.
"""

from __future__ import annotations

from collections.abc import Sequence

from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import CaseKind, CeremonyPlan, Commitment, NoticeTerms
from chain.ledger.sender import ONCE, Sender
from chain.ledger.tenders import calls
from chain.ledger.tenders.contracts import TenderContracts
from chain.ledger.tenders.timing import after_header, when_ripe

_TIMEOUT = 120.0
_SPARE = 60_000
_KEY_SPARE = 400_000
"""Gas beyond the estimate, which cannot see what others do in the same block: the confirmation that reaches the
threshold stores the key, the last page of a closing ends the lot. What is not used is not paid."""


class AccountActs:
    """A :class:`chain.kernel.tender_ports.TenderActs` on a sender.

    Args:
        sender: the account's.
        contracts: where to.
        timeout: seconds to wait for each act to be final.
    """

    def __init__(self, sender: Sender, contracts: TenderContracts, *, timeout: float = _TIMEOUT) -> None:
        self._sender = sender
        self._contracts = contracts
        self._timeout = timeout

    @property
    def address(self) -> bytes:
        """The account, 20 bytes."""
        return self._sender.address

    # ------------------------------------------------------------------ key holders

    def convene(self, ceremony: int, plan: CeremonyPlan, members: Sequence[bytes]) -> bytes:
        """Convene a ceremony."""
        return self._holders(f"convene ceremony {ceremony}", calls.convene(ceremony, plan, members))

    def deal(self, ceremony: int, digest: bytes) -> bytes:
        """Commit to the account's deals."""
        return self._holders(f"deal in ceremony {ceremony}", calls.deal(ceremony, digest))

    def complain(self, ceremony: int, accused: int, digest: bytes) -> bytes:
        """Complain of a member's deal."""
        what = f"complain in ceremony {ceremony} of member {accused}"
        return self._holders(what, calls.complain(ceremony, accused, digest))

    def answer(self, ceremony: int, complainant: int, digest: bytes) -> bytes:
        """Answer a complaint."""
        what = f"answer in ceremony {ceremony} to member {complainant}"
        return self._holders(what, calls.answer(ceremony, complainant, digest))

    def confirm(self, ceremony: int, transcript: bytes, qualified: Sequence[int], key: bytes) -> bytes:
        """Confirm the outcome; another one than before takes its place."""
        data, to = calls.confirm(ceremony, transcript, qualified, key), self._contracts.key_holders
        what = f"confirm ceremony {ceremony}"
        newest = self._sender.latest(what)
        if newest is None or (newest.to, newest.data) != (to, data):
            return self._again(to, what, data, _KEY_SPARE)
        return self._sender.wait_final(newest, self._timeout).hash

    def roll_call(self, ceremony: int, counter: int, signature: bytes) -> bytes:
        """Show that enough holders can sign."""
        return self._holders(f"roll call {ceremony}/{counter}", calls.roll_call(ceremony, counter, signature))

    def report_destruction(self, ceremony: int, digest: bytes) -> bytes:
        """Report that the account's share is destroyed."""
        return self._holders(f"report destruction in ceremony {ceremony}", calls.report_destruction(ceremony, digest))

    # ------------------------------------------------------------------ the notice

    def publish(self, tender: int, notice: NoticeTerms, custodians: Sequence[bytes]) -> bytes:
        """Publish a tender."""
        return self._book(f"publish tender {tender}", calls.publish(tender, notice, custodians))

    def amend(self, tender: int, number: int, digest: bytes, deadline: int, open_at: int) -> bytes:
        """Amend the notice."""
        return self._book(f"amend tender {tender}, {number}", calls.amend(tender, number, digest, deadline, open_at))

    def extend(self, tender: int, deadline: int, open_at: int) -> bytes:
        """Extend the deadline."""
        what = f"extend tender {tender} to {deadline}/{open_at}"
        return self._book(what, calls.extend(tender, deadline, open_at))

    def cancel(self, tender: int, reason_digest: bytes) -> bytes:
        """Cancel the tender."""
        return self._book(f"cancel tender {tender}", calls.cancel(tender, reason_digest))

    def tick(self, tender: int, header_before: bytes, header_after: bytes) -> bytes:
        """Settle the deadline by the two headers that span it; for a tender once."""
        after_header(self._sender, header_after)
        return self._book(f"tick tender {tender}", calls.tick(tender, header_before, header_after))

    def settle(self, tender: int) -> bytes:
        """Settle the deadline by looking back; the first call notes the block, the second settles."""
        return self._again(self._contracts.book, f"settle tender {tender}", calls.settle(tender))

    # ------------------------------------------------------------------ bids

    def submit(self, commitment: Commitment, signature: bytes, custody: bytes) -> bytes:
        """Submit or replace a bid."""
        what = f"submit {_bid(commitment.tender, commitment.lot, commitment.bidder, commitment.version)}"
        return self._book(what, calls.submit(commitment, signature, custody))

    def withdraw(self, tender: int, lot: int, bidder: bytes, version: int, not_after: int, signature: bytes) -> bytes:
        """Withdraw a bid."""
        data = calls.withdraw(tender, lot, bidder, version, not_after, signature)
        return self._book(f"withdraw {_bid(tender, lot, bidder, version)}", data)

    def move(
        self,
        tender: int,
        lot: int,
        bidder: bytes,
        successor: bytes,
        version: int,
        not_after: int,
        by_recovery: bytes,
        by_successor: bytes,
    ) -> bytes:
        """Let another address act for a bid."""
        data = calls.move(tender, lot, bidder, successor, version, not_after, by_recovery, by_successor)
        return self._book(f"move {_bid(tender, lot, bidder, version)}", data)

    def reveal_decoy(self, commitment: Commitment, salt: bytes) -> bytes:
        """Reveal the account's decoy."""
        what = f"reveal {_bid(commitment.tender, commitment.lot, commitment.bidder, commitment.version)}"
        return self._book(what, calls.reveal_decoy(commitment, salt))

    # ------------------------------------------------------------------ the opening and afterwards

    def close(self, tender: int, lot: int, envelope: int, most: int) -> bytes:
        """One page of at most ``most`` places."""
        data = calls.close(tender, lot, envelope, most)
        return self._again(self._contracts.book, f"close {tender}/{lot}/{envelope}", data)

    def open(self, tender: int, lot: int, envelope: int, signature: bytes, keys_digest: bytes) -> bytes:
        """Open a closed envelope."""
        data = calls.open_envelope(tender, lot, envelope, signature, keys_digest)
        return self._book(f"open {tender}/{lot}/{envelope}", data)

    def review(self, tender: int, lot: int, digest: bytes, dropped: Sequence[int]) -> bytes:
        """Record the technical result."""
        return self._book(f"review {tender}/{lot}", calls.review(tender, lot, digest, dropped))

    def fail(self, tender: int, lot: int, digest: bytes) -> bytes:
        """Let a closed lot fail."""
        return self._book(f"fail {tender}/{lot}", calls.fail(tender, lot, digest))

    def record(self, tender: int, lot: int, kind: str, digest: bytes) -> bytes:
        """Put a document on record."""
        what = f"record {kind} {hex0x(digest)} of {tender}/{lot}"
        return self._proceedings(what, calls.record(tender, lot, kind, digest))

    def attest_custody(self, tender: int, lot: int, envelope: int, digest: bytes) -> bytes:
        """State that the account has every live file."""
        what = f"attest custody of {tender}/{lot}/{envelope}"
        return self._proceedings(what, calls.attest_custody(tender, lot, envelope, digest))

    def name_candidates(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        """Name candidates."""
        what = f"name candidates of {tender}/{lot}, {number}"
        return self._proceedings(what, calls.name_candidates(tender, lot, number, digest))

    def file(self, tender: int, lot: int, kind: CaseKind, digest: bytes) -> bytes:
        """File an objection or complaint."""
        what = f"file {kind.name.lower()} {hex0x(digest)} in {tender}/{lot}"
        return self._proceedings(what, calls.file(tender, lot, kind, digest))

    def settle_case(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        """Answer an objection or decide a complaint."""
        return self._proceedings(f"settle case {tender}/{lot}/{number}", calls.settle_case(tender, lot, number, digest))

    def award(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        """Award the lot."""
        return self._proceedings(f"award {tender}/{lot}, {number}", calls.award(tender, lot, number, digest))

    def record_contract(self, tender: int, lot: int, digest: bytes) -> bytes:
        """Record the contract."""
        return self._proceedings(f"record contract of {tender}/{lot}", calls.record_contract(tender, lot, digest))

    # ------------------------------------------------------------------ inside

    def _holders(self, what: str, data: bytes) -> bytes:
        return self._once(self._contracts.key_holders, what, data)

    def _book(self, what: str, data: bytes) -> bytes:
        return self._once(self._contracts.book, what, data)

    def _proceedings(self, what: str, data: bytes) -> bytes:
        return self._once(self._contracts.proceedings, what, data)

    def _once(self, to: bytes, what: str, data: bytes, spare: int = _SPARE) -> bytes:
        # The contract is part of the label: a second book counts its tenders from 1 again.
        label = f"{what}{ONCE}{hex0x(to)}"
        sent = when_ripe(self._sender, lambda: self._sender.send(to, data, label=label, spare=spare))
        return self._sender.wait_final(sent, self._timeout).hash

    def _again(self, to: bytes, what: str, data: bytes, spare: int = _SPARE) -> bytes:
        sent = when_ripe(self._sender, lambda: self._sender.act(to, data, what=what, spare=spare))
        return self._sender.wait_final(sent, self._timeout).hash


def _bid(tender: int, lot: int, bidder: bytes, version: int) -> str:
    return f"{tender}/{lot}/{hex0x(bidder)} version {version}"
