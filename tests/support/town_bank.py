"""What bidders show, over a :class:`Companies`: qualifications of a bureau, guarantees of a bank, and the bench."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from chain.credentials.credential import parse_credential
from chain.credentials.status_list import Status
from chain.evaluation.qualifying import Bench, QualifiedBid
from chain.identifiers import mint
from chain.kernel.ports import BlockRef
from chain.sealing import BidIdentity, Form, Manifest
from chain.tenders.bidding.guarantee import GUARANTEE_TYPE
from chain.tenders.notice import Notice
from chain.tenders.notice.members import Money, Words
from chain.tenders.notice.qualification import Condition, GuaranteeRule, QualificationRule
from tests.chain.tenders.notice.samples import sample
from tests.support.companies import Companies
from tests.support.world import FIELDS, OTHER_USCC, USCC, Certificate

BUILDER = "11440100000000001FT01"
CONSTRUCTOR = "11440100000000001FT03"
BANK = OTHER_USCC
DAY = 86_400
IDENTITY = BidIdentity(bytes(32), bytes(20), 7, 1, 1, bytes([1]) * 20, 1)
WORDS = Words("规则", "rule")
GRADE = Condition("KZ_qualificationGrade", "at-least:二级", WORDS)


def rule(name: str = "builder", **changes: Any) -> QualificationRule:
    """A rule that asks the bidder for a builder's certificate of grade 2."""
    given = QualificationRule(name, WORDS, BUILDER, (), (GRADE,), "bidder", "deadline", required=True)
    return replace(given, **changes)


@dataclass
class Bank:
    """A tender, its bidders' companies, a bureau of builders and a bank.

    Attributes:
        folder: for the notice's documents.
        companies: with their licences.
    """

    folder: Path
    companies: Companies = field(default_factory=Companies)

    def __post_init__(self) -> None:
        world = self.companies.world
        for lane in (BUILDER, CONSTRUCTOR):
            world.ledger.accredit(USCC, lane)
        world.add_bureau(BANK, "示例银行", 2, lane=GUARANTEE_TYPE)
        world.anchor_status(uscc=BANK)
        self.notice: Notice = replace(
            sample(self.folder, "roads"),
            qualification=(rule(),),
            guarantee=GuaranteeRule(None, Decimal("1.50"), 30, GUARANTEE_TYPE, ()),
            bid_validity=90,
            deadline=world.now + 1000,
        )

    # ------------------------------------------------------------------ certificates

    def issue(self, kind: str, fields: dict[str, Any], *, uscc: str = USCC, days: int = 400) -> Certificate:
        """One certificate of that type."""
        world = self.companies.world
        content = {
            "certificate_type": kind, "fields": {**FIELDS, **fields}, "expires": world.now + days * DAY,
            "identifier": mint(kind, uscc, f"44010020269{world.serial + 1:05d}").text,
        }  # fmt: skip
        (made,) = world.issue(uscc=uscc, count=1, content=content, lane=kind)
        return made

    def builder(self, company: str, grade: str = "二级", **more: Any) -> Certificate:
        """A builder's certificate of that grade."""
        return self.issue(BUILDER, {"certificateHolderCode": company, "KZ_qualificationGrade": grade}, **more)

    def guarantee(self, company: str, *, days: int = 400, uscc: str = BANK, **changes: Any) -> Certificate:
        """A guarantee for the first lot of the tender, sound unless changed."""
        fields = {
            "certificateHolderCode": company, "KZ_guaranteeAmount": "CNY 277500.00", "KZ_ocid": self.notice.ocid,
            "KZ_beneficiaryCode": self.notice.bureau.uscc, "KZ_lot": "1", **changes,
        }  # fmt: skip
        return self.issue(GUARANTEE_TYPE, fields, uscc=uscc, days=days)

    def set_status(self, certificate: Certificate, status: Status) -> None:
        """Its bureau changes its status, in the next block."""
        bureau = parse_credential(certificate.credential.text).bureau
        self.companies.world.anchor_status({certificate.slot: status}, uscc=bureau)

    # ------------------------------------------------------------------ judging

    def mine(self) -> BlockRef:
        """The newest block, then an empty one."""
        block = self.companies.world.ledger.block
        self.companies.world.ledger.mine()
        return block

    def bench(self, last: BlockRef, opening: BlockRef, **changes: Any) -> Bench:
        """As of these two blocks; the deadline is the first one's second unless given."""
        given = Bench(self.notice, 1, self.companies.evidence(), last, opening, last.time)
        return replace(given, **changes)

    def judge(
        self, *shown: Certificate | str, guarantee: Certificate | str | None, who: tuple[str, ...]
    ) -> QualifiedBid:
        """One bid that shows these, as of the newest block twice."""
        block = self.mine()
        return self.bench(block, block).judge(1, manifest(*shown, guarantee=guarantee), who)


def manifest(*shown: Certificate | str, guarantee: Certificate | str | None = None) -> Manifest:
    """What a bid shows; a certificate with all that it has."""
    texts = tuple(one if isinstance(one, str) else one.credential.text for one in shown)
    text = guarantee if guarantee is None or isinstance(guarantee, str) else guarantee.credential.text
    return Manifest(IDENTITY, {}, Form(()), (), texts, text)


__all__ = ["BANK", "BUILDER", "CONSTRUCTOR", "Bank", "Money", "manifest", "rule"]
