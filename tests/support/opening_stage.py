"""A tender on a real chain, from its notice to a closed lot, with small sealed bids: for openings and audits.

case = OpeningCase.publish(stage, folder)         # officer's and supervisor's keys of lock 2, notice on the board
case.bid(1); case.bid(2); case.bid(3)             # sealed, custody signed, committed; files lie in case.custody
case.close(); case.release(1, 2, 3)               # live set on the ledger, key holders' messages on the board
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.evaluation.qualifying import Bench
from chain.identifiers import mint
from chain.kernel.encoding import sha256_file, unb64url
from chain.kernel.tender_facts import NO_FILE, Commitment, SealedFile
from chain.keys.signatures import address_of
from chain.sealing import Bid, BidIdentity, Form, Sealed, Source, make_release, seal_bid
from chain.tenders.bidding import BidPlace, alone
from chain.tenders.bidding.guarantee import AMOUNT, BENEFICIARY, GUARANTEE_TYPE, LOT
from chain.tenders.bidding.guarantee import OCID as OCID_FIELD
from chain.tenders.custody.statement import KEPT, CustodyStatement, KeptFile
from chain.tenders.notice import Notice, Place, make_notice
from chain.tenders.opening import LiveBids, live_bids, read_story, releases_topic
from chain.tenders.opening.organisations import Judge, deadline_block, judge_with
from chain.tenders.opening.session import FileFolder
from chain.tenders.story import Story
from scripts.samples.tenders import People, Periods, desks, roads
from tests.api.town import cheap_keys
from tests.support.companies import Companies, SampleCompany
from tests.support.file_door import open_door
from tests.support.pace import roomy
from tests.support.tender_stage import BUREAU, CUSTODIANS, NAME, TenderStage
from tests.support.world import USCC, YEAR

FIGURES = {
    1: {"price": "1234567.00", "delivery.days": "30", "warranty": "3y", "brand": "示例牌"},
    2: {"price": "1300000.00", "delivery.days": "45", "warranty": "5y"},
    3: {"price": "1111111.11", "delivery.days": "60", "warranty": "1y", "extra": "not in the notice's form"},
}
ROADS = ({"period.days": "120", "crew": "80"}, {"price": "17000000.00"})
_BLOCKS = 600
OCID = "ocds-abc123-opening-stage-1"
"""Of a tender whose bids carry guarantees."""
TEXT = "技术要求".encode()


@dataclass
class OpeningCase:
    """One tender and what everybody in it has.

    Attributes:
        stage: people and chain.
        folder: for files of bidders.
        notice: as published.
        companies: who bids, on a ledger of licences of their own.
        sealed: by bidder, one for each envelope.
        guarantees: by bidder, if the notice asks for them as certificates.
        prices: by bidder, of road works, where it is another one than the others'.
    """

    stage: TenderStage
    folder: Path
    notice: Notice
    companies: Companies
    by_bidder: dict[int, SampleCompany] = field(default_factory=dict)
    sealed: dict[int, list[Sealed]] = field(default_factory=dict)
    committed: dict[int, Commitment] = field(default_factory=dict)
    guarantees: dict[int, str] = field(default_factory=dict)
    prices: dict[int, str] = field(default_factory=dict)

    @property
    def custody(self) -> Path:
        """Where sealed files lie; the notice's custodians give them out."""
        return self.folder / "custody"

    @property
    def tender(self) -> int:
        """Its number."""
        return self.notice.tender

    # ------------------------------------------------------------------ the notice

    @classmethod
    def publish(
        cls,
        stage: TenderStage,
        folder: Path,
        *,
        envelopes: int = 1,
        deadline: int = 7,
        companies: int = 3,
        guaranteed: bool = False,
        **more: Any,
    ) -> OpeningCase:
        """Publish desks in one lot, or with two envelopes road works in two; ``deadline`` seconds from now.

        It is later on a busy machine: bids take longer there, too.
        """
        deadline = roomy(deadline)
        (folder / "custody").mkdir(parents=True)
        town = Companies()
        licensed = [town.company() for _ in range(companies)]
        guarantees = [guarantee_of(town, one) for one in licensed] if guaranteed else []
        if guaranteed:
            more |= {"ocid": OCID, "guarantee": {"percent": "2.00", "days": 30, "certificateType": GUARANTEE_TYPE}}
        licences = town.world.ledger  # its clock and its height go along with the chain's
        licences.mine(int(time.time()) - licences.block.time - _BLOCKS)
        for _ in range(_BLOCKS - 1):
            licences.mine(1)
        for file in ("课桌椅技术要求.txt", "道路修缮招标文件.txt", "工程量清单.csv"):
            (folder / file).write_bytes(TEXT + file.encode())
        url, end = open_door(folder / "custody")
        stage.at_end(end)
        custodians = [(stage.address(name), f"示例托管 {name}", url) for name in CUSTODIANS]
        people = People(
            lock_key(stage, "officer"), lock_key(stage, "supervisor"), stage.address("supervisor"), custodians,
            bureau=BUREAU, bureau_name=NAME,
        )  # fmt: skip
        periods = Periods(
            questions=f"+{deadline - 1}s", deadline=f"+{deadline}s", opening=f"+{deadline + 3}s", reveal=1, margin=1,
            standstill=120, complaints=60, grace=5,
        )  # fmt: skip
        draft = {**(desks if envelopes == 1 else roads)(people, periods), **more}
        ledger = stage.ledger
        state = ledger.ceremony(1)
        assert state is not None
        place = Place(
            ledger.genesis, ledger.chain_id, ledger.book, ledger.tenders() + 1, max(stage.now(), int(time.time())),
            lambda number: state.key, lambda number: None,
        )  # fmt: skip
        made = make_notice(draft, folder, place)
        assert made.notice is not None, made.findings
        stage.board.put(made.notice.data)
        for path in made.files.values():
            stage.board.put(path.read_bytes())
        stage.acts("officer").publish(
            made.notice.tender, made.notice.terms, [one.account for one in made.notice.custodians]
        )
        case = cls(stage, folder, made.notice, town)
        case.by_bidder = dict(enumerate(licensed, 1))
        case.guarantees = dict(enumerate(guarantees, 1))
        return case

    # ------------------------------------------------------------------ bids

    def identity(self, bidder: int, version: int = 1, envelope: int = 1, lot: int = 1) -> BidIdentity:
        """Under which a bid is sealed."""
        address = address_of(self.stage.bidder_key(bidder))
        return BidIdentity(self.notice.genesis, self.notice.book, self.tender, lot, envelope, address, version)

    def seal(self, bidder: int, version: int = 1, envelope: int = 1) -> Sealed:
        """Seal a small bid of that bidder's company."""
        identity = self.identity(bidder, version, envelope)
        source = self.folder / f"offer-{bidder}-{version}-{envelope}.txt"
        source.write_text(f"offer of bidder {bidder}, envelope {envelope}")
        company = self.by_bidder.get(bidder)
        recovery = address_of(self.stage.bidder_key(bidder, recovery=True))
        place = BidPlace(identity.genesis, identity.book, self.tender, identity.lot, identity.bidder, recovery)
        organisation = {} if company is None else alone(place, company.party).signed(0, company.device).as_dict()
        figures = FIGURES.get(bidder, FIGURES[2]) if len(self.notice.envelopes) == 1 else ROADS[envelope - 1]
        if "price" in figures and bidder in self.prices:
            figures = {**figures, "price": self.prices[bidder]}
        first = envelope == 1 and company is not None
        shown, guarantee = ((company.licence,), self.guarantees.get(bidder)) if first and company else ((), None)
        documents = [Source("offer.txt", "text/plain", source)]
        bid = Bid(identity, Form.of(figures), documents, organisation, shown, guarantee)
        target = self.custody / f"{bidder}-{version}-{envelope}.age"
        recipients = self.notice.envelopes[envelope - 1].recipients
        return seal_bid(bid, self.notice.opening_key, recipients, target)

    def bid(self, bidder: int, version: int = 1, *, spoil: Callable[[Path], None] | None = None) -> Commitment:
        """Seal, and commit through a custodian. ``spoil`` changes the file before it is committed."""
        self.sealed[bidder] = [self.seal(bidder, version, one.number) for one in self.notice.envelopes]
        files = []
        for number, one in enumerate(self.sealed[bidder], 1):
            path = self.custody / f"{bidder}-{version}-{number}.age"
            if spoil is not None:
                spoil(path)
            files.append(SealedFile(*sha256_file(path), one.form_root))
        second = files[1] if len(files) == 2 else NO_FILE
        made = self.stage.submit(self.tender, bidder=bidder, version=version, first=files[0], second=second)
        self.committed[bidder] = made
        return made

    # ------------------------------------------------------------------ closing and opening

    @property
    def story(self) -> Story:
        """As the ledger tells it now."""
        return read_story(self.stage.ledger, self.tender)

    def live(self, envelope: int = 1) -> LiveBids:
        """The closed live set."""
        return live_bids(self.story, self.notice.genesis, 1, envelope)

    def close(self) -> LiveBids:
        """Close envelope 1 of lot 1."""
        self.stage.close(self.tender)
        return self.live()

    def attest(self, name: str = "custodian-1", envelope: int = 1) -> bytes:
        """That custodian's statement; SHA-256 of its paper."""
        live = self.live(envelope)
        files = tuple(KeptFile(bid.hash, bid.file(envelope).digest, bid.file(envelope).size, KEPT) for bid in live.bids)
        statement = CustodyStatement(
            live.genesis, live.book, live.tender, live.lot, envelope, self.stage.address(name), live.digest, files
        )
        digest = self.stage.board.put(statement.to_bytes())
        self.stage.acts(name).attest_custody(self.tender, 1, envelope, digest)
        return digest

    def release(self, *holders: int, envelope: int = 1) -> None:
        """Those key holders leave their messages on the board."""
        live = self.live(envelope)
        for holder in holders:
            release = make_release(self.stage.key.shares[holder], live.message, live.identities)
            topic = releases_topic(self.tender, 1, envelope)
            self.stage.board.post(topic, f"holder-{holder}", release.to_bytes())

    @property
    def sources(self) -> list[FileFolder]:
        """Where sealed files are had."""
        return [FileFolder(self.custody)]

    def box(self, side: str, envelope: int = 1) -> tuple[str, bytes]:
        """That side's private key of lock 2."""
        return side, self.stage.keys(side).desk("lock-2")

    def judge(self, envelope: int = 1) -> Judge:
        """Judges organisations by the companies' own ledger."""
        deadline = deadline_block(self.stage.ledger, self.story.deadline)
        return judge_with(self.companies.evidence(), self.live(envelope), deadline, deadline.time, consortium=None)

    def bench(self) -> Bench:
        """What certificates are judged by."""
        story = self.story
        last = deadline_block(self.stage.ledger, story.deadline)
        opening = story.lots[1].openings[1].event.block
        return Bench(self.notice, 1, self.companies.evidence(), last, opening, story.deadline)


def guarantee_of(town: Companies, company: SampleCompany) -> str:
    """A guarantee of the town's bureau for that company, over 2 percent of the ceiling of the desks."""
    world = town.world
    world.ledger.accredit(USCC, GUARANTEE_TYPE)
    fields = {
        "certificateHolderCode": company.code, AMOUNT: "CNY 72000.00", OCID_FIELD: OCID, BENEFICIARY: BUREAU, LOT: "1",
    }  # fmt: skip
    content = {
        "certificate_type": GUARANTEE_TYPE, "fields": fields, "expires": world.now + 3 * YEAR,
        "identifier": mint(GUARANTEE_TYPE, USCC, f"BH{world.serial:08d}").text,
    }  # fmt: skip
    (made,) = world.issue(count=1, content=content, lane=GUARANTEE_TYPE)
    return made.credential.text


def lock_key(stage: TenderStage, name: str) -> bytes:
    """Public key of lock 2 of the officer or the supervisor, made at first."""
    keys = stage.keys(name)
    if not keys.has("lock-2"):
        with cheap_keys():
            keys.create("lock-2", "desk")
    return unb64url(keys.card("lock-2").public)
