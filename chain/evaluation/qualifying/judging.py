"""From what a bid shows to an answer for each rule: as of the deadline's block, and again as of the opening's.

What holds later changes neither: a certificate that was suspended at the deadline fails, though it be reinstated since;
one that is revoked after the opening passed. What could not be told is neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from chain.catalogue import SHIPPED, Catalogue
from chain.credentials.verification import Result
from chain.evaluation.qualifying.paper import (
    LONGEST_FINDING,
    MOST_FINDINGS,
    Answer,
    GuaranteeAnswer,
    Moment,
    QualifiedBid,
    RuleAnswer,
    Said,
)
from chain.kernel.excerpts import excerpt
from chain.kernel.ports import BlockRef
from chain.sealing import Manifest
from chain.tenders.bidding import Evidence, Finding
from chain.tenders.bidding.certificates import look_at_rule, worst_of
from chain.tenders.bidding.guarantee import look_at_guarantee
from chain.tenders.notice import Notice
from chain.tenders.notice.qualification import QualificationRule
from chain.tenders.opening import NamedOrganisation

_ANSWERS = {Result.VALID: Answer.PASS, Result.INVALID: Answer.FAIL, Result.ERROR: Answer.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Bench:
    """What bids are judged by.

    Attributes:
        notice: in force.
        lot: 1, 2, 3 …
        evidence: where certificates are looked up.
        last: the last block of the bidding.
        opening: the block that opened the envelope.
        deadline: the one that finally held, with every extension, seconds.
        types: certificate types that are known.
    """

    notice: Notice
    lot: int
    evidence: Evidence
    last: BlockRef
    opening: BlockRef
    deadline: int
    types: Catalogue = SHIPPED

    def judge(self, place: int, manifest: Manifest, companies: Collection[str]) -> QualifiedBid:
        """One bid.

        Args:
            place: in its lot.
            manifest: of its first envelope, as it opened; what it shows is untrusted.
            companies: codes of the companies behind it by the opening record, the leader's first.
        """
        texts = manifest.presentations
        rules = tuple(self._rule(rule, texts, companies) for rule in self.notice.qualification)
        return QualifiedBid(place, rules, self._guarantee(manifest.guarantee, companies))

    def _rule(self, rule: QualificationRule, texts: tuple[str, ...], companies: Collection[str]) -> RuleAnswer:
        then, now = (
            look_at_rule(
                rule, texts, evidence=self.evidence, notice=self.notice, companies=companies, at=block.time, past=True,
                deadline=self.deadline, types=self.types,
            )
            for block in (self.last, self.opening)
        )  # fmt: skip
        said = _said(then.findings, now.findings)
        return RuleAnswer(rule.name, rule.required, _ANSWERS[then.result], _ANSWERS[now.result], then.shown, said)

    def _guarantee(self, text: str | None, companies: Collection[str]) -> GuaranteeAnswer | None:
        rule = self.notice.guarantee
        if rule is None:
            return None
        if text is None:
            missing = bool(rule.certificate_type)
            answer = Answer.FAIL if missing else Answer.UNKNOWN
            result = Result.INVALID if missing else Result.ERROR
            finding = (Finding(result, "guarantee.none" if missing else "guarantee.elsewhere"),)
            return GuaranteeAnswer(answer, answer, findings=_said(finding, finding))
        then, now = (
            look_at_guarantee(
                text, rule, evidence=self.evidence, notice=self.notice, lot=self.lot, companies=companies,
                at=block.time, past=True, deadline=self.deadline, types=self.types,
            )
            for block in (self.last, self.opening)
        )  # fmt: skip
        before, after = (_ANSWERS[worst_of(one.findings)] for one in (then, now))
        said, shown = _said(then.findings, now.findings), now.certificate
        if shown is None or now.authentic is not True:
            return GuaranteeAnswer(before, after, findings=said)
        return GuaranteeAnswer(before, after, now.money, shown.expires, shown.bureau, shown.jwt_digest, said)


def _said(then: Iterable[Finding], now: Iterable[Finding]) -> tuple[Said, ...]:
    """Findings as they stand in the paper; of too many the first stay."""
    first, second = tuple(then), tuple(now)
    found = [(Moment.ALWAYS if one in second else Moment.DEADLINE, one) for one in first]
    found += [(Moment.OPENING, one) for one in second if one not in first]
    return tuple(
        Said(at, one.code, excerpt(one.detail("zh"), LONGEST_FINDING), excerpt(one.detail("en"), LONGEST_FINDING))
        for at, one in found[:MOST_FINDINGS]
    )


def companies_behind(organisation: NamedOrganisation | None) -> tuple[str, ...]:
    """Codes of the companies behind a bid by the opening record, the leader's first; none if it names none."""
    if organisation is None:
        return ()
    codes = (organisation.code, *(code for code, _ in organisation.members))
    return tuple(dict.fromkeys(code for code in codes if code))
