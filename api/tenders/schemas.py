"""JSON shapes of tenders and ceremonies: what the chain says of them, and nothing of bids before they are opened."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field

from api.service.paging import Page
from api.service.shapes import SAMPLE_BUREAU, Hex, Shape, Time
from api.tenders.shown import PHASES

SAMPLE_ACCOUNT = "0x52908400098527886e0f7030069857d2e4169ee7"

TenderNumber = Annotated[int, Path(ge=1, le=2**53 - 1, description="number of the tender in its book", examples=[12])]
LotNumber = Annotated[int, Path(ge=1, le=256, description="number of the lot", examples=[1])]
CeremonyNumber = Annotated[int, Path(ge=1, le=2**53 - 1, description="number of the ceremony", examples=[3])]
PaperDigest = Annotated[
    str, Path(pattern=r"^0x[0-9a-f]{64}$", description="SHA-256 of the paper", examples=["0x" + "5f" * 32])
]
Account = Annotated[str, Field(description="ledger address", examples=[SAMPLE_ACCOUNT])]
PhaseName = Annotated[str, Field(description="where the lot stands: " + ", ".join(PHASES), examples=["bidding"])]


class Title(Shape):
    """A title in both languages; empty while the notice could not be read from any board."""

    zh: str = Field(examples=["示例项目：办公家具采购"])
    en: str = Field(examples=["Sample: office furniture"])


class LotLine(Shape):
    """A lot, in short."""

    lot: int = Field(examples=[1])
    phase: PhaseName


class TenderLine(Shape):
    """A tender, in short."""

    number: int = Field(examples=[12])
    bureau: str = Field(description="unified social credit code", examples=[SAMPLE_BUREAU])
    bureau_name: str = Field(
        description="as the notice has it; empty while it was not read", examples=["示例市采购中心"]
    )
    title: Title
    category: str = Field(description="goods, works, services; empty while the notice was not read", examples=["goods"])
    published: Time
    deadline: Time
    open_at: Time = Field(description="first second for the opening")
    cancelled: bool = Field(examples=[False])
    lots: list[LotLine]


class Tenders(Page):
    """Tenders, newest first."""

    items: list[TenderLine]


class Amendment(Shape):
    """One version of the notice; number 0 is the first."""

    number: int = Field(examples=[0])
    digest: Hex
    deadline: Time
    open_at: Time
    at: Time = Field(description="when it was published")


class Next(Shape):
    """What comes next."""

    what: Literal["deadline", "settle", "close", "open", "review", "candidates", "award", "contract"] = Field(
        examples=["deadline"]
    )
    lot: int | None = Field(None, description="null for the whole tender", examples=[1])
    envelope: int | None = Field(None, examples=[1])
    at: Time | None = Field(None, description="first second for it (deadline: the last for bids); null: at once")
    by: Literal["anybody", "holders", "officer"] = Field(description="who may do it", examples=["anybody"])


class LotView(Shape):
    """A lot. How many places were taken is told once its first envelope is open, and not before."""

    lot: int = Field(examples=[1])
    phase: PhaseName
    since: Time | None = Field(None, description="when the newest phase, ranking or award began")
    closed: int = Field(description="envelopes whose live bids are fixed", examples=[0])
    opened: int = Field(description="envelopes opened", examples=[0])
    attested: dict[str, list[str]] = Field(
        description="custodians that attested the files, by envelope", examples=[{"1": [SAMPLE_ACCOUNT]}]
    )
    rankings: int = Field(description="how often candidates were named", examples=[0])
    awards: int = Field(examples=[0])
    open_cases: int = Field(description="objections and complaints that wait", examples=[0])
    places: int | None = Field(None, description="places ever taken; null before the opening", examples=[5])
    live: int | None = Field(None, description="live bids; null before the opening", examples=[4])


class RecordView(Shape):
    """A paper that the chain names: GET …/papers/{digest} has it."""

    kind: str = Field(description="notice, amendment, answers, opening, keys, …", examples=["answers"])
    lot: int | None = Field(None, examples=[1])
    digest: Hex


class CaseView(Shape):
    """An objection or complaint."""

    lot: int = Field(examples=[1])
    number: int = Field(examples=[1])
    kind: str = Field(description="objection or complaint", examples=["objection"])
    digest: Hex
    filed: Time
    settled: Time | None = None


class TenderView(TenderLine):
    """A tender as the chain has it, and what comes next."""

    notice: Hex = Field(description="digest of the notice in force")
    amendments: list[Amendment]
    questions_until: Time | None = Field(None, description="null while the notice was not read")
    settled: Time | None = Field(None, description="when the deadline became final; null before")
    envelopes: int = Field(examples=[2])
    minimum_bids: int = Field(examples=[3])
    reveal_window: int = Field(description="seconds", examples=[60])
    standstill: int = Field(description="seconds", examples=[259200])
    complaint_period: int = Field(description="seconds", examples=[864000])
    ceremony: int = Field(description="whose key the bids are sealed to", examples=[3])
    supervisor: Account
    custodians: list[Account]
    next: list[Next]
    details: list[LotView] = Field(description="each lot in full")
    records: list[RecordView]
    cases: list[CaseView]


class Moment(Shape):
    """One event on the chain."""

    name: str = Field(description="as in the contract's interface", examples=["Published"])
    contract: str = Field(examples=["TenderBook"])
    lot: int | None = Field(None, examples=[1])
    values: dict[str, Any] = Field(
        description="its arguments: bytes as 0x and hexadecimal, enums as words", examples=[{"tender": 12}]
    )
    block: int = Field(examples=[1203])
    time: Time
    transaction: Hex
    index: int = Field(description="of the log in its block", examples=[0])


class Timeline(Page):
    """Events in the chain's order. Those that tell of bids stand in it once their lot is open, and not before."""

    items: list[Moment]


class Place(Shape):
    """A place in a lot."""

    place: int = Field(examples=[1])
    bidder: Account
    version: int = Field(examples=[2])
    commitment: Hex
    live: bool = Field(examples=[True])
    decoy: bool = Field(description="a custodian revealed it as its decoy", examples=[False])


class Places(Shape):
    """The places of an opened lot, in their order."""

    items: list[Place]


class Member(Shape):
    """A key holder in a ceremony."""

    member: int = Field(description="1, 2, 3 … as in the roster", examples=[1])
    account: Account
    dealt: bool = Field(examples=[True])
    confirmed: bool = Field(examples=[True])
    qualified: bool = Field(description="holds a share of the key in force", examples=[True])
    destroyed: bool = Field(description="reports that its share is", examples=[False])


class CeremonyView(Shape):
    """A ceremony: who makes an opening key, by when, and what came of it."""

    number: int = Field(examples=[3])
    bureau: str | None = Field(None, description="who convened it; null: the authority", examples=[SAMPLE_BUREAU])
    tender: int | None = Field(None, description="the one it is for; null: any that opens in time", examples=[12])
    threshold: int = Field(description="how many open together", examples=[3])
    roster: Hex
    deals_until: Time
    complaints_until: Time
    answers_until: Time
    confirm_until: Time
    usable_until: Time
    key: Hex | None = Field(None, description="group key in force, compressed G2; null until then")
    transcript: Hex | None = None
    roll_calls: int = Field(examples=[1])
    called: Time | None = Field(None, description="last roll call, or when the key came into force")
    members: list[Member]
