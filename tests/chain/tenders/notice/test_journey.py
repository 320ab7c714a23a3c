"""A notice's life on a real chain, by the commands that people type; each role in its own home."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import unb64url
from chain.kernel.errors import Refused
from chain.tenders.notice import Limits, current_notice, notices
from chain.tenders.notice.publishing import Publisher
from scripts.samples.tenders import People, Periods, desks, roads, write
from tests.support.pace import roomy
from tests.support.tender_stage import BUREAU, NAME, TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]

LONG = Periods(questions="+200s", deadline="+300s", opening="+310s")


def soon() -> Periods:
    """A deadline that is waited for."""
    deadline = roomy(6)
    return replace(LONG, questions=f"+{deadline - 1}s", deadline=f"+{deadline}s", opening=f"+{deadline + 6}s")


@pytest.fixture(scope="module")
def people(tender_stage: TenderStage) -> People:
    def key(name: str) -> bytes:
        return unb64url(tender_stage.keys(name).card("envelope").public)

    tender_stage.add_home("bidder", "bidder", pin=True)
    custodians = [
        (tender_stage.address(f"custodian-{n}"), f"示例存管{n}", f"http://custody-{n}.example") for n in (1, 2)
    ]
    return People(key("officer"), key("supervisor"), tender_stage.address("supervisor"), custodians, 1, BUREAU, NAME)


def publish(stage: TenderStage, folder: Path, draft: dict[str, Any]) -> int:
    """A tender published by the officer's command; its number. The same draft is never published twice."""
    draft = draft | {"contact": f"{folder.parent.name} {folder.name}"}
    said = stage.ok("officer", "tender", "publish", str(write(folder, draft).draft))
    assert said["published"] is True
    return int(said["tender"])


def test_a_draft_becomes_a_tender_once_however_often_it_is_sent(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage, file = tender_stage, write(tmp_path, roads(people, LONG)).draft
    checked = stage.ok("officer", "tender", "check", str(file))
    assert checked["publishable"] is True
    assert [one["rule"] for one in checked["warnings"]] == ["notice.demo"]
    before = stage.ledger.tenders()
    first = stage.ok("officer", "tender", "publish", str(file))
    assert (first["tender"], first["published"], first["documents"]) == (before + 1, True, 2)
    again = stage.ok("officer", "tender", "publish", str(file))
    assert (again["tender"], again["published"], again["notice"]) == (before + 1, False, first["notice"])
    assert stage.ledger.tenders() == before + 1

    notice = current_notice(stage.ledger, stage.board, before + 1)
    assert notice.digest.hex() == first["notice"][2:]
    assert notice.opening_key == stage.key.opening_key.key
    for document in notice.documents:
        assert len(stage.board.get(document.digest)) == document.size
    assert stage.run("officer", "tender", "publish", str(file), as_json=False).out.startswith("✓ tender")


def test_what_is_wrong_is_said_all_at_once_and_nothing_is_sent(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage = tender_stage
    draft = desks(people, replace(LONG, opening="+300s"))
    draft |= {"guarantee": {"percent": "3.00", "days": 1}, "ceremony": 9, "previous": 999}
    draft["evaluation"]["criteria"][0]["weight"] = "40"
    file = write(tmp_path, draft).draft
    said = stage.run("officer", "tender", "check", str(file))
    assert said.code == 1
    assert {one["field"] for one in said.data["errors"]} == {"openAt", "evaluation.criteria", "ceremony", "previous"}
    before = stage.ledger.tenders()
    refused = stage.run("officer", "tender", "publish", str(file))
    assert refused.code == 1
    assert refused.data["error"]["field"]
    assert stage.ledger.tenders() == before
    draft |= {"ceremony": 1, "openAt": "+310s", "previous": None}
    draft["evaluation"]["criteria"][0]["weight"] = "50"
    (only,) = stage.run("officer", "tender", "check", str(write(tmp_path, draft).draft)).data["errors"]
    assert (only["field"], only["rule"]) == ("guarantee.percent", "notice.guarantee_limit")
    assert "实施条例" in only["messageZh"]
    draft |= {"guarantee": None, "bureau": {"uscc": "11440100000000001F", "name": "示例市教育局"}}
    (other,) = stage.run("officer", "tender", "check", str(write(tmp_path, draft).draft)).data["errors"]
    assert (other["field"], other["rule"]) == ("bureau.uscc", "notice.other_bureau")


def test_a_notice_prepared_before_a_crash_is_the_one_that_is_sent(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage, file = tender_stage, write(tmp_path, desks(people, LONG)).draft
    prepared = Publisher(stage.ledger, stage.board, stage.home("officer") / "tenders", Limits()).prepare(file)
    assert prepared.notice is not None
    stage.wait_until(stage.now())
    said = stage.ok("officer", "tender", "publish", str(file))
    assert said["notice"] == "0x" + prepared.notice.digest.hex()


def test_a_number_that_others_took_meanwhile_is_not_fought_over(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage, file = tender_stage, write(tmp_path, desks(people, replace(LONG, deadline="+299s"))).draft
    publisher = Publisher(stage.ledger, stage.board, stage.home("officer") / "tenders", Limits())
    prepared = publisher.prepare(file)
    taken = stage.publish(deadline_in=60)
    assert prepared.notice is not None
    assert prepared.notice.tender == taken
    sent = publisher.publish(file, prepared, stage.acts("officer"), lambda _: None)
    assert sent.tender == taken + 1
    assert stage.ok("officer", "tender", "publish", str(file))["published"] is False


def test_an_amendment_near_the_deadline_must_extend_it(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, replace(LONG, margin=3_600)))
    state = stage.ledger.tender(tender)
    assert state is not None
    file = tmp_path / "amended.toml"
    stage.ok("officer", "tender", "draft", "--amend", str(tender), "--out", str(file), "--language", "en")
    text = file.read_text("utf-8").replace('changes = { zh = "", en = "" }', 'changes = "质保期限有变。"')
    file.write_text(text.replace("bidValidity = 90", "bidValidity = 120"), encoding="utf-8")

    near = stage.run("officer", "tender", "amend", str(tender), str(file))
    assert near.code == 1
    assert near.data["error"]["field"] == "deadline"
    earliest = int(near.data["error"]["fix"].removeprefix("deadline = ").split(",")[0])
    assert earliest > state.deadline
    assert len(notices(stage.ledger, stage.board, tender)) == 1

    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(("deadline =", "openAt ="))]
    head = f"deadline = {earliest + 30}\nopenAt = {earliest + 60}\n"
    file.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    done = stage.ok("officer", "tender", "amend", str(tender), str(file))
    assert (done["number"], done["amended"], done["bidsToReview"]) == (1, True, True)
    assert done["changed"] == ["bidValidity", "deadline", "openAt"]
    assert stage.ok("officer", "tender", "amend", str(tender), str(file))["amended"] is False
    first, second = notices(stage.ledger, stage.board, tender)
    assert second.amends == first.digest
    assert (second.deadline, second.bid_validity) == (earliest + 30, 120)
    assert stage.run("bidder", "tender", "amend", str(tender), str(file)).code == 1


def test_the_deadline_is_extended_forward_only(tender_stage: TenderStage, people: People, tmp_path: Path) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, LONG))
    state = stage.ledger.tender(tender)
    assert state is not None
    day = stage.run("officer", "tender", "extend", str(tender), "--deadline", "2099-01-31").data["error"]
    assert (day["code"], day["field"]) == ("time.day", "--deadline")
    assert "2099-01-31T09:00:00+08:00" in day["fix"]
    back = stage.run("officer", "tender", "extend", str(tender), "--deadline", str(state.deadline - 1))
    assert (back.code, back.data["error"]["field"]) == (1, "deadline")
    for moved in (True, False):
        said = stage.ok("officer", "tender", "extend", str(tender), "--deadline", str(state.deadline + 50))
        assert said["extended"] is moved
        assert said["openAt"]["seconds"] == state.open_at + 50
    assert stage.run("supervisor", "tender", "extend", str(tender), "--deadline", str(state.deadline + 90)).code == 1


def test_a_cancelled_tender_says_why_and_may_be_repeated(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, LONG))
    again = desks(people, LONG) | {"previous": tender}
    early = stage.run("officer", "tender", "publish", str(write(tmp_path / "again", again).draft))
    assert (early.code, early.data["error"]["field"]) == (1, "previous")
    for done in (True, False):
        said = stage.ok("officer", "tender", "cancel", str(tender), "--reason", "采购计划取消。")
        assert said["cancelled"] is done
    other = stage.run("officer", "tender", "cancel", str(tender), "--reason", "另一理由。")
    assert (other.code, other.data["error"]["code"]) == (1, "tender.cancelled")
    paper = json.loads(stage.board.get(bytes.fromhex(said["reason"][2:])))
    assert (paper["format"], paper["reason"]) == ("yinxin-cancellation-1", "采购计划取消。")
    shown = stage.ok("officer", "tender", "show", str(tender))
    assert shown["cancelled"] is True
    assert [one["what"] for one in shown["due"]] == ["re-tender"]
    next_one = publish(stage, tmp_path / "again", again)
    previous = current_notice(stage.ledger, stage.board, next_one).previous
    assert previous is not None
    assert stage.ok("supervisor", "tender", "show", str(next_one))["repeats"]["tender"] == tender
    assert stage.ok("supervisor", "tender", "show", str(tender))["repeatedBy"] == [next_one]
    assert previous.tender == tender


def test_questions_have_no_name_and_answers_are_never_taken_back(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, replace(LONG, questions=f"+{roomy(9)}s")))
    for text in ("桌面高度可调吗？", "可否分批交货？", "桌面高度可调吗？"):
        stage.ok("bidder", "tender", "ask", str(tender), "--text", text)
    notes = [data for _, data in stage.board.notes(f"questions/{tender}")]
    assert len(notes) == 2
    assert not any(stage.address(name).hex().encode() in data for data in notes for name in ("officer", "custodian-1"))

    file = tmp_path / "answers.toml"
    waiting = stage.ok("officer", "tender", "questions", str(tender), "--draft", str(file))["waiting"]
    assert [one["question"] for one in waiting] == ["桌面高度可调吗？", "可否分批交货？"]
    text = file.read_text("utf-8")
    file.write_text(text.replace('answer = ""', 'answer = "可调，见技术要求。"', 1), encoding="utf-8")
    for new in (True, False):
        said = stage.ok("officer", "tender", "answer", str(tender), str(file))
        assert (said["answered"], said["recorded"]) == (1, new)
    file.write_text(text.replace('answer = ""', 'answer = "不可调。"'), encoding="utf-8")
    changed = stage.run("officer", "tender", "answer", str(tender), str(file))
    assert (changed.code, changed.data["error"]["code"]) == (1, "answers.changed")

    rest = tmp_path / "rest.toml"
    stage.ok("officer", "tender", "questions", str(tender), "--draft", str(rest))
    rest.write_text(rest.read_text("utf-8").replace('answer = ""', 'answer = "可以。"'), encoding="utf-8")
    assert stage.ok("officer", "tender", "answer", str(tender), str(rest))["answered"] == 2
    public = stage.ok("bidder", "tender", "questions", str(tender))
    assert [one["answer"] for one in public["answered"]] == ["可调，见技术要求。", "可以。"]
    assert public["waiting"] == []
    stage.wait_until(current_notice(stage.ledger, stage.board, tender).questions_until)
    late = stage.run("bidder", "tender", "ask", str(tender), "--text", "还有一问。")
    assert (late.code, late.data["error"]["code"]) == (1, "tender.questions_over")


def test_the_deadline_becomes_final_once_and_what_is_due_is_said(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, soon()))
    early = stage.run("bidder", "tender", "tick", str(tender))
    assert early.code == 1
    assert {one["what"] for one in stage.ok("bidder", "tender", "show", str(tender))["due"]} <= {"ask", "bid"}
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.wait_until(state.deadline)
    (due,) = stage.ok("bidder", "tender", "show", str(tender))["due"]
    assert (due["what"], due["who"]) == ("tick", "anybody")
    for sent in (True, False):
        said = stage.ok("custodian-1", "tender", "tick", str(tender))
        assert (said["outcome"], said["sent"]) == ("final", sent)
    shown = stage.ok("bidder", "tender", "show", str(tender), "--lot", "1")
    assert shown["deadlineFinal"] is True
    assert [one["event"] for one in shown["timeline"]] == ["Published", "DeadlineSettled"]
    assert [one["what"] for one in shown["due"]][-1] == "close"
    listed = stage.ok("bidder", "tender", "list")["tenders"][tender - 1]
    assert (listed["tender"], listed["title"]["en"]) == (tender, "Desks and chairs for schools")
    for as_text in (("show", str(tender)), ("list",)):
        assert "中小学课桌椅采购" in stage.run("bidder", "tender", *as_text, as_json=False).out

    minutes = tmp_path / "minutes.txt"
    minutes.write_text("会议记录", encoding="utf-8")
    for new in (True, False):
        said = stage.ok("officer", "tender", "record", str(tender), "minutes", str(minutes))
        assert said["recorded"] is new
    assert stage.run("officer", "tender", "record", str(tender), "answers", str(minutes)).code == 1


def test_an_outage_across_the_deadline_moves_it_once(tender_stage: TenderStage, people: People, tmp_path: Path) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, replace(soon(), gap=3, grace=4)))
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.stop_chain()
    assert time.time() < state.deadline, "the outage begins before the deadline"
    while time.time() < state.deadline + 4:
        time.sleep(0.1)
    stage.start_chain()
    stage.wait_until(state.deadline)
    said = stage.ok("custodian-1", "tender", "tick", str(tender))
    assert said["outcome"] == "moved"
    assert said["outageSeconds"] > 3
    moved = stage.ledger.tender(tender)
    assert moved is not None
    assert (moved.deadline, moved.grace_used) == (said["deadline"]["seconds"], True)
    assert moved.open_at - state.open_at == moved.deadline - state.deadline
    assert stage.ok("custodian-1", "tender", "tick", str(tender))["sent"] is False


def test_a_paper_that_says_other_than_the_chain_is_relied_on_by_nobody(
    tender_stage: TenderStage, people: People, tmp_path: Path
) -> None:
    stage = tender_stage
    tender = publish(stage, tmp_path, desks(people, LONG))
    notice = current_notice(stage.ledger, stage.board, tender)
    number = stage.ledger.tenders() + 1
    terms = replace(notice.terms, minimum_bids=1, deadline=notice.deadline + 9)
    stage.acts("officer").publish(number, terms, [one.account for one in notice.custodians])
    with pytest.raises(Refused) as refused:
        current_notice(stage.ledger, stage.board, number)
    assert refused.value.field == "tender"
    asked = stage.run("bidder", "tender", "ask", str(number), "--text", "？")
    assert (asked.code, asked.data["error"]["code"]) == (1, "notice.differs")
    shown = stage.run("bidder", "tender", "show", str(number))
    assert shown.code == 1
    assert "the ledger" in shown.data["noticeFault"]


def test_where_people_are_listed_one_alone_publishes_nothing(
    tender_stage: TenderStage, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = tender_stage
    file = write(tmp_path, desks(people, LONG) | {"contact": "两人"}).draft
    stage.add_home("reviewer", "supervisor", pin=True)
    monkeypatch.setenv("YINXIN_TENDERS__PERSONS", json.dumps(["0x" + stage.address("reviewer").hex()]))
    before = stage.ledger.tenders()
    alone = stage.run("officer", "tender", "publish", str(file))
    assert (alone.code, alone.data["error"]["code"]) == (1, "tender.four_eyes")
    assert stage.ledger.tenders() == before
    (request,) = (stage.home("officer") / "desk" / "tenders").glob("*.json")
    yes = stage.ok("reviewer", "decide", "--request-file", str(request), "--key", "account", "--approve")
    assert any("中小学课桌椅采购" in line for line in yes["lines"])
    assert stage.ok("officer", "tender", "publish", str(file))["tender"] == before + 1
    assert stage.run("officer", "tender", "cancel", str(before + 1), "--reason", "一人。").code == 1
    assert stage.ok("officer", "tender", "show", str(before + 1))["cancelled"] is False
