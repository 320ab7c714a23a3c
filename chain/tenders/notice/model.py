"""A notice, read: everything a bidder, key holder or auditor must know of a tender. It is made by reading only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import NoticeTerms
from chain.sealing import Recipients
from chain.tenders.notice.evaluation import Evaluation
from chain.tenders.notice.form import FormField
from chain.tenders.notice.members import Money, Words
from chain.tenders.notice.qualification import GuaranteeRule, QualificationRule

FORMAT = "yinxin-notice-1"

Category = Literal["goods", "works", "services"]
CATEGORIES: tuple[Category, ...] = ("goods", "works", "services")
Profile = Literal["statutory", "demo"]
PROFILES: tuple[Profile, ...] = ("statutory", "demo")
"""``demo``: periods of seconds, which no law allows; whoever reads the notice sees so."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation: USCC and legal name."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot 标段.

    Attributes:
        number: 1, 2, 3 …
        title: what people read.
        description: more of it; may be empty in both languages.
        quantity: how much, exact.
        unit: of the quantity.
        ceiling: highest price 最高投标限价, or None.
    """

    number: int
    title: Words
    description: Words | None
    quantity: Decimal
    unit: Words
    ceiling: Money | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope: whom lock 2 is for, and its form.

    Attributes:
        number: 1, or 2 for the price.
        officer: X25519 key of the procuring officer, 32 bytes.
        supervisor: X25519 key of the supervisor, 32 bytes.
        form: the figures that a bid states in it.
    """

    number: int
    officer: bytes
    supervisor: bytes
    form: tuple[FormField, ...]

    @property
    def recipients(self) -> Recipients:
        """For whom lock 2 is made."""
        return Recipients(self.officer, self.supervisor)

    def field(self, name: str) -> FormField | None:
        """The field of that name, or None."""
        return next((one for one in self.form if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Custodian:
    """Who stores sealed files: account on the ledger (20 bytes), name, base address of its server."""

    account: bytes
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who decides complaints: name and account on the ledger, 20 bytes."""

    name: str
    account: bytes


@dataclass(frozen=True, slots=True)
class TenderDocument:
    """A document of the notice; its bytes lie on the board under ``digest`` (SHA-256, 32 bytes)."""

    name: str
    media_type: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Previous:
    """The failed or cancelled tender that this one repeats 重新招标: book, number, digest of its newest notice."""

    book: bytes
    tender: int
    notice: bytes


@dataclass(frozen=True, slots=True)
class Committee:
    """The evaluation committee: members in all, experts drawn at random among them."""

    members: int
    experts: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, or a whole amended one. Members are those of docs/formats/notice.md; times are seconds since 1970 UTC.

    Deadline and opening are those that this version laid down. An extension or an outage moves them without a new
    version: what holds now is asked of the ledger.

    Attributes:
        data: the canonical bytes.
        amends: digest of the version before, or None.
        number: 0, or the number of the amendment.
        consortium: most members of a consortium 联合体, or 0: none may bid.
        bid_validity: days for which a bid binds, from the deadline on.
    """

    data: bytes
    profile: Profile
    genesis: bytes
    chain_id: int
    book: bytes
    tender: int
    number: int
    amends: bytes | None
    changes: Words | None
    previous: Previous | None
    ocid: str
    bureau: Organisation
    agent: Organisation | None
    contact: str
    title: Words
    description: Words
    category: Category
    mandatory: bool
    lots: tuple[Lot, ...]
    envelopes: tuple[Envelope, ...]
    consortium: int
    evaluation: Evaluation
    committee: Committee
    qualification: tuple[QualificationRule, ...]
    guarantee: GuaranteeRule | None
    bid_validity: int
    minimum_bids: int
    questions_until: int
    deadline: int
    open_at: int
    gap: int
    grace: int
    reveal_window: int
    amendment_margin: int
    standstill: int
    complaint_period: int
    ceremony: int
    opening_key: bytes
    custodians: tuple[Custodian, ...]
    supervisor: Supervisor
    documents: tuple[TenderDocument, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes, 32 bytes: what stands on the ledger."""
        return sha256(self.data)

    @property
    def terms(self) -> NoticeTerms:
        """What the chain keeps of it."""
        return NoticeTerms(
            bureau=self.bureau.uscc,
            digest=self.digest,
            lots=len(self.lots),
            envelopes=len(self.envelopes),
            minimum_bids=self.minimum_bids,
            deadline=self.deadline,
            open_at=self.open_at,
            ceremony=self.ceremony,
            supervisor=self.supervisor.account,
            gap=self.gap,
            grace=self.grace,
            reveal_window=self.reveal_window,
            amendment_margin=self.amendment_margin,
            standstill=self.standstill,
            complaint_period=self.complaint_period,
        )

    def lot(self, number: int) -> Lot | None:
        """The lot of that number, or None."""
        return self.lots[number - 1] if 1 <= number <= len(self.lots) else None

    def envelope(self, number: int) -> Envelope | None:
        """The envelope of that number, or None."""
        return self.envelopes[number - 1] if 1 <= number <= len(self.envelopes) else None

    @property
    def price_envelope(self) -> Envelope:
        """The envelope with the price: the last one."""
        return self.envelopes[-1]
