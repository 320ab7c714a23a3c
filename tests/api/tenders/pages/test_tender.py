"""A tender's pages in every phase, from its first notice to the performance: from made events, without a chain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.contracting.award import CertificateUse
from chain.evaluation.report import DroppedBid
from chain.kernel.encoding import hex0x, sha256
from tests.api.tenders.pages.made import Honest, faults, page, plain, the_room
from tests.chain.contracting.ocds.process import Process

PAGES = ("tender", "opening", "timeline")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Honest:
    """Everything, to the performance."""
    process = Honest(tmp_path_factory.mktemp("whole"))
    process.begin()
    process.answer()
    process.amend()
    process.extend()
    process.bid()
    process.settle()
    process.close()
    process.open()
    process.opening()
    evaluation = process.report((DroppedBid(3, "qualification", ("执照已失效",)),))
    named = process.candidates(evaluation, 2, 1)
    process.object()
    award = process.award(named, 2)
    process.certificate(CertificateUse.AWARD_LETTER, award)
    process.change(process.contract(award, 2))
    process.certificate(CertificateUse.PERFORMANCE, award)
    return process


def test_every_step_can_be_shown_in_both_languages(whole: Honest) -> None:
    for count in range(1, len(whole.events) + 1):
        found = the_room(whole, whole.events[:count])
        for name in PAGES:
            for language in ("zh", "en"):
                assert faults(page(found, name, language)) == [], (count, name, language)


def test_a_notice_stands_in_plain_words(whole: Honest) -> None:
    found = the_room(whole, whole.events[:1])
    text = plain(page(found, "tender", "en"))
    for said in ("Who may bid", "at least 2 percent of its ceiling", "One envelope: everything", "3 d", "SHA-256"):
        assert said in text, said
    assert "ocds-" in text
    assert found.notice is not None
    assert hex0x(found.notice.documents[0].digest)[2:] in text


def test_the_way_to_the_bidders_room_is_there_while_bids_are_taken(whole: Honest) -> None:
    way = '/bid"'
    assert way in page(the_room(whole, whole.events[:1]), "tender", "en")
    assert way not in page(the_room(whole, whole.events), "tender", "en")


def test_answers_and_versions_are_those_in_force(whole: Honest) -> None:
    text = plain(page(the_room(whole, whole.events[:4]), "tender", "zh"))
    assert "含安装与三年维护。" in text
    assert "可以联合体投标吗？" in text
    assert "第 1 次修改 现行" in text


def test_the_results_name_candidates_award_and_contract_with_their_reasons(whole: Honest) -> None:
    text = plain(page(the_room(whole), "tender", "zh"))
    said_there = (
        "执照已失效", "示例木业有限公司", "2,999,999.90 CNY", "异议 1", "第一名资质存疑", "中标通知书已作为证照签发",
        "HT-2026-07", "2026-11-01 – 2027-01-31", "入学人数增加", "履约评价已存证",
    )  # fmt: skip
    for said in said_there:
        assert said in text, said


def test_figures_stand_under_the_roots_that_were_committed(whole: Honest) -> None:
    found = the_room(whole)
    (opened,) = found.lots[0].openings
    assert [line.figures["price"].proved for line in opened.lines] == [True, True, True]
    assert {check.name: check.holds for check in opened.checks} == {
        "place": True, "live": True, "keys": True, "figures": True, "organisations": True, "witness": None,
    }  # fmt: skip
    assert "not what was committed" not in page(found, "opening", "en")


def test_figures_that_nobody_committed_to_are_shown_up(tmp_path: Path) -> None:
    process = Process(tmp_path)  # its records disclose figures of forms that no bid committed to
    process.begin()
    process.bid()
    process.settle()
    process.close()
    process.open()
    process.opening()
    text = plain(page(the_room(process), "opening", "en"))
    assert text.count("not what was committed") == 3
    assert "Every figure stands under its committed root: does not hold" in text


def test_before_the_opening_pages_are_the_same_for_no_bid_and_for_three(tmp_path: Path) -> None:
    shown = []
    for bids in (0, 3):
        process = Process(tmp_path / str(bids))
        process.begin()
        if bids:
            process.bid(bids=bids)
        found = the_room(process, now=process.notice.deadline - 60)
        shown.append([page(found, name, "zh") for name in PAGES])
    assert shown[0] == shown[1]


def test_a_paper_that_is_not_what_it_must_be_is_missed_in_words(tmp_path: Path) -> None:
    process = Honest(tmp_path)
    process.begin()
    process.record("answers", b"{}", 0)
    assert "cannot be shown" in plain(page(the_room(process), "tender", "en"))
    process.say("Recorded", lot=0, kind="answers", digest=sha256(b"nowhere"))
    for file in (tmp_path / "board" / "papers").rglob(hex0x(sha256(b"{}"))[2:] + "*"):
        file.write_bytes(b"altered")
    assert "it was altered" in plain(page(the_room(process), "tender", "en"))


def test_a_lot_that_fails_says_why(tmp_path: Path) -> None:
    process = Honest(tmp_path)
    process.begin()
    process.bid()
    process.settle()
    process.close()
    process.open()
    process.fail(process.opening(minimum=4))
    text = plain(page(the_room(process), "tender", "en"))
    assert "Only 2 organisations stand behind the bids; 3 are asked for." in text
    assert "Too few: the lot fails." in plain(page(the_room(process), "opening", "en"))


def test_a_cancelled_tender_says_so_everywhere(tmp_path: Path) -> None:
    process = Honest(tmp_path)
    process.begin()
    process.say("TenderCancelled", reasonDigest=sha256(b"reasons"))
    for name in ("tender", "opening"):
        assert "This tender is cancelled." in plain(page(the_room(process), name, "en"))


def test_a_notice_that_says_other_than_the_chain_is_not_to_be_relied_on(tmp_path: Path) -> None:
    process = Honest(tmp_path)
    terms = process.notice.terms
    process.say("Published", at=process.time, notice=replace(terms, minimum_bids=5), custodians=process.custodians)
    found = the_room(process)
    assert found.differs == ("minimumBids",)
    assert "Do not bid on it" in plain(page(found, "tender", "en"))
