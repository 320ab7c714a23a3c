"""What is known of a tender once its papers are read: plain data, from which statistics and signals follow.

Nothing is in it of the bids of a lot that is not open: neither what they say nor how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.notice.members import Money


@dataclass(frozen=True, slots=True)
class Bid:
    """A live bid of an opened lot.

    Attributes:
        place: in its lot.
        bidder: fresh address, 20 bytes.
        custodian: who signed for its files when it was first committed, 20 bytes.
        committed_at: second of its first commitment.
        outcome: ``opened``, ``revoked``, ``withdrawn``, ``undecided``.
        companies: codes to names of who is shown to stand behind it; empty if nobody is.
        price: as read out; None where it was not, or not yet.
        figures: every figure read out of it, by field.
        guarantee: SHA-256 of the certificate of its guarantee, or empty.
        certificates: SHA-256 of each presentation that was looked at in it.
    """

    place: int
    bidder: bytes
    custodian: bytes
    committed_at: int
    outcome: str
    companies: Mapping[str, str] = field(default_factory=dict)
    price: Decimal | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    guarantee: bytes = b""
    certificates: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is chosen: place, price, codes of the companies, and the rank it had among the candidates."""

    place: int
    price: Money
    companies: frozenset[str]
    rank: int


@dataclass(frozen=True, slots=True)
class CaseFact:
    """An objection or complaint; ``upheld`` is None unless a decision says so."""

    kind: CaseKind
    filed_at: int
    settled_at: int | None
    upheld: bool | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """Certificates that bidders ticked instead of handing in documents.

    Attributes:
        certificate_type: code of the type that the notice asks for.
        personal: it is a natural person's.
        result: of the rule: ``pass``, ``fail``, ``unknown``.
        count: how many; 0 if the bid shows none.
    """

    certificate_type: str
    personal: bool
    result: str
    count: int


@dataclass(frozen=True, slots=True)
class LotFact:
    """One lot.

    Attributes:
        number: 1, 2, 3 …
        phase: where it stands.
        ceiling: highest price, or None.
        opened_at: second of the opening of its first envelope, or None; None keeps all below empty.
        bids: live ones.
        decoys: revealed; withdrawn: bids withdrawn before the deadline.
        organisations: distinct ones by the opening record, or None.
        kinds: of the fields that are read out, by name.
        reference: reference price of the evaluation, or None.
        failed: why it failed, or empty.
        outcome: the newest award's, or None.
        first: the candidate of rank 1 in the newest ranking, or None.
        awarded_at, contracted_at: seconds, or None.
        cases: filed in this lot.
        presented: certificates looked at in its bids.
    """

    number: int
    phase: Phase
    ceiling: Money | None = None
    opened_at: int | None = None
    bids: tuple[Bid, ...] = ()
    decoys: int = 0
    withdrawn: int = 0
    organisations: int | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    reference: Decimal | None = None
    failed: str = ""
    outcome: Outcome | None = None
    first: Outcome | None = None
    awarded_at: int | None = None
    contracted_at: int | None = None
    cases: tuple[CaseFact, ...] = ()
    presented: tuple[Presented, ...] = ()


@dataclass(frozen=True, slots=True)
class TenderFact:
    """One tender.

    Attributes:
        number: in its book.
        bureau: USCC of the procuring entity.
        published_at, deadline: seconds.
        amendments: how often it was amended.
        minimum_bids: with fewer a lot fails.
        cancelled: it was.
        category: goods, works, services; empty if its notice cannot be read.
        demo: its periods are those of a demonstration.
        price: name of the field with the price.
        currency: of the price.
        documents: SHA-256 of the notice's own documents.
        lots: in their order.
        unread: papers that the ledger names and no board has, or that are no such papers.
    """

    number: int
    bureau: str
    published_at: int
    deadline: int
    amendments: int
    minimum_bids: int
    cancelled: bool
    category: str = ""
    demo: bool = False
    price: str = ""
    currency: str = ""
    documents: frozenset[bytes] = frozenset()
    lots: tuple[LotFact, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """Certificates anchored together: code of their type, how many, and the second of the block."""

    certificate_type: str
    count: int
    at: int
