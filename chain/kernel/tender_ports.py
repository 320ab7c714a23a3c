"""The doors of a tender: what the ledger tells, what may be written, and where public papers lie.

Rules take these in. chain/ledger/tenders implements the first two, chain/tenders/board the third.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import (
    CaseKind,
    CeremonyPlan,
    CeremonyState,
    Commitment,
    Entry,
    LiveSetState,
    LotState,
    NoticeTerms,
    Progress,
    TenderEvent,
    TenderState,
)


class TenderLedger(Protocol):
    """What the contracts say, all at one final block; :meth:`refresh` moves to a newer one."""

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        ...

    @property
    def genesis(self) -> bytes:
        """Hash of block 0, 32 bytes."""
        ...

    @property
    def book(self) -> bytes:
        """Address of the TenderBook, 20 bytes."""
        ...

    @property
    def proceedings(self) -> bytes:
        """Address of the TenderProceedings, 20 bytes."""
        ...

    @property
    def key_registry(self) -> bytes:
        """Address of the KeyHolderRegistry, 20 bytes."""
        ...

    @property
    def block(self) -> BlockRef:
        """The final block at which the facts are read."""
        ...

    def refresh(self) -> BlockRef:
        """Move to the newest final block. Raises Unavailable, Conflict (a contradicting history)."""
        ...

    def tenders(self) -> int:
        """How many tenders there are."""
        ...

    def tender(self, tender: int) -> TenderState | None:
        """Where a tender stands; None if there is none of that number."""
        ...

    def lot(self, tender: int, lot: int) -> LotState:
        """Where a lot stands. Raises NotFound."""
        ...

    def live_set(self, tender: int, lot: int, envelope: int) -> LiveSetState:
        """Live set of an envelope; whole once the lot's phase says so. Raises NotFound."""
        ...

    def entry(self, tender: int, lot: int, bidder: bytes) -> Entry:
        """A bidder's place. Raises NotFound."""
        ...

    def progress(self, tender: int, lot: int) -> Progress:
        """How far the proceedings have come. Raises NotFound."""
        ...

    def is_custodian(self, tender: int, account: bytes) -> bool:
        """True if that account is a custodian of the tender."""
        ...

    def is_officer(self, tender: int, account: bytes) -> bool:
        """True if that account is the officer of the tender now."""
        ...

    def ceremonies(self) -> int:
        """How many ceremonies there are."""
        ...

    def ceremony(self, ceremony: int) -> CeremonyState | None:
        """A ceremony; None if there is none of that number."""
        ...

    def tender_events(self, tender: int) -> Sequence[TenderEvent]:
        """Every event of TenderBook and TenderProceedings about that tender, in order, up to :attr:`block`."""
        ...

    def ceremony_events(self, ceremony: int) -> Sequence[TenderEvent]:
        """Every event of KeyHolderRegistry about that ceremony, in order, up to :attr:`block`."""
        ...

    def spanning_headers(self, time: int) -> tuple[bytes, bytes] | None:
        """RLP of the last header with a time of at most ``time`` and of the next; None while there is no next one."""
        ...


class TenderActs(Protocol):
    """Writing, from one account. Each method is the contract function of that name; see contracts/tenders/I*.sol.

    Each returns once the transaction is final, with its hash (32 bytes), and does nothing twice: called again with the
    same arguments it finds what was sent. Raises Refused, Conflict or NotFound with the contract's own error,
    Unavailable if no answer came (calling again does no harm).
    """

    @property
    def address(self) -> bytes:
        """The account, 20 bytes."""
        ...

    def convene(self, ceremony: int, plan: CeremonyPlan, members: Sequence[bytes]) -> bytes:
        """Convene a ceremony; the number is the last one plus 1."""
        ...

    def deal(self, ceremony: int, digest: bytes) -> bytes:
        """Commit to the account's deals."""
        ...

    def complain(self, ceremony: int, accused: int, digest: bytes) -> bytes:
        """``accused`` counts from 1, as in the roster."""
        ...

    def answer(self, ceremony: int, complainant: int, digest: bytes) -> bytes:
        """``complainant`` counts from 1, as in the roster."""
        ...

    def confirm(self, ceremony: int, transcript: bytes, qualified: Sequence[int], key: bytes) -> bytes:
        """``qualified`` are numbers from 1; ``key`` is compressed, 96 bytes."""
        ...

    def roll_call(self, ceremony: int, counter: int, signature: bytes) -> bytes:
        """``signature`` is compressed, 48 bytes."""
        ...

    def report_destruction(self, ceremony: int, digest: bytes) -> bytes:
        """Report that the account's share is destroyed."""
        ...

    def publish(self, tender: int, notice: NoticeTerms, custodians: Sequence[bytes]) -> bytes:
        """Publish a tender; the number is the last one plus 1."""
        ...

    def amend(self, tender: int, number: int, digest: bytes, deadline: int, open_at: int) -> bytes:
        """Amend the notice; the number is the last amendment plus 1."""
        ...

    def extend(self, tender: int, deadline: int, open_at: int) -> bytes:
        """Extend the deadline."""
        ...

    def cancel(self, tender: int, reason_digest: bytes) -> bytes:
        """Cancel the tender."""
        ...

    def tick(self, tender: int, header_before: bytes, header_after: bytes) -> bytes:
        """Settle the deadline by the two headers (RLP) that span it."""
        ...

    def settle(self, tender: int) -> bytes:
        """Settle the deadline without proof, by looking back."""
        ...

    def submit(self, commitment: Commitment, signature: bytes, custody: bytes) -> bytes:
        """Submit or replace a bid."""
        ...

    def withdraw(self, tender: int, lot: int, bidder: bytes, version: int, not_after: int, signature: bytes) -> bytes:
        """Withdraw a bid."""
        ...

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
        ...  # fmt: skip

    def reveal_decoy(self, commitment: Commitment, salt: bytes) -> bytes:
        """Reveal the account's decoy."""
        ...

    def close(self, tender: int, lot: int, envelope: int, most: int) -> bytes:
        """One page of at most ``most`` places."""
        ...

    def open(self, tender: int, lot: int, envelope: int, signature: bytes, keys_digest: bytes) -> bytes:
        """``signature`` is compressed, 48 bytes."""
        ...

    def review(self, tender: int, lot: int, digest: bytes, dropped: Sequence[int]) -> bytes:
        """Record the technical result; ``dropped`` are places, ascending."""
        ...

    def fail(self, tender: int, lot: int, digest: bytes) -> bytes:
        """Let a closed lot fail."""
        ...

    def record(self, tender: int, lot: int, kind: str, digest: bytes) -> bytes:
        """Put a document on record; lot 0 for the whole tender."""
        ...

    def attest_custody(self, tender: int, lot: int, envelope: int, digest: bytes) -> bytes:
        """State that the account has every live file of a closed envelope."""
        ...

    def name_candidates(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        """Name candidates."""
        ...

    def file(self, tender: int, lot: int, kind: CaseKind, digest: bytes) -> bytes:
        """File an objection or complaint."""
        ...

    def settle_case(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        """Answer an objection or decide a complaint."""
        ...

    def award(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        """Award the lot."""
        ...

    def record_contract(self, tender: int, lot: int, digest: bytes) -> bytes:
        """Record the contract."""
        ...


class Board(Protocol):
    """Where the public papers of tenders lie, by digest; and where notes wait for whom they concern.

    Nothing on it is believed: papers are hashed at every read, notes are checked by what is signed in them. A board may
    lose or withhold, which shows; it cannot alter. Several boards may carry the same papers.
    """

    def put(self, data: bytes) -> bytes:
        """Store a paper; its SHA-256, 32 bytes. Raises InvalidInput (too large), Unavailable."""
        ...

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest. Raises NotFound, Damaged (other bytes, or longer than ``limit``), Unavailable."""
        ...

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note under ``topic`` (such as ``releases/3/1/1``) and ``name``; the same name again adds another.

        Raises:
            InvalidInput: a topic or name that is not lower-case letters, digits, ``-`` and ``/``, or too much data.
            Unavailable: no answer.
        """
        ...

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Name and content of every note under that topic, oldest first. Raises Unavailable."""
        ...
