"""Qualification by certificate, judged as of two blocks; and the guarantee."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.credentials.credential import parse_credential
from chain.credentials.status_list import Status
from chain.evaluation.qualifying import Answer, Moment, QualifiedBid
from chain.kernel.encoding import sha256
from chain.tenders.notice.qualification import GuaranteeRule
from tests.support.town_bank import BANK, CONSTRUCTOR, DAY, Bank, manifest, rule
from tests.support.world import USCC

MINE, OTHER, THIRD = "91440100000000001X", "914401000000000191", "91440100000000027M"
PASS, FAIL, UNKNOWN = Answer.PASS, Answer.FAIL, Answer.UNKNOWN


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def said(bid: QualifiedBid) -> list[str]:
    found = [one.code for answer in bid.rules for one in answer.findings]
    return found if bid.guarantee is None else found + [one.code for one in bid.guarantee.findings]


def test_a_bid_with_the_right_certificates_qualifies_and_its_paper_names_neither_person_nor_number(bank: Bank) -> None:
    builder, guarantee = bank.builder(MINE), bank.guarantee(MINE)
    bid = bank.judge(builder, guarantee=guarantee, who=(MINE,))
    assert (bid.result, said(bid)) == (PASS, [])
    assert bid.rules[0].shown == (sha256(builder.credential.text.encode()),)
    assert bid.guarantee is not None
    assert (str(bid.guarantee.money), bid.guarantee.bank) == ("CNY 277,500.00", BANK)
    assert bid.guarantee.certificate == guarantee.credential.jwt_digest


@pytest.mark.parametrize(
    ("at_deadline", "later", "answers", "at"),
    [
        (Status.SUSPENDED, Status.VALID, (FAIL, PASS), Moment.DEADLINE),
        (Status.SUSPENDED, None, (FAIL, FAIL), Moment.ALWAYS),
        (None, Status.SUSPENDED, (PASS, FAIL), Moment.OPENING),
    ],
    ids=["reinstated after the deadline", "suspended", "suspended since"],
)
def test_a_status_counts_as_of_each_block(
    bank: Bank, at_deadline: Status | None, later: Status | None, answers: tuple[Answer, Answer], at: Moment
) -> None:
    builder, guarantee = bank.builder(MINE), bank.guarantee(MINE)
    if at_deadline is not None:
        bank.set_status(builder, at_deadline)
    last = bank.mine()
    if later is not None:
        bank.set_status(builder, later)
    opening = bank.mine()
    bank.set_status(builder, Status.VALID if later is Status.SUSPENDED else Status.REVOKED)
    bid = bank.bench(last, opening).judge(1, manifest(builder, guarantee=guarantee), (MINE,))
    answer = bid.rules[0]
    assert ((answer.deadline, answer.opening), bid.result) == (answers, FAIL)
    assert [(one.code, one.at) for one in answer.findings] == [("certificate.refused", at)]
    assert "暂扣" in answer.findings[0].zh


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (rule(issuers=(BANK,)), "certificate.issuer"),
        (rule(valid_until="bid-validity"), "certificate.ends"),
        (rule(certificate_type=CONSTRUCTOR), "certificate.none"),
    ],
    ids=["another issuer", "ends before the bid's validity", "another type"],
)
def test_each_thing_that_a_rule_asks_for_is_looked_at(bank: Bank, rules: Any, code: str) -> None:
    bank.notice = replace(bank.notice, qualification=(rules,))
    bid = bank.judge(bank.builder(MINE, days=60), guarantee=bank.guarantee(MINE), who=(MINE,))
    assert (bid.result, said(bid)) == (FAIL, [code])


def test_a_lower_grade_and_a_hidden_one_fail(bank: Bank) -> None:
    bid = bank.judge(bank.builder(MINE, "三级"), guarantee=bank.guarantee(MINE), who=(MINE,))
    assert said(bid) == ["certificate.condition"]
    hidden = parse_credential(bank.builder(MINE).credential.text).present(["certificateHolderCode"])
    assert said(bank.judge(hidden, guarantee=bank.guarantee(MINE), who=(MINE,))) == ["certificate.hidden"]


@pytest.mark.parametrize(
    ("holder", "held", "result"),
    [
        ("bidder", (MINE,), PASS),
        ("bidder", (OTHER,), FAIL),
        ("one-member", (OTHER,), PASS),
        ("one-member", (THIRD,), FAIL),
        ("every-member", (MINE, OTHER), PASS),
        ("every-member", (MINE,), FAIL),
    ],
)
def test_who_must_hold_it(bank: Bank, holder: str, held: tuple[str, ...], result: Answer) -> None:
    bank.notice = replace(bank.notice, qualification=(rule(holder=holder),))
    shown = [bank.builder(code) for code in held]
    bid = bank.judge(*shown, guarantee=bank.guarantee(MINE), who=(MINE, OTHER))
    assert bid.rules[0].result is result


@pytest.mark.parametrize(("employer", "result"), [(OTHER, PASS), (THIRD, FAIL), (None, UNKNOWN)])
def test_a_person_is_employed_by_the_bidder_and_stays_unnamed(bank: Bank, employer: str | None, result: Answer) -> None:
    bank.notice = replace(
        bank.notice, qualification=(rule(certificate_type=CONSTRUCTOR, holder="person", conditions=()),)
    )
    person = bank.issue(CONSTRUCTOR, {"certificateHolderName": "张示例", "KZ_empEnpCode": employer or ""})
    shown = parse_credential(person.credential.text).present([] if employer is None else ["KZ_empEnpCode"])
    bid = bank.judge(shown, guarantee=bank.guarantee(MINE), who=(MINE, OTHER))
    assert bid.rules[0].result is result
    assert "张示例" not in "".join(one.zh + one.en for one in bid.rules[0].findings)


def test_one_good_certificate_is_enough_and_a_rule_that_is_not_required_decides_nothing(bank: Bank) -> None:
    bank.notice = replace(bank.notice, qualification=(rule(), rule("more", issuers=(BANK,), required=False)))
    bid = bank.judge(bank.builder(MINE, "三级"), bank.builder(MINE), guarantee=bank.guarantee(MINE), who=(MINE,))
    assert [one.result for one in bid.rules] == [PASS, FAIL]
    assert bid.result is PASS


def test_what_could_not_be_told_is_neither_pass_nor_fail(bank: Bank) -> None:
    builder, guarantee = bank.builder(MINE), bank.guarantee(MINE)
    bank.companies.world.index.jwts.clear()
    bid = bank.judge(builder, guarantee=guarantee, who=(MINE,))
    assert (bid.result, said(bid)) == (UNKNOWN, ["certificate.open", "certificate.open"])
    assert bid.guarantee is not None
    assert bid.guarantee.bank == ""
    bank.notice = replace(bank.notice, guarantee=None)
    both = bank.judge(builder, "no certificate", guarantee=None, who=(MINE,))
    assert (both.rules[0].result, both.guarantee) == (UNKNOWN, None)


class TestGuarantee:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"KZ_guaranteeAmount": "CNY 277499.99"}, "guarantee.amount"),
            ({"KZ_guaranteeAmount": "USD 277500.00"}, "guarantee.currency"),
            ({"certificateHolderCode": OTHER}, "guarantee.principal"),
            ({"KZ_beneficiaryCode": OTHER}, "guarantee.beneficiary"),
            ({"KZ_ocid": "ocds-abc123-another-1"}, "guarantee.tender"),
            ({"KZ_lot": "2"}, "guarantee.lot"),
            ({"KZ_lot": "全部标段"}, "guarantee.amount"),
            ({"days": 119}, "guarantee.ends"),
            ({"uscc": USCC}, "guarantee.issuer"),
        ],
        ids=lambda one: one if isinstance(one, str) else "-".join(one),
    )
    def test_each_thing_is_looked_at(self, bank: Bank, changes: dict[str, Any], code: str) -> None:
        if "uscc" in changes:
            bank.companies.world.ledger.accredit(USCC, bank.notice.guarantee.certificate_type)  # type: ignore[union-attr]
            bank.notice = replace(bank.notice, guarantee=replace(_asked(bank), issuers=(BANK,)))
        bid = bank.judge(bank.builder(MINE), guarantee=bank.guarantee(MINE, **changes), who=(MINE,))
        assert (bid.result, said(bid)) == (FAIL, [code])

    def test_all_lots_together_ask_for_their_sum(self, bank: Bank) -> None:
        whole = bank.guarantee(MINE, KZ_lot="全部标段", KZ_guaranteeAmount="CNY 415500.00")
        assert bank.judge(bank.builder(MINE), guarantee=whole, who=(MINE,)).result is PASS

    def test_it_must_outlast_every_extension_of_the_deadline(self, bank: Bank) -> None:
        builder, guarantee = bank.builder(MINE), bank.guarantee(MINE, days=121)
        block = bank.mine()
        shown = manifest(builder, guarantee=guarantee)
        assert bank.bench(block, block).judge(1, shown, (MINE,)).result is PASS
        longer = bank.bench(block, block, deadline=block.time + 2 * DAY).judge(1, shown, (MINE,))
        assert (longer.result, said(longer)) == (FAIL, ["guarantee.ends"])

    def test_one_that_is_larger_than_may_be_asked_counts_and_is_told(self, bank: Bank) -> None:
        large = bank.guarantee(MINE, KZ_guaranteeAmount="CNY 400000.00")
        bid = bank.judge(bank.builder(MINE), guarantee=large, who=(MINE,))
        assert (bid.result, said(bid)) == (PASS, ["guarantee.over"])

    def test_none_at_all_fails_and_another_form_is_for_the_committee(self, bank: Bank) -> None:
        bid = bank.judge(bank.builder(MINE), guarantee=None, who=(MINE,))
        assert (bid.result, said(bid)) == (FAIL, ["guarantee.none"])
        bank.notice = replace(bank.notice, guarantee=replace(_asked(bank), certificate_type=""))
        bid = bank.judge(bank.builder(MINE), guarantee=None, who=(MINE,))
        assert (bid.result, said(bid)) == (UNKNOWN, ["guarantee.elsewhere"])

    def test_a_forged_one_names_no_bank(self, bank: Bank) -> None:
        genuine = bank.guarantee(MINE)
        world = bank.companies.world
        world.signers[BANK], real = world.signers[USCC], world.signers[BANK]
        forged = bank.guarantee(MINE)
        world.signers[BANK] = real
        bid = bank.judge(bank.builder(MINE), guarantee=forged, who=(MINE,))
        assert bid.guarantee is not None
        assert (bid.guarantee.result, bid.guarantee.bank, bid.guarantee.money) == (FAIL, "", None)
        assert bank.judge(bank.builder(MINE), guarantee=genuine, who=(MINE,)).result is PASS


def _asked(bank: Bank) -> GuaranteeRule:
    assert bank.notice.guarantee is not None
    return bank.notice.guarantee
