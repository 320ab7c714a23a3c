"""Papers of an evaluation of nobody's, one of each kind."""

from __future__ import annotations

from decimal import Decimal

from chain.evaluation.report import (
    Candidate,
    Candidates,
    DroppedBid,
    EvaluationReport,
    LotFailedForReasons,
    RankedBid,
)
from chain.evaluation.sheets import (
    BidSheet,
    Clarification,
    ClarificationAnswer,
    ClarificationQuestion,
    ClarificationVote,
    Opinion,
    ScoreSheet,
    SheetCommitment,
    SheetCommitments,
)
from chain.kernel.encoding import sha256
from chain.keys.signatures import address_of
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace

PLACE = LotPlace(b"g" * 32, b"b" * 20, 7, 1)
COMMITTEE = sha256(b"committee")
KEYS = tuple(sha256(b"member %d" % number) for number in range(1, 4))
ACCOUNTS = tuple(address_of(key) for key in KEYS)
BIDDER = sha256(b"bidder")
PASSED, FAILED = Opinion(True), Opinion(False, "未按要求签章")

SHEET = ScoreSheet(
    PLACE, 1, 1, COMMITTEE, ACCOUNTS[0], b"s" * 32,
    (
        BidSheet(1, PASSED, Opinion(True, "证书齐全"), {"plan": Decimal("17.5"), "team": Decimal(8)}, "方案完整"),
        BidSheet(3, FAILED, PASSED, {}),
    ),
)  # fmt: skip
COMMITMENTS = SheetCommitments(
    PLACE, 1, 1, COMMITTEE,
    tuple(
        SheetCommitment.sign(PLACE, 1, 1, COMMITTEE, sha256(b"sheet %d" % number), account, key)
        for number, (account, key) in enumerate(zip(ACCOUNTS, KEYS, strict=True))
    ),
)  # fmt: skip
QUESTION = ClarificationQuestion(PLACE, 1, 3, "low-price", "报价明显偏低，请说明成本构成。", 1_800_000_000)
ASKED = sha256(QUESTION.to_bytes())
ANSWER = ClarificationAnswer.sign(PLACE, 3, ASKED, "自有工厂，成本较低。", BIDDER)
VOTES = tuple(
    ClarificationVote(PLACE, 3, ASKED, ANSWER.digest, COMMITTEE, account, number < 2, "说明可信").signed(key)
    for number, (account, key) in enumerate(zip(ACCOUNTS, KEYS, strict=True))
)
CLARIFICATION = Clarification(PLACE, 3, ASKED, ANSWER, COMMITTEE, VOTES)
REPORT = EvaluationReport(
    PLACE, 1, sha256(b"notice"), sha256(b"record"), None, sha256(b"qualification"), COMMITTEE, sha256(b"commitments"),
    ((ACCOUNTS[0], SHEET.digest),), (sha256(b"float"), Decimal("2.5")), ((sha256(b"tie"), (4, 1)),),
    (sha256(CLARIFICATION.to_bytes()),), Decimal("1200000.00"), (1,),
    (DroppedBid(2, "opening", ("bad_header",)), DroppedBid(3, "formal", ("未按要求签章",))),
    (
        RankedBid(4, {"plan": Decimal("17.50")}, Decimal("87.50"), Money(Decimal("1100000.00"), "CNY"), 1),
        RankedBid(1, {"plan": Decimal("17.00")}, Decimal("87.50"), Money(Decimal("1100000.00"), "CNY"), 2),
    ),
    "异议 1 成立", 1,
)  # fmt: skip
COMPANY = ("91440101000000000A", "示例甲有限公司")
CANDIDATES = Candidates(
    PLACE, 2, REPORT.digest,
    (
        Candidate(1, 4, *COMPANY, (COMPANY,), Money(Decimal("1100000.00"), "CNY"), Decimal("87.50")),
        Candidate(2, 1, "91440101000000000B", "", (), Money(Decimal("1100000.00"), "CNY"), None),
    ),
    "异议 1 成立", 1,
)  # fmt: skip
LOT_FAILED = LotFailedForReasons(PLACE, REPORT.digest, 0, ("所有投标均被否决",))
