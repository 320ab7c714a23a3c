"""A closed and opened lot of nobody's with a pool of experts, in memory: for draws, committees and their audit.

case = DrawCase.opened(folder)                  # three bids, a pool of twelve on record, an opening record
draw = case.draw(case.seats(4)); case.complete(draw)
case.commit(owners=1)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from chain.evaluation import Expert, Pool, PoolPaper, Quota, Seats, draw_experts, seed_of
from chain.evaluation.committee import (
    Committee,
    Drawn,
    DrawReasons,
    Draws,
    Exclusion,
    ExclusionRule,
    Member,
    MemberKind,
    Replacement,
    Turn,
    draws_of,
    pool_on_record,
)
from chain.evaluation.committee.standing import expert_members
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.kernel.tender_ports import TenderLedger
from chain.keys.signatures import address_of
from chain.sealing import KeyShare, Message, combine
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace, NamedOrganisation, OpeningRecord, Outcome, RecordedBid
from chain.tenders.story import Story, tell
from tests.chain.sealing.samples import GENESIS, holders
from tests.chain.tenders.events import BOOK, START, TERMS, Teller, address
from tests.chain.tenders.notice.samples import sample

LOT = LotPlace(GENESIS, BOOK, 3, 1)
COMPANY, OTHER = "11440100000000011A", "11440100000000012B"
HOLDER = sha256(b"account of key holder 1")[:20]
OFFICER = sha256(b"account of the officer")[:20]


def expert_key(number: int) -> bytes:
    """Private key of an expert's account."""
    return sha256(b"account of expert %d" % number)


def expert(number: int, employer: str = "", specialty: str = "A08", account: bytes = b"") -> Expert:
    """An expert of nobody's."""
    return Expert(
        f"ZJ-{number:04}", f"示例专家{number}", employer, specialty, account or address_of(expert_key(number)),
        sha256(b"box %d" % number), sha256(b"salt %d" % number),
    )  # fmt: skip


def share_of(holder: int, message: Message) -> KeyShare:
    """The sample share, made for that message's place."""
    share = holders().shares[holder]
    return replace(share, scope=replace(share.scope, book=message.book, number=message.tender))


def signature(message: Message, *chosen: int) -> bytes:
    """The key holders' signature."""
    shares = {one: share_of(one, message).sign(message) for one in chosen or (1, 2, 3)}
    return combine(holders().key, message.digest(), shares).signature


@dataclass
class _Ledger:
    genesis: bytes = GENESIS
    book: bytes = BOOK

    def ceremony(self, ceremony: int) -> Any:
        return type("State", (), {"members": (HOLDER,), "key": holders().key.key})

    def is_officer(self, tender: int, account: bytes) -> bool:
        return account == OFFICER


@dataclass
class DrawCase:
    """See the module."""

    folder: Path
    notice: Notice
    pool: Pool
    teller: Teller = field(default_factory=lambda: Teller(replace(TERMS, minimum_bids=2)))

    @classmethod
    def opened(cls, folder: Path, *, pool: Pool | None = None, record: bool = True, **notice: Any) -> DrawCase:
        """Opened, with the pool on record before the deadline."""
        said = replace(sample(folder), tender=3, book=BOOK, opening_key=holders().key.key, minimum_bids=2, **notice)
        case = cls(folder, said, pool or Pool([expert(number) for number in range(12)]))
        teller = case.teller
        teller.publish()
        bids = [teller.commitment(bidder) for bidder in (1, 2, 3)]
        for place, one in enumerate(bids, 1):
            teller.commit(place, one)
        case.record("expert-pool", case.pool.paper().to_bytes(), lot=0)
        teller.settle()
        closing = teller.close(*bids)
        keys = sha256(b"keys")
        teller.say("EnvelopeOpened", at=TERMS.open_at, lot=1, envelope=1, signature=bytes(48), keysDigest=keys)
        if record:
            case.record("opening", case.opening_record(closing.values["digest"]).to_bytes())
        return case

    def opening_record(self, live: bytes) -> OpeningRecord:
        """Three bids that opened: two companies, and one that stands alone."""
        bids = tuple(
            RecordedBid(
                place, sha256(b"commitment %d" % place), address(place), 1, Outcome.OPENED,
                NamedOrganisation("valid", code, "示例公司", ((code, "示例公司"),)),
            )
            for place, code in enumerate((COMPANY, OTHER, "11440100000000013C"), 1)
        )  # fmt: skip
        return OpeningRecord(
            LOT, 1, self.notice.digest, TERMS.open_at, live, sha256(b"keys"), (1, 2, 3), (), bids, 3, 2, (), "示例"
        )  # fmt: skip

    # ------------------------------------------------------------------ as others see it

    @property
    def board(self) -> FolderBoard:
        return FolderBoard(self.folder / "board")

    @property
    def ledger(self) -> TenderLedger:
        return cast(TenderLedger, _Ledger())

    @property
    def story(self) -> Story:
        return tell(self.teller.events, BOOK)

    @property
    def paper(self) -> PoolPaper:
        return pool_on_record(self.board, self.story)[1]

    @property
    def draws(self) -> Draws:
        return draws_of(self.ledger, self.board, self.story, self.notice, 1)

    # ------------------------------------------------------------------ what the officer records

    def record(self, kind: str, data: bytes, *, lot: int = 1, at: int | None = None) -> TenderEvent:
        """A paper on board and ledger."""
        return self.teller.say("Recorded", at=at, lot=lot, kind=kind, digest=self.board.put(data))

    def seats(
        self,
        count: int = 4,
        *,
        excluded: Sequence[int] = (),
        replaced: Sequence[int] = (),
        counter: int = 0,
        **other: Any,
    ) -> Seats:
        """A draw's paper, with its reasons on the board."""
        drawn, places = self.draws.drawn, sorted({*excluded, *self.draws.drawn, *self.draws.excluded})
        listed = tuple(
            Exclusion(one, ExclusionRule.DRAWN) if one in drawn else Exclusion(one, ExclusionRule.DECLARED, "示例理由")
            for one in places
        )
        left = tuple(Replacement(one, "病假") for one in sorted(replaced))
        reasons = DrawReasons(LOT, counter or self.draws.next_counter, listed, left)
        digest = self.board.put(reasons.to_bytes())
        values = {"pool": self.pool.paper().digest(), "excluded": tuple(places), "reasons": digest}
        return Seats(**{"quotas": (Quota("A08", count),), **values, **other})

    def draw(self, seats: Seats) -> Turn:
        """That draw, on record."""
        self.record("draw", seats.to_bytes())
        return self.draws.turns[-1]

    def result(self, turn: Turn) -> Drawn:
        """What came of it."""
        signed = signature(turn.message(LOT))
        assert turn.seats is not None
        seats = draw_experts(self.pool.paper(), turn.seats, seed_of(signed))
        return Drawn(LOT, turn.digest, turn.counter, signed, seats)

    def complete(self, turn: Turn) -> Drawn:
        """The same, on record."""
        found = self.result(turn)
        self.record("drawn", found.to_bytes())
        return found

    def committee(self, *, number: int = 1, owners: int = 1) -> Committee:
        """Those who were drawn, and representatives."""
        draws = self.draws
        members = expert_members(draws, self.paper) + tuple(
            Member(5 + one, sha256(b"owner %d" % one)[:20], sha256(b"owner's box %d" % one), MemberKind.OWNER, None)
            for one in range(owners)
        )
        return Committee(LOT, number, self.paper.digest(), tuple(one.result_digest for one in draws.completed), members)

    def commit(self, committee: Committee | None = None) -> Committee:
        """A committee on record."""
        made = committee or self.committee()
        self.record("committee", made.to_bytes())
        return made

    def award(self) -> None:
        """Candidates and the award."""
        self.teller.say("CandidatesNamed", lot=1, number=1, digest=sha256(b"candidates"))
        self.teller.say("LotAdvanced", lot=1, phase=Phase.CANDIDATES)
        self.teller.say("LotAwarded", lot=1, number=1, digest=sha256(b"award"))
        self.teller.say("LotAdvanced", lot=1, phase=Phase.AWARDED)


__all__ = ["COMPANY", "HOLDER", "LOT", "OFFICER", "START", "DrawCase", "expert", "expert_key", "share_of", "signature"]
