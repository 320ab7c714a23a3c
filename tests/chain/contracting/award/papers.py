"""One paper of each kind, of companies that belong to nobody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chain.contracting.award import (
    Amendment,
    Award,
    CertificateOnRecord,
    CertificateUse,
    Complaint,
    ComplaintDecision,
    Contract,
    Ground,
    PaperDocument,
    Party,
    Period,
    Reason,
)
from chain.kernel.encoding import sha256
from chain.tenders.notice import Money
from chain.tenders.opening import Decision, LotPlace

PLACE = LotPlace(sha256(b"genesis"), bytes([7]) * 20, 3, 1)
SECOND = Party("91440101MA5EXAMP0B", "示例桌椅有限公司", (("91440101MA5EXAMP0B", "示例桌椅有限公司"),))
PRICE = Money(Decimal("3120000.00"), "CNY")
AWARD = Award(
    PLACE, 1, sha256(b"candidates"), 2, 4, SECOND, PRICE, (Reason(1, Ground.GIVEN_UP, "书面放弃", None),)
)  # fmt: skip
CONTRACT = Contract(
    PLACE, sha256(AWARD.to_bytes()), "HT-2026-001", "课桌椅采购合同", PRICE,
    Period(date(2026, 3, 1), date(2026, 6, 30)),
    (PaperDocument("合同.pdf", "application/pdf", 1024, sha256(b"pdf"), False),), date(2026, 2, 28),
)  # fmt: skip
AMENDMENT = Amendment(
    PLACE, sha256(b"contract"), sha256(b"contract"), 1, "交货期延长", "学校施工延期", PRICE,
    Period(date(2026, 3, 1), date(2026, 7, 31)), (), date(2026, 5, 1),
)  # fmt: skip
LETTER = CertificateOnRecord(
    PLACE, CertificateUse.AWARD_LETTER, sha256(b"leaf"), "11440100000000002J", "11100000MB0143028R001", 1,
    sha256(b"bundle"), sha256(AWARD.to_bytes()),
)  # fmt: skip
COMPLAINT = Complaint(PLACE, 1, "评标结果有误")
DECISION = ComplaintDecision(PLACE, 2, sha256(COMPLAINT.to_bytes()), Decision(True, False), "投诉成立，重新评审")
